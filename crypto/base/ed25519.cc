#include "crypto/base/ed25519.h"

#include <sodium.h>

namespace safeconduct {

SigningKey SigningKey::FromSeed(const SecretArray<32>& seed) {
  auto secret = LockedKey<64>::Zero();
  PublicKey public_key;
  crypto_sign_ed25519_seed_keypair(public_key.data(), secret.RevealMutable().data(),
                                   seed.Reveal().data());
  return SigningKey(std::move(secret), public_key);
}

Signature SigningKey::Sign(ByteView message) const {
  Signature out;
  crypto_sign_ed25519_detached(out.data(), nullptr, message.data(), message.size(),
                               secret_.Reveal().data());
  return out;
}

Status Verify(const PublicKey& key, ByteView message, const Signature& signature) {
  if (crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                          key.data()) != 0) {
    return Error(Code::kUnverified, "the signature does not match");
  }
  return {};
}

}  // namespace safeconduct
