// ParseConfig of config.h: the one file that knows TOML.
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>

#include "gateway/config/apply.h"
#include "gateway/config/config.h"
#include "gateway/config/schema.h"
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
std::string NearestKey(std::string_view name) {
  std::string_view best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Key& key : AllKeys()) {
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

std::string NearestTable(std::string_view name) {
  std::string_view best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Key& key : AllKeys()) {
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
  explicit Reader(std::string_view folder) : folder_(folder) {}

  void Read(const toml::table& table, const std::string& path) {
    for (const auto& [key, node] : table) {
      if (out_.errors.size() >= kMaxErrors) return;
      ReadNode(path + std::string(key.str()), LineOf(node), node);
    }
  }

  Loaded Finish() {
    for (const Key& key : AllKeys()) {
      if (key.presence == Presence::kRequired && ListOf(key) == nullptr &&
          !lines_.contains(key.name)) {
        out_.errors.push_back({0, key.name, "is missing"});
      }
    }
    if (out_.errors.empty()) CheckTogether();
    std::stable_sort(out_.errors.begin(), out_.errors.end(),
                     [](const ConfigError& a, const ConfigError& b) { return a.line < b.line; });
    return std::move(out_);
  }

 private:
  void ReadNode(const std::string& name, int line, const toml::node& node) {
    if (const Key* key = FindKey(name)) {
      lines_[name] = line;
      const std::string wrong = Apply(*key, ValueOf(node), folder_, out_.config);
      if (!wrong.empty()) out_.errors.push_back({line, name, wrong});
      return;
    }
    if (const List* list = FindList(name)) return ReadList(*list, line, node);
    const auto keys = AllKeys();
    const bool known_table = std::any_of(keys.begin(), keys.end(), [&name](const Key& key) {
      return std::string_view(key.name).starts_with(name + ".");
    });
    if (known_table && node.is_table()) return Read(*node.as_table(), name + ".");
    if (known_table) {
      out_.errors.push_back({line, name, "must be a table: [" + name + "]"});
      return;
    }
    out_.errors.push_back({line, Shown(name),
                           "is not known; the nearest known " +
                               (node.is_table() ? NearestTable(name) : NearestKey(name))});
  }

  // Each element as a table of its own, whose keys go into the list's last place.
  void ReadList(const List& list, int line, const toml::node& node) {
    const std::string name = list.name;
    const auto* tables = node.as_array();
    const auto is_table = [](const toml::node& each) { return each.is_table(); };
    if (tables == nullptr || !std::all_of(tables->begin(), tables->end(), is_table)) {
      out_.errors.push_back({line, name, "must be a list of tables: [[" + name + "]]"});
      return;
    }
    if (tables->size() > list.most) {
      out_.errors.push_back({line, name, "must be at most " + std::to_string(list.most)});
      return;
    }
    lines_[name] = line;
    for (const toml::node& element : *tables) {
      if (out_.errors.size() >= kMaxErrors) return;
      list.grow(out_.config);
      for (const Key& key : AllKeys()) {
        if (ListOf(key) == &list) lines_.erase(key.name);
      }
      Read(*element.as_table(), name + ".");
      for (const Key& key : AllKeys()) {
        const bool missing = key.presence == Presence::kRequired && !lines_.contains(key.name);
        if (ListOf(key) == &list && missing) {
          out_.errors.push_back({LineOf(element), key.name, "is missing"});
        }
      }
    }
  }

  // What must hold between keys, each complaint on the line of the key to change.
  void CheckTogether() {
    const Config& config = out_.config;
    Require(config.ledger.batch_bytes <= config.ledger.waiting_bytes, "ledger.batch_size",
            "must not be more than ledger.waiting_memory");
    Require(config.ledger.first_retry <= config.ledger.last_retry, "ledger.first_retry",
            "must not be more than ledger.last_retry");
    Require(config.reports.max_bytes < config.ledger.waiting_bytes, "reports.max_size",
            "must be less than ledger.waiting_memory");
    Require(config.reports.max_bytes <= config.http.body_memory_bytes, "reports.max_size",
            "must not be more than http.body_memory");
    Require(config.uploads.max_bytes <= config.uploads.quota_bytes, "uploads.max_size",
            "must not be more than uploads.quota");
    Require(config.replay.nonces_per_key <= config.replay.nonces, "replay.nonces_per_key",
            "must not be more than replay.nonces");
    const bool plain =
        std::any_of(config.public_origins.begin(), config.public_origins.end(),
                    [](const std::string& origin) { return origin.starts_with("http://"); });
    Require(!plain || !config.listen.onion_socket.empty(), "public_origins",
            "has an origin without TLS, which needs listen.onion_socket");
    const std::string inside = (std::filesystem::path(config.storage.path) / "").string();
    Require(!config.HighWaterFile().starts_with(inside), "transparency_log.high_water_file",
            "must not lie in storage.path, where a restored backup would set it back");
    CheckWitnesses(inside);
    Require(
        config.listen.private_port == 0 || config.listen.private_port != config.listen.public_port,
        "listen.private_port", "must not be listen.public_port");
  }

  // `inside`: the store's folder, with a slash.
  void CheckWitnesses(const std::string& inside) {
    const Witness& witness = out_.config.witness;
    std::vector<note::VerifierKey> keys;  // without names: one key under two is one witness
    for (const witness::Settings& each : out_.config.witnesses)
      keys.push_back({{}, 0, each.key.key});
    Require(AreDifferent(keys), "transparency_log.witnesses", "has a key twice");
    Require(AreDifferent(witness.logs), "witness.logs", "has a key twice");
    if (witness.name.empty()) {
      Require(witness.logs.empty(), "witness.logs", "needs witness.name");
      Require(witness.state_folder.empty(), "witness.state_folder", "needs witness.name");
      return;
    }
    Require(!witness.logs.empty(), "witness.name",
            "needs a log to be a witness of: [[witness.logs]]");
    Require(!witness.state_folder.empty(), "witness.name", "needs witness.state_folder");
    const std::string folder = (std::filesystem::path(witness.state_folder) / "").string();
    Require(!folder.starts_with(inside), "witness.state_folder",
            "must not lie in storage.path, where a restored backup would set it back");
  }

  static bool AreDifferent(const std::vector<note::VerifierKey>& keys) {
    for (auto key = keys.begin(); key != keys.end(); ++key) {
      if (std::find(key + 1, keys.end(), *key) != keys.end()) return false;
    }
    return true;
  }

  void Require(bool holds, const char* key, const char* message) {
    if (holds) return;
    const auto line = lines_.find(key);
    out_.errors.push_back({line == lines_.end() ? 0 : line->second, key, message});
  }

  const std::string_view folder_;
  Loaded out_;
  std::map<std::string, int, std::less<>> lines_;
};

}  // namespace

Loaded ParseConfig(std::string_view text, std::string_view folder) {
  if (text.size() > kMaxConfigBytes) {
    Loaded out;
    out.errors.push_back({0, "", "is longer than 256KiB"});
    return out;
  }
  try {
    const toml::table table = toml::parse(text);
    Reader reader(folder);
    reader.Read(table, "");
    return reader.Finish();
  } catch (const toml::parse_error& error) {
    Loaded out;
    out.errors.push_back({static_cast<int>(error.source().begin.line), "",
                          "is not TOML: " + Shown(error.description())});
    return out;
  }
}

}  // namespace safeconduct::config
