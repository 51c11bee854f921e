#include "gateway/auth/replay_cache.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include "crypto/base/hash.h"
#include "crypto/base/secret.h"
#include "gateway/auth/fingerprint_table.h"
#include "gateway/auth/http_signature.h"

namespace safeconduct::auth {
namespace {

// Signatures are taken while `created` is within one window of now, to both sides. Generations
// are one window of `created` long, so three are alive at any time; the fourth place is free for
// the one to come.
constexpr std::size_t kGenerations = 4;
constexpr std::size_t kShards = 16;
constexpr std::size_t kNoncesWorthSharding = 16'384;

struct NonceSlot {
  std::uint64_t fingerprint = 0;
};
struct KeySlot {
  std::uint64_t fingerprint = 0;
  std::uint32_t nonces = 0;
};

template <typename Slot>
class Shard {
 public:
  std::mutex mutex;

  // The table for requests created in `epoch`, when `oldest` is the first epoch still alive. Null
  // when `epoch` is forgotten; what one caller's clock has forgotten stays so for a slower one's.
  FingerprintTable<Slot>* At(std::int64_t epoch, std::int64_t oldest) {
    oldest_ = std::max(oldest_, oldest);
    for (Generation& generation : generations_) {
      if (generation.epoch < oldest_ && generation.table.size() > 0) generation.table.Clear();
    }
    Generation& generation = generations_[static_cast<std::size_t>(epoch) % kGenerations];
    if (epoch < oldest_ || generation.epoch > epoch) return nullptr;
    generation.epoch = epoch;
    return &generation.table;
  }

  std::size_t Size() const {
    std::size_t sum = 0;
    for (const Generation& generation : generations_) sum += generation.table.size();
    return sum;
  }

  template <typename Visit>
  void ForEach(Visit visit) {
    for (Generation& generation : generations_) visit(generation.table);
  }

  void Clear() {
    generations_ = {};
    oldest_ = 0;
  }

 private:
  struct Generation {
    std::int64_t epoch = -1;
    FingerprintTable<Slot> table;
  };
  std::array<Generation, kGenerations> generations_;
  std::int64_t oldest_ = 0;
};

std::uint64_t First64(const ByteArray<32>& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

constexpr Error kTooOld(Code::kUnauthorized, "made too long ago to tell whether it is new",
                        "created");
constexpr Error kSeen(Code::kUnauthorized, "this request came before", "nonce");
constexpr Error kFull(Code::kBusy, "too many signed requests; try again later");

}  // namespace

struct ReplayCache::State {
  State(const Limits& bounds, std::int64_t started_at)
      : limits(bounds),
        shards(bounds.nonces < kNoncesWorthSharding ? 1 : kShards),
        nonce_shards(shards),
        key_shards(shards),
        floor(started_at),
        latest(started_at) {}

  std::uint64_t Fingerprint(ByteView a, ByteView b) const {
    Bytes message(a.begin(), a.end());
    Append(message, b);
    return First64(HmacSha256(secret, message));
  }

  // The greatest time seen. A clock that was set back far starts everything anew.
  std::int64_t Advance(std::int64_t now) {
    std::int64_t seen = latest.load();
    while (seen < now && !latest.compare_exchange_weak(seen, now)) {
    }
    if (seen <= now + 2 * kWindowSeconds) return std::max(seen, now);
    if (latest.compare_exchange_strong(seen, now)) {
      floor.store(now);
      for (auto& shard : nonce_shards) Empty(shard);
      for (auto& shard : key_shards) Empty(shard);
    }
    return now;
  }

  template <typename Slot>
  static void Empty(Shard<Slot>& shard) {
    const std::lock_guard lock(shard.mutex);
    shard.Clear();
  }

  // Takes one place of the key's share.
  Status TakePlace(std::uint64_t key, std::int64_t epoch, std::int64_t oldest) {
    auto& shard = key_shards[key >> 32 & (shards - 1)];
    const std::lock_guard lock(shard.mutex);
    auto* table = shard.At(epoch, oldest);
    if (table == nullptr) return kTooOld;
    std::size_t held = 0;
    shard.ForEach([&](FingerprintTable<KeySlot>& each) {
      if (const KeySlot* slot = each.Find(key)) held += slot->nonces;
    });
    if (held >= limits.nonces_per_key) return kFull;
    ++table->FindOrAdd(key).nonces;
    return {};
  }

  void GivePlaceBack(std::uint64_t key, std::int64_t epoch, std::int64_t oldest) {
    auto& shard = key_shards[key >> 32 & (shards - 1)];
    const std::lock_guard lock(shard.mutex);
    auto* table = shard.At(epoch, oldest);
    KeySlot* slot = table == nullptr ? nullptr : table->Find(key);
    if (slot != nullptr && slot->nonces > 0) --slot->nonces;
  }

  Status AddNonce(std::uint64_t nonce, std::int64_t epoch, std::int64_t oldest) {
    auto& shard = nonce_shards[nonce >> 32 & (shards - 1)];
    const std::lock_guard lock(shard.mutex);
    auto* table = shard.At(epoch, oldest);
    if (table == nullptr) return kTooOld;
    // The same nonce may come with another `created`.
    bool seen = false;
    shard.ForEach([&](FingerprintTable<NonceSlot>& each) { seen |= each.Find(nonce) != nullptr; });
    if (seen) return kSeen;
    if (shard.Size() >= limits.nonces / shards) return kFull;
    table->FindOrAdd(nonce);
    return {};
  }

  Status Remember(const PublicKey& key, ByteView nonce, std::int64_t created, std::int64_t now) {
    const std::int64_t time = Advance(now);
    if (created < 0 || created < floor.load() || created < time - kWindowSeconds ||
        created > time + kWindowSeconds) {
      return kTooOld;
    }
    const std::int64_t epoch = created / kWindowSeconds;
    const std::int64_t oldest = (time - kWindowSeconds) / kWindowSeconds;
    const std::uint64_t key_print = Fingerprint(key, {});
    SC_TRY(TakePlace(key_print, epoch, oldest));
    const Status added = AddNonce(Fingerprint(key, nonce), epoch, oldest);
    if (!added.ok()) GivePlaceBack(key_print, epoch, oldest);
    return added;
  }

  const Limits limits;
  const std::size_t shards;  // a power of two
  const ByteArray<32> secret = RandomArray<32>();
  std::vector<Shard<NonceSlot>> nonce_shards;
  std::vector<Shard<KeySlot>> key_shards;
  std::atomic<std::int64_t> floor;  // what was created before is refused
  std::atomic<std::int64_t> latest;
  std::atomic<std::uint64_t> remembered{0};
  std::atomic<std::uint64_t> replays{0};
  std::atomic<std::uint64_t> busy{0};
};

ReplayCache::ReplayCache(const Limits& limits, std::int64_t started_at)
    : state_(std::make_unique<State>(limits, started_at)) {}

ReplayCache::~ReplayCache() = default;

Status ReplayCache::Remember(const PublicKey& key, ByteView nonce, std::int64_t created,
                             std::int64_t now) {
  const Status status = state_->Remember(key, nonce, created, now);
  if (status.ok()) {
    state_->remembered.fetch_add(1, std::memory_order_relaxed);
  } else if (status.error().code() == Code::kBusy) {
    state_->busy.fetch_add(1, std::memory_order_relaxed);
  } else {
    state_->replays.fetch_add(1, std::memory_order_relaxed);
  }
  return status;
}

ReplayCache::Counters ReplayCache::counters() const {
  Counters out;
  out.remembered = state_->remembered.load();
  out.replays = state_->replays.load();
  out.busy = state_->busy.load();
  return out;
}

}  // namespace safeconduct::auth
