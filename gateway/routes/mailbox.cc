#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/hash.h"
#include "gateway/release/access.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"
#include "gateway/routes/acceptance.h"
#include "gateway/routes/authenticate.h"
#include "gateway/routes/bucket.h"
#include "gateway/routes/case_view.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/events.h"
#include "gateway/routes/query.h"
#include "proto/parse.h"

namespace safeconduct::routes {
namespace {

// A conversation that is longer comes in parts, by ?after=.
constexpr PageLimits kEventsAtOnce{512, 8 * 1024 * 1024};
constexpr std::string_view kAccount = "account";

// The mailbox of the key that signed. A stranger's key and one without a mailbox are the same.
Result<storage::CaseRef> Find(const Services& services, const Call& call) {
  Result<storage::CaseRef> ref = services.store.FindMailbox(call.signer->key);
  if (!ref.ok()) return ref.error().code() == Code::kNotFound ? kNothingHere : ref.error();
  if (call.charter == nullptr) return kNothingHere;
  SC_TRY(RememberMailbox(services, call));
  return ref;
}

// What concerns the reporter: messages both ways, changes of status, and of consent.
bool IsForReporter(const v1::SignedEvent& signed_event) {
  const Result<v1::Event> event =
      proto::ParseTolerant<v1::Event>(AsBytes(signed_event.event()), report::kMaxEventBytes);
  return event.ok() && (event->has_message() || event->has_status() || event->has_consent());
}

// Signed events that made a reader of somebody.
struct Proof {
  std::vector<v1::SignedEvent> signed_events;
  std::vector<report::CheckedEvent> events;
};

Status AddEvent(const Services& services, const storage::CaseRef& ref, std::uint64_t number,
                Proof& proof) {
  SC_ASSIGN(v1::SignedEvent signed_event, ReadEvent(services.store, ref, number));
  // Its signature was checked when it was taken.
  const ByteView bytes = AsBytes(signed_event.event());
  SC_ASSIGN(v1::Event event, proto::ParseTolerant<v1::Event>(bytes, report::kMaxEventBytes));
  proof.events.push_back({std::move(event), Sha256(bytes)});
  proof.signed_events.push_back(std::move(signed_event));
  return {};
}

// The approvals of the account that count, by number.
std::vector<std::uint64_t> ApprovalsOf(std::uint64_t request, const v1::StoredCase& record,
                                       const charter::OpenCharter& charter,
                                       const charter::ChannelInfo& channel) {
  std::vector<std::uint64_t> numbers;
  for (const v1::StoredRequest& each : record.requests()) {
    if (each.event() != request) continue;
    for (const v1::StoredRelease& release : each.releases()) {
      if (release.compartment() != kAccount) continue;
      for (const v1::StoredApproval& approval : release.approvals()) {
        const v1::Holder* const trustee =
            charter.FindByEventKey(ToArray<32>(AsBytes(approval.trustee())));
        if (trustee != nullptr && release::Approves(*trustee, record, channel)) {
          numbers.push_back(approval.event());
        }
      }
    }
  }
  return numbers;
}

Result<Proof> ProofOf(const Services& services, const storage::CaseRef& ref,
                      const v1::StoredAccess& access, const charter::OpenCharter& charter,
                      const charter::ChannelInfo& channel) {
  Proof proof;
  if (access.request() == 0) {
    SC_TRY(AddEvent(services, ref, access.event(), proof));
    return proof;
  }
  SC_TRY(AddEvent(services, ref, access.request(), proof));
  for (const std::uint64_t number : ApprovalsOf(access.request(), ref.record, charter, channel)) {
    SC_TRY(AddEvent(services, ref, number, proof));
  }
  return proof;
}

// Who reads a reply, and the signed events that made readers of some: those only that still do so
// by the charter in force.
Status AddReaders(const Services& services, const charter::OpenCharter& charter,
                  const storage::CaseRef& ref, v1::Mailbox& mailbox) {
  const charter::ChannelInfo* const channel = charter.FindChannel(ref.record.channel());
  if (channel == nullptr) return {};
  const std::int64_t now = services.clock.UnixSeconds();
  std::vector<const v1::Holder*> grantees;
  for (const v1::StoredAccess& access : ref.record.access()) {
    if (access.compartment() != kAccount) continue;
    const v1::Holder* const holder = charter.FindByEventKey(ToArray<32>(AsBytes(access.holder())));
    if (holder == nullptr || !release::FindDownload(*holder, ref.record, kAccount, charter, now)) {
      continue;
    }
    SC_ASSIGN(Proof proof, ProofOf(services, ref, access, charter, *channel));
    if (report::AccountGrantees(proof.events, *channel, charter, now).empty()) continue;
    grantees.push_back(holder);
    for (v1::SignedEvent& event : proof.signed_events) *mailbox.add_grants() = std::move(event);
  }
  for (const v1::Holder* reader : report::ConversationReaders(*channel, charter, grantees)) {
    mailbox.add_readers(reader->label());
  }
  return {};
}

void Read(const Services& services, Call& call, std::uint64_t after) {
  SC_ANSWER_ASSIGN(call, const storage::CaseRef ref, Find(services, call));
  SC_ANSWER_ASSIGN(call, EventPage page, ReadEvents(services.store, ref, after, kEventsAtOnce));
  SC_ANSWER_ASSIGN(call, const storage::Leaf leaf, services.store.FindLeaf(ref.record.leaf()));
  v1::Mailbox mailbox;
  mailbox.set_report_id(report::FormatId(ref.id));
  mailbox.set_channel(ref.record.channel());
  mailbox.set_status(ref.record.status());
  for (v1::SignedEvent& event : page.events) {
    if (IsForReporter(event)) *mailbox.add_events() = std::move(event);
  }
  mailbox.set_report_hash(ref.record.report_hash());
  mailbox.set_promise(PromiseFor(services, *call.charter, leaf.record));
  Result<std::string> receipt = services.report_log.Receipt(leaf.record);
  // A client takes a receipt that is missing for a promise that was broken, so only what is not
  // there is left out.
  if (receipt.ok()) {
    mailbox.set_receipt(*std::move(receipt));
  } else if (receipt.error().code() != Code::kNotFound) {
    return call.Fail(receipt.error());
  }
  mailbox.set_sequence(ref.record.events());
  mailbox.set_head(ref.record.head());
  mailbox.set_erased(ref.record.erased());
  if (ref.record.erased()) {
    SC_ANSWER_ASSIGN(call, *mailbox.mutable_erasure(),
                     ReadEvent(services.store, ref, ref.record.events()));
  }
  SC_ANSWER_ERROR(call, AddReaders(services, *call.charter->charter, ref, mailbox));
  http::Response response;
  SC_ANSWER_ASSIGN(call, response.body, SerializeInBuckets(call.format, std::move(mailbox)));
  response.headers.push_back({"content-type", std::string(MediaTypeOf(call.format))});
  call.Send(std::move(response));
}

}  // namespace

void GetMailbox(const Services& services, CallPtr call) {
  SC_ANSWER_ASSIGN(*call, const std::uint64_t after, QueryAfter(call->head.query()));
  OnPool(services, call, [&services, after](Call& each) { Read(services, each, after); });
}

void PostMailbox(const Services& services, CallPtr call) {
  SC_ANSWER_ASSIGN(*call, SentEvent sent, ParseEvent(services, *call));
  auto event = std::make_shared<SentEvent>(std::move(sent));
  OnPool(services, call, [&services, call, event](Call&) {
    SC_ANSWER_ASSIGN(*call, const storage::CaseRef ref, Find(services, *call));
    AppendToCase(services, call, ref, std::move(*event), ref.record.event_key());
  });
}

}  // namespace safeconduct::routes
