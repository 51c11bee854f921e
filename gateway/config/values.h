// Values of configuration keys as they are written: sizes ("256MiB"), durations ("10s").
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_CONFIG_VALUES_H_
#define SAFECONDUCT_GATEWAY_CONFIG_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace safeconduct::config {

// A whole number and B, KiB, MiB, GiB or TiB. None for anything else or more than 2^63 − 1.
std::optional<std::uint64_t> ParseSize(std::string_view text);
std::string FormatSize(std::uint64_t bytes);

// A whole number and ms, s, min, h or d; in milliseconds. None for anything else or more than
// 2^63 − 1.
std::optional<std::uint64_t> ParseDuration(std::string_view text);
std::string FormatDuration(std::uint64_t milliseconds);

// Levenshtein's: insertions, deletions and replacements of one character.
std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace safeconduct::config

#endif  // SAFECONDUCT_GATEWAY_CONFIG_VALUES_H_
