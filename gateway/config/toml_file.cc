// The one file that knows TOML.
#include "gateway/config/toml_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "gateway/config/apply.h"
#include "gateway/config/values.h"

namespace safeconduct::config {
namespace {

constexpr std::size_t kMaxErrors = 50;
constexpr std::size_t kMaxNameShown = 80;

int LineOf(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

Value ValueOf(const toml::node& node) {
  if (const auto* truth = node.as_boolean()) return truth->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  const auto* array = node.as_array();
  if (array == nullptr) return std::monostate();
  std::vector<std::string> texts;
  for (const toml::node& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr) return std::monostate();
    texts.push_back(text->get());
  }
  return texts;
}

// Printable and short, whatever stands in the file.
std::string Shown(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, kMaxNameShown)) out.push_back(c >= ' ' && c <= '~' ? c : '?');
  return name.size() > kMaxNameShown ? out + "…" : out;
}

// The known key nearest to `name`, in words.
std::string NearestKey(const Schema& schema, std::string_view name) {
  std::string_view best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Key& key : schema.keys) {
    const std::string_view known = key.name;
    // Right but for its table is nearer than any slip of the pen.
    const bool same_leaf = known.substr(known.rfind('.') + 1) == name.substr(name.rfind('.') + 1);
    const std::size_t distance = same_leaf ? 1 : EditDistance(name.substr(0, kMaxNameShown), known);
    if (distance < least) {
      least = distance;
      best = known;
    }
  }
  return "key is " + std::string(best);
}

std::string NearestTable(const Schema& schema, std::string_view name) {
  std::string_view best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Key& key : schema.keys) {
    const std::string_view known = key.name;
    if (known.find('.') == std::string_view::npos) continue;
    const std::string_view table = known.substr(0, known.find('.'));
    const std::size_t distance = EditDistance(name.substr(0, kMaxNameShown), table);
    if (distance < least) {
      least = distance;
      best = table;
    }
  }
  return "table is [" + std::string(best) + "]";
}

class Reader {
 public:
  using Lines = std::map<std::string, int, std::less<>>;

  Reader(std::string_view folder, const Schema& schema, void* settings,
         std::vector<ConfigError>& errors, Lines& lines)
      : folder_(folder), schema_(schema), settings_(settings), errors_(errors), lines_(lines) {}

  void Read(const toml::table& table, const std::string& path) {
    for (const auto& [key, node] : table) {
      if (errors_.size() >= kMaxErrors) return;
      ReadNode(path + std::string(key.str()), LineOf(node), node);
    }
  }

  void CheckPresence() {
    for (const Key& key : schema_.keys) {
      if (key.presence == Presence::kRequired && schema_.ListOf(key) == nullptr &&
          !lines_.contains(key.name)) {
        errors_.push_back({0, key.name, "is missing"});
      }
    }
  }

 private:
  void ReadNode(const std::string& name, int line, const toml::node& node) {
    if (const Key* key = schema_.FindKey(name)) {
      lines_[name] = line;
      const std::string wrong = Apply(*key, ValueOf(node), folder_, settings_);
      if (!wrong.empty()) errors_.push_back({line, name, wrong});
      return;
    }
    if (const List* list = schema_.FindList(name)) return ReadList(*list, line, node);
    const auto keys = schema_.keys;
    const bool known_table = std::any_of(keys.begin(), keys.end(), [&name](const Key& key) {
      return std::string_view(key.name).starts_with(name + ".");
    });
    if (known_table && node.is_table()) return Read(*node.as_table(), name + ".");
    if (known_table) {
      errors_.push_back({line, name, "must be a table: [" + name + "]"});
      return;
    }
    errors_.push_back(
        {line, Shown(name),
         "is not known; the nearest known " +
             (node.is_table() ? NearestTable(schema_, name) : NearestKey(schema_, name))});
  }

  // Each element as a table of its own, whose keys go into the list's last place.
  void ReadList(const List& list, int line, const toml::node& node) {
    const std::string name = list.name;
    const auto* tables = node.as_array();
    const auto is_table = [](const toml::node& each) { return each.is_table(); };
    if (tables == nullptr || !std::all_of(tables->begin(), tables->end(), is_table)) {
      errors_.push_back({line, name, "must be a list of tables: [[" + name + "]]"});
      return;
    }
    if (tables->size() > list.most) {
      errors_.push_back({line, name, "must be at most " + std::to_string(list.most)});
      return;
    }
    lines_[name] = line;
    for (const toml::node& element : *tables) {
      if (errors_.size() >= kMaxErrors) return;
      list.grow(settings_);
      for (const Key& key : schema_.keys) {
        if (schema_.ListOf(key) == &list) lines_.erase(key.name);
      }
      Read(*element.as_table(), name + ".");
      for (const Key& key : schema_.keys) {
        const bool missing = key.presence == Presence::kRequired && !lines_.contains(key.name);
        if (schema_.ListOf(key) == &list && missing) {
          errors_.push_back({LineOf(element), key.name, "is missing"});
        }
      }
    }
  }

  const std::string_view folder_;
  const Schema& schema_;
  void* const settings_;
  std::vector<ConfigError>& errors_;
  Lines& lines_;
};

}  // namespace

ConfigFile ReadConfigFile(const std::string& file) {
  ConfigFile out;
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  out.text.resize(kMaxConfigBytes + 1);
  stream.read(out.text.data(), static_cast<std::streamsize>(out.text.size()));
  if (!stream.is_open() || stream.bad()) {
    const std::string reason = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
    out.error = ConfigError{0, "", "cannot be read" + reason};
    return out;
  }
  out.text.resize(static_cast<std::size_t>(stream.gcount()));
  std::error_code ignored;
  out.folder = std::filesystem::absolute(file, ignored).parent_path().string();
  return out;
}

ReadToml::ReadToml(std::string_view text, std::string_view folder, const Schema& schema,
                   void* settings) {
  if (text.size() > kMaxConfigBytes) {
    errors_.push_back({0, "", "is longer than 256KiB"});
    return;
  }
  try {
    const toml::table table = toml::parse(text);
    Reader reader(folder, schema, settings, errors_, lines_);
    reader.Read(table, "");
    reader.CheckPresence();
  } catch (const toml::parse_error& error) {
    errors_.push_back({static_cast<int>(error.source().begin.line), "",
                       "is not TOML: " + Shown(error.description())});
  }
}

void ReadToml::Require(bool holds, const char* key, std::string_view message) {
  if (holds) return;
  const auto line = lines_.find(key);
  errors_.push_back({line == lines_.end() ? 0 : line->second, key, std::string(message)});
}

std::vector<ConfigError> ReadToml::TakeErrors() && {
  std::stable_sort(errors_.begin(), errors_.end(),
                   [](const ConfigError& a, const ConfigError& b) { return a.line < b.line; });
  return std::move(errors_);
}

}  // namespace safeconduct::config
