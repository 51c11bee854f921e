// UTF-8 (RFC 3629), decoded strictly: no overlong form, no surrogate, nothing past U+10FFFF.
#ifndef SAFECONDUCT_CRYPTO_BASE_UTF8_H_
#define SAFECONDUCT_CRYPTO_BASE_UTF8_H_

#include <optional>
#include <string_view>

namespace safeconduct {

// Takes one code point off the front of `text`, which must not be empty. Nothing when the front is
// not UTF-8; `text` is then unchanged.
std::optional<char32_t> TakeCodePoint(std::string_view& text);

bool IsUtf8(std::string_view text);

// Unicode's White_Space property.
bool IsUnicodeSpace(char32_t code_point);

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_UTF8_H_
