#include <algorithm>

#include "gateway/sms/inbound/incoming.h"

namespace safeconduct::sms {
namespace {

constexpr std::size_t kMinDigits = 7;
constexpr std::size_t kMaxDigits = 15;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsFiller(char c) {
  return c == ' ' || c == '\t' || c == '.' || c == '-' || c == '(' || c == ')' || c == '/';
}

}  // namespace

Result<Number> ParseNumber(std::string_view text, std::string_view country_code) {
  const Error no_number(Code::kMalformed, "not a telephone number that can be answered");
  if (text.size() > 64) return no_number;
  std::string digits;
  bool international = false;
  for (const char c : text) {
    if (IsDigit(c)) {
      digits.push_back(c);
    } else if (c == '+' && digits.empty() && !international) {
      international = true;
    } else if (!IsFiller(c)) {
      return no_number;
    }
  }
  if (!international && digits.starts_with("00")) {
    digits.erase(0, 2);
    international = true;
  }
  if (!international && !country_code.empty() && digits.starts_with('0')) {
    digits.replace(0, 1, country_code);
  }
  // No country has a code that begins with a zero, so this is neither here nor there.
  if (digits.starts_with('0')) return no_number;
  if (digits.size() < kMinDigits || digits.size() > kMaxDigits) return no_number;
  return Number{std::move(digits)};
}

}  // namespace safeconduct::sms
