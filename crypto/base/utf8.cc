#include "crypto/base/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace safeconduct {
namespace {

// How many bytes follow a first byte, the bits of it that count, and the least code point that may
// be written so.
struct Form {
  std::size_t more;
  std::uint8_t bits;
  char32_t least;
};

std::optional<Form> FormOf(std::uint8_t first) {
  if (first < 0x80) return Form{0, 0x7f, 0};
  if (first >> 5 == 0b110) return Form{1, 0x1f, 0x80};
  if (first >> 4 == 0b1110) return Form{2, 0x0f, 0x800};
  if (first >> 3 == 0b11110) return Form{3, 0x07, 0x10000};
  return std::nullopt;
}

}  // namespace

std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  const std::optional<Form> form = FormOf(first);
  if (!form || text.size() <= form->more) return std::nullopt;
  char32_t code_point = first & form->bits;
  for (std::size_t i = 1; i <= form->more; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if (next >> 6 != 0b10) return std::nullopt;
    code_point = code_point << 6 | (next & 0x3f);
  }
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < form->least || code_point > 0x10ffff || surrogate) return std::nullopt;
  text.remove_prefix(form->more + 1);
  return code_point;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    std::uint64_t eight = 0;  // ASCII, as nearly all text is, by eight bytes
    while (text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & 0x8080808080808080) != 0) break;
      text.remove_prefix(sizeof eight);
    }
    if (text.empty()) break;
    if (!TakeCodePoint(text)) return false;
  }
  return true;
}

bool IsUnicodeSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

}  // namespace safeconduct
