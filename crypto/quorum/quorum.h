// The stanza `safeconduct/quorum`: a file key that any `threshold` of `trustees` trustees together
// can give to a grantee, and fewer cannot. README.md is its specification, section by section.
//
// What it gives: fewer than k trustees, with the gateway and all it stores, learn nothing of the
// file key, also with a quantum computer later. No trustee learns it by releasing. A share is of
// use for one report, compartment, request and grantee only. A grantee can name the trustee whose
// share does not fit, and tell that from a sealer who sealed garbage.
//
// What it does not give: protection from k trustees who act together, whatever the reporter
// consented to; a report that can be opened, where the sealer meant it not to be; proof of who
// sealed a share (events are signed for that); an end to what was handed over or released: old
// shares stay good.
//
// Whose fault a failure is, where something is opened:
//   kWrongKey    it is not for this key, index or context, or was damaged: nothing can be told
//   kUnverified  it opens, and is not what the sealer committed to: whoever re-sealed it
//   kMalformed   the stanza itself, or a share that fits its commitment: the sealer
//   kRejected    the caller: a quorum other than the context's, an index past its end
//
// Indexes of trustees count from 1, in the order of the charter. Thread-safety: pure functions.
#ifndef SAFECONDUCT_CRYPTO_QUORUM_QUORUM_H_
#define SAFECONDUCT_CRYPTO_QUORUM_QUORUM_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "crypto/age/age.h"
#include "crypto/base/bytes.h"
#include "crypto/base/ed25519.h"
#include "crypto/base/hpke.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::quorum {

inline constexpr std::string_view kStanzaType = "safeconduct/quorum";
inline constexpr std::size_t kMinThreshold = 2;
inline constexpr std::size_t kMaxTrustees = 16;
inline constexpr std::size_t kShareBytes = 32 + 1 + 1;  // y, x, consent
inline constexpr std::size_t kSealedShareBytes =
    hpke::kEncapsulatedBytes + kShareBytes + hpke::kTagBytes;

// What the file key and every share are bound to.
struct Context {
  std::string channel;
  PublicKey reporter{};  // the reporter's event key
  std::string compartment;
  Hash payload_digest{};
  std::size_t threshold = 0;  // k
  std::size_t trustees = 0;   // n
};

// The reporter's answers, as each trustee's share repeats them.
struct Consent {
  bool contact = false;
  bool support_services = false;
  bool investigators = false;
  bool national_authorities = false;
  bool operator==(const Consent&) const = default;
};

// A trustee's share in clear, checked against the sealer's commitment.
struct Share {
  std::size_t index = 0;
  Consent consent;
  SecretArray<kShareBytes> bytes;
};

// A sealed share on its way to a grantee or a successor: encapsulated key ‖ ciphertext.
using SealedShare = ByteArray<kSealedShareBytes>;

// --- The stanza -----------------------------------------------------------------------------

struct Size {
  std::size_t threshold = 0;
  std::size_t trustees = 0;
  bool operator==(const Size&) const = default;
};

// What can be seen without any key: the type, canonical arguments with 2 ≤ k ≤ n ≤ 16, and a body
// of the right length. kMalformed.
Result<Size> ParseStanza(const age::Stanza& stanza);
// The same; kRejected when it is not k of n.
Status CheckStanza(const age::Stanza& stanza, std::size_t threshold, std::size_t trustees);

// --- The reporter's client ------------------------------------------------------------------

// To the trustees' X-Wing keys in the order of the charter. kMalformed for a context that cannot be
// (2 ≤ k ≤ n ≤ 16, names of at most 65535 bytes), or keys that are not n.
Result<age::Stanza> Seal(const Context& context, const age::FileKey& file_key,
                         const Consent& consent, std::span<const hpke::SealingKey> trustees);
// A stanza that looks the same to all but a grantee with k shares, over a file key that nobody
// keeps: for a compartment to which this quorum is to have no access.
Result<age::Stanza> SealThrowAway(const Context& context, const Consent& consent,
                                  std::span<const hpke::SealingKey> trustees);

// --- A trustee ------------------------------------------------------------------------------

// His own share. kWrongKey, kMalformed and kRejected as above.
Result<Share> OpenShare(const Context& context, const age::Stanza& stanza, std::size_t index,
                        hpke::Seed trustee);

// What a release is bound to besides the context.
struct Release {
  Hash report{};        // all 32 bytes
  Hash request{};       // of the event that asks for it
  PublicKey trustee{};  // event keys
  PublicKey grantee{};
};
// kMalformed for a context that cannot be.
Result<SealedShare> SealRelease(const Context& context, const Share& share, const Release& release,
                                const hpke::SealingKey& grantee);

// What a handover is bound to besides the context.
struct Handover {
  Hash report{};
  PublicKey from{};  // event keys
  PublicKey to{};
};
// Errors as SealRelease.
Result<SealedShare> SealHandover(const Context& context, const Share& share,
                                 const Handover& handover, const hpke::SealingKey& successor);
// The successor can release what he got as trustee `index`. Errors as OpenRelease.
Result<Share> OpenHandover(const Context& context, const age::Stanza& stanza, std::size_t index,
                           const Handover& handover, hpke::Seed successor, ByteView sealed);

// --- The grantee ----------------------------------------------------------------------------

// What trustee `index` released. kWrongKey and kUnverified name that trustee; kMalformed blames
// the sealer, kRejected the caller.
Result<Share> OpenRelease(const Context& context, const age::Stanza& stanza, std::size_t index,
                          const Release& release, hpke::Seed grantee, ByteView sealed);

// From the shares of k or more trustees; the k of lowest index are combined. kUnverified for a
// share of another stanza; kRejected for fewer than k, or one trustee twice; kMalformed, the
// sealer's fault, when shares that fit their commitments disagree about consent or do not give a
// file key. The caller checks the header's MAC with age::VerifyHeader, without which one stanza
// could give different keys to different quorums: if that fails it is the sealer's fault too, or
// the stanza is a throw-away.
Result<age::FileKey> Combine(const Context& context, const age::Stanza& stanza,
                             std::span<const Share> shares);

}  // namespace safeconduct::quorum

#endif  // SAFECONDUCT_CRYPTO_QUORUM_QUORUM_H_
