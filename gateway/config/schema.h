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
  kText,        // range: bytes of printable UTF-8
  kUrl,         // https or http
  kWitnessUrl,  // https, without a query
  kKeyName,     // range: bytes; of a signed note
  kLogKey,      // vkey of type 1
  kWitnessKey,  // vkey of type 4
  kAddress,     // IPv4 or IPv6
  kOrigins,
  kLevel,
};
const char* KindName(Kind kind);

enum class Presence : std::uint8_t { kOptional, kRequired };

using Target = std::variant<bool*, std::uint16_t*, std::uint32_t*, std::uint64_t*,
                            std::chrono::milliseconds*, std::chrono::seconds*, std::string*,
                            std::vector<std::string>*, log::Level*, note::VerifierKey*>;

struct Key {
  const char* name;  // of a list's element: that of its list before it
  Kind kind;
  std::uint64_t least;  // both: of kNumber, kSize, kDuration
  std::uint64_t most;
  Presence presence;
  Target (*target)(Config& config);  // of a list: in its last element
};

// An array of tables, such as [[witness.logs]].
struct List {
  const char* name;
  std::size_t most;
  void (*grow)(Config& config);  // by an empty element
};

std::span<const Key> AllKeys();
const Key* FindKey(std::string_view name);
std::span<const List> AllLists();
const List* FindList(std::string_view name);
// The list that the key is of an element of; null: of none.
const List* ListOf(const Key& key);
// "16KiB to 1MiB"; empty when there is no range.
std::string RangeText(const Key& key);

}  // namespace safeconduct::config

#endif  // SAFECONDUCT_GATEWAY_CONFIG_SCHEMA_H_
