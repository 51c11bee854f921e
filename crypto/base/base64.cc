#include <array>

#include "crypto/base/encoding.h"

namespace safeconduct {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 0xff;

constexpr std::array<std::uint8_t, 256> MakeValues() {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = kNone;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr std::array<std::uint8_t, 256> kValues = MakeValues();

// Takes the padding off. False when its length or place is wrong.
bool TakePadding(std::string_view& text) {
  if (text.size() % 4 != 0) return false;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return true;
}

}  // namespace

std::string Base64Encode(ByteView bytes, Base64 form) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t window = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    window = (window << 8 | byte) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) out.push_back(kAlphabet[window >> (bits - 6) & 63]);
  }
  if (bits > 0) out.push_back(kAlphabet[window << (6 - bits) & 63]);
  while (form == Base64::kPadded && out.size() % 4 != 0) out.push_back('=');
  return out;
}

Result<Bytes> Base64Decode(std::string_view text, Base64 form) {
  if (form == Base64::kPadded && !TakePadding(text)) {
    return Error(Code::kMalformed, "base64 without its padding");
  }
  if (text.size() % 4 == 1) return Error(Code::kMalformed, "base64 of an impossible length");
  Bytes out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t window = 0;
  int bits = 0;
  for (const char character : text) {
    const std::uint8_t value = kValues[static_cast<std::uint8_t>(character)];
    if (value == kNone) return Error(Code::kMalformed, "not a base64 character");
    window = (window << 6 | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(window >> bits));
    }
  }
  if ((window & ((1U << bits) - 1)) != 0) {
    return Error(Code::kMalformed, "base64 with trailing bits that are not zero");
  }
  return out;
}

}  // namespace safeconduct
