// How long to wait before the next try: from half a second, doubled up to a minute, and each time
// between half and all of that, so that many who wait do not come back together.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_BACKOFF_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_BACKOFF_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "crypto/base/secret.h"

namespace safeconduct::sms {

inline constexpr std::chrono::milliseconds kFirstPause{500};
inline constexpr std::chrono::milliseconds kLongestPause{60'000};

// `failures`: how many there were in a row, from 1.
inline std::chrono::milliseconds PauseAfter(std::uint32_t failures) {
  const std::uint32_t doublings = std::min<std::uint32_t>(failures == 0 ? 0 : failures - 1, 7);
  const auto most = std::min(kFirstPause * (1U << doublings), kLongestPause);
  const auto random = RandomArray<2>();
  const std::int64_t share = (random[0] << 8 | random[1]) % 1024;
  return most / 2 + most / 2 * share / 1024;
}

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_BACKOFF_H_
