#include "gateway/cli/state_file.h"

#include <sys/stat.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <string_view>

#include "gateway/cli/files.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxStateBytes = 256 * 1024;

using Versions = std::map<std::string, std::uint64_t>;

std::string FileIn(const std::string& folder) { return folder + "/charter-versions"; }

Outcome<Versions> ReadVersions(const std::string& folder) {
  Versions versions;
  struct stat facts {};
  if (folder.empty() || stat(FileIn(folder).c_str(), &facts) != 0) return versions;
  SC_ASSIGN(const SecretBytes bytes,
            ReadFile(FileIn(folder), kMaxStateBytes, "the charter versions seen"));
  std::string_view text = AsText(bytes.Reveal());
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    std::uint64_t version = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), version);
    const std::size_t digits = static_cast<std::size_t>(end - line.data());
    if (error != std::errc() || digits + 1 >= line.size() || line[digits] != ' ') {
      return InternalFailure(FileIn(folder) + " cannot be understood",
                             "It only remembers charter versions. Look at it, then remove it.");
    }
    versions[std::string(line.substr(digits + 1))] = version;
  }
  return versions;
}

}  // namespace

std::string StateFolder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/safeconduct";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/safeconduct";
  return "";
}

Outcome<std::uint64_t> NewestVersionSeen(const std::string& folder, const std::string& origin) {
  SC_ASSIGN(const Versions versions, ReadVersions(folder));
  const auto found = versions.find(origin);
  return found == versions.end() ? std::uint64_t{0} : found->second;
}

Done RememberVersion(const std::string& folder, const std::string& origin, std::uint64_t version) {
  if (folder.empty()) return InternalFailure("There is neither XDG_STATE_HOME nor HOME");
  SC_ASSIGN(Versions versions, ReadVersions(folder));
  std::uint64_t& known = versions[origin];
  if (known >= version) return {};
  known = version;
  std::string text;
  for (const auto& [name, newest] : versions) text += std::to_string(newest) + " " + name + "\n";
  for (std::size_t slash = 1; slash != std::string::npos;) {  // folder by folder
    slash = folder.find('/', slash + 1);
    struct stat facts {};
    const std::string part = folder.substr(0, slash);
    if (stat(part.c_str(), &facts) != 0) SC_TRY(MakeFolder(part, Overwrite::kNever));
  }
  return WriteNewFile(FileIn(folder), AsBytes(text), Overwrite::kAllowed);
}

}  // namespace safeconduct::cli
