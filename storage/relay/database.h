// An open RocksDB with the relay's families: all that is known of RocksDB here.
//
// Thread-safety: any thread, any time. After a write that failed nothing is written until Reopen.
#ifndef SAFECONDUCT_STORAGE_RELAY_DATABASE_H_
#define SAFECONDUCT_STORAGE_RELAY_DATABASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::storage::relay {

enum class Family : std::uint8_t {
  kMeta,
  kSeen,      // ids of messages -> hour
  kParts,     // message ‖ index -> RelayPart
  kThreads,   // mailbox -> RelayThread
  kQueue,     // sequence ‖ mailbox -> RelayQueued
  kOutgoing,  // token -> RelayOutgoing
  kProvider,  // provider's id -> token
};
inline constexpr std::size_t kFamilies = 7;

struct Write {
  Family family;
  std::string key;
  std::optional<std::string> value;  // none: it is deleted
};
using Writes = std::vector<Write>;

enum class Sync : std::uint8_t { kNo, kYes };

class Database {
 public:
  static Result<std::unique_ptr<Database>> Open(const std::string& folder);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<std::string> Get(Family family, std::string_view key) const;  // kNotFound
  // All or nothing.
  Status Apply(const Writes& writes, Sync sync);
  // In the order of keys from `lower` on, until `take` gives false.
  using Take = std::function<bool(std::string_view key, std::string_view value)>;
  Status Scan(Family family, std::string_view lower, const Take& take) const;
  // What was deleted leaves the folder's files.
  Status Compact();

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  Status OpenAgain();
  std::unique_ptr<State> state_;
};

}  // namespace safeconduct::storage::relay

#endif  // SAFECONDUCT_STORAGE_RELAY_DATABASE_H_
