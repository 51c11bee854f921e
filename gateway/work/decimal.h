// A decimal number without sign, blanks or leading zeros: one spelling for each.
#ifndef SAFECONDUCT_GATEWAY_WORK_DECIMAL_H_
#define SAFECONDUCT_GATEWAY_WORK_DECIMAL_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace safeconduct::work {

constexpr std::optional<std::uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number > (kMost - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

}  // namespace safeconduct::work

#endif  // SAFECONDUCT_GATEWAY_WORK_DECIMAL_H_
