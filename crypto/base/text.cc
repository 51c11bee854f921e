#include "crypto/base/text.h"

namespace safeconduct {

Result<std::uint64_t> ParseDecimal(std::string_view text, std::uint64_t max) {
  const Error malformed(Code::kMalformed, "not a decimal number in its one spelling");
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return malformed;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return malformed;
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

}  // namespace safeconduct
