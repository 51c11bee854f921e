// Sealing under a nonce that is already known: never in the product, where it would be reused.
#ifndef SAFECONDUCT_TESTS_CRYPTO_AGE_SEAL_AGAIN_H_
#define SAFECONDUCT_TESTS_CRYPTO_AGE_SEAL_AGAIN_H_

#include "crypto/age/age.h"

namespace safeconduct::age {

struct SealerTestAccess {
  static PayloadSealer Make(const FileKey& file_key, ByteView nonce) {
    return PayloadSealer(file_key, ToArray<kPayloadNonceBytes>(nonce));
  }
};

inline Bytes SealAgain(const FileKey& file_key, ByteView nonce, ByteView plaintext) {
  PayloadSealer sealer = SealerTestAccess::Make(file_key, nonce);
  Bytes out;
  sealer.Update(plaintext, out);
  sealer.Finish(out);
  return out;
}

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_TESTS_CRYPTO_AGE_SEAL_AGAIN_H_
