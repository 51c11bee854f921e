// The digit form of the receipt code.
#include <algorithm>
#include <array>
#include <span>

#include "crypto/base/receipt_text.h"

namespace safeconduct {
namespace {

constexpr std::size_t kGroups = 10;
constexpr std::size_t kGroupDigits = 5;  // four of the number, one to check
constexpr std::size_t kDigits = kGroups * kGroupDigits;
constexpr std::uint32_t kGroupBase = 10000;

constexpr std::array<Message, kGroups> kGroupNames = {"group 1", "group 2", "group 3", "group 4",
                                                      "group 5", "group 6", "group 7", "group 8",
                                                      "group 9", "group 10"};

// H. M. Damm's totally anti-symmetric quasigroup of order 10: finds every single wrong digit and
// every swap of neighbours.
constexpr std::uint8_t kDamm[10][10] = {
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3}, {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6}, {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7}, {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0}};

unsigned Damm(std::size_t group, std::uint32_t number) {
  unsigned state = kDamm[0][group];
  for (std::uint32_t divisor = kGroupBase / 10; divisor > 0; divisor /= 10) {
    state = kDamm[state][number / divisor % 10];
  }
  return state;
}

// Divides the big-endian number by 10000 and gives the remainder.
std::uint32_t DivideByGroupBase(std::span<std::uint8_t, 16> number) {
  std::uint32_t remainder = 0;
  for (std::uint8_t& byte : number) {
    const std::uint32_t dividend = remainder << 8 | byte;
    byte = static_cast<std::uint8_t>(dividend / kGroupBase);
    remainder = dividend % kGroupBase;
  }
  return remainder;
}

// number * 10000 + group; false when that takes more than 128 bits.
bool MultiplyAndAdd(std::span<std::uint8_t, 16> number, std::uint32_t group) {
  std::uint32_t carry = group;
  for (std::size_t i = number.size(); i-- > 0;) {
    const std::uint32_t sum = number[i] * kGroupBase + carry;
    number[i] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8;
  }
  return carry == 0;
}

Error BadGroup(std::size_t group) {
  return Error(Code::kMalformed, "a group of the receipt code is mistyped", kGroupNames[group]);
}

bool IsDigits(const std::u32string& token) {
  return token.find_first_not_of(U"0123456789") == std::u32string::npos;
}

// Which group is to blame when there are not fifty digits.
Error WrongCount(const std::vector<std::u32string>& tokens, std::size_t digits) {
  if (tokens.size() > 1) {
    for (std::size_t i = 0; i < tokens.size() && i < kGroups; ++i) {
      if (tokens[i].size() != kGroupDigits) return BadGroup(i);
    }
  }
  if (digits < kDigits) return BadGroup(digits / kGroupDigits);
  return Error(Code::kMalformed, "more than ten groups in the receipt code");
}

}  // namespace

SecretBytes ReceiptDigits(const ReceiptCode& code) {
  constexpr std::size_t kStride = kGroupDigits + 1;
  ReceiptCode rest = code.Clone();
  SecretBytes out(kGroups * kStride - 1);
  const MutableBytes text = out.RevealMutable();
  for (std::size_t group = kGroups; group-- > 0;) {
    std::uint32_t number = DivideByGroupBase(rest.RevealMutable());
    const std::size_t start = group * kStride;
    if (group != 0) text[start - 1] = ' ';
    text[start + 4] = static_cast<std::uint8_t>('0' + Damm(group, number));
    for (std::size_t i = 4; i-- > 0; number /= 10) {
      text[start + i] = static_cast<std::uint8_t>('0' + number % 10);
    }
  }
  return out;
}

Result<ReceiptCode> ParseReceiptDigits(const std::vector<std::u32string>& tokens) {
  SecretBytes digits;
  digits.Reserve(kDigits);
  std::size_t count = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!IsDigits(tokens[i])) {
      return BadGroup(std::min(tokens.size() > 1 ? i : count / kGroupDigits, kGroups - 1));
    }
    count += tokens[i].size();
    for (const char32_t digit : tokens[i]) {
      const auto value = static_cast<std::uint8_t>(digit - U'0');
      if (digits.size() < kDigits) digits.Append({&value, 1});
    }
  }
  if (count != kDigits) return WrongCount(tokens, count);
  ReceiptCode code;
  bool fits = true;
  for (std::size_t group = 0; group < kGroups; ++group) {
    const ByteView five = digits.Reveal().subspan(group * kGroupDigits, kGroupDigits);
    const std::uint32_t number = five[0] * 1000U + five[1] * 100U + five[2] * 10U + five[3];
    if (Damm(group, number) != five[4]) return BadGroup(group);
    fits = MultiplyAndAdd(code.RevealMutable(), number) && fits;
  }
  if (!fits) return Error(Code::kMalformed, "digits that are no receipt code");
  return code;
}

}  // namespace safeconduct
