// Ed25519 (RFC 8032) by libsodium: keys, signatures, verification.
//
// Thread-safety: immutable after construction; may be shared.
#ifndef SAFECONDUCT_CRYPTO_BASE_ED25519_H_
#define SAFECONDUCT_CRYPTO_BASE_ED25519_H_

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct {

using PublicKey = ByteArray<32>;
using Signature = ByteArray<64>;

// A signing key, for one purpose, in locked memory.
class SigningKey {
 public:
  static SigningKey FromSeed(const SecretArray<32>& seed);
  const PublicKey& public_key() const { return public_key_; }
  Signature Sign(ByteView message) const;

 private:
  SigningKey(LockedKey<64> secret, const PublicKey& public_key)
      : secret_(std::move(secret)), public_key_(public_key) {}
  LockedKey<64> secret_;
  PublicKey public_key_;
};

// kUnverified. Small-order keys and non-canonical encodings are refused, as libsodium does.
Status Verify(const PublicKey& key, ByteView message, const Signature& signature);

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_ED25519_H_
