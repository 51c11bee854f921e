// The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038, 6.2.1 and 6.2.1.1): the
// one place where they stand. Not the national language tables (A.2, A.3), which no gateway can
// count on; text that needs more goes out as UCS-2.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_TEXT_GSM_ALPHABET_H_
#define SAFECONDUCT_GATEWAY_SMS_TEXT_GSM_ALPHABET_H_

#include <cstdint>
#include <optional>

namespace safeconduct::sms {

// Announces a character of the extension table; it is a septet of its own.
inline constexpr std::uint8_t kGsmEscape = 0x1B;

// None for the escape, and for what is no septet (over 0x7F).
std::optional<char32_t> FromGsm(std::uint8_t septet);
// The character of the septet after an escape. None where the table has no character: a telephone
// then shows that of the default alphabet (6.2.1.1), or a space for a second escape.
std::optional<char32_t> FromGsmExtension(std::uint8_t septet);

struct GsmCode {
  std::uint8_t septet = 0;
  bool extension = false;  // the septet follows an escape

  bool operator==(const GsmCode&) const = default;
};
// None for a character that the alphabet does not have; nothing is replaced by what looks alike.
std::optional<GsmCode> ToGsm(char32_t character);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_TEXT_GSM_ALPHABET_H_
