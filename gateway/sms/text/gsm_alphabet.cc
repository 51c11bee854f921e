#include "gateway/sms/text/gsm_alphabet.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace safeconduct::sms {
namespace {

// By septet. The escape stands as itself, which is not given out.
constexpr std::u32string_view kDefault =
    U"@£$¥èéùìòÇ\nØø\rÅå"
    U"Δ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ"
    U" !\"#¤%&'()*+,-./"
    U"0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNO"
    U"PQRSTUVWXYZÄÖÑÜ§"
    U"¿abcdefghijklmno"
    U"pqrstuvwxyzäöñüà";
static_assert(kDefault.size() == 0x80 && kDefault[kGsmEscape] == kGsmEscape);

struct Extension {
  std::uint8_t septet;
  char32_t character;
};
constexpr std::array<Extension, 10> kExtension = {{{0x0A, U'\f'},
                                                   {0x14, U'^'},
                                                   {0x28, U'{'},
                                                   {0x29, U'}'},
                                                   {0x2F, U'\\'},
                                                   {0x3C, U'['},
                                                   {0x3D, U'~'},
                                                   {0x3E, U']'},
                                                   {0x40, U'|'},
                                                   {0x65, U'€'}}};

}  // namespace

std::optional<char32_t> FromGsm(std::uint8_t septet) {
  if (septet >= kDefault.size() || septet == kGsmEscape) return std::nullopt;
  return kDefault[septet];
}

std::optional<char32_t> FromGsmExtension(std::uint8_t septet) {
  for (const Extension& each : kExtension) {
    if (each.septet == septet) return each.character;
  }
  return std::nullopt;
}

std::optional<GsmCode> ToGsm(char32_t character) {
  const std::size_t at = kDefault.find(character);
  if (at != std::u32string_view::npos && at != kGsmEscape) {
    return GsmCode{static_cast<std::uint8_t>(at), false};
  }
  for (const Extension& each : kExtension) {
    if (each.character == character) return GsmCode{each.septet, true};
  }
  return std::nullopt;
}

}  // namespace safeconduct::sms
