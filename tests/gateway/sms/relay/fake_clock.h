// Time that passes when the test says so.
#ifndef SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_FAKE_CLOCK_H_
#define SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_FAKE_CLOCK_H_

#include <atomic>

#include "gateway/work/clock.h"

namespace safeconduct::sms {

class FakeClock final : public work::Clock {
 public:
  explicit FakeClock(std::int64_t now) : now_(now) {}
  std::int64_t UnixSeconds() const override { return now_; }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::seconds(now_));
  }
  void Pass(std::int64_t seconds) { now_ += seconds; }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_FAKE_CLOCK_H_
