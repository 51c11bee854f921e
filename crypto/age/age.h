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
// header.h has the header's grammar, payload.h the payload and its streams, armor.h armor in
// pieces.
//
// Thread-safety: recipients and identities are immutable after construction and may be shared.
#ifndef SAFECONDUCT_CRYPTO_AGE_AGE_H_
#define SAFECONDUCT_CRYPTO_AGE_AGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/age/header.h"
#include "crypto/age/payload.h"
#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::age {

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
// What can be checked of a header without any key: the stanzas of known types follow their own
// rules, and an scrypt stanza is alone. Stanzas of unknown types are skipped. kMalformed.
Status CheckStanzas(const Header& header);
// Tries each identity on each stanza, in the order of the stanzas but for the one at `first_try`,
// which is tried before them, and checks the MAC. kWrongKey when none fits; kUnverified when the
// MAC does not match; kMalformed as CheckStanzas; kTooLarge and kUnavailable for passphrases.
Result<FileKey> UnwrapHeader(const Header& header, Identities identities,
                             std::size_t first_try = 0);
// Whether `file_key` is the one that `header` was made for. kUnverified when not.
Status VerifyHeader(const Header& header, const FileKey& file_key);

// --- Whole files in memory ------------------------------------------------------------------

// Errors as WrapHeader.
Result<Bytes> Encrypt(Recipients recipients, ByteView plaintext);
// Takes the binary and the armored form. Errors as Dearmor, ParseHeader, UnwrapHeader, OpenPayload.
Result<SecretBytes> Decrypt(Identities identities, ByteView file);

// --- Armor ----------------------------------------------------------------------------------

// In memory; armor.h has the same in pieces.
// Whether the first thing in `bytes` is the first line of an armored file.
bool IsArmored(ByteView bytes);
std::string Armor(ByteView file);
// Strict, as c2sp.org/age "ASCII armor" demands. kMalformed.
Result<Bytes> Dearmor(ByteView text);

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_AGE_H_
