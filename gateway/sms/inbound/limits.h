// How much the relay takes and says, so that nobody can fill a channel or run up a bill.
//
// A number is known here as a keyed hash (HMAC-SHA-256, a key of this process alone), for a day at
// most, in memory. When more numbers come than there is room for, the oldest are forgotten, and may
// send their share again; what is taken in all stays bounded.
//
// Thread-safety: any thread, any time. `now`: Unix seconds, or any clock of seconds; time that goes
// back is as time that stands.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_LIMITS_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_LIMITS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/secret.h"
#include "gateway/sms/inbound/incoming.h"
#include "gateway/sms/inbound/phrases.h"

namespace safeconduct::sms {

struct LimitSettings {
  std::uint32_t per_number_hour = 60;  // SMS, so parts of a long message count each
  std::uint32_t per_number_day = 200;
  std::uint32_t per_minute = 6'000;       // of all numbers
  std::uint32_t replies_per_day = 2'000;  // phrases of the relay's own, to all numbers
  std::size_t numbers = 100'000;          // that are remembered; about 150 bytes each
};

enum class Admission : std::uint8_t { kTaken, kNumberHour, kNumberDay, kAll };

struct LimitCounters {
  std::uint64_t taken = 0;
  std::uint64_t refused_number_hour = 0;
  std::uint64_t refused_number_day = 0;
  std::uint64_t refused_all = 0;
  std::uint64_t replies = 0;
  std::uint64_t replies_refused = 0;  // over replies_per_day; not those said already today
  std::uint64_t forgotten = 0;        // numbers, for want of room
};

class Limits {
 public:
  explicit Limits(const LimitSettings& settings);

  // Whether one more SMS of that number is taken. Only what is taken counts against its share.
  Admission Admit(const Number& from, std::int64_t now);
  // Whether that phrase may be sent to that number: once in a day each. If so, it counts as sent.
  bool MayReply(const Number& to, Phrase phrase, std::int64_t now);

  LimitCounters counters() const;

 private:
  using Key = ByteArray<16>;
  // So many in a span of time that begins with the first.
  struct Window {
    std::int64_t begin = 0;
    std::uint32_t count = 0;
    bool Full(std::int64_t now, std::int64_t seconds, std::uint32_t limit);
  };
  struct Entry {
    Window hour;
    std::uint32_t day_count = 0;
    std::array<bool, kPhrases> said = {};
  };
  Entry& EntryOf(const Number& number, std::int64_t now);

  const LimitSettings settings_;
  const SecretArray<32> key_ = SecretArray<32>::Random();
  mutable std::mutex mutex_;
  std::map<Key, Entry> entries_;
  std::deque<std::pair<std::int64_t, Key>> oldest_;  // when each entry's day began, in order
  Window minute_;
  Window replies_;
  LimitCounters counters_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_LIMITS_H_
