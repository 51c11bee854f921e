// A log in memory that serves what a gateway would, and lies where a test tells it to.
#ifndef SAFECONDUCT_TESTS_GATEWAY_CLI_FAKE_LOG_H_
#define SAFECONDUCT_TESTS_GATEWAY_CLI_FAKE_LOG_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/tlog/tiles.h"
#include "gateway/cli/log_mirror.h"
#include "tests/crypto/tlog/naive.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::cli {

class FakeLog : public LogSource {
 public:
  explicit FakeLog(std::string origin = "example.org/log", std::uint8_t party = 90)
      : origin_(std::move(origin)), key_(testing::MakeParty(party).Key(identity::Purpose::kNote)) {}

  note::VerifierKey key() const { return *note::MakeVerifierKey(origin_, key_.public_key()); }

  void Grow(std::size_t count, const std::string& word = "entry") {
    for (std::size_t i = 0; i < count; ++i) {
      entries.push_back(word + " " + std::to_string(entries.size()));
    }
  }

  tlog::Checkpoint checkpoint() const {
    tlog::Frontier tree;
    for (const std::string& entry : entries) tree.Append(tlog::LeafHash(AsBytes(entry)));
    return {origin_, entries.size(), tree.Root()};
  }
  std::string Sign(const tlog::Checkpoint& signed_one) const {
    return *tlog::SignCheckpoint(signed_one, key_);
  }

  Outcome<std::optional<std::string>> Get(const std::string& path) override {
    asked.push_back(path);
    if (const auto lie = lies.find(path); lie != lies.end()) return std::optional(lie->second);
    if (missing.contains(path)) return std::optional<std::string>();
    if (path == "checkpoint") return std::optional(Sign(checkpoint()));
    const Result<tlog::TileName> name = tlog::ParseTileName(path.substr(5));
    if (!path.starts_with("tile/") || !name.ok() || !tlog::HasTile(*name, entries.size())) {
      return std::optional<std::string>();
    }
    if (name->kind == tlog::TileName::Kind::kEntries) {
      const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(name->begin());
      const std::vector<std::string> some(begin, begin + name->width);
      return std::optional(std::string(AsText(*tlog::EntryBundle(some))));
    }
    tlog::Log log;
    for (const std::string& entry : entries) log.Add(AsBytes(entry));
    return std::optional(std::string(AsText(*tlog::HashTile(*name, entries.size(), log))));
  }

  std::vector<std::string> entries;
  std::map<std::string, std::string> lies;  // by path
  std::set<std::string> missing;
  std::vector<std::string> asked;

 private:
  std::string origin_;
  SigningKey key_;
};

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_TESTS_GATEWAY_CLI_FAKE_LOG_H_
