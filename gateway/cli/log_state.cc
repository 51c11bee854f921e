#include "gateway/cli/log_state.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/base/text.h"
#include "gateway/charter/text.h"
#include "gateway/cli/files.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxStateBytes = 4 * 1024 * 1024;
constexpr std::string_view kNone = "-";
constexpr int kMaxForks = 1'000;

Error Malformed() { return Error(Code::kMalformed, "lines of ORIGIN GREW-AT NOTE SIZE HASH..."); }

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    if (end == line.size()) return words;
    line.remove_prefix(end + 1);
  }
}

Result<SeenLog> ParseLine(std::string_view line) {
  const std::vector<std::string_view> words = Words(line);
  if (words.size() < 4 || words[0].empty()) return Malformed();
  SeenLog seen;
  seen.origin = words[0];
  SC_ASSIGN(const std::uint64_t grew_at, ParseDecimal(words[1], charter::kMaxTime));
  seen.grew_at = static_cast<std::int64_t>(grew_at);
  if (words[2] != kNone) {
    SC_ASSIGN(const Bytes note, Base64Decode(words[2]));
    seen.note = AsText(note);
  }
  SC_ASSIGN(const std::uint64_t size, ParseDecimal(words[3], tlog::kMaxTreeSize));
  std::vector<Hash> roots;
  for (std::size_t i = 4; i < words.size(); ++i) {
    SC_ASSIGN(const Bytes hash, Base64Decode(words[i]));
    if (hash.size() != sizeof(Hash)) return Malformed();
    roots.push_back(ToArray<sizeof(Hash)>(hash));
  }
  SC_ASSIGN(seen.bundles, tlog::Frontier::Resume(size, std::move(roots)));
  return seen;
}

}  // namespace

std::string FormatSeenLogs(const SeenLogs& logs) {
  std::string text;
  for (const auto& [origin, seen] : logs) {
    text += origin + " " + std::to_string(seen.grew_at) + " ";
    text += seen.note.empty() ? std::string(kNone) : Base64Encode(AsBytes(seen.note));
    text += " " + std::to_string(seen.bundles.size());
    for (const Hash& root : seen.bundles.subtree_roots()) text += " " + Base64Encode(root);
    text += "\n";
  }
  return text;
}

Result<SeenLogs> ParseSeenLogs(std::string_view text) {
  SeenLogs logs;
  while (!text.empty()) {
    const std::optional<std::string_view> line = TakeLine(text);
    if (!line) return Malformed();
    SC_ASSIGN(SeenLog seen, ParseLine(*line));
    const std::string origin = seen.origin;
    if (!logs.emplace(origin, std::move(seen)).second) return Malformed();
  }
  return logs;
}

Outcome<SeenLogs> ReadSeenLogs(const std::string& path) {
  std::error_code none;
  if (!std::filesystem::exists(path, none)) return SeenLogs();
  SC_ASSIGN(const SecretBytes bytes, ReadFile(path, kMaxStateBytes, "what was seen of the logs"));
  return ExplainAs(Exit::kInternal, ParseSeenLogs(AsText(bytes.Reveal())),
                   path + " cannot be understood",
                   "It says what was seen of the logs. Keep it, and begin anew with another one.");
}

Done WriteSeenLogs(const std::string& path, const SeenLogs& logs) {
  return WriteNewFile(path, AsBytes(FormatSeenLogs(logs)), Overwrite::kAllowed);
}

std::string FormatContradiction(const Contradiction& found) {
  return found.what +
         ".\nThe log's key signed both of these checkpoints, and they cannot both be true. Keep "
         "them:\nwhoever has the log's public key can check them.\n\nSeen first:\n\n" +
         found.before + "\nSeen then:\n\n" + found.now;
}

Outcome<std::string> KeepContradiction(const std::string& path, const Contradiction& found) {
  for (int i = 1; i <= kMaxForks; ++i) {
    const std::string name = path + ".fork-" + std::to_string(i);
    std::error_code none;
    if (std::filesystem::exists(name, none)) continue;
    SC_TRY(WriteNewFile(name, AsBytes(FormatContradiction(found)), Overwrite::kNever));
    return name;
  }
  return InternalFailure("There are too many files " + path + ".fork-…");
}

}  // namespace safeconduct::cli
