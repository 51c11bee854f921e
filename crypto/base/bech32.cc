// BIP 173.
#include <algorithm>
#include <array>

#include "crypto/base/encoding.h"

namespace safeconduct {
namespace {

constexpr std::string_view kCharset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumDigits = 6;

// The BCH code's remainder, fed one 5-bit digit after another.
class Checksum {
 public:
  void Add(unsigned digit) {
    constexpr std::array<std::uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                         0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = state_ >> 25;
    state_ = (state_ & 0x1ffffff) << 5 ^ digit;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) {
      if ((top >> i & 1) != 0) state_ ^= kGenerator[i];
    }
  }
  void AddPrefix(std::string_view prefix) {
    for (const char c : prefix) Add(static_cast<std::uint8_t>(c) >> 5);
    Add(0);
    for (const char c : prefix) Add(static_cast<std::uint8_t>(c) & 31);
  }
  std::uint32_t state() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

// The text in lower case, or nothing when it mixes cases or has other than visible ASCII.
Result<std::string> ToLower(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= 33 && c <= 126; })) {
    return Error(Code::kMalformed, "bech32 with a character that is not visible ASCII");
  }
  const bool upper = std::any_of(text.begin(), text.end(), IsUpper);
  if (upper && std::any_of(text.begin(), text.end(), IsLower)) {
    return Error(Code::kMalformed, "bech32 of mixed case");
  }
  std::string out(text);
  for (char& c : out) {
    if (IsUpper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

std::string Bech32Encode(std::string_view prefix, ByteView data) {
  std::string out(prefix);
  out.reserve(prefix.size() + 1 + (data.size() * 8 + 4) / 5 + kChecksumDigits);
  out.push_back('1');
  Checksum checksum;
  checksum.AddPrefix(prefix);
  const auto put = [&](unsigned digit) {
    checksum.Add(digit);
    out.push_back(kCharset[digit]);
  };
  unsigned window = 0;
  int bits = 0;
  for (const std::uint8_t byte : data) {
    window = (window << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) put(window >> (bits - 5) & 31);
  }
  if (bits > 0) put(window << (5 - bits) & 31);
  for (std::size_t i = 0; i < kChecksumDigits; ++i) checksum.Add(0);
  const std::uint32_t remainder = checksum.state() ^ 1;
  for (int shift = 25; shift >= 0; shift -= 5) out.push_back(kCharset[remainder >> shift & 31]);
  return out;
}

Result<Bech32> Bech32Decode(std::string_view text) {
  SC_ASSIGN(const std::string lower, ToLower(text));
  const std::size_t separator = lower.rfind('1');
  if (separator == std::string::npos || separator == 0) {
    return Error(Code::kMalformed, "bech32 without a prefix");
  }
  Bech32 out;
  out.prefix = lower.substr(0, separator);
  const std::string_view digits = std::string_view(lower).substr(separator + 1);
  if (digits.size() < kChecksumDigits) {
    return Error(Code::kMalformed, "bech32 without a checksum");
  }
  Checksum checksum;
  checksum.AddPrefix(out.prefix);
  out.data.reserve(digits.size() * 5 / 8);
  unsigned window = 0;
  int bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t digit = kCharset.find(digits[i]);
    if (digit == std::string_view::npos) {
      return Error(Code::kMalformed, "not a bech32 character");
    }
    checksum.Add(static_cast<unsigned>(digit));
    if (i + kChecksumDigits >= digits.size()) continue;
    window = (window << 5 | static_cast<unsigned>(digit)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.data.push_back(static_cast<std::uint8_t>(window >> bits));
    }
  }
  if (checksum.state() != 1) return Error(Code::kMalformed, "the bech32 checksum does not match");
  if (bits >= 5 || (window & ((1U << bits) - 1)) != 0) {
    return Error(Code::kMalformed, "bech32 with trailing bits");
  }
  return out;
}

}  // namespace safeconduct
