#include "gateway/sms/relay/carrier.h"

#include <utility>

#include "gateway/report/event.h"
#include "gateway/report/report.h"
#include "gateway/sms/relay/case_event.h"
#include "proto/parse.h"

namespace safeconduct::sms {
namespace {

constexpr int kTurns = 5;
constexpr std::uint64_t kLeastPage =
    16;  // events that a page of a mailbox goes through, however long
constexpr std::size_t kMaxReportBytes = 4 * 1024 * 1024;

// kUnverified when the gateway's answer is not about this report.
Status CheckReply(const v1::SubmitReply& reply, const v1::SealedReport& sealed,
                  const charter::OpenCharter& charter) {
  const Hash hash = report::ReportHash(AsBytes(sealed.manifest()));
  if (reply.report_id() != report::FormatId(report::IdOf(hash))) {
    return Error(Code::kUnverified, "the gateway answered for another report");
  }
  SC_TRY(report::VerifyPromise(reply.promise(), report::LeafKind::kReport, hash, charter.logs()));
  return {};
}

}  // namespace

Carried Carrier::Carry(Waiting& waiting) {
  const Result<v1::RelayQueued> queued = context_.store.ReadQueued(waiting.place);
  if (!queued.ok()) {
    if (queued.error().code() == Code::kNotFound) return Carried::kDone;
    ++context_.counters.store_failures;
    return Carried::kLater;
  }
  return queued->has_message() ? CarryMessage(waiting, queued->message())
                               : CarryReport(waiting, *queued);
}

Carried Carrier::CarryReport(Waiting& waiting, const v1::RelayQueued& queued) {
  const CharterPtr charter = context_.charters.Current();
  if (charter == nullptr) return Carried::kAway;
  const Result<v1::SubmitReport> report =
      proto::ParseTolerant<v1::SubmitReport>(AsBytes(queued.report()), kMaxReportBytes);
  if (!report.ok()) return Carried::kBlocked;
  const Result<v1::SubmitReply> reply = gateway_.Submit(*report);
  if (!reply.ok()) {
    if (IsNewCharter(reply.error())) {
      // It cannot be sealed again; the gateway takes it under the charter that it names, once that
      // is one it has had.
      (void)context_.charters.Refresh(gateway_).ok();
    }
    // Without the report nothing that comes after it in the thread can go.
    const Carried carried = AfterError(reply.error());
    return carried == Carried::kRefused ? Carried::kBlocked : carried;
  }
  if (!CheckReply(*reply, report->sealed(), *charter).ok()) {
    ++context_.counters.rejected;
    return Carried::kLater;
  }
  waiting.thread.head = report::Head{0, report::ReportHash(AsBytes(report->sealed().manifest()))};
  return Remove(waiting.place);
}

Carried Carrier::CarryMessage(Waiting& waiting, const v1::RelayMessage& message) {
  if (waiting.thread.keys == nullptr) {
    const Result<OpenedCapsule> opened = OpenCapsule(context_.epochs, AsBytes(message.capsule()));
    if (!opened.ok()) {
      ++context_.counters.lost;
      (void)context_.store.RemoveQueued(waiting.place).ok();
      return Carried::kDone;
    }
    waiting.thread.keys =
        std::make_shared<ThreadKeys>(*opened->epoch, message.channel(), opened->number);
  }
  const ThreadKeys& thread = *waiting.thread.keys;
  std::optional<report::Head>& head = waiting.thread.head;
  if (!waiting.event.event().empty()) head.reset();  // it may have been made after another
  for (int turn = 0; turn < kTurns; ++turn) {
    const CharterPtr charter = context_.charters.Current();
    if (charter == nullptr) return Carried::kAway;
    if (waiting.event.event().empty()) {
      if (waiting.maybe_there) {
        const Result<bool> there = IsThere(thread, message);
        if (!there.ok()) return AfterError(there.error());
        if (*there) return Remove(waiting.place);
        waiting.maybe_there = false;
      }
      Result<v1::SignedEvent> event = MakeEvent(thread, message, *charter, head);
      if (!event.ok()) return AfterError(event.error());
      waiting.event = *std::move(event);
    }
    const Result<v1::AppendEventReply> reply =
        gateway_.AppendToMailbox(thread.request_key, waiting.event);
    if (reply.ok()) {
      if (CheckPromise(*reply, waiting.event, *charter).ok()) {
        if (head) head = report::Head{head->sequence + 1, Sha256(AsBytes(waiting.event.event()))};
        return Remove(waiting.place);
      }
      ++context_.counters.rejected;
      waiting.maybe_there = true;
      return Carried::kLater;
    }
    if (reply.error().code() == Code::kUnavailable) waiting.maybe_there = true;
    if (IsAway(reply.error())) return AfterError(reply.error());
    // The next one is another event. Whether this one is there all the same, the mailbox tells.
    waiting.event.Clear();
    head.reset();
    if (reply.error().code() != Code::kConflict) return AfterError(reply.error());
    if (IsNewCharter(reply.error())) {
      const Status fetched = context_.charters.Refresh(gateway_);
      if (!fetched.ok()) return IsAway(fetched.error()) ? Carried::kAway : Carried::kLater;
    }
  }
  return Carried::kLater;
}

Result<v1::SignedEvent> Carrier::MakeEvent(const ThreadKeys& thread,
                                           const v1::RelayMessage& message,
                                           const charter::OpenCharter& charter,
                                           std::optional<report::Head>& head) {
  const Hash report_hash = ToArray<32>(AsBytes(message.report_hash()));
  if (!head) {
    SC_ASSIGN(const v1::Mailbox mailbox,
              gateway_.ReadMailbox(thread.request_key, Gateway::kNoEvents, kPatience));
    SC_ASSIGN(head, HeadOf(mailbox, report_hash));
  }
  v1::Event event = NextEvent(report_hash, *head, thread.event_key.public_key(), charter.version(),
                              gateway_.Time());
  event.mutable_message()->set_sealed(message.sealed());
  return report::SignEvent(event, thread.event_key);
}

Result<bool> Carrier::IsThere(const ThreadKeys& thread, const v1::RelayMessage& message) {
  std::uint64_t after = 0;
  while (true) {
    SC_ASSIGN(const v1::Mailbox mailbox,
              gateway_.ReadMailbox(thread.request_key, after, kPatience));
    std::uint64_t last = after;
    for (const v1::SignedEvent& signed_event : mailbox.events()) {
      SC_ASSIGN(const v1::Event event, proto::ParseTolerant<v1::Event>(
                                           AsBytes(signed_event.event()), report::kMaxEventBytes));
      if (event.message().sealed() == message.sealed()) return true;
      last = std::max(last, event.sequence());
    }
    if (last >= mailbox.sequence() || mailbox.erased()) return false;
    // A page without one of the reporter's has at least so many of others.
    after = last == after ? after + kLeastPage : last;
    if (after >= mailbox.sequence()) return false;
  }
}

Carried Carrier::AfterError(const Error& error) {
  if (IsAway(error)) {
    ++context_.counters.gateway_failures;
    return Carried::kAway;
  }
  switch (error.code()) {
    case Code::kConflict:
    case Code::kInternal:
    case Code::kMalformed:
      ++context_.counters.gateway_failures;
      return Carried::kLater;
    default:
      ++context_.counters.rejected;
      return Carried::kRefused;
  }
}

Carried Carrier::Remove(const storage::RelayPlace& place) {
  // What stays is taken there once more after a restart, and found.
  if (!context_.store.RemoveQueued(place).ok()) ++context_.counters.store_failures;
  ++context_.counters.sent_on;
  return Carried::kDone;
}

}  // namespace safeconduct::sms
