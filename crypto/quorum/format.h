// Where things stand in a stanza, and what each key is bound to (README.md, "Layout" and
// "Binding"). For this folder.
#ifndef SAFECONDUCT_CRYPTO_QUORUM_FORMAT_H_
#define SAFECONDUCT_CRYPTO_QUORUM_FORMAT_H_

#include <cstddef>

#include "crypto/age/wrap.h"
#include "crypto/quorum/quorum.h"

namespace safeconduct::quorum {

inline constexpr std::size_t kWrapKeyBytes = 32;
inline constexpr std::size_t kShamirShareBytes = kWrapKeyBytes + 1;
inline constexpr std::size_t kXAt = kWrapKeyBytes;
inline constexpr std::size_t kConsentAt = kShamirShareBytes;
inline constexpr std::size_t kCommitmentBytes = 32;
inline constexpr std::size_t kTrusteeBytes = kCommitmentBytes + kSealedShareBytes;
static_assert(kSealedShareBytes == 1170 && kTrusteeBytes == 1202 && age::kWrappedBytes == 32);

std::size_t BodyBytes(std::size_t trustees);

// Views of the body of a stanza that was checked; the stanza must outlive them.
ByteView WrappedFileKey(const age::Stanza& stanza);
ByteView Commitment(const age::Stanza& stanza, std::size_t index);
ByteView SealedAt(const age::Stanza& stanza, std::size_t index);

// kMalformed for a context that cannot be.
Result<Bytes> EncodeContext(const Context& context);

// The HPKE info of a share; each begins with what EncodeContext gave.
Bytes ShareInfo(ByteView context, std::size_t index);
Bytes ReleaseInfo(ByteView context, std::size_t index, const Release& release);
Bytes HandoverInfo(ByteView context, std::size_t index, const Handover& handover);

Hash CommitTo(std::size_t index, ByteView share);

// What the file key is wrapped under.
SecretArray<32> FileKeyKey(ByteView context, ByteView wrap_key);

std::uint8_t EncodeConsent(const Consent& consent);
// kMalformed when a bit is set that has no meaning.
Result<Consent> DecodeConsent(std::uint8_t flags);

SealedShare SealTo(const hpke::SealingKey& key, ByteView info, ByteView share);
// Errors as hpke::OpenBase. `sealed` has kSealedShareBytes.
Result<SecretBytes> OpenWith(hpke::Seed seed, ByteView info, ByteView sealed);

}  // namespace safeconduct::quorum

#endif  // SAFECONDUCT_CRYPTO_QUORUM_FORMAT_H_
