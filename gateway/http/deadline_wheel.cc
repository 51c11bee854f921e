#include "gateway/http/deadline_wheel.h"

#include <algorithm>

namespace safeconduct::http {

void DeadlineWheel::Entry::Unlink() {
  if (!linked()) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = nullptr;
  if (wheel_ != nullptr) --wheel_->count_;
}

DeadlineWheel::DeadlineWheel(Clock::duration tick, Clock::time_point now)
    : tick_(tick), start_(now) {
  for (Anchor& slot : slots_) slot.next_ = slot.previous_ = &slot;
}

DeadlineWheel::~DeadlineWheel() {
  for (Anchor& slot : slots_) {
    while (slot.next_ != &slot) slot.next_->Unlink();
    slot.next_ = nullptr;
  }
}

std::uint64_t DeadlineWheel::TickAtOrAfter(Clock::time_point at) const {
  if (at <= start_) return 0;
  return static_cast<std::uint64_t>((at - start_ - Clock::duration(1)) / tick_) + 1;
}

void DeadlineWheel::Arm(Entry& entry, Clock::time_point at) {
  entry.at_ = at;
  const std::uint64_t last = now_tick_ + kSlots - 1;
  const std::uint64_t tick = std::clamp(TickAtOrAfter(at), now_tick_ + 1, last);
  if (entry.linked()) {
    if (entry.tick_ <= tick) return;
    entry.Unlink();
  }
  Link(entry, tick);
}

void DeadlineWheel::Link(Entry& entry, std::uint64_t tick) {
  Anchor& slot = slots_[tick % kSlots];
  entry.wheel_ = this;
  entry.tick_ = tick;
  entry.previous_ = slot.previous_;
  entry.next_ = &slot;
  slot.previous_->next_ = &entry;
  slot.previous_ = &entry;
  ++count_;
}

void DeadlineWheel::Advance(Clock::time_point now) {
  if (now <= start_) return;
  const std::uint64_t reached = static_cast<std::uint64_t>((now - start_) / tick_);
  // After a long pause every slot is due once, not once per tick that was missed.
  if (reached > now_tick_ + kSlots) now_tick_ = reached - kSlots;
  while (now_tick_ < reached) {
    ++now_tick_;
    Empty(slots_[now_tick_ % kSlots], now);
  }
}

void DeadlineWheel::Empty(Entry& slot, Clock::time_point now) {
  // Moved aside first: what is armed meanwhile may come into this very slot for its next turn.
  Anchor due;
  due.next_ = due.previous_ = &due;
  if (slot.next_ != &slot) {
    due.next_ = slot.next_;
    due.previous_ = slot.previous_;
    due.next_->previous_ = due.previous_->next_ = &due;
    slot.next_ = slot.previous_ = &slot;
  }
  while (due.next_ != &due) {
    Entry& entry = *due.next_;
    entry.Unlink();
    if (entry.at_ == Clock::time_point::max()) continue;
    if (entry.at_ > now) {
      Arm(entry, entry.at_);
      continue;
    }
    entry.at_ = Clock::time_point::max();
    entry.OnDeadline();
  }
  due.next_ = nullptr;
}

}  // namespace safeconduct::http
