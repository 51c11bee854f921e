// When a holder is notified: once in each window, a period that begins at a multiple of its length
// since 1970, at a moment that looks random. It is drawn by a keyed hash of the window and the
// recipient, so a restart finds the same moment, and nothing has to be kept: what lies before the
// start was done, or is left out. Who has not the key learns nothing of it beforehand; nobody's
// report has any part in it.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_NOTIFY_MOMENT_H_
#define SAFECONDUCT_GATEWAY_NOTIFY_MOMENT_H_

#include <chrono>
#include <cstdint>
#include <string_view>

#include "crypto/base/bytes.h"

namespace safeconduct::notify {

// Unix seconds of the beginning of the window that `now` lies in.
std::int64_t WindowOf(std::int64_t now, std::chrono::seconds period);

// Milliseconds after the window's beginning, in its first three quarters: the last one is for
// trying again.
std::chrono::milliseconds MomentIn(std::int64_t window, std::chrono::seconds period,
                                   std::string_view recipient, ByteView key);

inline constexpr int kAttempts = 5;
// After the attempt of that number, from 1. The pauses of all attempts are shorter than the last
// quarter of the window.
std::chrono::milliseconds PauseAfter(int attempt, std::chrono::seconds period);

}  // namespace safeconduct::notify

#endif  // SAFECONDUCT_GATEWAY_NOTIFY_MOMENT_H_
