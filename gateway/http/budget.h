// Bounds that all io threads share: so much memory, so many of something.
//
// Thread-safety: a Budget, all of it; a Reservation, one thread at a time.
#ifndef SAFECONDUCT_GATEWAY_HTTP_BUDGET_H_
#define SAFECONDUCT_GATEWAY_HTTP_BUDGET_H_

#include <atomic>
#include <cstdint>
#include <utility>

namespace safeconduct::http {

class alignas(64) Budget {
 public:
  explicit Budget(std::uint64_t limit) : limit_(limit) {}

  // False, and nothing taken, when that would pass `limit`.
  bool Take(std::uint64_t amount) { return TakeUpTo(amount, limit_); }
  // The same for a use that must leave some of the budget to others.
  bool TakeUpTo(std::uint64_t amount, std::uint64_t limit) {
    std::uint64_t used = used_.load(std::memory_order_relaxed);
    do {
      if (used > limit || amount > limit - used) return false;
    } while (!used_.compare_exchange_weak(used, used + amount, std::memory_order_relaxed));
    return true;
  }
  // Without asking: for what cannot be refused any more.
  void Force(std::uint64_t amount) { used_.fetch_add(amount, std::memory_order_relaxed); }
  void Return(std::uint64_t amount) { used_.fetch_sub(amount, std::memory_order_relaxed); }

  std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  std::uint64_t limit() const { return limit_; }
  bool Fits(std::uint64_t amount) const {
    const std::uint64_t now = used();
    return now <= limit_ && amount <= limit_ - now;
  }

 private:
  const std::uint64_t limit_;
  std::atomic<std::uint64_t> used_{0};
};

// What one holder has of a budget; returns it when destroyed.
class Reservation {
 public:
  explicit Reservation(Budget& budget) : budget_(&budget) {}
  Reservation(Reservation&& other) noexcept
      : budget_(other.budget_), amount_(std::exchange(other.amount_, 0)) {}
  Reservation& operator=(Reservation&&) = delete;
  ~Reservation() { Clear(); }

  bool Grow(std::uint64_t by) { return GrowUpTo(by, budget_->limit()); }
  bool GrowUpTo(std::uint64_t by, std::uint64_t limit) {
    if (!budget_->TakeUpTo(by, limit)) return false;
    amount_ += by;
    return true;
  }
  void Force(std::uint64_t by) {
    budget_->Force(by);
    amount_ += by;
  }
  void Clear() {
    if (amount_ != 0) budget_->Return(std::exchange(amount_, 0));
  }
  std::uint64_t amount() const { return amount_; }

 private:
  Budget* budget_;
  std::uint64_t amount_ = 0;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_BUDGET_H_
