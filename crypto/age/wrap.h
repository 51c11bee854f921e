// How a file key stands in the body of an `X25519` or `scrypt` stanza: ChaCha20-Poly1305 under a
// wrap key that is used once, with a nonce of zeros.
#ifndef SAFECONDUCT_CRYPTO_AGE_WRAP_H_
#define SAFECONDUCT_CRYPTO_AGE_WRAP_H_

#include <cstddef>

#include "crypto/age/age.h"

namespace safeconduct::age {

inline constexpr std::size_t kWrappedBytes = kFileKeyBytes + kTagBytes;

Bytes WrapFileKey(const SecretArray<32>& wrap_key, const FileKey& file_key);
// `body` has kWrappedBytes, as CheckBody has seen to. kWrongKey when the tag does not match.
Result<FileKey> UnwrapFileKey(const SecretArray<32>& wrap_key, ByteView body);

// The specification wants the length checked before anything is decrypted, against partitioning
// oracles. kMalformed.
Status CheckBody(const Stanza& stanza);

// A base64 argument of exactly N bytes. kMalformed.
Result<Bytes> DecodeArgument(std::string_view argument, std::size_t bytes);

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_WRAP_H_
