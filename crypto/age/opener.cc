#include <algorithm>
#include <optional>

#include "crypto/age/stream.h"

namespace safeconduct::age {
namespace {

Error Damaged() { return Error(Code::kUnverified, "the payload is damaged or for another key"); }
Error Cut() { return Error(Code::kMalformed, "the payload is cut off"); }

}  // namespace

// A whole chunk is opened as soon as it is there: as an inner one, and when it is none, as the
// last. So only the one that ends a payload without being short is tried twice, and whole chunks go
// from the caller's buffer to the caller's buffer. What waits in `pending` is the beginning of a
// chunk, or of the nonce.
struct PayloadOpener::State {
  explicit State(const FileKey& key) : file_key(key.Clone()) {}

  ByteView Pending() const { return ByteView(pending).first(pending_bytes); }

  // Moves bytes from the front of `payload` to `pending` until that holds `size`.
  void Fill(std::size_t size, ByteView& payload) {
    const std::size_t taken = std::min(size - pending_bytes, payload.size());
    std::copy_n(payload.begin(), taken,
                pending.begin() + static_cast<std::ptrdiff_t>(pending_bytes));
    pending_bytes += taken;
    payload = payload.subspan(taken);
  }

  bool OpenAs(Place place, ByteView sealed, MutableBytes& out) {
    const std::size_t size = sealed.size() - kTagBytes;
    if (!cipher->Open(next_index, place, sealed, out.first(size))) return false;
    ++next_index;
    last_opened = place == Place::kLast;
    out = out.subspan(size);
    return true;
  }

  Status OpenWhole(ByteView sealed, MutableBytes& out) {
    if (OpenAs(Place::kInner, sealed, out) || OpenAs(Place::kLast, sealed, out)) return {};
    return Damaged();
  }

  Status OpenShort(ByteView sealed, MutableBytes& out) {
    if (sealed.size() < kTagBytes) return Cut();
    if (sealed.size() == kTagBytes && next_index != 0) {
      return Error(Code::kMalformed, "a payload whose last chunk is empty");
    }
    return OpenAs(Place::kLast, sealed, out) ? Status() : Status(Damaged());
  }

  void TakeNonce(ByteView& payload) {
    Fill(kPayloadNonceBytes, payload);
    if (pending_bytes < kPayloadNonceBytes) return;
    cipher.emplace(BulkCipher::Direction::kOpen, file_key, Pending());
    pending_bytes = 0;
  }

  Status Update(ByteView payload, MutableBytes& out) {
    if (!cipher) TakeNonce(payload);
    while (!payload.empty()) {
      if (last_opened) return Error(Code::kMalformed, "more bytes after the end of the payload");
      if (pending_bytes == 0 && payload.size() >= kSealedChunkBytes) {
        SC_TRY(OpenWhole(payload.first(kSealedChunkBytes), out));
        payload = payload.subspan(kSealedChunkBytes);
        continue;
      }
      Fill(kSealedChunkBytes, payload);
      if (pending_bytes == kSealedChunkBytes) {
        SC_TRY(OpenWhole(Pending(), out));
        pending_bytes = 0;
      }
    }
    return {};
  }

  Status Finish(MutableBytes& out) {
    if (last_opened) return {};
    return cipher ? OpenShort(Pending(), out) : Status(Cut());
  }

  FileKey file_key;
  std::optional<ChunkCipher> cipher;  // once the nonce is there
  std::uint64_t next_index = 0;
  Bytes pending = Bytes(kSealedChunkBytes);
  std::size_t pending_bytes = 0;
  bool last_opened = false;
  bool ended = false;
};

PayloadOpener::PayloadOpener(const FileKey& file_key) : state_(std::make_unique<State>(file_key)) {}
PayloadOpener::~PayloadOpener() = default;
PayloadOpener::PayloadOpener(PayloadOpener&&) noexcept = default;

std::size_t PayloadOpener::UpdateBound(std::size_t payload_bytes) const {
  return (state_->pending_bytes + payload_bytes) / kSealedChunkBytes * kChunkBytes;
}

Status PayloadOpener::UpdateInto(ByteView payload, MutableBytes out, std::size_t& written) {
  written = 0;
  if (state_->ended) return Damaged();
  if (out.size() < UpdateBound(payload.size())) __builtin_trap();
  MutableBytes rest = out;
  const Status status = state_->Update(payload, rest);
  written = out.size() - rest.size();
  state_->ended = !status.ok();
  return status;
}

std::size_t PayloadOpener::FinishSize() const {
  return std::max(state_->pending_bytes, kTagBytes) - kTagBytes;
}

Status PayloadOpener::FinishInto(MutableBytes out, std::size_t& written) {
  written = 0;
  if (state_->ended) return Damaged();
  state_->ended = true;
  if (out.size() < FinishSize()) __builtin_trap();
  MutableBytes rest = out;
  const Status status = state_->Finish(rest);
  written = out.size() - rest.size();
  return status;
}

Status PayloadOpener::Update(ByteView payload, SecretBytes& out) {
  const std::size_t start = out.size();
  std::size_t written = 0;
  const Status status = UpdateInto(payload, out.Extend(UpdateBound(payload.size())), written);
  out.Truncate(start + written);
  return status;
}

Status PayloadOpener::Finish(SecretBytes& out) {
  const std::size_t start = out.size();
  std::size_t written = 0;
  const Status status = FinishInto(out.Extend(FinishSize()), written);
  out.Truncate(start + written);
  return status;
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
