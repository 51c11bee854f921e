// age v1 (c2sp.org/age), both ways: the one format in which anything is sealed here.
//
// What it gives: whoever has no identity for a file learns nothing but its length and the number
// and types of its stanzas; no bit of it can be changed unnoticed by a reader who knows what was
// sealed for whom. What it does not give: proof of who sealed it; key commitment across headers
// (one payload can open to two plaintexts under two file keys, so a re-issued header must be
// checked against the MAC of the original one with VerifyHeader).
//
// A file is header ‖ payload. The two can be kept apart: FileKey opens a payload, and a header is
// what carries the FileKey to a recipient.
//
// Thread-safety: recipients and identities are immutable after construction and may be shared;
// encryptors, decryptors and readers belong to one thread at a time.
#ifndef SAFECONDUCT_CRYPTO_AGE_AGE_H_
#define SAFECONDUCT_CRYPTO_AGE_AGE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::age {

inline constexpr std::size_t kFileKeyBytes = 16;
inline constexpr std::size_t kPayloadNonceBytes = 16;
inline constexpr std::size_t kChunkBytes = 64 * 1024;
inline constexpr std::size_t kTagBytes = 16;
// Bounds of this implementation on a header, so that one costs bounded memory.
inline constexpr std::size_t kMaxHeaderBytes = 1024 * 1024;
inline constexpr std::size_t kMaxStanzas = 1024;

using FileKey = SecretArray<kFileKeyBytes>;

// One recipient stanza, as c2sp.org/age "Recipient stanza" has it.
struct Stanza {
  std::string type;               // the first argument
  std::vector<std::string> args;  // the others
  Bytes body;
  bool operator==(const Stanza&) const = default;
};

struct Header {
  std::vector<Stanza> stanzas;
  ByteArray<32> mac{};
};

struct ParsedHeader {
  Header header;
  std::size_t size = 0;  // bytes from the version line to the newline after the MAC
};

// What ParseHeader says of bytes that end before the header does.
inline constexpr char kHeaderIncomplete[] = "the header is not complete";
inline bool IsHeaderIncomplete(const Error& error) { return error.message() == kHeaderIncomplete; }

// The header that `bytes` begins with; what follows it is not looked at. Only the one canonical
// encoding is accepted. kMalformed; kUnsupported (another version); kTooLarge; and, when `bytes`
// ends before the header does, kMalformed with the message kHeaderIncomplete.
Result<ParsedHeader> ParseHeader(ByteView bytes);
// Exactly the bytes that ParseHeader takes. A type or an argument that is empty or has other than
// visible ASCII is a defect of the caller, and aborts.
Bytes SerializeHeader(const Header& header);
// What can be checked of a header without any key: the stanzas of known types follow their own
// rules, and an scrypt stanza is alone. Stanzas of unknown types are skipped. kMalformed.
Status CheckStanzas(const Header& header);

enum class Kind : std::uint8_t { kX25519, kHybrid, kScrypt };

// Someone a file key can be wrapped for.
class Recipient {
 public:
  virtual ~Recipient() = default;
  virtual Kind kind() const = 0;
  virtual Result<Stanza> Wrap(const FileKey& file_key) const = 0;
};

// Someone who may be able to unwrap a file key.
class Identity {
 public:
  virtual ~Identity() = default;
  // kWrongKey when `stanza` is of another type or for another key: the caller tries the next.
  // Any other error means that the file is damaged or hostile, and ends the attempt.
  virtual Result<FileKey> Unwrap(const Stanza& stanza) const = 0;
};

// `age1…` (X25519) or `age1pq1…` (mlkem768x25519). kMalformed, kUnsupported.
Result<std::unique_ptr<Recipient>> ParseRecipient(std::string_view text);
// `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`. kMalformed, kUnsupported.
Result<std::unique_ptr<Identity>> ParseIdentity(std::string_view text);

// The wrapped-by-passphrase kind. `log2_work` is the base-2 logarithm of scrypt's N.
std::unique_ptr<Recipient> PassphraseRecipient(SecretBytes passphrase, int log2_work = 18);
// Refuses stanzas of more work than `max_log2_work` with kTooLarge.
std::unique_ptr<Identity> PassphraseIdentity(SecretBytes passphrase, int max_log2_work = 20);

using Recipients = std::span<const Recipient* const>;
using Identities = std::span<const Identity* const>;

// --- Detached headers -----------------------------------------------------------------------

// A header that carries `file_key` to `recipients`, in their order. kRejected when there is none,
// when post-quantum and classic recipients are mixed, or when a passphrase is not alone; kTooLarge
// for more than kMaxStanzas; kUnavailable without the memory for a passphrase.
Result<Header> WrapHeader(const FileKey& file_key, Recipients recipients);
// A header over stanzas that somebody else made; only its MAC is computed.
Header AuthenticateHeader(const FileKey& file_key, std::vector<Stanza> stanzas);
// Tries each identity on each stanza, in the order of the stanzas, and checks the MAC. kWrongKey
// when none fits; kUnverified when the MAC does not match; kMalformed as CheckStanzas; kTooLarge
// and kUnavailable for passphrases.
Result<FileKey> UnwrapHeader(const Header& header, Identities identities);
// Whether `file_key` is the one that `header` was made for. kUnverified when not.
Status VerifyHeader(const Header& header, const FileKey& file_key);

// --- Whole payloads and files in memory -----------------------------------------------------

// Bytes that a payload for `plaintext_bytes` takes: nonce, chunks and tags.
std::uint64_t PayloadSize(std::uint64_t plaintext_bytes);
// Bytes of plaintext in a payload of that size. kMalformed for a size that no payload has.
Result<std::uint64_t> PlaintextSize(std::uint64_t payload_bytes);

Bytes SealPayload(const FileKey& file_key, ByteView plaintext);
// Errors as PlaintextSize and PayloadOpener.
Result<SecretBytes> OpenPayload(const FileKey& file_key, ByteView payload);

// Errors as WrapHeader.
Result<Bytes> Encrypt(Recipients recipients, ByteView plaintext);
// Takes the binary and the armored form. Errors as Dearmor, ParseHeader, UnwrapHeader, OpenPayload.
Result<SecretBytes> Decrypt(Identities identities, ByteView file);

// --- Streams, in constant memory ------------------------------------------------------------

// The forms that append are the simple ones. The …Into forms write to a buffer of the caller's,
// which he can use again and again: nothing is allocated, cleared or copied, which at several GB/s
// counts.

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

// --- Armor ----------------------------------------------------------------------------------

// In memory; armor.h has the same in pieces.
// Whether the first thing in `bytes` is the first line of an armored file.
bool IsArmored(ByteView bytes);
std::string Armor(ByteView file);
// Strict, as c2sp.org/age "ASCII armor" demands. kMalformed.
Result<Bytes> Dearmor(ByteView text);

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_AGE_H_
