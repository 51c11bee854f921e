// Tokens of what goes out, each at its time.
//
// Thread-safety: any thread.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_DUE_QUEUE_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_DUE_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "gateway/work/clock.h"
#include "storage/relay/relay_store.h"

namespace safeconduct::sms {

struct Due {
  storage::SendToken token{};
  std::uint32_t tries = 0;
};

class DueQueue {
 public:
  // `clock` must outlive it.
  explicit DueQueue(const work::Clock& clock) : clock_(clock) {}

  // One that waits already is not added again; one that is under way is due again when it is done.
  void Add(const Due& due, std::chrono::milliseconds after = std::chrono::milliseconds(0)) {
    {
      const std::lock_guard lock(mutex_);
      const auto [found, is_new] = known_.try_emplace(due.token, State::kWaiting);
      if (!is_new) {
        if (found->second == State::kUnderWay) found->second = State::kAgain;
        return;
      }
      waiting_.emplace(clock_.Steady() + after, due);
    }
    changed_.notify_one();
  }

  // What Wait or TakeNow gave is not under way any more.
  void Done(const storage::SendToken& token) {
    bool again = false;
    {
      const std::lock_guard lock(mutex_);
      const auto found = known_.find(token);
      again = found != known_.end() && found->second == State::kAgain;
      if (found != known_.end()) known_.erase(found);
    }
    if (again) Add({token, 0});
  }

  // What is due now; nothing when nothing is.
  std::optional<Due> TakeNow() {
    const std::lock_guard lock(mutex_);
    return Take();
  }

  // Waits for the next, which is then under way until Done; nothing after Stop.
  std::optional<Due> Wait() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (std::optional<Due> due = Take()) return due;
      if (waiting_.empty()) {
        changed_.wait(lock);
      } else {
        changed_.wait_for(lock, waiting_.begin()->first - clock_.Steady());
      }
    }
    return std::nullopt;
  }

  // Waiting or under way.
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return known_.size();
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
  }

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class State : std::uint8_t { kWaiting, kUnderWay, kAgain };

  std::optional<Due> Take() {
    if (waiting_.empty() || waiting_.begin()->first > clock_.Steady()) return std::nullopt;
    const Due due = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    known_[due.token] = State::kUnderWay;
    return due;
  }

  const work::Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Time, Due> waiting_;
  std::map<storage::SendToken, State> known_;
  bool stopping_ = false;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_DUE_QUEUE_H_
