// Events that the relay signs, and what the gateway promises for them.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_CASE_EVENT_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_CASE_EVENT_H_

#include <cstdint>

#include "crypto/base/hash.h"
#include "gateway/report/event.h"
#include "gateway/work/clock.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::sms {

inline v1::Event NextEvent(const Hash& report_hash, const report::Head& head,
                           const PublicKey& author, std::uint64_t charter_version,
                           std::int64_t gateway_time) {
  v1::Event event;
  event.set_report_hash(report_hash.data(), report_hash.size());
  event.set_sequence(head.sequence + 1);
  event.set_previous(head.hash.data(), head.hash.size());
  event.set_author(author.data(), author.size());
  event.set_charter_version(charter_version);
  event.set_time(work::RoundDown(gateway_time, work::kHourSeconds));
  return event;
}

// The place of the newest event of the case, if the mailbox is that case's. kMalformed.
inline Result<report::Head> HeadOf(const v1::Mailbox& mailbox, const Hash& report_hash) {
  if (mailbox.report_hash() != AsText(report_hash) || mailbox.head().size() != 32) {
    return Error(Code::kMalformed, "a mailbox of another case");
  }
  return report::Head{mailbox.sequence(), ToArray<32>(AsBytes(mailbox.head()))};
}

// kUnverified.
inline Status CheckPromise(const v1::AppendEventReply& reply, const v1::SignedEvent& event,
                           const charter::OpenCharter& charter) {
  SC_TRY(report::VerifyPromise(reply.promise(), report::LeafKind::kEvent,
                               Sha256(AsBytes(event.event())), charter.logs()));
  return {};
}

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_CASE_EVENT_H_
