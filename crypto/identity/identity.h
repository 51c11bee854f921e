// From one age identity to everything its holder can do (design: "One key, everywhere standard").
//
// A party is the 32-byte seed of a post-quantum hybrid age identity (`AGE-SECRET-KEY-PQ-1…`). Its
// Ed25519 seeds are HKDF-SHA-256(seed, empty salt, info `safeconduct/signing-key/<purpose>/v1`).
// A reporter's seed is HKDF-SHA-256(receipt code, empty salt, `safeconduct/reporter-identity/v1`).
//
// Thread-safety: immutable after construction; may be shared.
#ifndef SAFECONDUCT_CRYPTO_IDENTITY_IDENTITY_H_
#define SAFECONDUCT_CRYPTO_IDENTITY_IDENTITY_H_

#include <memory>
#include <string>
#include <string_view>

#include "crypto/age/age.h"
#include "crypto/base/ed25519.h"
#include "crypto/base/hpke.h"
#include "crypto/base/receipt_code.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::identity {

enum class Purpose : std::uint8_t { kRequest, kEvent, kNote, kCosignature };

// The signing key of a party of that seed, without making the rest of the party, which costs more.
SigningKey SigningKeyOf(hpke::Seed seed, Purpose purpose);

class Party {
 public:
  static Party Generate();
  static Party FromSeed(const SecretArray<32>& seed);
  static Party FromReceiptCode(const ReceiptCode& code);
  // `AGE-SECRET-KEY-PQ-1…`. kMalformed; kUnsupported for a classic X25519 identity.
  static Result<Party> Parse(std::string_view text);

  const std::string& recipient() const;       // `age1pq1…`
  const age::Identity& age_identity() const;  // lives as long as the Party
  SigningKey Key(Purpose purpose) const;
  // The X-Wing seed, for crypto/quorum; lives as long as the Party.
  hpke::Seed seed() const;
  // The identity file as `age-keygen -pq` writes it, `created` being an RFC 3339 time.
  SecretBytes KeyFile(std::string_view created) const;

  Party(Party&&) noexcept;
  Party& operator=(Party&&) noexcept;
  ~Party();

 private:
  struct State;
  explicit Party(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Reads an identity file: comments and exactly one identity, plain, or wrapped in a passphrase by
// stock `age -p` (binary or armored), in which case `passphrase` is needed. kRejected with a
// message that says so when it is wrapped and `passphrase` is null; kWrongKey when it is wrong;
// kMalformed; kUnsupported.
Result<Party> ParseKeyFile(ByteView file, const SecretBytes* passphrase);
bool KeyFileNeedsPassphrase(ByteView file);

}  // namespace safeconduct::identity

#endif  // SAFECONDUCT_CRYPTO_IDENTITY_IDENTITY_H_
