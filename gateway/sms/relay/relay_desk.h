// The desk: dedupes, limits, joins, derives the thread, seals, and makes it durable in one write.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_RELAY_DESK_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_RELAY_DESK_H_

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/sms/inbound/keywords.h"
#include "gateway/sms/inbound/phrases.h"
#include "gateway/sms/relay/context.h"
#include "gateway/sms/relay/desk.h"
#include "gateway/sms/relay/lines.h"
#include "gateway/sms/relay/readers.h"
#include "gateway/sms/relay/thread.h"

namespace safeconduct::sms {

// Who goes on with what is on disk. Called by any thread; none blocks for long.
struct Onward {
  // With what is known of their thread, which is the same for all.
  std::function<void(const std::vector<storage::RelayPlace>&, const ThreadNow&)> queued;
  std::function<void(const storage::SendToken&)> outgoing;
  std::function<Status(const DeliveryReport&)> reported;
};

class RelayDesk final : public Desk {
 public:
  // `context` and `readers` must outlive it.
  RelayDesk(const Context& context, Readers& readers, Onward onward);

  Status Take(const Incoming& message) override;
  Status Take(const DeliveryReport& report) override { return onward_.reported(report); }

  // Passes on long messages of which a part came ten minutes ago, with a mark where parts are
  // missing: the telephone side was told that they are safe. Errors of the store; the next call
  // tries again.
  Status PassOnIncomplete();

 private:
  struct Whole {
    Number from;
    std::string to;
    std::string text;
  };

  const ChannelSettings* ChannelOf(std::string_view to) const;
  Status TakeNew(const Incoming& message, const ChannelSettings& channel,
                 storage::RelayChange& change);
  Status TakePart(const Incoming& message, const ChannelSettings& channel,
                  storage::RelayChange& change);
  Status TakeWhole(const Whole& whole, const ChannelSettings& channel,
                   storage::RelayChange& change);
  Status TakeKeyword(Keyword keyword, const Whole& whole, const ChannelSettings& channel,
                     storage::RelayChange& change);
  Result<ThreadNow> SealInto(const Whole& whole, const ChannelSettings& channel,
                             storage::RelayChange& change);
  Status PassOn(const storage::KeyedHash& message, std::int64_t before);

  std::optional<v1::RelayPartText> OpenPart(const v1::RelayPart& part) const;
  // Whether the number asked for no more SMS, in the newest epoch before that one that knows it.
  Result<bool> HadStopped(const Number& number, std::string_view channel,
                          std::uint64_t before) const;
  Status MarkThreads(const Number& number, bool stopped, storage::RelayChange& change) const;
  void AddReply(Phrase phrase, const Whole& whole, const ChannelSettings& channel,
                storage::RelayChange& change) const;
  std::string LanguageOf(const ChannelSettings& channel, std::string_view text) const;
  Status Commit(const storage::RelayChange& change, const ThreadNow& thread = {});

  std::mutex& LockOf(const Number& number);

  const Context& context_;
  Readers& readers_;
  const Onward onward_;
  // One message of a number at a time; numbers share locks.
  std::array<std::mutex, 256> locks_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_RELAY_DESK_H_
