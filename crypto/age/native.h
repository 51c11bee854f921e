// The native recipient types (c2sp.org/age, "Native recipient types"), one source file each. Every
// one has a Check function for the rules of its stanza that hold without any key: kMalformed.
#ifndef SAFECONDUCT_CRYPTO_AGE_NATIVE_H_
#define SAFECONDUCT_CRYPTO_AGE_NATIVE_H_

#include <memory>
#include <string>
#include <string_view>

#include "crypto/age/age.h"
#include "crypto/base/hpke.h"

namespace safeconduct::age {

Status CheckX25519Stanza(const Stanza& stanza);
Status CheckHybridStanza(const Stanza& stanza);
Status CheckScryptStanza(const Stanza& stanza);

// kMalformed for a key that no identity has.
Result<std::unique_ptr<Recipient>> MakeX25519Recipient(ByteView public_key);
std::unique_ptr<Recipient> MakeHybridRecipient(const hpke::SealingKey& key);
std::unique_ptr<Identity> MakeX25519Identity(const SecretArray<32>& secret);
std::unique_ptr<Identity> MakeHybridIdentity(const SecretArray<32>& seed);

// The key in `age1pq1…`. kMalformed also for a key that no identity has; kUnsupported for a
// recipient of another type.
Result<hpke::SealingKey> ParseHybridRecipientText(std::string_view text);
// The texts of a hybrid identity: `age1pq1…` and `AGE-SECRET-KEY-PQ-1…`.
std::string HybridRecipientText(const SecretArray<32>& seed);
SecretBytes HybridIdentityText(const SecretArray<32>& seed);
// The seed in `AGE-SECRET-KEY-PQ-1…`. kMalformed; kUnsupported for an identity of another type.
Result<SecretArray<32>> ParseHybridIdentityText(std::string_view text);

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_NATIVE_H_
