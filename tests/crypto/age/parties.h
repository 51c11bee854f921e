// A recipient and its identity, of each kind, for tests.
#ifndef SAFECONDUCT_TESTS_CRYPTO_AGE_PARTIES_H_
#define SAFECONDUCT_TESTS_CRYPTO_AGE_PARTIES_H_

#include <sodium.h>

#include <memory>

#include "crypto/age/age.h"
#include "crypto/age/native.h"
#include "crypto/base/hpke.h"

namespace safeconduct::age {

struct Pair {
  std::unique_ptr<Recipient> recipient;
  std::unique_ptr<Identity> identity;
};

inline Pair ClassicPair() {
  const auto secret = SecretArray<32>::Random();
  ByteArray<32> public_key;
  crypto_scalarmult_curve25519_base(public_key.data(), secret.Reveal().data());
  return {*MakeX25519Recipient(public_key), MakeX25519Identity(secret)};
}

inline Pair HybridPair() {
  const auto seed = SecretArray<32>::Random();
  return {MakeHybridRecipient(hpke::SealingKey::Of(seed.Reveal())), MakeHybridIdentity(seed)};
}

// Little work, since what scrypt costs is not what is tested.
inline Pair PassphrasePair(std::string_view passphrase) {
  return {PassphraseRecipient(SecretBytes::Copy(AsBytes(passphrase)), 4),
          PassphraseIdentity(SecretBytes::Copy(AsBytes(passphrase)))};
}

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_TESTS_CRYPTO_AGE_PARTIES_H_
