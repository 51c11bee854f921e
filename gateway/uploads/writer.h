// Bytes on their way into one upload, at most one piece of them in memory.
//
// Thread-safety: belongs to one thread at a time. Buffer does no I/O; StorePiece and Keep may
// block on the disk. A Writer that dies without Keep leaves the upload as it was last synced.
#ifndef SAFECONDUCT_GATEWAY_UPLOADS_WRITER_H_
#define SAFECONDUCT_GATEWAY_UPLOADS_WRITER_H_

#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/tlog/tree.h"
#include "gateway/uploads/in_use.h"
#include "gateway/uploads/uploads.h"
#include "storage/envelope_store.h"

namespace safeconduct::uploads {

class Writer {
 public:
  // How many of `bytes` it took: all, or up to the end of the piece, which must be stored before
  // more are taken. kTooLarge when they go past the upload's length; nothing is taken then.
  Result<std::size_t> Buffer(ByteView bytes);
  // How many more bytes the piece takes.
  std::size_t room() const { return storage::kPieceBytes - piece_.size(); }

  // Stores the full piece; syncs now and then when bytes are kept as they come. kNoSpace also
  // when the disk is down to its reserve.
  Status StorePiece();
  // Stores what is buffered, and syncs: all that was taken is kept. When the rest of a piece
  // cannot be stored, the whole pieces before it are kept still.
  Status Keep();

  Progress progress() const;

 private:
  friend class Uploads;
  Writer(Uploads& uploads, storage::UploadRef upload, tlog::Frontier frontier, Bytes piece,
         Keeping keeping, InUse::Use use);
  Status StoreRest();
  Status Sync();
  std::uint64_t position() const;

  Uploads& uploads_;
  storage::UploadRef upload_;
  tlog::Frontier frontier_;  // over the pieces that are stored whole
  Bytes piece_;              // what comes after them
  const Keeping keeping_;
  std::uint64_t unsynced_pieces_ = 0;
  const InUse::Use use_;
};

}  // namespace safeconduct::uploads

#endif  // SAFECONDUCT_GATEWAY_UPLOADS_WRITER_H_
