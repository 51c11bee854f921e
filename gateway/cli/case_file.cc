#include "gateway/cli/case_file.h"

#include <algorithm>

#include "crypto/base/hash.h"
#include "gateway/cli/output.h"
#include "gateway/report/expiry.h"

namespace safeconduct::cli {
namespace {

constexpr std::uint64_t kMaxSmallFile = 2 * 1024 * 1024;
constexpr std::uint64_t kMaxPlainFile = 24 * 1024 * 1024;
constexpr const char* kDoNotTrust = "Do not act on it. Tell the operator and an auditor.";

Failure Contradiction(const std::string& what) {
  return UnverifiedFailure("The gateway sent a case that does not fit together: " + what,
                           kDoNotTrust);
}

Done CheckManifest(CaseFile& file, const report::ReportId& id) {
  SC_ASSIGN(report::Checked checked,
            ExplainAs(Exit::kUnverified, report::VerifyReport(file.view.sealed(), id),
                      "The report does not verify", kDoNotTrust));
  if (checked.hash != file.report_hash) return Contradiction("its hash");
  file.reporter_event_key = ToArray<32>(AsBytes(checked.manifest.event_key()));
  file.report = std::move(checked);
  return {};
}

Done CheckChain(CaseFile& file) {
  const std::vector<v1::SignedEvent> signed_events(file.view.events().begin(),
                                                   file.view.events().end());
  std::size_t bad = 0;
  Result<std::vector<report::CheckedEvent>> events =
      report::VerifyChain(signed_events, file.report_hash, &bad);
  if (!events.ok()) {
    return ExplainAs(Exit::kUnverified, events.error(),
                     "Event " + std::to_string(bad + 1) + " of the case does not verify",
                     kDoNotTrust);
  }
  file.events = *std::move(events);
  if (std::any_of(file.events.begin(), file.events.end(),
                  [](const auto& each) { return each.event.has_expiry(); })) {
    return Contradiction("it expired, and is still there");
  }
  file.head = {0, file.report_hash};
  file.status = v1::CASE_STATUS_RECEIVED;
  for (const report::CheckedEvent& event : file.events) {
    file.head = {event.event.sequence(), event.hash};
    if (event.event.has_status()) file.status = event.event.status().status();
  }
  return {};
}

// An expiry is the log's, who may err: over a clock that is ahead, or a hold that it did not
// respect.
Done CheckExpired(const CaseFile& file, const v1::Event& event, const charter::OpenCharter& charter,
                  std::int64_t now) {
  SC_TRY(ExplainAs(Exit::kUnverified, report::CheckExpiry(event, charter),
                   "The event by which the case expired does not verify", kDoNotTrust));
  const v1::CaseSummary& summary = file.view.summary();
  if (event.expiry().channel() != summary.channel()) return Contradiction("its expiry");
  if (summary.held()) return Contradiction("it expired under a legal hold");
  if (event.time() <= now + charter::kDaySeconds) return {};
  return UnverifiedFailure(
      "The case expired too early: on " + FormatDay(event.time()) + ", which has not come",
      "Tell the operator, whose clock is ahead unless yours is behind, and an auditor.");
}

// Of an erased case there is the event that erased it, by one whose post allows that, or the log.
Done CheckErasure(CaseFile& file, const charter::OpenCharter& charter, std::int64_t now) {
  if (file.view.events_size() != 1 || file.view.has_sealed()) return Contradiction("its erasure");
  SC_ASSIGN(report::CheckedEvent erasure,
            ExplainAs(Exit::kUnverified, report::CheckEvent(file.view.events(0)),
                      "The event that erased the case does not verify", kDoNotTrust));
  const v1::Event& event = erasure.event;
  const v1::Holder* const author = charter.FindByEventKey(ToArray<32>(AsBytes(event.author())));
  if (!report::Erases(event) || event.report_hash() != AsText(file.report_hash) ||
      event.sequence() != file.view.summary().events() ||
      (event.has_erasure() && author == nullptr)) {
    return Contradiction("its erasure");
  }
  if (event.has_expiry()) SC_TRY(CheckExpired(file, event, charter, now));
  file.head = {event.sequence(), erasure.hash};
  file.status = file.view.summary().status();
  file.events.push_back(std::move(erasure));
  return {};
}

Outcome<CaseFile> Check(v1::CaseView view, const report::ReportId& id,
                        const charter::OpenCharter& charter, std::int64_t now) {
  CaseFile file;
  file.view = std::move(view);
  file.id = report::FormatId(id);
  if (file.view.report_hash().size() != 32) return Contradiction("its hash");
  file.report_hash = ToArray<32>(AsBytes(file.view.report_hash()));
  if (report::IdOf(file.report_hash) != id) return Contradiction("its id");
  if (file.plain() && file.view.has_sealed()) {
    return Contradiction("a plain report with a manifest");
  }
  if (file.view.has_sealed()) SC_TRY(CheckManifest(file, id));  // an auditor does not get it
  if (file.report) file.view.mutable_summary()->set_by_sms(file.report->manifest.has_relay());
  SC_TRY(file.erased() ? CheckErasure(file, charter, now) : CheckChain(file));
  // What the signed events say counts, whatever the summary says.
  file.view.mutable_summary()->set_status(static_cast<v1::CaseStatus>(file.status));
  file.view.mutable_summary()->set_events(file.head.sequence);
  // An erasure takes the leaf's salt too, and the promise with it.
  if (file.erased() && file.view.promise().empty()) return file;
  SC_TRY(ExplainAs(Exit::kUnverified,
                   report::VerifyPromise(file.view.promise(), report::LeafKind::kReport,
                                         file.report_hash, charter.logs()),
                   "The promise for the report does not verify", kDoNotTrust));
  return file;
}

// Takes the header off the front of an age file, checks it, and hands on the rest.
class HeaderFilter {
 public:
  HeaderFilter(const std::string& header, const std::function<Done(ByteView)>& sink)
      : header_(AsBytes(header)), sink_(&sink) {}

  Done Take(ByteView bytes) {
    const std::size_t count = std::min(bytes.size(), header_.size() - matched_);
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count),
                    header_.begin() + static_cast<std::ptrdiff_t>(matched_))) {
      return Contradiction("a compartment's header is not the one that was signed");
    }
    matched_ += count;
    bytes = bytes.subspan(count);
    return bytes.empty() ? Done() : (*sink_)(bytes);
  }

 private:
  ByteView header_;
  const std::function<Done(ByteView)>* sink_;
  std::size_t matched_ = 0;
};

}  // namespace

const v1::Compartment* CaseFile::Find(std::string_view name) const {
  if (!report) return nullptr;
  for (const v1::Compartment& compartment : report->manifest.compartments()) {
    if (compartment.name() == name) return &compartment;
  }
  return nullptr;
}

const v1::CompartmentView* CaseFile::Served(std::string_view name) const {
  for (const v1::CompartmentView& compartment : view.compartments()) {
    if (compartment.name() == name) return &compartment;
  }
  return nullptr;
}

Outcome<OpenedCase> FetchCase(Context& context, const std::string& id) {
  SC_ASSIGN(const report::ReportId report_id,
            Explain(report::ParseId(id), "'" + id + "' is no id of a case",
                    "Ids have 32 characters and are listed by: safeconduct case list"));
  SC_ASSIGN(const Office* const office, context.TheOffice());
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  SC_ASSIGN(v1::CaseView view, gateway->ReadCase(office->holder.request_key, id));
  SC_ASSIGN(CaseFile file,
            Check(std::move(view), report_id, *office->charter.charter, context.Now()));
  return OpenedCase{office->charter, office->holder, std::move(file)};
}

Outcome<CaseFile> RefetchCase(Context& context, const OpenedCase& opened) {
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  SC_ASSIGN(v1::CaseView view, gateway->ReadCase(opened.holder.request_key, opened.file.id));
  return Check(std::move(view), report::IdOf(opened.file.report_hash), *opened.charter.charter,
               context.Now());
}

Done StreamPayload(Context& context, const OpenedCase& opened, const std::string& name,
                   const std::function<Done(ByteView)>& sink) {
  const v1::Compartment* compartment = opened.file.Find(name);
  const v1::CompartmentView* served = opened.file.Served(name);
  if (compartment == nullptr || served == nullptr) {
    return RefusedFailure("The case has no compartment '" + name + "' for you");
  }
  SC_ASSIGN(const std::string header, HeaderOf(opened, name));
  if (served->file_bytes() != header.size() + compartment->payload_bytes()) {
    return Contradiction("the size of '" + name + "'");
  }
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  HeaderFilter filter(header, sink);
  return gateway->ReadCompartment(opened.holder.request_key, opened.file.id, name,
                                  served->file_bytes(),
                                  [&](ByteView bytes) { return filter.Take(bytes); });
}

Outcome<Bytes> ReadPayload(Context& context, const OpenedCase& opened, const std::string& name) {
  const v1::Compartment* compartment = opened.file.Find(name);
  if (compartment != nullptr && compartment->payload_bytes() > kMaxSmallFile) {
    return Contradiction("the size of '" + name + "'");
  }
  Bytes payload;
  SC_TRY(StreamPayload(context, opened, name, [&](ByteView bytes) {
    Append(payload, bytes);
    return Done();
  }));
  if (AsText(Sha256(payload)) != compartment->payload_digest()) {
    return Contradiction("the digest of '" + name + "'");
  }
  return payload;
}

Outcome<std::string> HeaderOf(const OpenedCase& opened, const std::string& name) {
  const v1::Compartment* compartment = opened.file.Find(name);
  const v1::CompartmentView* served = opened.file.Served(name);
  if (compartment == nullptr || served == nullptr) {
    return RefusedFailure("The case has no compartment '" + name + "' for you");
  }
  if (served->grant() == 0) return compartment->header();
  const std::string own(AsText(opened.holder.event_key.public_key()));
  for (const report::CheckedEvent& checked : opened.file.events) {
    const v1::Event& event = checked.event;
    if (event.sequence() != served->grant() || event.grant().grantee() != own) continue;
    for (const v1::GrantedHeader& each : event.grant().headers()) {
      if (each.compartment() == name) return each.header();
    }
  }
  return Contradiction("it names a grant of '" + name + "' that there is not");
}

Outcome<Result<age::FileKey>> FileKeyOf(const OpenedCase& opened, const std::string& name) {
  SC_ASSIGN(const std::string header, HeaderOf(opened, name));
  const v1::Compartment& compartment = *opened.file.Find(name);
  if (opened.file.Served(name)->grant() == 0) {
    return report::OpenFileKey(compartment, opened.holder.party);
  }
  return report::OpenGrantedHeader(AsBytes(compartment.header()), AsBytes(header),
                                   opened.holder.party);
}

std::string AuthorOf(const OpenedCase& opened, const v1::Event& event) {
  const PublicKey author = ToArray<32>(AsBytes(event.author()));
  if (opened.file.report && author == opened.file.reporter_event_key) return "reporter";
  const v1::Holder* holder = opened.charter.charter->FindByEventKey(author);
  if (holder != nullptr) return holder->label();
  if (event.has_expiry()) return "the gateway";
  return opened.file.report ? "a key that the charter does not name"
                            : "the reporter or another key";
}

Outcome<Bytes> ReadPlain(Context& context, const OpenedCase& opened) {
  const v1::CompartmentView* served = opened.file.Served(kPlainCompartment);
  if (served == nullptr) return RefusedFailure("The case has no plain report for you");
  if (served->file_bytes() > kMaxPlainFile) return Contradiction("the size of the plain report");
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  Bytes file;
  SC_TRY(gateway->ReadCompartment(opened.holder.request_key, opened.file.id, kPlainCompartment,
                                  served->file_bytes(), [&](ByteView bytes) {
                                    Append(file, bytes);
                                    return Done();
                                  }));
  SC_ASSIGN(const report::CheckedPlain plain,
            ExplainAs(Exit::kUnverified,
                      report::CheckPlain(opened.file.view.summary().channel(), file,
                                         *opened.charter.charter),
                      "The plain report does not verify", kDoNotTrust));
  if (plain.hash != opened.file.report_hash) return Contradiction("the hash of the plain report");
  return file;
}

}  // namespace safeconduct::cli
