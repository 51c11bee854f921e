#include <algorithm>
#include <optional>

#include "crypto/age/stream.h"

namespace safeconduct::age {
namespace {

Error Damaged() { return Error(Code::kUnverified, "the payload is damaged or for another key"); }
Error Cut() { return Error(Code::kMalformed, "the payload is cut off"); }

}  // namespace

// Up to one whole chunk waits in `pending` until it is known whether anything follows.
struct PayloadOpener::State {
  explicit State(const FileKey& key) : file_key(key.Clone()) {}

  bool OpenAs(Place place, ByteView sealed, SecretBytes& out) {
    const std::size_t start = out.size();
    if (cipher->Open(next_index, place, sealed, out.Extend(sealed.size() - kTagBytes))) {
      ++next_index;
      return true;
    }
    out.Truncate(start);
    return false;
  }

  // A chunk that was sealed for the other place is authentic, so its plaintext is given out before
  // the error that follows from its place.
  Status OpenInner(ByteView sealed, SecretBytes& out) {
    if (OpenAs(Place::kInner, sealed, out)) return {};
    if (OpenAs(Place::kLast, sealed, out)) {
      return Error(Code::kMalformed, "more bytes after the end of the payload");
    }
    return Damaged();
  }

  Status OpenLast(ByteView sealed, SecretBytes& out) {
    if (sealed.size() < kTagBytes) return Cut();
    if (sealed.size() == kTagBytes && next_index != 0) {
      return Error(Code::kMalformed, "a payload whose last chunk is empty");
    }
    if (OpenAs(Place::kLast, sealed, out)) return {};
    if (sealed.size() == kSealedChunkBytes && OpenAs(Place::kInner, sealed, out)) return Cut();
    return Damaged();
  }

  Status TakeNonce(ByteView& payload) {
    const std::size_t taken = std::min(kPayloadNonceBytes - pending.size(), payload.size());
    safeconduct::Append(pending, payload.first(taken));
    payload = payload.subspan(taken);
    if (pending.size() == kPayloadNonceBytes) {
      cipher.emplace(BulkCipher::Direction::kOpen, file_key, pending);
      pending.clear();
    }
    return {};
  }

  Status Update(ByteView payload, SecretBytes& out) {
    if (!cipher) SC_TRY(TakeNonce(payload));
    while (!payload.empty()) {
      if (pending.size() == kSealedChunkBytes) {
        SC_TRY(OpenInner(pending, out));
        pending.clear();
      }
      if (pending.empty() && payload.size() > kSealedChunkBytes) {
        SC_TRY(OpenInner(payload.first(kSealedChunkBytes), out));
        payload = payload.subspan(kSealedChunkBytes);
        continue;
      }
      const std::size_t taken = std::min(kSealedChunkBytes - pending.size(), payload.size());
      safeconduct::Append(pending, payload.first(taken));
      payload = payload.subspan(taken);
    }
    return {};
  }

  FileKey file_key;
  std::optional<ChunkCipher> cipher;  // once the nonce is there
  std::uint64_t next_index = 0;
  Bytes pending;
  bool ended = false;
};

PayloadOpener::PayloadOpener(const FileKey& file_key) : state_(std::make_unique<State>(file_key)) {}
PayloadOpener::~PayloadOpener() = default;
PayloadOpener::PayloadOpener(PayloadOpener&&) noexcept = default;

Status PayloadOpener::Update(ByteView payload, SecretBytes& out) {
  if (state_->ended) return Damaged();
  const Status status = state_->Update(payload, out);
  state_->ended = !status.ok();
  return status;
}

Status PayloadOpener::Finish(SecretBytes& out) {
  if (state_->ended) return Damaged();
  state_->ended = true;
  if (!state_->cipher) return Cut();
  return state_->OpenLast(state_->pending, out);
}

Result<SecretBytes> OpenPayload(const FileKey& file_key, ByteView payload) {
  SC_ASSIGN(const std::uint64_t size, PlaintextSize(payload.size()));
  SecretBytes out;
  out.Reserve(static_cast<std::size_t>(size));
  PayloadOpener opener(file_key);
  SC_TRY(opener.Update(payload, out));
  SC_TRY(opener.Finish(out));
  return out;
}

}  // namespace safeconduct::age
