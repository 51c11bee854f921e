#include "gateway/report/attachment.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "crypto/age/stream.h"
#include "crypto/base/hash.h"
#include "crypto/base/padding.h"
#include "crypto/tlog/tree.h"

namespace safeconduct::report {
namespace {

std::uint64_t PaddedBytes(std::uint64_t file_bytes) {
  return PadmeLength(file_bytes, kMinAttachmentPlaintext);
}

constexpr std::uint64_t kNoChunk = UINT64_MAX;

struct SealedChunk {
  std::uint64_t index = kNoChunk;
  Bytes bytes;
};

}  // namespace

std::uint64_t AttachmentPayloadBytes(std::uint64_t file_bytes) {
  return age::PayloadSize(PaddedBytes(file_bytes));
}

struct AttachmentSealer::State {
  explicit State(const age::RandomAccess& source)
      : file(source),
        file_bytes(source.size()),
        padded_bytes(PaddedBytes(file_bytes)),
        payload_bytes(age::PayloadSize(padded_bytes)),
        nonce(RandomArray<age::kPayloadNonceBytes>()),
        cipher(BulkCipher::Direction::kSeal, *file_key, nonce) {}

  std::uint64_t pieces() const { return (payload_bytes + kAttachmentPiece - 1) / kAttachmentPiece; }

  // The chunk's bytes, valid until the next call.
  Result<const Bytes*> Chunk(std::uint64_t index) {
    if (index == newest.index) return &newest.bytes;
    const bool is_new = index == (newest.index == kNoChunk ? 0 : newest.index + 1);
    SealedChunk& chunk = is_new ? newest : older;
    SC_TRY(SealChunk(index, is_new, chunk.bytes));
    chunk.index = index;
    return &chunk.bytes;
  }

  Status SealChunk(std::uint64_t index, bool is_new, Bytes& out) {
    const std::uint64_t start = index * age::kChunkBytes;
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(age::kChunkBytes, padded_bytes - start));
    const std::size_t in_file = static_cast<std::size_t>(
        start >= file_bytes ? 0 : std::min<std::uint64_t>(size, file_bytes - start));
    SecretBytes plaintext(size);  // zeros, which are the padding
    const MutableBytes content = plaintext.RevealMutable().first(in_file);
    if (in_file != 0) SC_TRY(file.ReadAt(start, content));
    const bool is_last = start + size == padded_bytes;
    out.resize(size + age::kTagBytes);
    cipher.Seal(index, is_last ? age::Place::kLast : age::Place::kInner, plaintext.Reveal(), out);
    if (is_new) digest.Update(content);
    return {};
  }

  Result<Bytes> SealPiece(std::uint64_t piece) {
    const std::uint64_t start = piece * kAttachmentPiece;
    const std::uint64_t end = std::min<std::uint64_t>(start + kAttachmentPiece, payload_bytes);
    Bytes out;
    out.reserve(static_cast<std::size_t>(end - start));
    if (start == 0) Append(out, nonce);
    while (start + out.size() < end) {
      const std::uint64_t at = start + out.size() - age::kPayloadNonceBytes;
      const std::size_t within = static_cast<std::size_t>(at % age::kSealedChunkBytes);
      SC_ASSIGN(const Bytes* chunk, Chunk(at / age::kSealedChunkBytes));
      const ByteView rest = ByteView(*chunk).subspan(within);
      const std::uint64_t missing = end - start - out.size();
      Append(out,
             rest.first(static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), missing))));
    }
    return out;
  }

  const std::shared_ptr<const age::FileKey> file_key =
      std::make_shared<const age::FileKey>(age::FileKey::Random());
  const age::RandomAccess& file;
  const std::uint64_t file_bytes;
  const std::uint64_t padded_bytes;
  const std::uint64_t payload_bytes;
  const age::PayloadNonce nonce;
  age::ChunkCipher cipher;
  // The newest chunk reaches into the next piece; kept, so that no part of it is sealed twice.
  SealedChunk newest;
  SealedChunk older;
  std::vector<Hash> leaf_hashes;  // of the pieces that were given out
  Sha256Stream digest;            // of the file, as far as it was sealed
  std::optional<Hash> file_digest;
};

AttachmentSealer::AttachmentSealer(const age::RandomAccess& file)
    : state_(std::make_unique<State>(file)) {}
AttachmentSealer::~AttachmentSealer() = default;
AttachmentSealer::AttachmentSealer(AttachmentSealer&&) noexcept = default;

std::uint64_t AttachmentSealer::payload_bytes() const { return state_->payload_bytes; }
std::uint64_t AttachmentSealer::pieces() const { return state_->pieces(); }

Result<Bytes> AttachmentSealer::Piece(std::uint64_t index) {
  std::vector<Hash>& leaf_hashes = state_->leaf_hashes;
  if (index > leaf_hashes.size() || index >= state_->pieces()) {
    return Error(Code::kRejected, "pieces of an attachment are sealed in their order");
  }
  if (state_->file.size() != state_->file_bytes) {
    return Error(Code::kRejected, "the file changed while it was being sealed");
  }
  SC_ASSIGN(Bytes piece, state_->SealPiece(index));
  const Hash hash = tlog::LeafHash(piece);
  if (index == leaf_hashes.size()) {
    leaf_hashes.push_back(hash);
  } else if (leaf_hashes[static_cast<std::size_t>(index)] != hash) {
    return Error(Code::kRejected, "the file changed while it was being sealed");
  }
  return piece;
}

Result<SealedAttachment> AttachmentSealer::Finish(std::string_view name,
                                                  std::string_view media_type) {
  if (state_->leaf_hashes.size() != state_->pieces()) {
    return Error(Code::kRejected, "not every piece of the attachment was sealed");
  }
  if (!state_->file_digest) state_->file_digest = state_->digest.Finish();
  tlog::Frontier frontier;
  for (const Hash& hash : state_->leaf_hashes) frontier.Append(hash);
  SealedAttachment out;
  out.file_key = state_->file_key;
  out.payload_bytes = state_->payload_bytes;
  out.payload_root = frontier.Root();
  out.description.set_name(std::string(name));
  out.description.set_media_type(std::string(media_type));
  out.description.set_bytes(state_->file_bytes);
  out.description.set_sha256(std::string(AsText(*state_->file_digest)));
  return out;
}

}  // namespace safeconduct::report
