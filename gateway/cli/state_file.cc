#include "gateway/cli/state_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <string_view>

#include "crypto/base/encoding.h"
#include "gateway/cli/files.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxStateBytes = 256 * 1024;

using Charters = std::map<std::string, SeenCharter>;

// "version origin" or "version origin checkpoint".
bool ParseLine(std::string_view line, Charters& charters) {
  SeenCharter seen;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), seen.version);
  const auto digits = static_cast<std::size_t>(end - line.data());
  if (error != std::errc() || digits + 1 >= line.size() || line[digits] != ' ') return false;
  line.remove_prefix(digits + 1);
  const std::size_t space = std::min(line.find(' '), line.size());
  if (space < line.size()) {
    const Result<Bytes> checkpoint = Base64Decode(line.substr(space + 1));
    if (!checkpoint.ok() || checkpoint->empty()) return false;
    seen.checkpoint = AsText(*checkpoint);
  }
  charters[std::string(line.substr(0, space))] = std::move(seen);
  return space > 0;
}

Outcome<Charters> ReadCharters(const std::string& folder) {
  Charters charters;
  struct stat facts {};
  const std::string path = StateFileIn(folder);
  if (folder.empty() || stat(path.c_str(), &facts) != 0) return charters;
  SC_ASSIGN(const SecretBytes bytes, ReadFile(path, kMaxStateBytes, "the charter versions seen"));
  std::string_view text = AsText(bytes.Reveal());
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!ParseLine(line, charters)) {
      return InternalFailure(path + " cannot be understood",
                             "It only remembers charters. Look at it, then remove it.");
    }
  }
  return charters;
}

std::string FormatCharters(const Charters& charters) {
  std::string text;
  for (const auto& [origin, seen] : charters) {
    text += std::to_string(seen.version) + " " + origin;
    if (!seen.checkpoint.empty()) text += " " + Base64Encode(AsBytes(seen.checkpoint));
    text += "\n";
  }
  return text;
}

}  // namespace

std::string StateFolder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/safeconduct";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/safeconduct";
  return "";
}

std::string StateFileIn(const std::string& folder) { return folder + "/charter-versions"; }

Done MakeStateFolder(const std::string& folder) {
  for (std::size_t slash = 1; slash != std::string::npos;) {  // folder by folder
    slash = folder.find('/', slash + 1);
    struct stat facts {};
    const std::string part = folder.substr(0, slash);
    if (stat(part.c_str(), &facts) != 0) SC_TRY(MakeFolder(part, Overwrite::kNever));
  }
  return {};
}

Outcome<SeenCharter> NewestSeen(const std::string& folder, const std::string& origin) {
  SC_ASSIGN(const Charters charters, ReadCharters(folder));
  const auto found = charters.find(origin);
  return found == charters.end() ? SeenCharter() : found->second;
}

Done Remember(const std::string& folder, const std::string& origin, const SeenCharter& seen) {
  if (folder.empty()) return InternalFailure("There is neither XDG_STATE_HOME nor HOME");
  SC_ASSIGN(Charters charters, ReadCharters(folder));
  SeenCharter& known = charters[origin];
  const bool adds = known.version == seen.version && known.checkpoint.empty();
  if (known.version >= seen.version && !(adds && !seen.checkpoint.empty())) return {};
  known = seen;
  SC_TRY(MakeStateFolder(folder));
  return WriteNewFile(StateFileIn(folder), AsBytes(FormatCharters(charters)), Overwrite::kAllowed);
}

}  // namespace safeconduct::cli
