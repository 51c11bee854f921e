// A peer must keep up a minimum rate, measured over windows.
//
// Thread-safety: none.
#ifndef SAFECONDUCT_GATEWAY_HTTP_RATE_WINDOW_H_
#define SAFECONDUCT_GATEWAY_HTTP_RATE_WINDOW_H_

#include <chrono>
#include <cstdint>

#include "gateway/http/http.h"

namespace safeconduct::http {

class RateWindow {
 public:
  using Clock = std::chrono::steady_clock;

  // Opens the first window; `bytes`: how many have flowed until now.
  RateWindow(const Limits& limits, std::uint64_t bytes)
      : length_(limits.rate_window),
        needed_(limits.minimum_rate_bytes_per_second *
                static_cast<std::uint64_t>(limits.rate_window.count()) / 1000) {
    Restart(bytes);
  }

  // When to ask next.
  Clock::time_point end() const { return end_; }
  // Time in which the peer was not the one to wait for does not count.
  void Restart(std::uint64_t bytes) {
    bytes_ = bytes;
    end_ = Clock::now() + length_;
  }
  // At the end of a window: whether enough has flowed in it. Opens the next.
  bool Passes(std::uint64_t bytes) {
    const bool enough = bytes >= bytes_ && bytes - bytes_ >= needed_;
    Restart(bytes);
    return enough;
  }

 private:
  Clock::duration length_;
  std::uint64_t needed_;
  std::uint64_t bytes_ = 0;
  Clock::time_point end_{};
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_RATE_WINDOW_H_
