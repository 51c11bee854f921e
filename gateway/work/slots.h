// A bound on how many of something are there at once: transfers, each of which holds a piece of
// memory.
//
// Thread-safety: any thread may take and let go. The Slots must outlive what was taken.
#ifndef SAFECONDUCT_GATEWAY_WORK_SLOTS_H_
#define SAFECONDUCT_GATEWAY_WORK_SLOTS_H_

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace safeconduct::work {

class Slots {
 public:
  explicit Slots(std::size_t count) : free_(static_cast<std::ptrdiff_t>(count)) {}
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  // Gives the slot back when it dies.
  class Slot {
   public:
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (slots_ != nullptr) slots_->free_.fetch_add(1, std::memory_order_relaxed);
    }

   private:
    friend class Slots;
    explicit Slot(Slots& slots) : slots_(&slots) {}
    Slots* slots_;
  };

  // Nothing when all are taken.
  std::optional<Slot> Take() {
    if (free_.fetch_sub(1, std::memory_order_relaxed) > 0) return Slot(*this);
    free_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }

 private:
  std::atomic<std::ptrdiff_t> free_;
};

}  // namespace safeconduct::work

#endif  // SAFECONDUCT_GATEWAY_WORK_SLOTS_H_
