// Time, as the gateway's parts are given it.
//
// Thread-safety: any thread, any time.
#ifndef SAFECONDUCT_GATEWAY_WORK_CLOCK_H_
#define SAFECONDUCT_GATEWAY_WORK_CLOCK_H_

#include <chrono>
#include <cstdint>

namespace safeconduct::work {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t UnixSeconds() const = 0;
  // For durations only.
  virtual std::chrono::steady_clock::time_point Steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::int64_t UnixSeconds() const override {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::now();
  }
};

// Times that are kept are rounded (design: "Anonymity").
inline constexpr std::int64_t kHourSeconds = 3600;
inline constexpr std::int64_t kDaySeconds = 24 * kHourSeconds;

constexpr std::int64_t RoundDown(std::int64_t unix_seconds, std::int64_t unit) {
  return unix_seconds - unix_seconds % unit;
}
constexpr std::int64_t RoundUp(std::int64_t unix_seconds, std::int64_t unit) {
  return RoundDown(unix_seconds + unit - 1, unit);
}

}  // namespace safeconduct::work

#endif  // SAFECONDUCT_GATEWAY_WORK_CLOCK_H_
