#include "gateway/charter/text.h"

#include <algorithm>

#include "crypto/base/utf8.h"

namespace safeconduct::charter {
namespace {

constexpr std::size_t kMaxIdLength = 63;
constexpr std::size_t kMaxOriginLength = 255;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdLength &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsDigit(c) || c == '-' || (c >= 'a' && c <= 'z'); });
}

bool IsPlainText(std::string_view text, std::size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) return false;
  while (!text.empty()) {
    const std::optional<char32_t> c = TakeCodePoint(text);
    if (!c || *c < 0x20 || (*c >= 0x7f && *c < 0xa0)) return false;
  }
  return true;
}

bool IsOrigin(std::string_view text) {
  return !text.empty() && text.size() <= kMaxOriginLength &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '+'; });
}

}  // namespace safeconduct::charter
