// safeconduct custody verify: an exported case, checked offline, years later if need be.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "crypto/tlog/proof.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/export_format.h"
#include "gateway/cli/log_receipt.h"
#include "gateway/report/event.h"
#include "gateway/report/expiry.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPlainFile = 24 * 1024 * 1024;
constexpr std::size_t kPiece = 1024 * 1024;

struct Archive {
  std::string folder;
  std::shared_ptr<const charter::OpenCharter> charter;
  std::optional<report::Checked> report;  // absent: a plain report, or exported without a manifest
  Hash hash{};
  std::vector<report::CheckedEvent> events;
  std::vector<std::string> checked;  // compartments
  std::size_t unknown_authors = 0;
  bool promised = false;           // not of an erased case
  std::optional<Receipt> receipt;  // absent: it was not in the log yet when it was exported
  std::size_t proven = 0;          // events that the log has, by a proof of their own
};

std::string PathOf(const Archive& archive, const std::string& name) {
  return archive.folder + "/" + name;
}

Outcome<std::string> Read(const Archive& archive, const std::string& name, std::size_t max_bytes) {
  SC_ASSIGN(const SecretBytes bytes, ReadFile(PathOf(archive, name), max_bytes, name));
  return std::string(AsText(bytes.Reveal()));
}

Failure Wrong(const std::string& what) {
  return UnverifiedFailure(what, "The export is damaged or was changed. Do not rely on it.");
}

// The charter stands for the time of the export: its expiry and newer versions do not matter.
Done OpenCharter(Context& context, Archive& archive) {
  SC_ASSIGN(charter::Trust trust, context.Trust());
  SC_ASSIGN(const std::string text, Read(archive, "charter.note", note::kMaxNoteBytes));
  trust.minimum_version = 1;
  const std::string doing = "The charter in the export does not verify";
  SC_ASSIGN(const note::Note note, ExplainAs(Exit::kUnverified, note::Parse(text), doing));
  SC_ASSIGN(const std::shared_ptr<const charter::OpenCharter> unchecked,
            ExplainAs(Exit::kUnverified, charter::OpenCharter::FromText(note.text), doing));
  SC_ASSIGN(
      archive.charter,
      ExplainAs(Exit::kUnverified,
                charter::OpenTrusted(text, trust, std::min(context.Now(), unchecked->expiry() - 1)),
                doing));
  return {};
}

Done OpenManifest(Archive& archive) {
  v1::SealedReport sealed;
  SC_ASSIGN(*sealed.mutable_manifest(), Read(archive, "manifest", report::kMaxManifestBytes));
  SC_ASSIGN(*sealed.mutable_signature(), Read(archive, "manifest.signature", 64));
  const report::ReportId id = report::IdOf(report::ReportHash(AsBytes(sealed.manifest())));
  SC_ASSIGN(archive.report, ExplainAs(Exit::kUnverified, report::VerifyReport(sealed, id),
                                      "The manifest does not verify"));
  archive.hash = archive.report->hash;
  return {};
}

// The hash of a plain report names its channel, which the export says in words only.
Done OpenPlain(Archive& archive) {
  SC_ASSIGN(const std::string file, Read(archive, "plain.age", kMaxPlainFile));
  SC_ASSIGN(const std::string promise, Read(archive, "promise.note", note::kMaxNoteBytes));
  for (const charter::ChannelInfo& channel : archive.charter->channels()) {
    const Result<report::CheckedPlain> plain =
        report::CheckPlain(channel.channel->id(), AsBytes(file), *archive.charter);
    if (!plain.ok() || !report::VerifyPromise(promise, report::LeafKind::kReport, plain->hash,
                                              archive.charter->logs())
                            .ok()) {
      continue;
    }
    archive.hash = plain->hash;
    archive.checked.push_back("plain");
    return {};
  }
  return Wrong("The plain report is not the one that the log promised");
}

Done CheckPromise(Archive& archive) {
  SC_ASSIGN(const std::string promise, Read(archive, "promise.note", note::kMaxNoteBytes));
  // Of an erased case nothing is left to promise: its only event is the one that erased it.
  if (promise.empty() && archive.events.size() == 1 && report::Erases(archive.events[0].event)) {
    return {};
  }
  SC_TRY(ExplainAs(Exit::kUnverified,
                   report::VerifyPromise(promise, report::LeafKind::kReport, archive.hash,
                                         archive.charter->logs()),
                   "The promise for the report does not verify"));
  archive.promised = true;
  return {};
}

Done CheckReceiptFile(Context& context, Archive& archive) {
  if (!fs::exists(PathOf(archive, kReceiptFile))) return {};
  SC_ASSIGN(const std::string receipt, Read(archive, kReceiptFile, tlog::kMaxProofBytes));
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  SC_ASSIGN(archive.receipt,
            ExplainAs(Exit::kUnverified,
                      CheckReceipt(receipt, report::LeafKind::kReport, archive.hash,
                                   archive.charter->logs(), trust, context.Now()),
                      "The receipt does not prove that the report is in the log"));
  return {};
}

// Of those events that have one.
Done CheckProofFiles(Context& context, Archive& archive) {
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  for (const report::CheckedEvent& event : archive.events) {
    const std::string name = EventFile(event.event.sequence(), kProofEnding);
    if (!fs::exists(PathOf(archive, name))) continue;
    SC_ASSIGN(const std::string proof, Read(archive, name, tlog::kMaxProofBytes));
    SC_TRY(ExplainAs(Exit::kUnverified,
                     CheckReceipt(proof, report::LeafKind::kEvent, event.hash,
                                  archive.charter->logs(), trust, context.Now()),
                     name + " does not prove that the event is in the log"));
    ++archive.proven;
  }
  return {};
}

// What the export says of its events and the log.
void PrintProofs(Output& out, const Archive& archive) {
  if (archive.events.empty()) return;
  const std::string all = std::to_string(archive.events.size());
  if (archive.proven == 0) {
    out.Pair("proofs", "none of the events: the export carries no proofs that the log has them");
  } else if (archive.proven < archive.events.size()) {
    out.Pair("proofs", std::to_string(archive.proven) + " of " + all +
                           " events are in the log; the others were not when it was exported");
  } else {
    out.Pair("proofs", "each of the " + all + " events is in the log");
  }
}

// Of an erased case the event that erased it, which has another number than 1.
std::uint64_t FirstEvent(const Archive& archive) {
  std::uint64_t first = 0;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(PathOf(archive, "events"), none)) {
    if (entry.path().extension() != ".event") continue;
    const std::uint64_t number = std::strtoull(entry.path().stem().c_str(), nullptr, 10);
    if (first == 0 || number < first) first = number;
  }
  return std::max<std::uint64_t>(first, 1);
}

// An auditor's export, and that of an erased case, have the hash in their events only; the promise
// is for it.
Done TakeHashOfEvents(Archive& archive) {
  const std::string name = EventFile(FirstEvent(archive), ".event");
  if (!fs::exists(PathOf(archive, name))) {
    return Wrong("There is neither a report nor an event in the export");
  }
  SC_ASSIGN(const std::string bytes, Read(archive, name, report::kMaxEventBytes));
  const Result<v1::Event> event =
      proto::ParseTolerant<v1::Event>(AsBytes(bytes), report::kMaxEventBytes);
  if (!event.ok() || event->report_hash().size() != std::tuple_size_v<Hash>) {
    return Wrong("The first event is none");
  }
  archive.hash = ToArray<std::tuple_size_v<Hash>>(AsBytes(event->report_hash()));
  return {};
}

Done CheckErasure(Archive& archive, const v1::SignedEvent& signed_event) {
  SC_ASSIGN(report::CheckedEvent event,
            ExplainAs(Exit::kUnverified, report::CheckEvent(signed_event),
                      "The event that erased the case does not verify"));
  if (!report::Erases(event.event) || event.event.report_hash() != AsText(archive.hash)) {
    return Wrong("The events before the first one here are missing");
  }
  archive.events.push_back(std::move(event));
  return {};
}

Done CheckChain(Archive& archive, const std::vector<v1::SignedEvent>& events) {
  std::size_t bad = 0;
  Result<std::vector<report::CheckedEvent>> checked =
      report::VerifyChain(events, archive.hash, &bad);
  if (!checked.ok()) {
    return ExplainAs(Exit::kUnverified, checked.error(),
                     "Event " + std::to_string(bad + 1) + " does not verify");
  }
  archive.events = *std::move(checked);
  return ExplainAs(Exit::kUnverified, report::CheckExpiryOfChain(archive.events),
                   "The last event does not fit to the others");
}

Done CheckEvents(Archive& archive) {
  std::vector<v1::SignedEvent> events;
  const std::uint64_t first = FirstEvent(archive);
  for (std::uint64_t number = first; fs::exists(PathOf(archive, EventFile(number, ".event")));
       ++number) {
    v1::SignedEvent& event = events.emplace_back();
    SC_ASSIGN(*event.mutable_event(),
              Read(archive, EventFile(number, ".event"), report::kMaxEventBytes));
    SC_ASSIGN(*event.mutable_signature(), Read(archive, EventFile(number, ".signature"), 64));
  }
  SC_TRY(first == 1 || events.size() != 1 ? CheckChain(archive, events)
                                          : CheckErasure(archive, events.front()));
  for (const report::CheckedEvent& event : archive.events) {
    if (event.event.has_expiry()) {
      SC_TRY(ExplainAs(Exit::kUnverified, report::CheckExpiry(event.event, *archive.charter),
                       "The event by which the case expired does not verify"));
      continue;
    }
    const PublicKey author = ToArray<32>(AsBytes(event.event.author()));
    const bool is_reporter =
        archive.report && archive.report->manifest.event_key() == event.event.author();
    if (!is_reporter && archive.charter->FindByEventKey(author) == nullptr) {
      ++archive.unknown_authors;
    }
  }
  return {};
}

// The reporter's header, and those that events granted for the compartment.
std::vector<std::string> HeadersOf(const Archive& archive, const v1::Compartment& compartment) {
  std::vector<std::string> headers = {compartment.header()};
  for (const report::CheckedEvent& checked : archive.events) {
    for (const v1::GrantedHeader& each : checked.event.grant().headers()) {
      if (each.compartment() == compartment.name()) headers.push_back(each.header());
    }
  }
  return headers;
}

Done CheckCompartment(Archive& archive, const v1::Compartment& compartment) {
  const std::string& name = compartment.name();
  std::ifstream file(PathOf(archive, name + ".age"), std::ios::binary);
  if (!file) return {};  // was not this holder's to download
  std::string piece(kPiece, '\0');
  const auto next = [&]() -> std::string_view {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    return std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount()));
  };
  std::string_view bytes = next();
  const std::vector<std::string> headers = HeadersOf(archive, compartment);
  const auto header = std::find_if(headers.begin(), headers.end(), [&](const std::string& each) {
    return bytes.starts_with(each);
  });
  if (header == headers.end()) return Wrong("The header of '" + name + "' is nobody's");
  PayloadDigest digest(compartment);
  for (bytes.remove_prefix(header->size()); !bytes.empty(); bytes = next()) {
    digest.Update(AsBytes(bytes));
  }
  if (!digest.Matches()) return Wrong("'" + name + "' is not what the reporter signed");
  archive.checked.push_back(name);
  return {};
}

void Print(Output& out, const Archive& archive) {
  JsonObject json;
  json.AddBool("verified", true);
  json.Add("report_id", report::FormatId(report::IdOf(archive.hash)));
  json.AddNumber("charter_version", archive.charter->version());
  json.AddNumber("events", archive.events.size());
  json.AddNumber("unknown_authors", archive.unknown_authors);
  JsonArray compartments;
  for (const std::string& name : archive.checked) compartments.Add(name);
  json.Add("compartments", compartments);
  if (archive.receipt) json.AddNumber("log_entry", archive.receipt->entry);
  json.AddNumber("proven_events", archive.proven);
  out.Print(json);
  out.Pair("case", report::FormatId(report::IdOf(archive.hash)));
  out.Pair("charter", "version " + std::to_string(archive.charter->version()) + ", signed");
  if (archive.promised) out.Pair("promise", "signed by the log");
  if (archive.receipt) {
    out.Pair("receipt", "entry " + std::to_string(archive.receipt->entry) + " of the log " +
                            archive.receipt->log);
  }
  if (archive.report) out.Pair("manifest", "signed by the reporter");
  for (const std::string& name : archive.checked) out.Pair(name, "as the reporter signed it");
  out.Pair("events",
           std::to_string(archive.events.size()) + ", each signed, each naming the one before it");
  PrintProofs(out, archive);
  if (archive.unknown_authors != 0) {
    out.Warn(std::to_string(archive.unknown_authors) +
             " events are of authors whom this charter does not name; an earlier one may.");
  }
  out.Line();
  out.Line("Everything that is here verifies. Whether there were later events, this cannot tell.");
}

}  // namespace

Done CustodyVerify(Context& context, const CustodyVerifyOptions& options) {
  Archive archive;
  archive.folder = options.folder;
  SC_TRY(OpenCharter(context, archive));
  if (fs::exists(PathOf(archive, "manifest"))) {
    SC_TRY(OpenManifest(archive));
  } else if (fs::exists(PathOf(archive, "plain.age"))) {
    SC_TRY(OpenPlain(archive));
  } else {
    SC_TRY(TakeHashOfEvents(archive));
  }
  SC_TRY(CheckEvents(archive));
  SC_TRY(CheckPromise(archive));
  SC_TRY(CheckReceiptFile(context, archive));
  SC_TRY(CheckProofFiles(context, archive));
  if (archive.report) {
    for (const v1::Compartment& compartment : archive.report->manifest.compartments()) {
      SC_TRY(CheckCompartment(archive, compartment));
    }
  }
  Print(context.out(), archive);
  return {};
}

}  // namespace safeconduct::cli
