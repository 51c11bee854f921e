// Who reads a conversation now, as far as the gateway can be asked within two seconds.
//
// Thread-safety: any thread.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_READERS_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_READERS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/report/event.h"
#include "gateway/sms/relay/context.h"
#include "gateway/sms/relay/gateway.h"
#include "gateway/sms/relay/thread.h"

namespace safeconduct::sms {

class Readers {
 public:
  struct Conversation {
    std::vector<const v1::Holder*> readers;
    std::optional<report::Head> head;  // of the case, where the mailbox said it
  };

  // `context` must outlive it.
  Readers(const Context& context, MakeGateway make) : context_(context), make_(std::move(make)) {}

  // Those whom the mailbox proves, or those whom the charter names when it cannot be read. While
  // the gateway is away it is not asked again for ten seconds, so that nobody waits for it.
  Conversation Of(const ThreadKeys& thread, const Hash& report_hash, std::string_view channel,
                  const charter::OpenCharter& charter);

 private:
  std::unique_ptr<Gateway> Borrow();
  void GiveBack(std::unique_ptr<Gateway> gateway);

  const Context& context_;
  const MakeGateway make_;
  std::atomic<std::int64_t> away_until_{0};  // Unix seconds
  std::mutex mutex_;
  std::vector<std::unique_ptr<Gateway>> idle_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_READERS_H_
