// What a TOML file may hold: every key with its kind, range and place in the settings. A program
// has one such list, which parsing, defaults, the nearest known name and the check of its README
// read.
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
  kTexts,  // range: how many; each of one line
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
  Target (*target)(void* settings);  // of a list: in its last element
};

// An array of tables, such as [[witness.logs]].
struct List {
  const char* name;
  std::size_t most;
  void (*grow)(void* settings);  // by an empty element
};

// `settings` above is what the schema is of: the pointer that it is used with.
struct Schema {
  std::span<const Key> keys;
  std::span<const List> lists;

  const Key* FindKey(std::string_view name) const;
  const List* FindList(std::string_view name) const;
  // The list that the key is of an element of; null: of none.
  const List* ListOf(const Key& key) const;
  // Every key in words. `defaults`: settings as nobody changed them; its lists grow by one.
  std::vector<KeyDescription> Describe(void* defaults) const;
};

// Of a gateway's Config.
const Schema& GatewaySchema();

// "16KiB to 1MiB"; empty when there is no range.
std::string RangeText(const Key& key);

}  // namespace safeconduct::config

#endif  // SAFECONDUCT_GATEWAY_CONFIG_SCHEMA_H_
