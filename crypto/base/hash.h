// SHA-256 (FIPS 180-4) by OpenSSL's libcrypto, several times faster than libsodium's, HKDF
// (RFC 5869) and HMAC by libsodium.
#ifndef SAFECONDUCT_CRYPTO_BASE_HASH_H_
#define SAFECONDUCT_CRYPTO_BASE_HASH_H_

#include <initializer_list>
#include <memory>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/secret.h"

namespace safeconduct {

// Of the concatenation of the parts.
Hash Sha256(std::initializer_list<ByteView> parts);
inline Hash Sha256(ByteView bytes) { return Sha256({bytes}); }

class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  void Update(ByteView bytes);
  Hash Finish();  // nothing may be called after it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// SHA-1 (FIPS 180-4), for the checksum extension of tus alone, which demands it: it tells damage
// on the way, and nothing about anyone who means harm.
class Sha1Stream {
 public:
  Sha1Stream();
  ~Sha1Stream();
  Sha1Stream(Sha1Stream&&) noexcept;
  Sha1Stream& operator=(Sha1Stream&&) noexcept;
  void Update(ByteView bytes);
  ByteArray<20> Finish();  // nothing may be called after it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// HKDF-SHA-256 to 32 bytes.
SecretArray<32> Hkdf(ByteView key_material, ByteView salt, std::string_view info);

ByteArray<32> HmacSha256(ByteView key, ByteView message);

// HMAC-SHA-1 (RFC 2104), for signatures of others that know nothing newer. As a MAC it is not
// broken, as SHA-1 alone is.
ByteArray<20> HmacSha1(ByteView key, ByteView message);

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_HASH_H_
