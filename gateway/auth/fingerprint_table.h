// Open-addressing tables of 64-bit fingerprints (uniformly distributed; keyed by the caller, so
// that no one can aim at a slot), for replay_cache.cc. They grow by doubling; Clear gives the
// memory back.
//
// Thread-safety: one thread at a time.
#ifndef SAFECONDUCT_GATEWAY_AUTH_FINGERPRINT_TABLE_H_
#define SAFECONDUCT_GATEWAY_AUTH_FINGERPRINT_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace safeconduct::auth {

// `Slot` has a std::uint64_t `fingerprint`, which is 0 when the slot is free.
template <typename Slot>
class FingerprintTable {
 public:
  std::size_t size() const { return size_; }

  Slot* Find(std::uint64_t fingerprint) {
    if (slots_.empty()) return nullptr;
    Slot& slot = Probe(NotZero(fingerprint));
    return slot.fingerprint == 0 ? nullptr : &slot;
  }

  // The slot of `fingerprint`, new if there was none. Valid until the next call.
  Slot& FindOrAdd(std::uint64_t fingerprint) {
    if (4 * (size_ + 1) > 3 * slots_.size()) Grow();
    Slot& slot = Probe(NotZero(fingerprint));
    if (slot.fingerprint == 0) {
      slot.fingerprint = NotZero(fingerprint);
      ++size_;
    }
    return slot;
  }

  void Clear() {
    slots_ = std::vector<Slot>();
    size_ = 0;
  }

 private:
  static constexpr std::size_t kFirstSlots = 64;

  static std::uint64_t NotZero(std::uint64_t fingerprint) {
    return fingerprint == 0 ? 1 : fingerprint;
  }

  // The slot that holds `fingerprint`, or the free one where it belongs. Slots are a power of two.
  Slot& Probe(std::uint64_t fingerprint) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(fingerprint) & mask;
    while (slots_[at].fingerprint != 0 && slots_[at].fingerprint != fingerprint) {
      at = (at + 1) & mask;
    }
    return slots_[at];
  }

  void Grow() {
    std::vector<Slot> old(slots_.empty() ? kFirstSlots : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.fingerprint != 0) Probe(slot.fingerprint) = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace safeconduct::auth

#endif  // SAFECONDUCT_GATEWAY_AUTH_FINGERPRINT_TABLE_H_
