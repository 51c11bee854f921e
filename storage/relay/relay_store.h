// What the relay for SMS must not forget, in the words of its domain: ids seen, waiting parts,
// threads, what waits to go to the gateway, and what goes out by SMS.
//
// What it gives: a change is there as a whole or not at all, and what is said to be synced survives
// a loss of power. Nothing in it can be read by whoever has the folder without the relay's key:
// callers seal numbers and texts, and what identifies a message comes in as a keyed hash.
//
// What it does not give: protection from one who has the folder and the relay's key before the key
// of an epoch is destroyed; or that the disk's freed blocks are overwritten. Encrypt the disk.
//
// Thread-safety: any thread, any time. Calls block on the disk; writes of several threads share
// a sync. One process at a time: the folder is locked.
//
// Errors, where nothing else is said: kNotFound, kNoSpace, kUnavailable (the disk failed; the next
// call opens the store anew), kCorrupted.
#ifndef SAFECONDUCT_STORAGE_RELAY_RELAY_STORE_H_
#define SAFECONDUCT_STORAGE_RELAY_RELAY_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "safeconduct/v1/relay.pb.h"

namespace safeconduct::storage {

// Of what must not be readable: HMAC-SHA-256 by a random key of the store.
using KeyedHash = ByteArray<32>;
// A mailbox's request key.
using MailboxKey = ByteArray<32>;
using SendToken = ByteArray<16>;

struct RelayPlace {
  std::uint64_t sequence = 0;  // rises with each that is queued
  MailboxKey thread{};
};

// All of one change.
struct RelayChange {
  std::int64_t now = 0;              // Unix seconds
  std::vector<KeyedHash> seen;       // ids of messages
  std::optional<KeyedHash> part_of;  // the message that `part` belongs to
  v1::RelayPart part;
  std::optional<KeyedHash> joined;  // a message whose parts are not needed any more
  std::vector<std::pair<MailboxKey, v1::RelayThread>> threads;
  std::vector<v1::RelayQueued> queued;                            // in order
  std::vector<std::pair<SendToken, v1::RelayOutgoing>> outgoing;  // new ones
};

struct RelayQueueSize {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
};

struct RelayForgotten {
  std::uint64_t threads = 0;
  std::uint64_t queued = 0;  // messages that nobody can sign any more
};

class RelayStore {
 public:
  virtual ~RelayStore() = default;

  // `use` keeps hashes for one purpose apart from those for another.
  virtual KeyedHash Keyed(std::string_view use, ByteView value) const = 0;

  // Synced. The places of what was queued. kNoSpace when the queue is full: then nothing of the
  // change is there.
  virtual Result<std::vector<RelayPlace>> Commit(const RelayChange& change) = 0;

  virtual Result<bool> Seen(const KeyedHash& id) const = 0;
  // Of one message, by their index. Empty when there is none.
  virtual Result<std::vector<v1::RelayPart>> Parts(const KeyedHash& message) const = 0;
  // Messages of which a part came before `time`.
  virtual Result<std::vector<KeyedHash>> PartsBefore(std::int64_t time) const = 0;
  virtual Result<v1::RelayThread> FindThread(const MailboxKey& thread) const = 0;

  // The queue, in order, after a sequence.
  virtual Result<std::vector<RelayPlace>> Queue(std::uint64_t after, std::size_t limit) const = 0;
  virtual Result<v1::RelayQueued> ReadQueued(const RelayPlace& place) const = 0;
  // Not synced: after a loss of power it may be there again, and goes to the gateway once more.
  virtual Status RemoveQueued(const RelayPlace& place) = 0;
  virtual RelayQueueSize queue_size() const = 0;

  // Synced. False, and nothing changes, when it is there.
  virtual Result<bool> AddOutgoing(const SendToken& token, const v1::RelayOutgoing& record) = 0;
  virtual Result<v1::RelayOutgoing> FindOutgoing(const SendToken& token) const = 0;
  // By RelayOutgoing.provider_id.
  virtual Result<SendToken> FindByProvider(const KeyedHash& provider_id) const = 0;
  // Reads, lets `edit` change it, and writes it, synced, unless `edit` gives false; nothing comes
  // in between. The record as it then is.
  using Edit = std::function<bool(v1::RelayOutgoing&)>;
  virtual Result<v1::RelayOutgoing> UpdateOutgoing(const SendToken& token, const Edit& edit) = 0;
  virtual Status RemoveOutgoing(const SendToken& token) = 0;
  // All of them, without their order meaning anything.
  using Visit = std::function<void(const SendToken&, const v1::RelayOutgoing&)>;
  virtual Status VisitOutgoing(const Visit& visit) const = 0;

  // Synced. Forgets what hangs on epochs other than these: threads, messages in the queue, capsules
  // of what goes out, and that itself unless an outcome is still to be reported.
  virtual Result<RelayForgotten> KeepEpochs(const std::set<std::uint64_t>& living) = 0;
  // Forgets ids after three days and what has been going out for `outgoing_days`, and takes what
  // was removed from the disk. Once an hour. May take a while.
  virtual Status Tidy(std::int64_t now, std::uint32_t outgoing_days) = 0;
};

inline constexpr std::int64_t kRelayIdSeconds = 3 * 86'400;

struct RelayStoreSettings {
  std::string folder;  // made when absent; its parent must be there
  std::uint64_t queue_entries = 100'000;
  std::uint64_t queue_bytes = std::uint64_t{4} << 30;
};

// Over RocksDB. kBusy (another process has it open), kUnsupported (written by a newer version).
Result<std::unique_ptr<RelayStore>> OpenRelayStore(const RelayStoreSettings& settings);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_RELAY_RELAY_STORE_H_
