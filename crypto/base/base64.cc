#include <algorithm>
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
  const auto put = [&out](std::uint32_t group, std::size_t characters) {
    for (std::size_t i = 0; i < characters; ++i)
      out.push_back(kAlphabet[group >> (18 - 6 * i) & 63]);
  };
  for (; bytes.size() >= 3; bytes = bytes.subspan(3)) {
    put(std::uint32_t{bytes[0]} << 16 | std::uint32_t{bytes[1]} << 8 | bytes[2], 4);
  }
  if (bytes.size() == 1) put(std::uint32_t{bytes[0]} << 16, 2);
  if (bytes.size() == 2) put(std::uint32_t{bytes[0]} << 16 | std::uint32_t{bytes[1]} << 8, 3);
  while (form == Base64::kPadded && out.size() % 4 != 0) out.push_back('=');
  return out;
}

Result<Bytes> Base64Decode(std::string_view text, Base64 form) {
  if (form == Base64::kPadded && !TakePadding(text)) {
    return Error(Code::kMalformed, "base64 without its padding");
  }
  if (text.size() % 4 == 1) return Error(Code::kMalformed, "base64 of an impossible length");
  Bytes out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t seen = 0;  // all values together: more than 63 when one was no character
  while (!text.empty()) {
    const std::size_t characters = std::min<std::size_t>(text.size(), 4);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < characters; ++i) {
      const std::uint32_t value = kValues[static_cast<std::uint8_t>(text[i])];
      seen |= value;
      group |= value << (18 - 6 * i);
    }
    text.remove_prefix(characters);
    for (std::size_t i = 0; i + 1 < characters; ++i) {
      out.push_back(static_cast<std::uint8_t>(group >> (16 - 8 * i)));
    }
    // What is left of a last, shorter group.
    const std::uint32_t rest = characters == 4 ? 0 : group << 8 * (characters - 1) & 0xffffff;
    if (rest != 0) return Error(Code::kMalformed, "base64 with bits that mean nothing");
  }
  if (seen > 63) return Error(Code::kMalformed, "not a base64 character");
  return out;
}

}  // namespace safeconduct
