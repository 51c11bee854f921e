#include "gateway/charter/text.h"

#include <algorithm>

#include "crypto/base/utf8.h"

namespace safeconduct::charter {
namespace {

constexpr std::size_t kMaxIdLength = 63;
constexpr std::size_t kMaxOriginLength = 255;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<std::uint64_t> ParseDecimal(std::string_view text, std::uint64_t max) {
  const Error malformed(Code::kMalformed, "not a decimal number in its one spelling");
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return malformed;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return malformed;
    const std::uint64_t digit = static_cast<std::uint64_t>(c - '0');
    if (digit > max || value > (max - digit) / 10) return malformed;
    value = value * 10 + digit;
  }
  return value;
}

std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

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
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace safeconduct::charter
