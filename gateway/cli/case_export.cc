// safeconduct case export: a folder that verifies and opens without this program.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "gateway/cli/case_file.h"
#include "gateway/cli/case_released.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/cover_sheet.h"
#include "gateway/cli/export_format.h"
#include "gateway/cli/log_receipt.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

namespace fs = std::filesystem;

// Names that an export gives.
bool IsCompartmentFile(const std::string& name) {
  return name == "triage.age" || name == "account.age" || name == "identity.age" ||
         (name.starts_with("attachment-") && name.ends_with(".age"));
}
bool IsEventFile(const std::string& name) {
  return name.size() > 4 &&
         std::all_of(name.begin(), name.begin() + 4, [](char c) { return c >= '0' && c <= '9'; });
}

// Writes into one folder and remembers what was written.
class Folder {
 public:
  Folder(std::string path, Overwrite overwrite) : path_(std::move(path)), overwrite_(overwrite) {}

  // What an earlier export left is taken away, so that two cases are never mixed; nothing else is.
  Done Make() const {
    SC_TRY(MakeFolder(path_, overwrite_));
    if (!fs::exists(path_ + "/promise.note")) return {};
    Remove(path_, [](const std::string& name) {
      return name == "manifest" || name == "plain.age" || name == kReceiptFile ||
             IsCompartmentFile(name);
    });
    Remove(path_ + "/events", [](const std::string& name) { return IsEventFile(name); });
    return {};
  }
  Done MakeInner(const std::string& name) const {
    return MakeFolder(path_ + "/" + name, overwrite_);
  }
  Done Write(const std::string& name, ByteView bytes) {
    SC_TRY(WriteNewFile(path_ + "/" + name, bytes, overwrite_));
    names_.push_back(name);
    return {};
  }
  Outcome<NewFile> Create(const std::string& name) {
    names_.push_back(name);
    return NewFile::Create(path_ + "/" + name, overwrite_);
  }
  const std::string& path() const { return path_; }
  const std::vector<std::string>& names() const { return names_; }

 private:
  static void Remove(const std::string& folder, bool (*is_meant)(const std::string& name)) {
    std::error_code none;
    std::vector<fs::path> meant;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, none)) {
      if (is_meant(entry.path().filename())) meant.push_back(entry.path());
    }
    for (const fs::path& path : meant) fs::remove(path, none);
  }

  std::string path_;
  Overwrite overwrite_;
  std::vector<std::string> names_;
};

Done ExportCompartment(Context& context, const OpenedCase& opened, const std::string& name,
                       Folder& folder) {
  const v1::Compartment& compartment = *opened.file.Find(name);
  PayloadDigest digest(compartment);
  SC_ASSIGN(NewFile file, folder.Create(name + ".age"));
  SC_ASSIGN(const std::string header, HeaderOf(opened, name));
  SC_TRY(file.Write(AsBytes(header)));
  std::uint64_t done = 0;
  const Done streamed = StreamPayload(context, opened, name, [&](ByteView bytes) -> Done {
    digest.Update(bytes);
    done += bytes.size();
    context.out().Progress("Exporting " + name, done, compartment.payload_bytes());
    return file.Write(bytes);
  });
  context.out().EndProgress();
  SC_TRY(streamed);
  if (!digest.Matches()) {
    return UnverifiedFailure("The digest of '" + name + "' is not the one that the reporter signed",
                             "Do not act on it. Tell the operator and an auditor.");
  }
  return file.Commit();
}

// What an event holds sealed, and how its file's name ends.
struct SealedPart {
  const std::string* sealed = nullptr;
  const char* ending = "";
};
SealedPart SealedPartOf(const v1::Event& event) {
  if (event.has_message()) return {&event.message().sealed(), "-message.age"};
  if (event.has_note()) return {&event.note().sealed(), "-note.age"};
  if (event.has_custody()) return {&event.custody().sealed(), "-custody.age"};
  if (event.has_measures()) return {&event.measures().sealed(), "-measures.age"};
  if (event.has_request()) return {&event.request().reason(), "-reason.age"};
  if (event.has_refusal()) return {&event.refusal().reason(), "-reason.age"};
  if (event.has_consent()) return {&event.consent().sealed(), "-consent.age"};
  return {};
}

// What the event holds, with the header that was granted to the holder, if one was.
Bytes WithOwnHeader(const OpenedCase& opened, const v1::Event& event, ByteView file) {
  const std::string* const granted =
      report::FindGrantedHeader(opened.file.events, "event-" + std::to_string(event.sequence()),
                                opened.holder.event_key.public_key());
  Bytes out(file.begin(), file.end());
  if (granted == nullptr || AsText(report::SealedInEvent(event)) != AsText(file)) return out;
  const Result<age::ParsedHeader> parsed = age::ParseHeader(file);
  if (!parsed.ok()) return out;
  out.assign(granted->begin(), granted->end());
  Append(out, file.subspan(parsed->size));
  return out;
}

Done ExportEvents(const OpenedCase& opened, Folder& folder) {
  if (opened.file.events.empty()) return {};
  SC_TRY(folder.MakeInner("events"));
  for (int i = 0; i < opened.file.view.events_size(); ++i) {
    const v1::SignedEvent& signed_event = opened.file.view.events(i);
    const v1::Event& event = opened.file.events[static_cast<std::size_t>(i)].event;
    const std::uint64_t number = event.sequence();
    SC_TRY(folder.Write(EventFile(number, ".event"), AsBytes(signed_event.event())));
    SC_TRY(folder.Write(EventFile(number, ".signature"), AsBytes(signed_event.signature())));
    if (const SealedPart part = SealedPartOf(event); part.sealed != nullptr) {
      const Bytes file = WithOwnHeader(opened, event, AsBytes(*part.sealed));
      SC_TRY(folder.Write(EventFile(number, part.ending), file));
    }
    if (event.has_consent()) {
      const Bytes file = WithOwnHeader(opened, event, AsBytes(event.consent().identity()));
      SC_TRY(folder.Write(EventFile(number, "-identity.age"), file));
    }
  }
  return {};
}

Done ExportManifest(const OpenedCase& opened, Folder& folder) {
  const v1::SealedReport& sealed = opened.file.view.sealed();
  SC_TRY(folder.Write("manifest", AsBytes(sealed.manifest())));
  SC_TRY(folder.Write("manifest.signature", AsBytes(sealed.signature())));
  SC_ASSIGN(const std::string json,
            Explain(proto::ToJson(opened.file.report->manifest, proto::JsonForm::kReadable),
                    "The manifest cannot be written"));
  return folder.Write("manifest.json", AsBytes(json));
}

// The proof that the report is in the log, once it is.
Done ExportReceipt(Context& context, const OpenedCase& opened, Folder& folder) {
  SC_ASSIGN(GatewayApi* const gateway, context.Gateway());
  SC_ASSIGN(const std::optional<std::string> receipt,
            gateway->ReadPublic("/v1/reports/" + opened.file.id + "/receipt"));
  if (!receipt) return {};
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  const Result<Receipt> checked =
      CheckReceipt(*receipt, report::LeafKind::kReport, opened.file.report_hash,
                   opened.charter.charter->logs(), trust, context.Now());
  if (checked.ok()) return folder.Write(kReceiptFile, AsBytes(*receipt));
  context.out().Warn(std::string("The proof that the report is in the log is left out: ") +
                     checked.error().message() + ".");
  return {};
}

// Of each event, as of the report. Says how many are in the log.
Outcome<std::size_t> ExportProofs(Context& context, const OpenedCase& opened, Folder& folder) {
  std::size_t written = 0;
  if (opened.file.events.empty()) return written;
  SC_ASSIGN(GatewayApi* const gateway, context.Gateway());
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  std::map<std::uint64_t, const report::CheckedEvent*> events;
  for (const report::CheckedEvent& each : opened.file.events) {
    events[each.event.sequence()] = &each;
  }
  std::string after;
  std::set<std::string> pages;
  do {
    SC_ASSIGN(const std::optional<v1::CaseProofs> page,
              gateway->ReadProofs(opened.holder.request_key, opened.file.id, after));
    if (!page) return written;
    for (const v1::CaseProof& proof : page->proofs()) {
      const auto event = events.find(proof.event());
      if (event == events.end() || proof.proof().empty()) continue;
      const Result<Receipt> checked =
          CheckReceipt(proof.proof(), report::LeafKind::kEvent, event->second->hash,
                       opened.charter.charter->logs(), trust, context.Now());
      if (!checked.ok()) {
        context.out().Warn("The proof that event " + std::to_string(proof.event()) +
                           " is in the log is left out: " + checked.error().message() + ".");
        continue;
      }
      SC_TRY(folder.Write(EventFile(proof.event(), kProofEnding), AsBytes(proof.proof())));
      ++written;
    }
    after = page->next();
    if (!after.empty() && !pages.insert(after).second) {
      return UnverifiedFailure("The gateway's list of proofs never ends");
    }
  } while (!after.empty());
  return written;
}

std::string Readme(const OpenedCase& opened) {
  const CaseFile& file = opened.file;
  std::string text = "Case " + file.id + "\n\n";
  text += "Exported for " + opened.holder.entry->label() + " (" +
          opened.holder.entry->organisation() +
          "). Everything here was verified when it was "
          "exported.\nWhat is sealed stays sealed: keep this folder as you keep the case.\n\n";
  text += "Status: " + StatusName(file.status) + ". Received on " +
          FormatDay(file.view.summary().received_day()) + ", channel " +
          file.view.summary().channel() + ".\n\n";
  text +=
      "To open a part, with age 1.3 or later and your own key file:\n\n"
      "  age -d -i KEY account.age\n\n"
      "Triage, account and identity are JSON, followed by spaces. An attachment is the file, "
      "followed by\nzeros; its name, true length (bytes) and SHA-256 stand in the account:\n\n"
      "  age -d -i KEY attachment-0.age | head -c BYTES > NAME\n\n";
  text +=
      "To check all of it again, offline, with the trust file of the office:\n\n"
      "  safeconduct custody verify FOLDER --trust FILE\n\n";
  text += "What there is:\n\n";
  if (file.report) {
    text +=
        "  manifest             what the reporter signed: Ed25519 over the text "
        "\"safeconduct/report/v1\",\n"
        "                       a line feed, and these bytes, by the event key that stands in "
        "it.\n"
        "                       The first 16 bytes of its SHA-256 are the case's id.\n"
        "  manifest.signature   that signature\n"
        "  manifest.json        the manifest, readable\n";
  }
  text += "  cover.html           what this is, for people; not signed\n";
  text +=
      "  *.age                the sealed parts that you may download\n"
      "  promise.note         the log's signed promise that the report was accepted\n"
      "  receipt.txt          the proof that it is in the log (c2sp.org/tlog-proof), if it was "
      "there when\n"
      "                       this was exported; its extra data is the salt of the log's entry\n"
      "  charter.note         the charter under which this was exported\n";
  if (!file.events.empty()) {
    text +=
        "  events/              what was done, in order: each event names the SHA-256 of the "
        "one before\n"
        "                       (the first, of the manifest), and is signed over the text\n"
        "                       \"safeconduct/event/v1\", a line feed, and its bytes.\n"
        "                       Messages, notes and records in them open like the parts above.\n"
        "                       NNNN-proof.txt proves that the event is in the log, as "
        "receipt.txt does.\n";
  }
  return text;
}

}  // namespace

Done CaseExport(Context& context, const CaseOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_TRY(TakeReleased(context, opened));
  Folder folder(options.out, options.overwrite);
  SC_TRY(folder.Make());
  if (opened.file.report) {
    SC_TRY(ExportManifest(opened, folder));
    for (const v1::Compartment& compartment : opened.file.report->manifest.compartments()) {
      if (opened.file.Served(compartment.name()) == nullptr) continue;
      SC_TRY(ExportCompartment(context, opened, compartment.name(), folder));
    }
  } else if (opened.file.plain() && opened.file.Served(kPlainCompartment) != nullptr) {
    SC_ASSIGN(const Bytes file, ReadPlain(context, opened));
    SC_TRY(folder.Write(std::string(kPlainCompartment) + ".age", file));
  }
  SC_TRY(folder.Write("promise.note", AsBytes(opened.file.view.promise())));
  SC_TRY(folder.Write("charter.note", AsBytes(opened.charter.note)));
  SC_TRY(ExportReceipt(context, opened, folder));
  SC_TRY(ExportEvents(opened, folder));
  SC_ASSIGN(const std::size_t proofs, ExportProofs(context, opened, folder));
  SC_TRY(folder.Write("README.txt", AsBytes(Readme(opened))));
  const std::string sheet = CoverSheet(opened, folder.names(), context.Now());
  SC_TRY(folder.Write("cover.html", AsBytes(sheet)));

  Output& out = context.out();
  JsonObject json;
  json.Add("report_id", opened.file.id);
  json.Add("folder", folder.path());
  JsonArray files;
  for (const std::string& name : folder.names()) files.Add(name);
  json.Add("files", files);
  const std::size_t unproven = opened.file.events.size() - proofs;
  json.AddNumber("proofs", proofs);
  json.AddNumber("unproven", unproven);
  out.Print(json);
  out.Line("Exported the case to " + folder.path() + "; README.txt there says how to open it.");
  if (unproven != 0) {
    out.Note(std::to_string(unproven) + " of " + std::to_string(opened.file.events.size()) +
             " events are not in the public log yet. Export again after two of its intervals, for "
             "the proofs.");
  }
  return {};
}

}  // namespace safeconduct::cli
