// The small grammars of charters, promises and trust files. Each takes one spelling of a value.
#ifndef SAFECONDUCT_GATEWAY_CHARTER_TEXT_H_
#define SAFECONDUCT_GATEWAY_CHARTER_TEXT_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/base/result.h"

namespace safeconduct::charter {

inline constexpr std::uint64_t kMaxVersion = INT64_MAX;
inline constexpr std::int64_t kMaxTime = 253'402'300'799;  // the end of the year 9999

// ASCII decimal without sign or leading zeros, at most `max`. kMalformed.
Result<std::uint64_t> ParseDecimal(std::string_view text, std::uint64_t max);

// Takes a line off the front, without its newline. Nothing when there is no newline.
std::optional<std::string_view> TakeLine(std::string_view& text);

// [a-z0-9-], 1 to 63 characters: ids of channels, questions and options, labels of holders.
bool IsId(std::string_view text);

// UTF-8 of 1 to `max_bytes`, without control characters.
bool IsPlainText(std::string_view text, std::size_t max_bytes);

// Printable ASCII without spaces, 1 to 255 characters: origins.
bool IsOrigin(std::string_view text);

}  // namespace safeconduct::charter

#endif  // SAFECONDUCT_GATEWAY_CHARTER_TEXT_H_
