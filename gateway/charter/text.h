// The names that charters, promises and trust files may have, and the bounds of their numbers.
#ifndef SAFECONDUCT_GATEWAY_CHARTER_TEXT_H_
#define SAFECONDUCT_GATEWAY_CHARTER_TEXT_H_

#include <cstdint>
#include <string_view>

namespace safeconduct::charter {

inline constexpr std::uint64_t kMaxVersion = INT64_MAX;
inline constexpr std::int64_t kMaxTime = 253'402'300'799;  // the end of the year 9999

// [a-z0-9-], 1 to 63 characters: ids of channels, questions and options, labels of holders.
bool IsId(std::string_view text);

// UTF-8 of 1 to `max_bytes`, without control characters.
bool IsPlainText(std::string_view text, std::size_t max_bytes);

// Printable ASCII without spaces or plus signs, 1 to 255 characters: origins, which are also the
// names of keys.
bool IsOrigin(std::string_view text);

}  // namespace safeconduct::charter

#endif  // SAFECONDUCT_GATEWAY_CHARTER_TEXT_H_
