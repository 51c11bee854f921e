#include "gateway/report/report.h"

#include <utility>
#include <vector>

#include "crypto/base/hash.h"
#include "gateway/report/event.h"
#include "gateway/routes/acceptance.h"
#include "gateway/routes/decoys.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/plain_report.h"
#include "gateway/routes/query.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {
namespace {

constexpr int kPayloadsInReport = 3;  // triage, account, identity; attachments are uploads
// A body that is longer than nearly all reports would keep others on its io thread waiting.
constexpr std::size_t kMaxBytesOnIoThread = 256 * 1024;

Bytes Copy(std::string_view text) {
  const ByteView bytes = AsBytes(text);
  return Bytes(bytes.begin(), bytes.end());
}

void SetStart(v1::StoredCase& record, std::string_view channel, const Hash& hash,
              std::int64_t now) {
  record.set_report_hash(std::string(AsText(hash)));
  record.set_channel(std::string(channel));
  record.set_received_day(work::RoundDown(now, work::kDaySeconds));
  record.set_status(v1::CASE_STATUS_RECEIVED);
  record.set_head(record.report_hash());
}

MakeReportAnswer ApiAnswer(Format format) {
  return [format](const report::ReportId& id, std::string promise) {
    return AcceptedReport(id, std::move(promise), format);
  };
}

// Claims of the uploads that a report takes; let go when it is answered.
using Claims = std::vector<uploads::Claim>;

void Submit(const Services& services, CallPtr call, ledger::ReportEntry entry, const Hash& hash,
            std::shared_ptr<Claims> claims, MakeReportAnswer make) {
  entry.leaf = report::MakeLeaf(report::LeafKind::kReport, hash, services.clock.UnixSeconds(),
                                call->charter->log_interval_seconds);
  MakeAnswer make_for_id = [id = entry.id, make = std::move(make)](std::string promise) {
    return make(id, std::move(promise));
  };
  std::function<void()> accepted;
  if (claims != nullptr) {
    accepted = [&services, claims] {
      services.uploads.Settled(claims->size());
      claims->clear();
    };
  }
  ledger::Done done = AnswerWhenStored(services, std::move(call), entry.leaf,
                                       std::move(make_for_id), std::move(accepted));
  services.ledger.SubmitReport(std::move(entry), std::move(done));
}

// --- Attachments ------------------------------------------------------------------------------

// The finished upload with that id, if it is what the compartment says.
Result<uploads::Claim> TakeAttachment(const Services& services, const std::string& id,
                                      const v1::Compartment& compartment) {
  Result<uploads::Claim> claim = services.uploads.Take(id);
  if (!claim.ok()) {
    const Error& error = claim.error();
    if (error.code() != Code::kNotFound) return error.In("uploads");
    return Error(Code::kRejected, "an upload is not there: it expired or was never made",
                 "uploads");
  }
  if (claim->upload.record.length() != compartment.payload_bytes()) {
    return Error(Code::kUnverified, "an upload is not as long as its compartment", "uploads");
  }
  if (AsText(claim->root) != compartment.payload_digest()) {
    return Error(Code::kUnverified, "an upload does not have its compartment's digest", "uploads");
  }
  return claim;
}

Result<std::shared_ptr<Claims>> TakeAttachments(const Services& services,
                                                const v1::Manifest& manifest,
                                                const std::vector<std::string>& ids) {
  auto claims = std::make_shared<Claims>();
  for (int i = 0; i < static_cast<int>(ids.size()); ++i) {
    SC_ASSIGN(uploads::Claim claim, TakeAttachment(services, ids[static_cast<std::size_t>(i)],
                                                   manifest.compartments(kPayloadsInReport + i)));
    claims->push_back(std::move(claim));
  }
  return claims;
}

struct Attached {
  ledger::ReportEntry entry;
  report::Checked checked;
  std::vector<std::string> uploads;
};

void SubmitAttached(const Services& services, const CallPtr& call, Attached& attached) {
  Result<std::shared_ptr<Claims>> claims =
      TakeAttachments(services, attached.checked.manifest, attached.uploads);
  MakeReportAnswer make = ApiAnswer(call->format);
  if (!claims.ok()) {
    // The same report again: its uploads belong to it already. The ledger knows it by its id.
    const bool again =
        claims.error().code() == Code::kRejected && services.store.FindCase(attached.entry.id).ok();
    if (!again) return call->Fail(claims.error());
    return Submit(services, call, std::move(attached.entry), attached.checked.hash, nullptr,
                  std::move(make));
  }
  for (std::size_t i = 0; i < (*claims)->size(); ++i) {
    attached.entry.record.mutable_compartments(kPayloadsInReport + static_cast<int>(i))
        ->set_upload((**claims)[i].upload.sequence);
  }
  Submit(services, call, std::move(attached.entry), attached.checked.hash, *std::move(claims),
         std::move(make));
}

// What was accepted under an earlier charter is accepted still: whoever lost the answer gets it
// again, and everyone else the error that the charter in force gives.
void AnswerIfAccepted(const Services& services, Call& call, const report::ReportId& id,
                      const Error& error) {
  const Result<storage::CaseRef> ref = services.store.FindCase(id);
  if (!ref.ok()) return call.Fail(ref.error().code() == Code::kNotFound ? error : ref.error());
  if (ref->record.erased()) return call.Fail(error);
  SC_ANSWER_ASSIGN(call, const storage::Leaf leaf, services.store.FindLeaf(ref->record.leaf()));
  call.Send(AcceptedReport(id, PromiseFor(services, *call.charter, leaf.record), call.format));
}

// --- Both kinds of reports --------------------------------------------------------------------

ledger::ReportEntry EntryFor(const report::Checked& checked, const charter::ChannelInfo& channel,
                             std::int64_t now) {
  const v1::Manifest& manifest = checked.manifest;
  ledger::ReportEntry entry;
  entry.id = checked.id;
  SetStart(entry.record, manifest.channel(), checked.hash, now);
  entry.record.set_mailbox(manifest.request_key());
  entry.record.set_event_key(manifest.event_key());
  entry.record.set_quorum_threshold(channel.channel->policy().quorum_threshold());
  entry.record.set_relay(manifest.relay().holder());
  for (const v1::Compartment& compartment : manifest.compartments()) {
    v1::StoredCompartment* const stored = entry.record.add_compartments();
    stored->set_name(compartment.name());
    stored->set_payload_bytes(compartment.payload_bytes());
    stored->set_digest(compartment.payload_digest());
  }
  return entry;
}

// `channel` is the report's in the charter that it was sealed under.
void SubmitChecked(const Services& services, const CallPtr& call, const v1::SubmitReport& request,
                   report::Checked checked, const charter::ChannelInfo& channel) {
  const int attachments = checked.manifest.compartments_size() - kPayloadsInReport;
  if (request.uploads_size() != attachments) {
    return call->Fail(Error(Code::kRejected, "there is one upload for each attachment", "uploads"));
  }
  const std::vector<ByteView> payloads = [&request] {
    std::vector<ByteView> views;
    for (const std::string& payload : request.payloads()) views.push_back(AsBytes(payload));
    return views;
  }();
  SC_ANSWER_ERROR(*call, report::CheckPayloads(checked, payloads));

  ledger::ReportEntry entry = EntryFor(checked, channel, services.clock.UnixSeconds());
  entry.sealed = Copy(request.sealed().SerializeAsString());
  for (const ByteView payload : payloads)
    entry.payloads.emplace_back(payload.begin(), payload.end());
  const Hash hash = checked.hash;
  if (attachments == 0) {
    return Submit(services, call, std::move(entry), hash, nullptr, ApiAnswer(call->format));
  }

  auto attached = std::make_shared<Attached>();
  attached->uploads.assign(request.uploads().begin(), request.uploads().end());
  attached->entry = std::move(entry);
  attached->checked = std::move(checked);
  OnPool(services, call,
         [&services, call, attached](Call&) { SubmitAttached(services, call, *attached); });
}

// Sealed under another charter than the one in force, which was refused with `error`: accepted
// before, or by a relay that was cut off. On the pool.
void SubmitEarlier(const Services& services, const CallPtr& call, const v1::SubmitReport& request,
                   const Error& error) {
  const report::ReportId id =
      report::IdOf(report::ReportHash(AsBytes(request.sealed().manifest())));
  const charter::OpenCharter& in_force = *call->charter->charter;
  const std::uint64_t version = report::EarlierCharterOf(request.sealed(), in_force);
  if (version == 0 || services.store.FindCase(id).ok()) {
    return AnswerIfAccepted(services, *call, id, error);
  }
  const Result<EarlierCharters::Opened> earlier = services.earlier_charters.Open(version);
  if (!earlier.ok()) {
    return call->Fail(earlier.error().code() == Code::kNotFound ? error : earlier.error());
  }
  SC_ANSWER_ASSIGN(*call, report::Checked checked,
                   report::CheckEarlierReport(request.sealed(), **earlier, in_force,
                                              services.clock.UnixSeconds()));
  const charter::ChannelInfo& channel = *(*earlier)->FindChannel(checked.manifest.channel());
  SubmitChecked(services, call, request, std::move(checked), channel);
}

void SubmitSealed(const Services& services, const CallPtr& call, v1::SubmitReport request) {
  const charter::OpenCharter& charter = *call->charter->charter;
  Result<report::Checked> checked = report::CheckReport(request.sealed(), charter);
  if (!checked.ok() && checked.error().code() == Code::kConflict) {
    auto kept = std::make_shared<const v1::SubmitReport>(std::move(request));
    return OnPool(services, call, [&services, call, kept, error = checked.error()](Call&) {
      SubmitEarlier(services, call, *kept, error);
    });
  }
  if (!checked.ok()) return call->Fail(checked.error());
  const charter::ChannelInfo& channel = *charter.FindChannel(checked->manifest.channel());
  SubmitChecked(services, call, request, *std::move(checked), channel);
}

void Take(const Services& services, const CallPtr& call) {
  const Result<Format> format = RequestFormat(call->head);
  if (!format.ok()) {
    const std::string_view channel = QueryValue(call->head.query(), "channel").value_or("");
    return SubmitPlain(services, call, channel, call->body, ApiAnswer(call->format));
  }
  v1::SubmitReport request;
  SC_ANSWER_ERROR(*call, ParseMessage(*format, call->body, request));
  call->body = {};
  if (request.has_sealed()) return SubmitSealed(services, call, std::move(request));
  if (request.has_plain()) {
    return SubmitPlain(services, call, request.plain().channel(), request.plain().age_file(),
                       ApiAnswer(call->format));
  }
  if (request.has_decoy()) return SubmitDecoy(services, call, request);
  call->Fail(Error(Code::kMalformed, "there is no report in this request", "report"));
}

}  // namespace

void SubmitPlain(const Services& services, const CallPtr& call, std::string_view channel,
                 std::string_view age_file, MakeReportAnswer make) {
  SC_ANSWER_ASSIGN(*call, report::CheckedPlain plain,
                   report::CheckPlain(channel, AsBytes(age_file), *call->charter->charter));
  ledger::ReportEntry entry;
  entry.id = plain.id;
  SetStart(entry.record, channel, plain.hash, services.clock.UnixSeconds());
  v1::StoredCompartment* const stored = entry.record.add_compartments();
  stored->set_name("plain");
  stored->set_header(std::string(AsText(plain.header)));
  stored->set_payload_bytes(plain.payload.size());
  stored->set_digest(std::string(AsText(Sha256(plain.payload))));
  entry.payloads.push_back(std::move(plain.payload));
  Submit(services, call, std::move(entry), plain.hash, nullptr, std::move(make));
}

void PostReport(const Services& services, CallPtr call) {
  if (call->charter == nullptr) {
    return call->Fail(Error(Code::kUnavailable, "this gateway has no charter yet"));
  }
  if (call->body.size() <= kMaxBytesOnIoThread) return Take(services, call);
  OnPool(services, call, [&services, call](Call&) { Take(services, call); });
}

}  // namespace safeconduct::routes
