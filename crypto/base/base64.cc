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

Status Base64Append(std::string_view text, Bytes& out, Base64 form) {
  if (form == Base64::kPadded && !TakePadding(text)) {
    return Error(Code::kMalformed, "base64 without its padding");
  }
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return Error(Code::kMalformed, "base64 of an impossible length");
  const std::size_t begin = out.size();
  out.resize(begin + text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1));
  std::uint8_t* to = out.data() + begin;
  std::uint32_t seen = 0;  // all values together: more than 63 when one was no character
  const auto value = [&text, &seen](std::size_t at) {
    const std::uint32_t each = kValues[static_cast<std::uint8_t>(text[at])];
    seen |= each;
    return each;
  };
  const std::size_t whole = text.size() - rest;
  for (std::size_t i = 0; i < whole; i += 4) {
    const std::uint32_t group =
        value(i) << 18 | value(i + 1) << 12 | value(i + 2) << 6 | value(i + 3);
    *to++ = static_cast<std::uint8_t>(group >> 16);
    *to++ = static_cast<std::uint8_t>(group >> 8);
    *to++ = static_cast<std::uint8_t>(group);
  }
  std::uint32_t unused = 0;  // the bits that a last, shorter group leaves over
  if (rest != 0) {
    const std::uint32_t group =
        value(whole) << 18 | value(whole + 1) << 12 | (rest == 3 ? value(whole + 2) << 6 : 0);
    *to++ = static_cast<std::uint8_t>(group >> 16);
    if (rest == 3) *to++ = static_cast<std::uint8_t>(group >> 8);
    unused = rest == 3 ? group & 0xff : group & 0xffff;
  }
  if (seen <= 63 && unused == 0) return {};
  out.resize(begin);
  if (seen > 63) return Error(Code::kMalformed, "not a base64 character");
  return Error(Code::kMalformed, "base64 with bits that mean nothing");
}

Result<Bytes> Base64Decode(std::string_view text, Base64 form) {
  Bytes out;
  SC_TRY(Base64Append(text, out, form));
  return out;
}

}  // namespace safeconduct
