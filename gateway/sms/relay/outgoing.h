// What goes out by SMS, step by step: taken from the outbox, given to the telephone side, reported
// to the case. Each step is safe to be repeated and to be broken off: what was begun to be sent is
// never sent again.
//
// Thread-safety: any thread; of one token one Send and one Report at a time.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_OUTGOING_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_OUTGOING_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/report/event.h"
#include "gateway/sms/outbound/provider.h"
#include "gateway/sms/relay/context.h"
#include "gateway/sms/relay/gateway.h"
#include "gateway/sms/relay/thread.h"

namespace safeconduct::sms {

// What a step leaves to be done.
enum class Next : std::uint8_t {
  kNothing,
  kSend,
  kReport,
  kLater,  // the same step again
  kAway,   // the same, once the gateway answers
};

class Outgoing {
 public:
  // `context` must outlive it.
  explicit Outgoing(const Context& context) : context_(context) {}

  struct Taken {
    storage::SendToken token{};
    Next next = Next::kNothing;
    bool is_new = false;
  };
  // Checks what can be checked without opening it, and stores it. Errors of the store; kUnavailable
  // without a charter; kMalformed for an item that names no case.
  Result<Taken> TakeItem(const v1::OutboxItem& item);

  // One that waits is given to the provider, and what became of it stored. One that was begun and
  // not ended, by a relay that died or a store that failed, ends as unsure.
  Next Send(const storage::SendToken& token, Provider& provider);

  // The newest outcome becomes an event of the case.
  Next Report(const storage::SendToken& token, Gateway& gateway);

  // Errors of the store, and kUnavailable for an id that may be of one that is being sent now.
  // kNothing as well for what is not known.
  Result<Taken> Take(const DeliveryReport& report);

  // What is left to be done with what is in the store.
  static Next LeftOf(const v1::RelayOutgoing& record);

 private:
  // Whom it goes to and what it says, or the outcome that it has without being sent.
  struct Letter {
    std::optional<v1::DeliveryState> outcome;
    Number to;
    std::string text;
  };

  std::string SenderOf(const std::string& channel) const;
  // `event`: what is to be sent; null when nobody may send it.
  Result<Taken> TakeNew(const storage::SendToken& token, const v1::OutboxItem& item,
                        const v1::Event* event);
  bool MayAnswer(const v1::OutboxItem& item, const charter::OpenCharter& charter,
                 v1::Event& event) const;
  Letter ReadReply(const v1::RelayOutgoing& record) const;
  Letter ReadAnswer(const v1::RelayOutgoing& record) const;
  Next End(const storage::SendToken& token, v1::DeliveryState outcome);
  Next Store(const storage::SendToken& token, const SendResult& result);
  Result<report::Head> FindHead(const v1::RelayOutgoing& record, Gateway& gateway, bool fresh);
  Result<bool> ReportOnce(const v1::RelayOutgoing& record, const report::Head& head,
                          Gateway& gateway);
  Next Reported(const storage::SendToken& token, std::uint32_t state);
  void Count(v1::DeliveryState outcome);

  const Context& context_;
  std::atomic<std::uint32_t> sending_{0};
  std::mutex mutex_;
  std::map<std::string, report::Head> heads_;  // by report hash, as the outbox last said
};

// The token that an answer goes out under: by the case and the event's number, so that an answer
// that is offered twice is known.
storage::SendToken TokenOf(const storage::RelayStore& store, const std::string& report_hash,
                           std::uint64_t event);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_OUTGOING_H_
