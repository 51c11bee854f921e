#include "gateway/uploads/uploads.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/base/secret.h"
#include "crypto/tlog/tree.h"
#include "gateway/uploads/writer.h"

namespace safeconduct::uploads {
namespace {

constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kSweepAtOnce = 256;
// Others may come between an interruption and our turn, but not so many who mean well.
constexpr int kTriesToInterrupt = 8;

Hash HashOf(std::string_view id) { return Sha256(AsBytes(id)); }

constexpr Error kAbsent(Code::kNotFound, "there is no such upload");

// Whole pieces, and a shorter last one once the upload is complete.
std::uint64_t PiecesInFrontier(const v1::StoredUpload& record) {
  const bool complete = record.offset() == record.length();
  return (record.offset() + (complete ? storage::kPieceBytes - 1 : 0)) / storage::kPieceBytes;
}

Result<tlog::Frontier> FrontierOf(const v1::StoredUpload& record) {
  std::vector<Hash> roots;
  for (const std::string& root : record.subtree_roots()) {
    if (root.size() != sizeof(Hash))
      return Error(Code::kCorrupted, "an upload's record is damaged");
    roots.push_back(ToArray<sizeof(Hash)>(AsBytes(root)));
  }
  Result<tlog::Frontier> frontier =
      tlog::Frontier::Resume(PiecesInFrontier(record), std::move(roots));
  if (!frontier.ok()) return Error(Code::kCorrupted, "an upload's record is damaged");
  return frontier;
}

}  // namespace

Uploads::Uploads(const work::Clock& clock, storage::EnvelopeStore& store,
                 std::function<storage::Sequence()> draw, const Limits& limits)
    : clock_(clock), store_(store), draw_(std::move(draw)), limits_(limits) {}

Result<std::unique_ptr<Uploads>> Uploads::Open(const work::Clock& clock,
                                               storage::EnvelopeStore& store,
                                               std::function<storage::Sequence()> draw,
                                               const Limits& limits) {
  std::unique_ptr<Uploads> uploads(new Uploads(clock, store, std::move(draw), limits));
  // Those that will expire some day are all that no report has taken.
  SC_ASSIGN(const std::vector<storage::UploadRef> open,
            store.ExpiredUploads(std::numeric_limits<std::int64_t>::max(), limits.unfinished));
  uploads->unfinished_ = open.size();
  return uploads;
}

Status Uploads::CheckRoom(std::uint64_t bytes) const {
  SC_ASSIGN(const std::uint64_t free, store_.FreeBytes());
  if (free < limits_.reserve_bytes || free - limits_.reserve_bytes < bytes) {
    return Error(Code::kNoSpace, "what is left of the disk is kept for reports");
  }
  return {};
}

std::int64_t Uploads::NewExpiry() const {
  return work::RoundUp(clock_.UnixSeconds() + limits_.expiry_seconds, work::kHourSeconds);
}

Result<Created> Uploads::Create(std::uint64_t length, std::uint64_t most) {
  if (length == 0) return Error(Code::kMalformed, "an upload has at least one byte");
  if (length > std::min(most, limits_.max_bytes)) {
    return Error(Code::kTooLarge, "no channel takes an attachment of this size");
  }
  const std::lock_guard lock(creation_);
  if (unfinished_.load() >= limits_.unfinished) {
    return Error(Code::kNoSpace, "too many uploads are unfinished; try again later");
  }
  SC_ASSIGN(const std::uint64_t promised, store_.UploadBytes());
  if (promised > limits_.quota_bytes || limits_.quota_bytes - promised < length) {
    return Error(Code::kNoSpace, "unfinished uploads have reached their quota; try again later");
  }
  SC_TRY(CheckRoom(length));

  Created created;
  created.id = HexEncode(RandomArray<kIdBytes>());
  storage::UploadRef upload;
  upload.sequence = draw_();
  upload.record.set_id_hash(std::string(AsText(HashOf(created.id))));
  upload.record.set_length(length);
  upload.record.set_expires(NewExpiry());
  SC_TRY(store_.CreateUpload(upload));
  ++unfinished_;
  created.progress = {length, 0, upload.record.expires()};
  return created;
}

Result<storage::UploadRef> Uploads::FindOpen(std::string_view id) const {
  if (id.size() != 2 * kIdBytes) return kAbsent;
  Result<storage::UploadRef> upload = store_.FindUpload(HashOf(id));
  if (!upload.ok()) return upload.error().code() == Code::kNotFound ? kAbsent : upload.error();
  const v1::StoredUpload& record = upload->record;
  if (record.bound() || record.expires() <= clock_.UnixSeconds()) return kAbsent;
  return upload;
}

Result<InUse::Use> Uploads::Use(std::string_view id, std::weak_ptr<Interruptible> user) {
  const Hash id_hash = HashOf(id);
  for (int tries = 0; tries < kTriesToInterrupt; ++tries) {
    std::optional<InUse::Use> use = in_use_.Begin(id_hash, user);
    if (use) return *std::move(use);
    const std::shared_ptr<Interruptible> other = in_use_.User(id_hash);
    if (other == nullptr) break;
    other->Interrupt();
  }
  return Error(Code::kBusy, "another request is busy with this upload");
}

Result<Progress> Uploads::Find(std::string_view id) {
  // Whoever asks goes on from what he is told, so nothing may move it any more.
  const std::shared_ptr<Interruptible> writing = in_use_.User(HashOf(id));
  if (writing != nullptr) writing->Interrupt();
  SC_ASSIGN(const storage::UploadRef upload, FindOpen(id));
  return Progress{upload.record.length(), upload.record.offset(), upload.record.expires()};
}

Status Uploads::Remove(std::string_view id) {
  SC_ASSIGN(const InUse::Use use, Use(id));
  SC_ASSIGN(const storage::UploadRef upload, FindOpen(id));
  return Forget(upload);
}

Status Uploads::Forget(const storage::UploadRef& upload) {
  SC_TRY(store_.DeleteUpload(upload));
  Settled(1);
  return {};
}

void Uploads::Settled(std::size_t count) {
  std::size_t before = unfinished_.load();
  while (!unfinished_.compare_exchange_weak(before, before - std::min(before, count))) {
  }
}

Result<std::unique_ptr<Writer>> Uploads::Write(std::string_view id, std::uint64_t offset,
                                               std::optional<std::uint64_t> bytes, Keeping keeping,
                                               std::weak_ptr<Interruptible> user) {
  SC_ASSIGN(InUse::Use use, Use(id, std::move(user)));
  SC_ASSIGN(storage::UploadRef upload, FindOpen(id));
  const v1::StoredUpload& record = upload.record;
  if (record.offset() != offset) {
    return Error(Code::kConflict, "the upload does not stand at this offset", "upload-offset");
  }
  if (bytes && *bytes > record.length() - offset) {
    return Error(Code::kTooLarge, "these are more bytes than the upload is to have");
  }
  SC_ASSIGN(tlog::Frontier frontier, FrontierOf(record));
  Bytes piece;
  const std::uint64_t begun =
      record.offset() == record.length() ? 0 : record.offset() % storage::kPieceBytes;
  if (begun > 0) {
    SC_ASSIGN(piece, store_.ReadPiece(upload, frontier.size()));
    if (piece.size() < begun) return Error(Code::kCorrupted, "a piece of an upload is too short");
    // What came after the last sync does not count.
    piece.resize(static_cast<std::size_t>(begun));
  }
  return std::unique_ptr<Writer>(new Writer(*this, std::move(upload), std::move(frontier),
                                            std::move(piece), keeping, std::move(use)));
}

Result<Claim> Uploads::Take(std::string_view id) {
  SC_ASSIGN(InUse::Use use, Use(id));
  SC_ASSIGN(storage::UploadRef upload, FindOpen(id));
  if (upload.record.offset() != upload.record.length()) {
    return Error(Code::kRejected, "an upload is not finished");
  }
  SC_ASSIGN(const tlog::Frontier frontier, FrontierOf(upload.record));
  return Claim{std::move(upload), frontier.Root(), std::move(use)};
}

Result<std::uint64_t> Uploads::Sweep() {
  const std::int64_t now = clock_.UnixSeconds();
  std::uint64_t swept = 0;
  while (true) {
    SC_ASSIGN(const std::vector<storage::UploadRef> old, store_.ExpiredUploads(now, kSweepAtOnce));
    std::uint64_t deleted = 0;
    for (const storage::UploadRef& candidate : old) {
      const Hash id_hash = ToArray<sizeof(Hash)>(AsBytes(candidate.record.id_hash()));
      const std::optional<InUse::Use> use = in_use_.Begin(id_hash);
      if (!use) continue;
      // It may have been written to, taken or deleted since it was listed.
      const Result<storage::UploadRef> upload = store_.FindUpload(id_hash);
      if (!upload.ok() || upload->record.bound() || upload->record.expires() > now) continue;
      SC_TRY(Forget(*upload));
      ++deleted;
    }
    swept += deleted;
    expired_.fetch_add(deleted, std::memory_order_relaxed);
    if (old.size() < kSweepAtOnce || deleted == 0) return swept;
  }
}

}  // namespace safeconduct::uploads
