#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "crypto/tlog/checkpoint.h"
#include "crypto/tlog/cosignature.h"
#include "gateway/charter/rules.h"
#include "gateway/charter/text.h"

namespace safeconduct::charter {
namespace {

constexpr int kMaxLogs = 16;
constexpr int kMaxWitnesses = 32;
constexpr int kMaxRoots = 32;
constexpr int kMaxTexts = 64;
constexpr std::uint32_t kMaxIntervalSeconds = 86'400;
constexpr std::size_t kMaxCheckpointBytes = 16 * 1024;
constexpr std::size_t kMaxLanguageLength = 35;
constexpr std::size_t kMaxWebVersionLength = 64;

bool IsOf(std::string_view text, std::size_t max, std::string_view others) {
  return !text.empty() && text.size() <= max && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  });
}

Status CheckLastCheckpoint(const v1::Log& log, const note::VerifierKey& key) {
  const std::string& last = log.last_checkpoint();
  if (last.size() > kMaxCheckpointBytes) {
    return Error(Code::kTooLarge, "a checkpoint of more than 16 KiB", "logs.last_checkpoint");
  }
  if (!tlog::OpenCheckpoint(last, key).ok()) {
    return Error(Code::kRejected, "a retired log needs its last checkpoint, signed by it",
                 "logs.last_checkpoint");
  }
  return {};
}

}  // namespace

Result<std::vector<note::VerifierKey>> CheckLogs(const v1::Charter& charter) {
  if (charter.logs().empty()) return Error(Code::kRejected, "no log", "logs");
  if (charter.logs_size() > kMaxLogs) return Error(Code::kTooLarge, "more than 16 logs", "logs");
  std::vector<note::VerifierKey> keys;
  std::set<std::string> origins;
  std::set<PublicKey> seen;
  for (const v1::Log& log : charter.logs()) {
    Result<note::VerifierKey> key = note::ParseVerifierKey(log.vkey());
    if (!key.ok() || !IsOrigin(key->name)) {
      return Error(Code::kRejected, "a log's vkey is name+id+key, of type 1 (Ed25519)",
                   "logs.vkey");
    }
    if (!origins.insert(key->name).second || !seen.insert(key->key).second) {
      return Error(Code::kRejected, "two logs of one origin or key", "logs.vkey");
    }
    if (log.interval_seconds() == 0 || log.interval_seconds() > kMaxIntervalSeconds) {
      return Error(Code::kRejected, "a log's interval is 1 to 86,400 seconds",
                   "logs.interval_seconds");
    }
    if (!keys.empty()) {
      SC_TRY(CheckLastCheckpoint(log, *key));
    } else if (!log.last_checkpoint().empty()) {
      return Error(Code::kRejected, "the first log is the one in use: it has no last checkpoint",
                   "logs.last_checkpoint");
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

Status CheckWitnesses(const v1::Charter& charter) {
  if (charter.witnesses_size() > kMaxWitnesses) {
    return Error(Code::kTooLarge, "more than 32 witnesses", "witnesses");
  }
  std::set<PublicKey> seen;
  for (const std::string& vkey : charter.witnesses()) {
    const Result<note::VerifierKey> key = tlog::ParseWitnessKey(vkey);
    if (!key.ok()) {
      return Error(Code::kRejected, "a witness's vkey is name+id+key, of type 4 (cosignature)",
                   "witnesses");
    }
    if (!seen.insert(key->key).second) {
      return Error(Code::kRejected, "one witness twice", "witnesses");
    }
  }
  if (charter.witness_threshold() > seen.size()) {
    return Error(Code::kRejected, "a threshold of more witnesses than there are",
                 "witness_threshold");
  }
  return {};
}

Status CheckNextRoots(const v1::Charter& charter) {
  if (!charter.has_next_roots()) return {};
  const v1::RootSet& roots = charter.next_roots();
  if (roots.vkeys_size() > kMaxRoots) {
    return Error(Code::kTooLarge, "more than 32 root keys", "next_roots.vkeys");
  }
  std::set<PublicKey> seen;
  for (const std::string& vkey : roots.vkeys()) {
    const Result<note::VerifierKey> key = note::ParseVerifierKey(vkey);
    if (!key.ok()) {
      return Error(Code::kRejected, "a root's vkey is name+id+key, of type 1 (Ed25519)",
                   "next_roots.vkeys");
    }
    if (!seen.insert(key->key).second) {
      return Error(Code::kRejected, "one root key twice", "next_roots.vkeys");
    }
  }
  if (roots.threshold() == 0 || roots.threshold() > seen.size()) {
    return Error(Code::kRejected, "the threshold of root keys is 1 to their number",
                 "next_roots.threshold");
  }
  return {};
}

Status CheckTexts(const v1::Charter& charter) {
  if (charter.texts_size() > kMaxTexts) {
    return Error(Code::kTooLarge, "more than 64 texts", "texts");
  }
  std::set<std::string_view> languages;
  for (const v1::Text& text : charter.texts()) {
    if (!IsOf(text.language(), kMaxLanguageLength, "-") ||
        !languages.insert(text.language()).second) {
      return Error(Code::kRejected, "a text needs a language tag that no other has",
                   "texts.language");
    }
    if (text.sha256().size() != std::tuple_size_v<Hash>) {
      return Error(Code::kRejected, "the digest of a text is 32 bytes", "texts.sha256");
    }
  }
  const v1::Web& web = charter.web();
  if (!web.manifest_digest().empty() && web.manifest_digest().size() != std::tuple_size_v<Hash>) {
    return Error(Code::kRejected, "the digest of the web app's manifest is 32 bytes, or empty",
                 "web.manifest_digest");
  }
  if (!web.minimum_version().empty() && !IsOf(web.minimum_version(), kMaxWebVersionLength, ".+-")) {
    return Error(Code::kRejected,
                 "the web app's minimum version is at most 64 of 0-9 a-z A-Z . + -",
                 "web.minimum_version");
  }
  return {};
}

}  // namespace safeconduct::charter
