#include "gateway/sms/relay/lines.h"

#include <algorithm>

#include "gateway/sms/relay/backoff.h"

namespace safeconduct::sms {
namespace {

constexpr std::chrono::hours kRefusedPause{1};

}  // namespace

void Lines::Keep(Line& line, ThreadNow thread) {
  if (thread.keys == nullptr || away() || (line.thread.keys == nullptr && kept_ == kMostKept)) {
    return;
  }
  if (line.thread.keys == nullptr) ++kept_;
  line.thread.keys = std::move(thread.keys);
  std::optional<report::Head>& head = line.thread.head;
  if (thread.head && (!head || head->sequence < thread.head->sequence)) head = thread.head;
}

void Lines::Forget(Line& line) {
  if (line.thread.keys != nullptr) --kept_;
  line.thread = {};
}

void Lines::ForgetAll() {
  if (kept_ == 0) return;
  for (auto& [key, line] : lines_) Forget(line);
}

void Lines::Add(const storage::RelayPlace& place, bool maybe_there, ThreadNow thread) {
  Line& line = lines_[place.thread];
  const bool idle = line.waiting.empty() && !line.under_way;
  line.waiting.push_back({place, {}, {}, maybe_there});
  Keep(line, std::move(thread));
  if (idle) Ready(place.thread);
}

void Lines::MakeDue(Time now) {
  while (!refused_.empty() && refused_.begin()->first <= now) {
    Waiting waiting = std::move(refused_.begin()->second);
    refused_.erase(refused_.begin());
    Line& line = lines_[waiting.place.thread];
    const bool idle = line.waiting.empty() && !line.under_way;
    const Key key = waiting.place.thread;
    line.waiting.push_front(std::move(waiting));
    if (idle) Ready(key);
  }
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    Ready(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
  }
}

std::optional<Waiting> Lines::Next(Time now) {
  MakeDue(now);
  if (ready_.empty() || (away() && (trying_ || now < try_at_))) return std::nullopt;
  trying_ = away();
  Line& line = lines_.at(ready_.front());
  ready_.pop_front();
  line.under_way = true;
  Waiting waiting = std::move(line.waiting.front());
  line.waiting.pop_front();
  waiting.thread = line.thread;
  return waiting;
}

void Lines::Finish(Waiting waiting, Carried carried, Time now) {
  const Key key = waiting.place.thread;
  Line& line = lines_.at(key);
  line.under_way = false;
  trying_ = false;
  ThreadNow thread = std::move(waiting.thread);
  waiting.thread = {};
  if (carried != Carried::kDone) Forget(line);
  switch (carried) {
    case Carried::kDone:
      line.failures = 0;
      if (!line.waiting.empty()) Keep(line, std::move(thread));
      break;
    case Carried::kAway:
      ForgetAll();
      line.waiting.push_front(std::move(waiting));
      // Of several that failed together one counts.
      if (now >= try_at_) try_at_ = now + PauseAfter(++failures_);
      ready_.push_front(key);
      return;
    case Carried::kLater:
      line.waiting.push_front(std::move(waiting));
      delayed_.emplace(now + PauseAfter(++line.failures), key);
      GatewayIsBack();
      return;
    case Carried::kBlocked:
      line.waiting.push_front(std::move(waiting));
      delayed_.emplace(now + kRefusedPause, key);
      GatewayIsBack();
      return;
    case Carried::kRefused:
      refused_.emplace(now + kRefusedPause, std::move(waiting));
      break;
  }
  GatewayIsBack();
  if (line.waiting.empty()) {
    Forget(line);
    lines_.erase(key);
  } else {
    Ready(key);
  }
}

void Lines::GatewayIsBack() {
  failures_ = 0;
  try_at_ = {};
  trying_ = false;
}

std::optional<Lines::Time> Lines::NextDue() const {
  std::optional<Time> due;
  const auto consider = [&](Time time) { due = due ? std::min(*due, time) : time; };
  if (!ready_.empty() && away() && !trying_) consider(try_at_);
  if (!delayed_.empty()) consider(delayed_.begin()->first);
  if (!refused_.empty()) consider(refused_.begin()->first);
  return due;
}

}  // namespace safeconduct::sms
