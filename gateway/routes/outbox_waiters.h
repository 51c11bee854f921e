// Relays that wait for something to send. A call that waits is parked here, as a callback: it holds
// no thread, and a bounded place. The order that loses nothing: ask NewsOf, look into the store,
// Park with what NewsOf said; whatever was told of in between ends the waiting at once.
//
// Not given: that a client still listens. One that went away keeps its place until its deadline, or
// until the same relay has taken its share of places again.
//
// Thread-safety: any thread, any time. Callbacks are called once, without a lock held, on the
// thread of whoever ended the waiting, and must not block.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_OUTBOX_WAITERS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_OUTBOX_WAITERS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>

#include "storage/envelope_store.h"

namespace safeconduct::routes {

class OutboxWaiters {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Wake : std::uint8_t {
    kNews,  // look again
    kOver,  // answer: the time is over, there is no place, or the gateway stops
  };
  using Resume = std::function<void(Wake)>;

  struct Limits {
    std::size_t places = 64;
    std::size_t of_one_relay = 4;  // one more takes the place of the first of these
  };

  explicit OutboxWaiters(Limits limits) : limits_(limits) {}
  OutboxWaiters() : OutboxWaiters(Limits()) {}
  ~OutboxWaiters() { Stop(); }
  OutboxWaiters(const OutboxWaiters&) = delete;
  OutboxWaiters& operator=(const OutboxWaiters&) = delete;

  // How often that relay was told of.
  std::uint64_t NewsOf(const storage::HolderKey& relay) const;
  // Calls `resume` when there is news after `seen`, which may be at once, or at the deadline. At
  // once with kOver when all places are taken, and after Stop.
  void Park(const storage::HolderKey& relay, std::uint64_t seen, Time deadline, Resume resume);
  // There is something to send for that relay, on disk.
  void Tell(const storage::HolderKey& relay);
  // Ends the waiting of those whose deadline is not after `now`. To be called about every second.
  void EndOverdue(Time now);
  // Ends all waiting, and takes no more.
  void Stop();

  std::size_t waiting() const;

 private:
  struct Waiter {
    storage::HolderKey relay;
    Time deadline;
    Resume resume;
  };
  using Waiters = std::list<Waiter>;

  // Takes out those for which `ends` holds. With the lock held.
  template <typename Test>
  Waiters Take(Test ends);
  static void ResumeAll(Waiters& waiters, Wake wake);

  const Limits limits_;
  mutable std::mutex mutex_;
  Waiters waiters_;  // in the order in which they came
  // Of relays that were told of, which are as few as charters have named.
  std::map<storage::HolderKey, std::uint64_t> news_;
  bool stopped_ = false;
};

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_OUTBOX_WAITERS_H_
