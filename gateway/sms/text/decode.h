// From the bytes in which the telephone side hands a text over to UTF-8. Nothing here fails: what
// cannot be a character becomes U+FFFD, since what is left of a text is worth more than its form.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_TEXT_DECODE_H_
#define SAFECONDUCT_GATEWAY_SMS_TEXT_DECODE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"

namespace safeconduct::sms {

// Of a code point; of U+FFFD when it is none (a surrogate, or past U+10FFFF).
void AppendUtf8(std::string& out, char32_t code_point);

// The GSM 7 bit alphabet with its extension table, a septet in each byte. An escape before what the
// table lacks shows the character of the default alphabet (3GPP TS 23.038, 6.2.1.1).
std::string FromGsmSeptets(ByteView septets);

enum class ByteOrder : bool { kBig, kLittle };
// UCS-2 and UTF-16. A byte order mark at the front decides, and is left out.
std::string FromUtf16(ByteView bytes, ByteOrder order = ByteOrder::kBig);
// ISO 8859-1 as the world uses it: Windows-1252.
std::string FromWindows1252(ByteView bytes);
// Each byte that does not belong to a character becomes U+FFFD. A mark at the front is left out.
std::string FromUtf8(std::string_view text);
// UTF-8 if it is, Windows-1252 if not: for what comes without a name.
std::string FromUnnamed(std::string_view bytes);

// By the name of the character set, in any spelling of case: UTF-8, US-ASCII, UTF-16, UTF-16BE,
// UTF-16LE, UCS-2, ISO-8859-1, Latin1, Windows-1252, GSM, GSM-7, GSM7, GSM-03.38. None for others.
std::optional<std::string> FromCharset(std::string_view charset, std::string_view bytes);

// Stands for what is not there.
inline constexpr std::string_view kOmission = "[…]";
// `text`, which is UTF-8, if it is no longer than that; else as much of it as there is room for
// before kOmission. `max_bytes` is at least its size.
std::string Bounded(std::string text, std::size_t max_bytes);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_TEXT_DECODE_H_
