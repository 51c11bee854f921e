#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#include "crypto/base/hash.h"
#include "crypto/base/secret.h"
#include "proto/parse.h"
#include "storage/relay/database.h"
#include "storage/relay/relay_store.h"

namespace safeconduct::storage {
namespace {

using relay::Database;
using relay::Family;
using relay::Sync;
using relay::Writes;

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormat = "safeconduct/relay/1";
constexpr std::string_view kHashKey = "key";
constexpr std::size_t kMaxRecordBytes = 4 * 1024 * 1024;
constexpr std::size_t kPlaceBytes = 8 + 32;
constexpr std::int64_t kHourSeconds = 3600;
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::size_t kAtOnce = 4096;  // deletions of one write

std::string Big64(std::uint64_t value) {
  Bytes bytes;
  AppendBigEndian64(bytes, value);
  return std::string(AsText(bytes));
}

std::uint64_t ParseBig64(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text.substr(0, 8)) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::string KeyOf(const RelayPlace& place) {
  return Big64(place.sequence) + std::string(AsText(place.thread));
}

constexpr Error kDamaged(Code::kCorrupted, "a record of the relay's store is damaged");

template <typename T>
Result<T> Parse(std::string_view value) {
  Result<T> parsed = proto::ParseTolerant<T>(AsBytes(value), kMaxRecordBytes);
  if (!parsed.ok()) return kDamaged;
  return parsed;
}

class Store final : public RelayStore {
 public:
  Store(std::unique_ptr<Database> database, const RelayStoreSettings& settings)
      : settings_(settings), database_(std::move(database)) {}

  Status Begin() {
    const Result<std::string> format = database_->Get(Family::kMeta, kFormatKey);
    if (format.ok() && *format != kFormat) {
      return Error(Code::kUnsupported, "the relay's store was written by another version");
    }
    if (!format.ok()) SC_TRY(MakeKey(format.error()));
    SC_ASSIGN(const std::string key, database_->Get(Family::kMeta, kHashKey));
    if (key.size() != 32) return kDamaged;
    key_ = LockedKey<32>::Copy(AsBytes(key));
    std::uint64_t last = 0;
    SC_TRY(database_->Scan(Family::kQueue, {}, [&](std::string_view at, std::string_view value) {
      last = ParseBig64(at);
      ++entries_;
      bytes_ += value.size();
      return true;
    }));
    last_ = last;
    return {};
  }

  KeyedHash Keyed(std::string_view use, ByteView value) const override {
    Bytes message;
    Append(message, use);
    message.push_back(0);
    Append(message, value);
    const KeyedHash hash = HmacSha256(key_.Reveal(), message);
    Wipe(message);
    return hash;
  }

  Result<std::vector<RelayPlace>> Commit(const RelayChange& change) override {
    Writes writes;
    for (const KeyedHash& id : change.seen) Put(writes, Family::kSeen, id, HourOf(change.now));
    if (change.part_of) {
      Put(writes, Family::kParts,
          std::string(AsText(*change.part_of)) + static_cast<char>(change.part.index()),
          change.part.SerializeAsString());
    }
    if (change.joined) SC_TRY(RemoveParts(*change.joined, writes));
    for (const auto& [mailbox, thread] : change.threads) {
      Put(writes, Family::kThreads, mailbox, thread.SerializeAsString());
    }
    for (const auto& [token, record] : change.outgoing) {
      Put(writes, Family::kOutgoing, token, record.SerializeAsString());
    }
    return Enqueue(change.queued, writes);
  }

  Result<bool> Seen(const KeyedHash& id) const override {
    const Result<std::string> found = database_->Get(Family::kSeen, AsText(id));
    if (found.ok()) return true;
    if (found.error().code() == Code::kNotFound) return false;
    return found.error();
  }

  Result<std::vector<v1::RelayPart>> Parts(const KeyedHash& message) const override {
    std::vector<v1::RelayPart> parts;
    bool damaged = false;
    SC_TRY(database_->Scan(Family::kParts, AsText(message),
                           [&](std::string_view key, std::string_view value) {
                             if (!key.starts_with(AsText(message))) return false;
                             Result<v1::RelayPart> part = Parse<v1::RelayPart>(value);
                             damaged = !part.ok();
                             if (part.ok()) parts.push_back(*std::move(part));
                             return !damaged;
                           }));
    if (damaged) return kDamaged;
    return parts;
  }

  Result<std::vector<KeyedHash>> PartsBefore(std::int64_t time) const override {
    std::set<KeyedHash> messages;
    SC_TRY(database_->Scan(Family::kParts, {}, [&](std::string_view key, std::string_view value) {
      const Result<v1::RelayPart> part = Parse<v1::RelayPart>(value);
      if (key.size() == 33 && (!part.ok() || part->time() < time)) {
        messages.insert(ToArray<32>(AsBytes(key.substr(0, 32))));
      }
      return true;
    }));
    return std::vector<KeyedHash>(messages.begin(), messages.end());
  }

  Result<v1::RelayThread> FindThread(const MailboxKey& thread) const override {
    SC_ASSIGN(const std::string value, database_->Get(Family::kThreads, AsText(thread)));
    return Parse<v1::RelayThread>(value);
  }

  Result<std::vector<RelayPlace>> Queue(std::uint64_t after, std::size_t limit) const override {
    std::vector<RelayPlace> places;
    SC_TRY(database_->Scan(Family::kQueue, Big64(after + 1),
                           [&](std::string_view key, std::string_view) {
                             if (places.size() == limit) return false;
                             if (key.size() == kPlaceBytes) places.push_back(PlaceOf(key));
                             return true;
                           }));
    return places;
  }

  Result<v1::RelayQueued> ReadQueued(const RelayPlace& place) const override {
    SC_ASSIGN(const std::string value, database_->Get(Family::kQueue, KeyOf(place)));
    return Parse<v1::RelayQueued>(value);
  }

  Status RemoveQueued(const RelayPlace& place) override {
    const Result<std::string> value = database_->Get(Family::kQueue, KeyOf(place));
    if (!value.ok()) return value.error().code() == Code::kNotFound ? Status() : value.error();
    SC_TRY(database_->Apply({{Family::kQueue, KeyOf(place), std::nullopt}}, Sync::kNo));
    --entries_;
    bytes_ -= value->size();
    return {};
  }

  RelayQueueSize queue_size() const override { return {entries_, bytes_}; }

  Result<bool> AddOutgoing(const SendToken& token, const v1::RelayOutgoing& record) override {
    const std::lock_guard lock(Stripe(token));
    const Result<std::string> there = database_->Get(Family::kOutgoing, AsText(token));
    if (there.ok()) return false;
    if (there.error().code() != Code::kNotFound) return there.error();
    Writes writes;
    Put(writes, Family::kOutgoing, token, record.SerializeAsString());
    SC_TRY(database_->Apply(writes, Sync::kYes));
    return true;
  }

  Result<v1::RelayOutgoing> FindOutgoing(const SendToken& token) const override {
    SC_ASSIGN(const std::string value, database_->Get(Family::kOutgoing, AsText(token)));
    return Parse<v1::RelayOutgoing>(value);
  }

  Result<SendToken> FindByProvider(const KeyedHash& provider_id) const override {
    SC_ASSIGN(const std::string value, database_->Get(Family::kProvider, AsText(provider_id)));
    if (value.size() != std::tuple_size_v<SendToken>) return kDamaged;
    return ToArray<16>(AsBytes(value));
  }

  Result<v1::RelayOutgoing> UpdateOutgoing(const SendToken& token, const Edit& edit) override {
    const std::lock_guard lock(Stripe(token));
    SC_ASSIGN(v1::RelayOutgoing record, FindOutgoing(token));
    if (!edit(record)) return record;
    Writes writes;
    Put(writes, Family::kOutgoing, token, record.SerializeAsString());
    if (!record.provider_id().empty()) {
      writes.push_back({Family::kProvider, record.provider_id(), std::string(AsText(token))});
    }
    SC_TRY(database_->Apply(writes, Sync::kYes));
    return record;
  }

  Status RemoveOutgoing(const SendToken& token) override {
    const std::lock_guard lock(Stripe(token));
    const Result<v1::RelayOutgoing> record = FindOutgoing(token);
    Writes writes;
    Forget(token, record.ok() ? record->provider_id() : std::string(), writes);
    return database_->Apply(writes, Sync::kYes);
  }

  Status VisitOutgoing(const Visit& visit) const override {
    std::vector<std::pair<SendToken, v1::RelayOutgoing>> all;
    SC_TRY(
        database_->Scan(Family::kOutgoing, {}, [&](std::string_view key, std::string_view value) {
          Result<v1::RelayOutgoing> record = Parse<v1::RelayOutgoing>(value);
          if (record.ok() && key.size() == 16) {
            all.emplace_back(ToArray<16>(AsBytes(key)), *std::move(record));
          }
          return true;
        }));
    for (const auto& [token, record] : all) visit(token, record);
    return {};
  }

  Result<RelayForgotten> KeepEpochs(const std::set<std::uint64_t>& living) override {
    RelayForgotten forgotten;
    Writes writes;
    SC_TRY(database_->Scan(Family::kThreads, {}, [&](std::string_view key, std::string_view value) {
      const Result<v1::RelayThread> thread = Parse<v1::RelayThread>(value);
      if (thread.ok() && living.contains(thread->epoch())) return true;
      writes.push_back({Family::kThreads, std::string(key), std::nullopt});
      ++forgotten.threads;
      return true;
    }));
    SC_TRY(ApplyInPieces(writes, Sync::kYes));
    SC_TRY(ForgetQueued(living, forgotten));
    SC_TRY(ForgetOutgoing(living));
    return forgotten;
  }

  Status Tidy(std::int64_t now, std::uint32_t outgoing_days) override {
    Writes writes;
    SC_TRY(database_->Scan(Family::kSeen, {}, [&](std::string_view key, std::string_view value) {
      if (static_cast<std::int64_t>(ParseBig64(value)) < now - kRelayIdSeconds) {
        writes.push_back({Family::kSeen, std::string(key), std::nullopt});
      }
      return true;
    }));
    const std::int64_t oldest = now - kDaySeconds * static_cast<std::int64_t>(outgoing_days);
    SC_TRY(VisitOutgoing([&](const SendToken& token, const v1::RelayOutgoing& record) {
      if (record.since() < oldest) Forget(token, record.provider_id(), writes);
    }));
    SC_TRY(ApplyInPieces(writes, Sync::kNo));
    return database_->Compact();
  }

 private:
  template <typename Key>
  static void Put(Writes& writes, Family family, const Key& key, std::string value) {
    if constexpr (std::is_same_v<Key, std::string>) {
      writes.push_back({family, key, std::move(value)});
    } else {
      writes.push_back({family, std::string(AsText(key)), std::move(value)});
    }
  }
  static std::string HourOf(std::int64_t now) {
    return Big64(static_cast<std::uint64_t>(now - now % kHourSeconds));
  }
  static RelayPlace PlaceOf(std::string_view key) {
    return {ParseBig64(key), ToArray<32>(AsBytes(key.substr(8)))};
  }
  static void Forget(const SendToken& token, const std::string& provider_id, Writes& writes) {
    writes.push_back({Family::kOutgoing, std::string(AsText(token)), std::nullopt});
    if (!provider_id.empty()) writes.push_back({Family::kProvider, provider_id, std::nullopt});
  }
  std::mutex& Stripe(const SendToken& token) { return stripes_[token[0] % stripes_.size()]; }

  Status MakeKey(const Error& why) {
    if (why.code() != Code::kNotFound) return why;
    const auto key = SecretArray<32>::Random();
    Writes writes;
    writes.push_back({Family::kMeta, std::string(kFormatKey), std::string(kFormat)});
    writes.push_back({Family::kMeta, std::string(kHashKey), std::string(AsText(key.Reveal()))});
    return database_->Apply(writes, Sync::kYes);
  }

  Status RemoveParts(const KeyedHash& message, Writes& writes) const {
    return database_->Scan(Family::kParts, AsText(message),
                           [&](std::string_view key, std::string_view) {
                             if (!key.starts_with(AsText(message))) return false;
                             writes.push_back({Family::kParts, std::string(key), std::nullopt});
                             return true;
                           });
  }

  Result<std::vector<RelayPlace>> Enqueue(const std::vector<v1::RelayQueued>& queued,
                                          Writes& writes) {
    std::uint64_t size = 0;
    std::vector<std::string> values;
    for (const v1::RelayQueued& each : queued) {
      values.push_back(each.SerializeAsString());
      size += values.back().size();
    }
    // Taken before it is written, so that many threads together do not pass the bounds.
    const std::uint64_t entries = entries_ += values.size();
    const std::uint64_t bytes = bytes_ += size;
    const bool fits =
        values.empty() || (entries <= settings_.queue_entries && bytes <= settings_.queue_bytes);
    Status written;
    std::vector<RelayPlace> places;
    if (fits) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        places.push_back({++last_, ToArray<32>(AsBytes(queued[i].thread()))});
        Put(writes, Family::kQueue, KeyOf(places.back()), std::move(values[i]));
      }
      written = database_->Apply(writes, Sync::kYes);
    } else {
      written = Error(Code::kNoSpace, "too much waits for the gateway already");
    }
    if (written.ok()) return places;
    entries_ -= values.size();
    bytes_ -= size;
    return written.error();
  }

  Status ForgetQueued(const std::set<std::uint64_t>& living, RelayForgotten& forgotten) {
    std::vector<RelayPlace> gone;
    SC_TRY(database_->Scan(Family::kQueue, {}, [&](std::string_view key, std::string_view value) {
      const Result<v1::RelayQueued> queued = Parse<v1::RelayQueued>(value);
      // Reports are signed already.
      if (queued.ok() && queued->has_message() && !living.contains(queued->epoch())) {
        gone.push_back(PlaceOf(key));
      }
      return true;
    }));
    for (const RelayPlace& place : gone) SC_TRY(RemoveQueued(place));
    forgotten.queued += gone.size();
    return {};
  }

  Status ForgetOutgoing(const std::set<std::uint64_t>& living) {
    std::vector<SendToken> gone;
    SC_TRY(VisitOutgoing([&](const SendToken& token, const v1::RelayOutgoing& record) {
      if (record.epoch() != 0 && !living.contains(record.epoch())) gone.push_back(token);
    }));
    for (const SendToken& token : gone) {
      const auto cut = [](v1::RelayOutgoing& record) {
        record.clear_capsule();
        record.clear_sealed();
        return true;
      };
      SC_ASSIGN(const v1::RelayOutgoing record, UpdateOutgoing(token, cut));
      if (record.outcome() == record.reported()) SC_TRY(RemoveOutgoing(token));
    }
    return {};
  }

  Status ApplyInPieces(const Writes& writes, Sync sync) {
    for (std::size_t at = 0; at < writes.size(); at += kAtOnce) {
      const auto first = writes.begin() + static_cast<std::ptrdiff_t>(at);
      const auto last =
          writes.begin() + static_cast<std::ptrdiff_t>(std::min(at + kAtOnce, writes.size()));
      SC_TRY(database_->Apply(Writes(first, last), sync));
    }
    return {};
  }

  const RelayStoreSettings settings_;
  const std::unique_ptr<Database> database_;
  LockedKey<32> key_ = LockedKey<32>::Zero();
  std::atomic<std::uint64_t> last_{0};
  std::atomic<std::uint64_t> entries_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::array<std::mutex, 64> stripes_;
};

}  // namespace

Result<std::unique_ptr<RelayStore>> OpenRelayStore(const RelayStoreSettings& settings) {
  SC_ASSIGN(std::unique_ptr<Database> database, Database::Open(settings.folder));
  auto store = std::make_unique<Store>(std::move(database), settings);
  SC_TRY(store->Begin());
  return std::unique_ptr<RelayStore>(std::move(store));
}

}  // namespace safeconduct::storage
