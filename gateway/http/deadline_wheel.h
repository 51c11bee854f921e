// Deadlines of many connections for the price of few timers.
//
// A ring of slots, one per tick. A deadline that is put off, as most are, is only noted in its
// entry; the slot finds out when its turn comes. So arming costs a store, and a tick costs what
// stands in its slot. A deadline is met at most one tick late, never early.
//
// Thread-safety: none; one wheel per io thread.
#ifndef SAFECONDUCT_GATEWAY_HTTP_DEADLINE_WHEEL_H_
#define SAFECONDUCT_GATEWAY_HTTP_DEADLINE_WHEEL_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace safeconduct::http {

class DeadlineWheel {
 public:
  using Clock = std::chrono::steady_clock;

  // Something with one deadline. Leaves the wheel when destroyed.
  class Entry {
   public:
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   protected:
    virtual ~Entry() { Unlink(); }
    // The deadline has passed; the entry is not armed any more.
    virtual void OnDeadline() = 0;

   private:
    friend class DeadlineWheel;
    bool linked() const { return next_ != nullptr; }
    void Unlink();

    DeadlineWheel* wheel_ = nullptr;
    Entry* next_ = nullptr;
    Entry* previous_ = nullptr;
    Clock::time_point at_ = Clock::time_point::max();
    std::uint64_t tick_ = 0;  // whose slot it stands in
  };

  // `tick` is more than zero.
  DeadlineWheel(Clock::duration tick, Clock::time_point now);
  ~DeadlineWheel();
  DeadlineWheel(const DeadlineWheel&) = delete;
  DeadlineWheel& operator=(const DeadlineWheel&) = delete;

  // Sets the deadline in place of an earlier one.
  void Arm(Entry& entry, Clock::time_point at);
  void Disarm(Entry& entry) { entry.at_ = Clock::time_point::max(); }

  // Calls OnDeadline of all whose time has come. Entries may arm, leave and be destroyed meanwhile.
  void Advance(Clock::time_point now);

  Clock::duration tick() const { return tick_; }
  bool empty() const { return count_ == 0; }

 private:
  static constexpr std::size_t kSlots = 512;

  struct Anchor final : Entry {
    void OnDeadline() override {}
  };

  std::uint64_t TickAtOrAfter(Clock::time_point at) const;
  void Link(Entry& entry, std::uint64_t tick);
  void Empty(Entry& slot, Clock::time_point now);

  const Clock::duration tick_;
  const Clock::time_point start_;
  std::uint64_t now_tick_ = 0;  // all up to this one are done
  std::size_t count_ = 0;
  std::array<Anchor, kSlots> slots_;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_DEADLINE_WHEEL_H_
