#include "crypto/base/hpke.h"

#include <sodium.h>

#include "crypto/base/hash.h"

namespace safeconduct::hpke {
namespace {

static_assert(kSeedBytes == crypto_kem_xwing_SECRETKEYBYTES);
static_assert(kPublicKeyBytes == crypto_kem_xwing_PUBLICKEYBYTES);
static_assert(kEncapsulatedBytes == crypto_kem_xwing_CIPHERTEXTBYTES);

constexpr std::uint16_t kHkdfSha256 = 0x0001;
constexpr std::uint16_t kChaCha20Poly1305 = 0x0003;
constexpr std::uint8_t kModeBase = 0x00;

void AppendBigEndian16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

// RFC 9180 §4, LabeledExtract and LabeledExpand, bound to one suite.
class LabeledHkdf {
 public:
  explicit LabeledHkdf(std::uint16_t kem) {
    Append(suite_, "HPKE");
    AppendBigEndian16(suite_, kem);
    AppendBigEndian16(suite_, kHkdfSha256);
    AppendBigEndian16(suite_, kChaCha20Poly1305);
  }

  SecretArray<32> Extract(ByteView salt, std::string_view label, ByteView key_material) const {
    SecretBytes input;
    input.Append(AsBytes(kVersion));
    input.Append(suite_);
    input.Append(AsBytes(label));
    input.Append(key_material);
    SecretArray<32> out;
    if (crypto_kdf_hkdf_sha256_extract(out.RevealMutable().data(), salt.data(), salt.size(),
                                       input.Reveal().data(), input.size()) != 0) {
      __builtin_trap();
    }
    return out;
  }

  template <std::size_t N>
  SecretArray<N> Expand(const SecretArray<32>& secret, std::string_view label,
                        ByteView context) const {
    Bytes info;
    AppendBigEndian16(info, N);
    Append(info, kVersion);
    Append(info, suite_);
    Append(info, label);
    Append(info, context);
    SecretArray<N> out;
    if (crypto_kdf_hkdf_sha256_expand(out.RevealMutable().data(), N, AsText(info).data(),
                                      info.size(), secret.Reveal().data()) != 0) {
      __builtin_trap();
    }
    return out;
  }

 private:
  static constexpr std::string_view kVersion = "HPKE-v1";
  Bytes suite_;
};

// X-Wing itself goes on with an all-zero X25519 secret; age refuses it (CCTV: hybrid_low_order).
// A point of small order gives zero under every scalar, so any scalar finds it out.
bool IsSmallOrder(std::span<const std::uint8_t, 32> point) {
  constexpr ByteArray<32> kScalar = {8};
  ByteArray<32> product;
  return crypto_scalarmult_curve25519(product.data(), kScalar.data(), point.data()) != 0;
}

std::span<const std::uint8_t, 32> X25519Part(ByteView key_or_encapsulated) {
  return key_or_encapsulated.last<32>();
}

}  // namespace

SealingKey SealingKey::Of(Seed seed) {
  XWingPublicKey public_key;
  SecretArray<kSeedBytes> secret_key;
  if (crypto_kem_xwing_seed_keypair(public_key.data(), secret_key.RevealMutable().data(),
                                    seed.data()) != 0) {
    __builtin_trap();
  }
  return SealingKey(public_key);
}

SealingKey SealingKey::OfNobody() { return Of(SecretArray<kSeedBytes>::Random().Reveal()); }

Result<SealingKey> SealingKey::Check(const XWingPublicKey& key) {
  Encapsulated encapsulated;
  SecretArray<32> shared_secret;
  if (IsSmallOrder(X25519Part(key)) ||
      crypto_kem_xwing_enc(encapsulated.data(), shared_secret.RevealMutable().data(), key.data()) !=
          0) {
    return Error(Code::kMalformed, "not a public key of X-Wing");
  }
  return SealingKey(key);
}

KeyAndNonce KeySchedule(std::uint16_t kem, const SecretArray<32>& shared_secret, ByteView info) {
  const LabeledHkdf hkdf(kem);
  const auto psk_id_hash = hkdf.Extract({}, "psk_id_hash", {});
  const auto info_hash = hkdf.Extract({}, "info_hash", info);
  Bytes context;
  context.push_back(kModeBase);
  Append(context, psk_id_hash.Reveal());
  Append(context, info_hash.Reveal());
  const auto secret = hkdf.Extract(shared_secret.Reveal(), "secret", {});
  return {hkdf.Expand<32>(secret, "key", context), hkdf.Expand<12>(secret, "base_nonce", context)};
}

Sealed SealBase(const SealingKey& recipient, ByteView info, ByteView aad, ByteView plaintext) {
  Sealed out;
  SecretArray<32> shared_secret;
  if (crypto_kem_xwing_enc(out.encapsulated.data(), shared_secret.RevealMutable().data(),
                           recipient.bytes().data()) != 0) {
    __builtin_trap();  // the key was checked
  }
  const KeyAndNonce keys = KeySchedule(kXWing, shared_secret, info);
  out.ciphertext.resize(plaintext.size() + kTagBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(
      out.ciphertext.data(), nullptr, plaintext.data(), plaintext.size(), aad.data(), aad.size(),
      nullptr, keys.base_nonce.Reveal().data(), keys.key.Reveal().data());
  return out;
}

Result<SecretBytes> OpenBase(Seed recipient, const Encapsulated& encapsulated, ByteView info,
                             ByteView aad, ByteView ciphertext) {
  if (ciphertext.size() < kTagBytes) return Error(Code::kMalformed, "a sealed text without a tag");
  if (IsSmallOrder(X25519Part(encapsulated))) {
    return Error(Code::kMalformed, "an encapsulated key of small order");
  }
  SecretArray<32> shared_secret;
  if (crypto_kem_xwing_dec(shared_secret.RevealMutable().data(), encapsulated.data(),
                           recipient.data()) != 0) {
    return Error(Code::kMalformed, "not an encapsulated key of X-Wing");
  }
  const KeyAndNonce keys = KeySchedule(kXWing, shared_secret, info);
  SecretBytes out(ciphertext.size() - kTagBytes);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(
          out.RevealMutable().data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(),
          aad.data(), aad.size(), keys.base_nonce.Reveal().data(), keys.key.Reveal().data()) != 0) {
    return Error(Code::kWrongKey, "sealed for another key");
  }
  return out;
}

}  // namespace safeconduct::hpke
