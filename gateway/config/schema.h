// Every key of the configuration, with its kind, range and place in Config. The one list: parsing,
// defaults, the nearest known name and the check of README.md all read it.
#ifndef SAFECONDUCT_GATEWAY_CONFIG_SCHEMA_H_
#define SAFECONDUCT_GATEWAY_CONFIG_SCHEMA_H_

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "gateway/config/config.h"

namespace safeconduct::config {

enum class Kind : std::uint8_t {
  kBoolean,
  kNumber,  // range: the number
  kPort,
  kSize,      // range: bytes
  kDuration,  // range: milliseconds
  kPath,
  kText,     // range: bytes of printable UTF-8
  kUrl,      // https or http
  kAddress,  // IPv4 or IPv6
  kOrigins,
  kLevel,
};
const char* KindName(Kind kind);

enum class Presence : std::uint8_t { kOptional, kRequired };

using Target =
    std::variant<bool*, std::uint16_t*, std::uint32_t*, std::uint64_t*, std::chrono::milliseconds*,
                 std::chrono::seconds*, std::string*, std::vector<std::string>*, log::Level*>;

struct Key {
  const char* name;
  Kind kind;
  std::uint64_t least;  // both: of kNumber, kSize, kDuration
  std::uint64_t most;
  Presence presence;
  Target (*target)(Config& config);
};

std::span<const Key> AllKeys();
const Key* FindKey(std::string_view name);
// "16KiB to 1MiB"; empty when there is no range.
std::string RangeText(const Key& key);

}  // namespace safeconduct::config

#endif  // SAFECONDUCT_GATEWAY_CONFIG_SCHEMA_H_
