// What became of an answer, into the case.
#include "gateway/report/report.h"
#include "gateway/sms/relay/case_event.h"
#include "gateway/sms/relay/outgoing.h"

namespace safeconduct::sms {
namespace {

constexpr int kTurns = 5;

}  // namespace

// As the outbox said, which is asked all the time; of what is not in the outbox any more, by the
// reporter's mailbox, as long as the thread's keys can be had.
Result<report::Head> Outgoing::FindHead(const v1::RelayOutgoing& record, Gateway& gateway,
                                        bool fresh) {
  if (!fresh) {
    const std::lock_guard lock(mutex_);
    const auto found = heads_.find(record.report_hash());
    if (found != heads_.end()) {
      const report::Head head = found->second;
      heads_.erase(found);  // good for one event
      return head;
    }
  }
  const EpochPtr epoch = context_.epochs.Find(record.epoch());
  if (epoch == nullptr) return Error(Code::kUnavailable, "the outbox has to name the case's head");
  SC_ASSIGN(const Number number, OpenCapsule(*epoch, AsBytes(record.capsule())));
  const ThreadKeys thread(*epoch, record.channel(), number);
  SC_ASSIGN(const v1::Mailbox mailbox,
            gateway.ReadMailbox(thread.request_key, Gateway::kNoEvents, kPatience));
  return HeadOf(mailbox, ToArray<32>(AsBytes(record.report_hash())));
}

// False when the gateway will not have it: what it knows of the answer is final.
Result<bool> Outgoing::ReportOnce(const v1::RelayOutgoing& record, const report::Head& head,
                                  Gateway& gateway) {
  const CharterPtr charter = context_.charters.Current();
  if (charter == nullptr) return Error(Code::kUnavailable, "no charter is known");
  const Hash report_hash = ToArray<32>(AsBytes(record.report_hash()));
  const SigningKey event_key = context_.relay.Key(identity::Purpose::kEvent);
  v1::Event event =
      NextEvent(report_hash, head, event_key.public_key(), charter->version(), gateway.Time());
  event.mutable_delivery()->set_message(record.event());
  event.mutable_delivery()->set_state(static_cast<v1::DeliveryState>(record.outcome()));
  const v1::SignedEvent signed_event = report::SignEvent(event, event_key);
  const Result<v1::AppendEventReply> reply =
      gateway.AppendToCase(context_.relay.Key(identity::Purpose::kRequest),
                           report::FormatId(report::IdOf(report_hash)), signed_event);
  if (reply.ok()) {
    SC_TRY(CheckPromise(*reply, signed_event, *charter));
    return true;
  }
  switch (reply.error().code()) {
    case Code::kUnauthorized:
    case Code::kNotFound:
    case Code::kRejected:
      ++context_.counters.rejected;
      return false;
    default:
      return reply.error();
  }
}

Next Outgoing::Report(const storage::SendToken& token, Gateway& gateway) {
  const Result<v1::RelayOutgoing> record = context_.store.FindOutgoing(token);
  if (!record.ok()) {
    return record.error().code() == Code::kNotFound ? Next::kNothing : Next::kLater;
  }
  if (LeftOf(*record) != Next::kReport) return Next::kNothing;
  for (int turn = 0; turn < kTurns; ++turn) {
    const Result<report::Head> head = FindHead(*record, gateway, turn > 0);
    if (!head.ok()) return IsAway(head.error()) ? Next::kAway : Next::kLater;
    const Result<bool> done = ReportOnce(*record, *head, gateway);
    if (done.ok()) return Reported(token, record->outcome());
    if (IsNewCharter(done.error())) {
      if (!context_.charters.Refresh(gateway).ok()) return Next::kLater;
    } else if (done.error().code() != Code::kConflict) {
      if (IsAway(done.error())) ++context_.counters.gateway_failures;
      return IsAway(done.error()) ? Next::kAway : Next::kLater;
    }
  }
  return Next::kLater;
}

Next Outgoing::Reported(const storage::SendToken& token, std::uint32_t state) {
  const auto edit = [state](v1::RelayOutgoing& record) {
    record.set_reported(state);
    // Nothing follows but after SENT.
    if (state != static_cast<std::uint32_t>(v1::DELIVERY_STATE_SENT)) record.clear_capsule();
    return true;
  };
  const Result<v1::RelayOutgoing> record = context_.store.UpdateOutgoing(token, edit);
  if (!record.ok()) return Next::kLater;
  return LeftOf(*record);
}

}  // namespace safeconduct::sms
