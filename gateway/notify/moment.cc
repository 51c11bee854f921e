#include "gateway/notify/moment.h"

#include <string>

#include "crypto/base/hash.h"

namespace safeconduct::notify {

std::int64_t WindowOf(std::int64_t now, std::chrono::seconds period) {
  return now - now % period.count();
}

std::chrono::milliseconds MomentIn(std::int64_t window, std::chrono::seconds period,
                                   std::string_view recipient, ByteView key) {
  const std::string what = std::to_string(window) + "\n" + std::to_string(period.count()) + "\n" +
                           std::string(recipient);
  const ByteArray<32> hash = HmacSha256(key, AsBytes(what));
  std::uint64_t drawn = 0;
  for (std::size_t i = 0; i < sizeof(drawn); ++i) drawn = drawn << 8 | hash[i];
  const auto range = std::chrono::milliseconds(period).count() * 3 / 4;
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(drawn % static_cast<std::uint64_t>(range)));
}

std::chrono::milliseconds PauseAfter(int attempt, std::chrono::seconds period) {
  return std::chrono::milliseconds(period) / 64 * (1 << (attempt - 1));
}

}  // namespace safeconduct::notify
