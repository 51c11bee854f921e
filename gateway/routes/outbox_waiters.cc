#include "gateway/routes/outbox_waiters.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace safeconduct::routes {

template <typename Test>
OutboxWaiters::Waiters OutboxWaiters::Take(Test ends) {
  Waiters taken;
  for (auto next = waiters_.begin(); next != waiters_.end();) {
    const auto each = next++;
    if (ends(*each)) taken.splice(taken.end(), waiters_, each);
  }
  return taken;
}

void OutboxWaiters::ResumeAll(Waiters& waiters, Wake wake) {
  for (Waiter& waiter : waiters) waiter.resume(wake);
}

std::uint64_t OutboxWaiters::NewsOf(const storage::HolderKey& relay) const {
  const std::lock_guard lock(mutex_);
  const auto found = news_.find(relay);
  return found == news_.end() ? 0 : found->second;
}

void OutboxWaiters::Park(const storage::HolderKey& relay, std::uint64_t seen, Time deadline,
                         Resume resume) {
  Waiters over;
  std::optional<Wake> at_once;
  {
    const std::lock_guard lock(mutex_);
    const auto found = news_.find(relay);
    const auto is_his = [&](const Waiter& each) { return each.relay == relay; };
    const auto his = std::count_if(waiters_.begin(), waiters_.end(), is_his);
    if (stopped_) {
      at_once = Wake::kOver;
    } else if (found != news_.end() && found->second != seen) {
      at_once = Wake::kNews;
    } else if (static_cast<std::size_t>(his) >= limits_.of_one_relay) {
      over.splice(over.end(), waiters_, std::find_if(waiters_.begin(), waiters_.end(), is_his));
    } else if (waiters_.size() >= limits_.places) {
      at_once = Wake::kOver;
    }
    if (!at_once) waiters_.push_back({relay, deadline, std::move(resume)});
  }
  ResumeAll(over, Wake::kOver);
  if (at_once) resume(*at_once);
}

void OutboxWaiters::Tell(const storage::HolderKey& relay) {
  Waiters waiters;
  {
    const std::lock_guard lock(mutex_);
    ++news_[relay];
    waiters = Take([&](const Waiter& each) { return each.relay == relay; });
  }
  ResumeAll(waiters, Wake::kNews);
}

void OutboxWaiters::EndOverdue(Time now) {
  Waiters waiters;
  {
    const std::lock_guard lock(mutex_);
    waiters = Take([&](const Waiter& each) { return each.deadline <= now; });
  }
  ResumeAll(waiters, Wake::kOver);
}

void OutboxWaiters::Stop() {
  Waiters waiters;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    waiters.swap(waiters_);
  }
  ResumeAll(waiters, Wake::kOver);
}

std::size_t OutboxWaiters::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiters_.size();
}

}  // namespace safeconduct::routes
