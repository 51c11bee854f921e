// A TOML file against a schema: everything that is wrong with it at once.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_CONFIG_TOML_FILE_H_
#define SAFECONDUCT_GATEWAY_CONFIG_TOML_FILE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/schema.h"

namespace safeconduct::config {

struct ConfigFile {
  std::string text;
  std::string folder;  // that relative paths start from
  std::optional<ConfigError> error;
};
// One byte more than kMaxConfigBytes at most.
ConfigFile ReadConfigFile(const std::string& file);

// What came of reading a text; what holds between keys is for the caller to Require.
class ReadToml {
 public:
  // `settings`: what `schema` is of, with its defaults. Relative paths get `folder` before them.
  ReadToml(std::string_view text, std::string_view folder, const Schema& schema, void* settings);

  // Whether every key that is there could be taken, and none is missing.
  bool ok() const { return errors_.empty(); }
  // A complaint on the line of the key to change, unless it holds.
  void Require(bool holds, const char* key, std::string_view message);
  // By line.
  std::vector<ConfigError> TakeErrors() &&;

 private:
  std::vector<ConfigError> errors_;
  std::map<std::string, int, std::less<>> lines_;
};

}  // namespace safeconduct::config

#endif  // SAFECONDUCT_GATEWAY_CONFIG_TOML_FILE_H_
