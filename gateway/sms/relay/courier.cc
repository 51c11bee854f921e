#include "gateway/sms/relay/courier.h"

#include <utility>

#include "gateway/sms/relay/carrier.h"

namespace safeconduct::sms {
namespace {

constexpr std::size_t kAtOnce = 10'000;

}  // namespace

Status Courier::Start() {
  std::uint64_t after = 0;
  while (true) {
    SC_ASSIGN(const std::vector<storage::RelayPlace> places, context_.store.Queue(after, kAtOnce));
    for (const storage::RelayPlace& place : places) lines_.Add(place, true);
    if (places.size() < kAtOnce) break;
    after = places.back().sequence;
  }
  for (std::size_t i = 0; i < context_.settings.courier_threads; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
  return {};
}

void Courier::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Courier::Add(const std::vector<storage::RelayPlace>& places, const ThreadNow& thread) {
  {
    const std::lock_guard lock(mutex_);
    for (const storage::RelayPlace& place : places) lines_.Add(place, false, thread);
  }
  changed_.notify_one();
}

void Courier::GatewayIsBack() {
  {
    const std::lock_guard lock(mutex_);
    if (!lines_.away()) return;
    lines_.GatewayIsBack();
  }
  changed_.notify_all();
}

bool Courier::gateway_away() const {
  const std::lock_guard lock(mutex_);
  return lines_.away();
}

void Courier::Run() {
  const std::unique_ptr<Gateway> gateway = make_();
  Carrier carrier(context_, *gateway);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    std::optional<Waiting> waiting = lines_.Next(context_.clock.Steady());
    if (!waiting) {
      const std::optional<Lines::Time> due = lines_.NextDue();
      if (due) {
        changed_.wait_for(lock, *due - context_.clock.Steady());
      } else {
        changed_.wait(lock);
      }
      continue;
    }
    lock.unlock();
    const Carried carried = carrier.Carry(*waiting);
    lock.lock();
    const bool was_away = lines_.away();
    lines_.Finish(*std::move(waiting), carried, context_.clock.Steady());
    if (was_away && !lines_.away()) changed_.notify_all();
    // Its thread may have more.
    changed_.notify_one();
  }
}

}  // namespace safeconduct::sms
