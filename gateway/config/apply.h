// Puts one value of the file into its place in the settings.
#ifndef SAFECONDUCT_GATEWAY_CONFIG_APPLY_H_
#define SAFECONDUCT_GATEWAY_CONFIG_APPLY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/config/schema.h"

namespace safeconduct::config {

// What TOML can say, as far as any key here takes it; std::monostate for all else.
using Value =
    std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;

// Gives what is wrong, empty when the value was taken. `folder`: what relative paths start from.
std::string Apply(const Key& key, const Value& value, std::string_view folder, void* settings);

// The value that a key has in the settings, as it would be written in a file.
std::string Written(const Key& key, void* settings);

}  // namespace safeconduct::config

#endif  // SAFECONDUCT_GATEWAY_CONFIG_APPLY_H_
