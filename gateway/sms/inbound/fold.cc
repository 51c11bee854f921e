#include "gateway/sms/inbound/fold.h"

#include <cstddef>

namespace safeconduct::sms {
namespace {

// U+00C0 to U+00FF without accents; small.
constexpr std::u32string_view kLatin1 =
    U"aaaaaaaceeeeiiiidnooooo\u00D7ouuuuyþsaaaaaaaceeeeiiiidnooooo\u00F7ouuuuyþy";
static_assert(kLatin1.size() == 64);

bool IsUnwritten(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x064B && c <= 0x065F) || c == 0x0670 ||
         c == 0x0640 || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2069) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0xAD;
}

}  // namespace

char32_t Fold(char32_t character) {
  char32_t c = character;
  if (IsUnwritten(c)) return 0;
  if (c >= 0xFF01 && c <= 0xFF5E) c = c - 0xFF01 + '!';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 'a';
  if (c >= 0xC0 && c <= 0xFF) return kLatin1[c - 0xC0];
  if (c == 0x152 || c == 0x153) return U'o';  // œ
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;
  if (c == 0x401 || c == 0x451) return U'е';
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  if (c == 0x622 || c == 0x623 || c == 0x625 || c == 0x671) return U'ا';
  if (c == 0x649) return U'ي';
  if (c == 0x629) return U'ه';
  return c;
}

bool IsWordCharacter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
  if (c == 0xD7 || c == 0xF7) return false;
  if (c >= 0x0600 && c <= 0x061F) return false;  // Arabic punctuation
  if (c == 0x066A || c == 0x066D || c == 0x06D4) return false;
  if (c >= 0x2000 && c <= 0x2BFF) return false;  // punctuation, symbols, arrows
  if (c >= 0x2E00 && c <= 0x2E7F) return false;
  if (c >= 0x3000 && c <= 0x3004) return false;
  if (c >= 0x3008 && c <= 0x3020) return false;  // CJK brackets
  if (c == 0x3030 || c == 0x303D || c == 0x30FB) return false;
  if (c >= 0xFE10 && c <= 0xFE6F) return false;
  if (c >= 0xFF00 && c <= 0xFF0F) return false;
  if (c >= 0xFF5B && c <= 0xFF65) return false;
  if (c >= 0xFFF0 && c <= 0xFFFF) return false;
  return c < 0x1F000 || c > 0x1FAFF;  // pictures
}

}  // namespace safeconduct::sms
