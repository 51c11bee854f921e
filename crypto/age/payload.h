// The payload of an age file (c2sp.org/age, "Payload"): a nonce and chunks of 64 KiB, sealed under
// one file key. In memory, as a stream in constant memory, or read anywhere.
//
// What it gives: nobody without the file key reads it, and whoever has it notices each change, cut,
// swap and addition. What it does not give: commitment to the key (see age.h), or hiding of the
// length.
//
// Thread-safety: sealers, openers and readers belong to one thread at a time.
#ifndef SAFECONDUCT_CRYPTO_AGE_PAYLOAD_H_
#define SAFECONDUCT_CRYPTO_AGE_PAYLOAD_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::age {

inline constexpr std::size_t kFileKeyBytes = 16;
inline constexpr std::size_t kPayloadNonceBytes = 16;
inline constexpr std::size_t kChunkBytes = 64 * 1024;
inline constexpr std::size_t kTagBytes = 16;

// One for each file, never used again.
using FileKey = SecretArray<kFileKeyBytes>;

// --- In memory ------------------------------------------------------------------------------

// Bytes that a payload for `plaintext_bytes` takes: nonce, chunks and tags.
std::uint64_t PayloadSize(std::uint64_t plaintext_bytes);
// Bytes of plaintext in a payload of that size. kMalformed for a size that no payload has.
Result<std::uint64_t> PlaintextSize(std::uint64_t payload_bytes);

Bytes SealPayload(const FileKey& file_key, ByteView plaintext);
// Errors as PlaintextSize and PayloadOpener.
Result<SecretBytes> OpenPayload(const FileKey& file_key, ByteView payload);

// --- Streams --------------------------------------------------------------------------------

// The forms that append are the simple ones. The …Into forms write to a buffer of the caller's,
// which he can use again and again: nothing is allocated or cleared, which at several GB/s counts.
// Only chunks that lie across two pieces are copied on the way, so pieces of several chunks are
// best.

class PayloadSealer {
 public:
  explicit PayloadSealer(const FileKey& file_key);
  ~PayloadSealer();
  PayloadSealer(PayloadSealer&&) noexcept;

  // Appends to `out` what is ready: first the nonce, then whole chunks.
  void Update(ByteView plaintext, Bytes& out);
  // The last chunk. Nothing may be called after it.
  void Finish(Bytes& out);

  // Exactly how many bytes UpdateInto would write for so much more plaintext.
  std::size_t UpdateSize(std::size_t plaintext_bytes) const;
  // Writes to the front of `out`, which has at least UpdateSize bytes and does not overlap with
  // `plaintext`. Gives what UpdateSize said.
  std::size_t UpdateInto(ByteView plaintext, MutableBytes out);
  // Likewise for the last chunk.
  std::size_t FinishSize() const;
  std::size_t FinishInto(MutableBytes out);

 private:
  friend struct SealerTestAccess;
  PayloadSealer(const FileKey& file_key, const ByteArray<kPayloadNonceBytes>& nonce);
  struct State;
  std::unique_ptr<State> state_;
};

// Gives out only authenticated plaintext. A stream that was cut fails in Finish; until then the
// reader has seen a prefix of the true plaintext. kUnverified for a chunk that is damaged or for
// another key; kMalformed for a payload that is cut or goes on after its end. After an error
// everything fails.
class PayloadOpener {
 public:
  explicit PayloadOpener(const FileKey& file_key);
  ~PayloadOpener();
  PayloadOpener(PayloadOpener&&) noexcept;

  Status Update(ByteView payload, SecretBytes& out);
  Status Finish(SecretBytes& out);

  // At most how many bytes UpdateInto would write for so much more payload.
  std::size_t UpdateBound(std::size_t payload_bytes) const;
  // Writes to the front of `out`, which has at least UpdateBound bytes and does not overlap with
  // `payload`. `written` of them are plaintext, also after an error.
  Status UpdateInto(ByteView payload, MutableBytes out, std::size_t& written);
  // Likewise for the last chunk.
  std::size_t FinishSize() const;
  Status FinishInto(MutableBytes out, std::size_t& written);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Bytes at an offset: a file, a range request, memory.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` from `offset`; reading past the end is a defect of the caller.
  virtual Status ReadAt(std::uint64_t offset, MutableBytes out) const = 0;
};

// Reads any range of a payload's plaintext, one chunk of memory at a time. Opening it reads and
// authenticates the last chunk first, so that a truncated payload is refused at once.
class PayloadReader {
 public:
  // `payload` must outlive the reader and start at the nonce. kMalformed for a size that no payload
  // has; kUnverified; what `payload` says.
  static Result<PayloadReader> Open(const FileKey& file_key, const RandomAccess& payload);
  ~PayloadReader();
  PayloadReader(PayloadReader&&) noexcept;
  std::uint64_t size() const;  // of the plaintext
  // `offset` + out.size() must not pass size(): kMalformed. kUnverified; what `payload` says. After
  // an error `out` holds zeros.
  Status ReadAt(std::uint64_t offset, MutableBytes out);

 private:
  struct State;
  explicit PayloadReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_PAYLOAD_H_
