// HPKE base mode (RFC 9180), single-shot, with X-Wing (KEM 0x647a, draft-connolly-cfrg-xwing-kem),
// HKDF-SHA256 (0x0001) and ChaCha20Poly1305 (0x0003): what age's `mlkem768x25519` is made of.
//
// What it gives: only the holder of the secret key reads the plaintext, also against one who has a
// quantum computer later. What it does not give: any proof of who sealed it.
//
// Thread-safety: pure functions.
#ifndef SAFECONDUCT_CRYPTO_BASE_HPKE_H_
#define SAFECONDUCT_CRYPTO_BASE_HPKE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::hpke {

inline constexpr std::uint16_t kXWing = 0x647a;
inline constexpr std::size_t kSeedBytes = 32;
inline constexpr std::size_t kPublicKeyBytes = 1216;
inline constexpr std::size_t kEncapsulatedBytes = 1120;
inline constexpr std::size_t kTagBytes = 16;

using Seed = std::span<const std::uint8_t, kSeedBytes>;
using XWingPublicKey = ByteArray<kPublicKeyBytes>;  // as it is written
using Encapsulated = ByteArray<kEncapsulatedBytes>;

// A key to seal to. To find out whether bytes are one costs as much as sealing, so it is done once,
// where they come in.
class SealingKey {
 public:
  // kMalformed for a key that no seed gives: an ML-KEM coefficient that is not reduced, or an
  // X25519 point of small order.
  static Result<SealingKey> Check(const XWingPublicKey& bytes);
  static SealingKey Of(Seed seed);
  // Whose seed nobody has: it is wiped here.
  static SealingKey OfNobody();

  const XWingPublicKey& bytes() const { return bytes_; }

 private:
  explicit SealingKey(const XWingPublicKey& bytes) : bytes_(bytes) {}
  XWingPublicKey bytes_;
};

struct Sealed {
  Encapsulated encapsulated;
  Bytes ciphertext;  // plaintext and tag
};

// RFC 9180 §6.1, SealBase.
Sealed SealBase(const SealingKey& recipient, ByteView info, ByteView aad, ByteView plaintext);

// RFC 9180 §6.1, OpenBase. kWrongKey when the tag does not match, which is all that tells a wrong
// key from damage; kMalformed when the X25519 part of `encapsulated` is of small order or
// `ciphertext` is shorter than a tag.
Result<SecretBytes> OpenBase(Seed recipient, const Encapsulated& encapsulated, ByteView info,
                             ByteView aad, ByteView ciphertext);

// RFC 9180 §5.1, KeySchedule in mode_base for HKDF-SHA256 and ChaCha20Poly1305. Apart, so that the
// vectors of other KEMs can test it.
struct KeyAndNonce {
  SecretArray<32> key;
  SecretArray<12> base_nonce;
};
KeyAndNonce KeySchedule(std::uint16_t kem, const SecretArray<32>& shared_secret, ByteView info);

}  // namespace safeconduct::hpke

#endif  // SAFECONDUCT_CRYPTO_BASE_HPKE_H_
