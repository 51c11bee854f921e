// The small grammars that signed texts and files share: lines, and numbers of one spelling.
#ifndef SAFECONDUCT_CRYPTO_BASE_TEXT_H_
#define SAFECONDUCT_CRYPTO_BASE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/base/result.h"

namespace safeconduct {

// ASCII decimal without sign or leading zeros, at most `max`. kMalformed.
Result<std::uint64_t> ParseDecimal(std::string_view text, std::uint64_t max);

// Takes a line off the front, without its newline. Nothing when there is no newline.
std::optional<std::string_view> TakeLine(std::string_view& text);

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_TEXT_H_
