// The order in which the courier takes what waits: of each thread one after another, of different
// threads at the same time; nothing but one try now and then while the gateway is away.
//
// Not thread-safe: the courier's lock guards it. The time is the caller's.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_LINES_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_LINES_H_

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "gateway/report/event.h"
#include "gateway/sms/relay/thread.h"
#include "safeconduct/v1/event.pb.h"
#include "storage/relay/relay_store.h"

namespace safeconduct::sms {

// What spares a message on its way the opening of its capsule and a visit to the mailbox. Anything
// may be missing: then the courier finds it out.
struct ThreadNow {
  ThreadKeysPtr keys;
  std::optional<report::Head> head;  // of the case, when it was seen last
};

// What waits, with what is known of how far it came.
struct Waiting {
  storage::RelayPlace place;
  ThreadNow thread;
  v1::SignedEvent event;     // of a message, as it was last sent; empty: it was not, or must be new
  bool maybe_there = false;  // an answer was lost, now or before a restart
};

enum class Carried : std::uint8_t {
  kDone,     // the gateway has it, or it is gone
  kAway,     // the gateway does not answer: all wait
  kLater,    // only this one waits, and what comes after it in its thread
  kRefused,  // for good: it is kept, and what comes after it goes on
  kBlocked,  // for good, and nothing that comes after it can go without it
};

class Lines {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Keys of a thread are kept with at most so many lines, and only while these move: a gateway that
  // is away for long must not keep keys of epochs in memory.
  static constexpr std::size_t kMostKept = 256;

  void Add(const storage::RelayPlace& place, bool maybe_there, ThreadNow thread = {});
  // The first of a thread of which nothing is under way. Nothing while there is none, or while the
  // gateway is away and it is not time for the one try.
  std::optional<Waiting> Next(Time now);
  // What became of what Next gave. What it knows of its thread is for the next one in it.
  void Finish(Waiting waiting, Carried carried, Time now);
  // The gateway answers: everything may go at once.
  void GatewayIsBack();

  bool away() const { return failures_ > 0; }
  // When Next may give something that it does not give now; nothing: after Add or Finish.
  std::optional<Time> NextDue() const;
  std::size_t refused() const { return refused_.size(); }

 private:
  struct Line {
    std::deque<Waiting> waiting;
    ThreadNow thread;
    bool under_way = false;
    std::uint32_t failures = 0;
  };
  using Key = storage::MailboxKey;

  void MakeDue(Time now);
  void Keep(Line& line, ThreadNow thread);
  void Forget(Line& line);
  void ForgetAll();
  void Ready(const Key& key) { ready_.push_back(key); }

  std::map<Key, Line> lines_;
  std::deque<Key> ready_;
  std::multimap<Time, Key> delayed_;
  std::multimap<Time, Waiting> refused_;
  std::size_t kept_ = 0;        // lines with keys
  std::uint32_t failures_ = 0;  // of the gateway as a whole, in a row
  Time try_at_{};
  bool trying_ = false;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_LINES_H_
