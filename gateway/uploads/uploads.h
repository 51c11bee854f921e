// Resumable uploads of sealed attachments, before a report takes them: created within a quota,
// written piece by piece, read back never, forgotten when they expire. tus (routes/uploads.cc) is
// their language; this part knows no HTTP.
//
// An upload is known by a capability, 128 random bits in lower-case hex, of which only the SHA-256
// is stored. Its digest, the RFC 6962 root over its pieces, grows with it.
//
// What a failure leaves: the upload as it was at its last sync; the client asks for the offset and
// goes on from there.
//
// Thread-safety: any thread, any time. Each upload has one user at a time: whoever comes while a
// request writes makes that one let go, what it brought being kept; else he gets kBusy. All calls
// may block on the disk. Errors of every call: those of the store, and as said.
#ifndef SAFECONDUCT_GATEWAY_UPLOADS_UPLOADS_H_
#define SAFECONDUCT_GATEWAY_UPLOADS_UPLOADS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "gateway/uploads/in_use.h"
#include "gateway/work/clock.h"
#include "storage/envelope_store.h"

namespace safeconduct::uploads {

struct Limits {
  std::int64_t expiry_seconds = 24 * 3600;  // after the last byte came
  std::uint64_t quota_bytes = 0;            // promised to all that no report has taken
  std::uint64_t max_bytes = 0;              // of one
  std::uint64_t reserve_bytes = 0;          // of the disk, which only reports may use
  std::size_t unfinished = 10'000;          // in number, of all that no report has taken
};

// What a client may know of its upload.
struct Progress {
  std::uint64_t length = 0;
  std::uint64_t offset = 0;  // on disk
  std::int64_t expires = 0;  // Unix seconds
};

struct Created {
  std::string id;  // the capability
  Progress progress;
};

class Writer;

// A finished upload, for one report alone while this lives.
struct Claim {
  storage::UploadRef upload;
  Hash root{};  // RFC 6962, over pieces of storage::kPieceBytes
  InUse::Use use;
};

// Whether bytes count as soon as they are on disk, or only all together once they are checked.
enum class Keeping : std::uint8_t { kAsTheyCome, kAllOrNothing };

class Uploads {
 public:
  // `draw` gives sequence numbers (Ledger::NextSequence). Both and the clock must outlive this.
  static Result<std::unique_ptr<Uploads>> Open(const work::Clock& clock,
                                               storage::EnvelopeStore& store,
                                               std::function<storage::Sequence()> draw,
                                               const Limits& limits);

  // `most`: of one upload, when the charter allows less than the limits do. kMalformed for no
  // bytes; kTooLarge; kNoSpace when the quota or the number is reached, or the disk is down to
  // its reserve.
  Result<Created> Create(std::uint64_t length, std::uint64_t most);

  // For what is below: kNotFound for what is not there, has expired, or belongs to a report;
  // kBusy when somebody is busy with it who does not let go.
  Result<Progress> Find(std::string_view id);  // never kBusy
  Status Remove(std::string_view id);
  // kConflict when `offset` is not where the upload stands; kTooLarge when `bytes`, if it is
  // known how many will come, are more than are missing. `user` is asked to let go of the Writer
  // when another comes.
  Result<std::unique_ptr<Writer>> Write(std::string_view id, std::uint64_t offset,
                                        std::optional<std::uint64_t> bytes, Keeping keeping,
                                        std::weak_ptr<Interruptible> user = {});
  // kRejected when it is not finished.
  Result<Claim> Take(std::string_view id);
  // So many are open no more: the store has bound them to a report.
  void Settled(std::size_t count);

  // Deletes what has expired; gives how many.
  Result<std::uint64_t> Sweep();

  std::uint64_t expired() const { return expired_.load(std::memory_order_relaxed); }
  const Limits& limits() const { return limits_; }

 private:
  friend class Writer;
  Uploads(const work::Clock& clock, storage::EnvelopeStore& store,
          std::function<storage::Sequence()> draw, const Limits& limits);
  Result<storage::UploadRef> FindOpen(std::string_view id) const;
  Result<InUse::Use> Use(std::string_view id, std::weak_ptr<Interruptible> user = {});
  Status CheckRoom(std::uint64_t bytes) const;
  Status Forget(const storage::UploadRef& upload);
  std::int64_t NewExpiry() const;

  const work::Clock& clock_;
  storage::EnvelopeStore& store_;
  const std::function<storage::Sequence()> draw_;
  const Limits limits_;
  InUse in_use_;
  std::mutex creation_;  // quota and number are checked and taken by one at a time
  std::atomic<std::size_t> unfinished_{0};
  std::atomic<std::uint64_t> expired_{0};
};

}  // namespace safeconduct::uploads

#endif  // SAFECONDUCT_GATEWAY_UPLOADS_UPLOADS_H_
