// c2sp.org/age, "The X25519 recipient type".
#include <sodium.h>

#include "crypto/age/native.h"
#include "crypto/age/wrap.h"
#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"

namespace safeconduct::age {
namespace {

constexpr std::string_view kInfo = "age-encryption.org/v1/X25519";

using Point = ByteArray<32>;

Point Base(ByteView scalar) {
  Point out;
  crypto_scalarmult_curve25519_base(out.data(), scalar.data());
  return out;
}

// The wrap key for one stanza; kMalformed when the shared secret is zero, as the specification
// demands.
Result<SecretArray<32>> WrapKey(ByteView scalar, const Point& peer, const Point& share,
                                const Point& recipient) {
  SecretArray<32> shared;
  if (crypto_scalarmult_curve25519(shared.RevealMutable().data(), scalar.data(), peer.data()) !=
      0) {
    return Error(Code::kMalformed, "an X25519 key of small order");
  }
  Bytes salt;
  Append(salt, share);
  Append(salt, recipient);
  return Hkdf(shared.Reveal(), salt, kInfo);
}

Result<Point> ParseShare(const Stanza& stanza) {
  if (stanza.args.size() != 1) return Error(Code::kMalformed, "an X25519 stanza has one argument");
  SC_TRY(CheckBody(stanza));
  SC_ASSIGN(const Bytes share, DecodeArgument(stanza.args[0], 32));
  return ToArray<32>(share);
}

class X25519Recipient final : public Recipient {
 public:
  explicit X25519Recipient(const Point& key) : key_(key) {}

  Kind kind() const override { return Kind::kX25519; }

  Result<Stanza> Wrap(const FileKey& file_key) const override {
    const auto ephemeral = SecretArray<32>::Random();
    const Point share = Base(ephemeral.Reveal());
    SC_ASSIGN(const SecretArray<32> wrap_key, WrapKey(ephemeral.Reveal(), key_, share, key_));
    return Stanza{std::string(kX25519Type),
                  {Base64Encode(share, Base64::kUnpadded)},
                  WrapFileKey(wrap_key, file_key)};
  }

 private:
  Point key_;
};

class X25519Identity final : public Identity {
 public:
  explicit X25519Identity(const SecretArray<32>& secret)
      : secret_(LockedKey<32>::Copy(secret.Reveal())), recipient_(Base(secret_.Reveal())) {}

  Result<FileKey> Unwrap(const Stanza& stanza) const override {
    if (stanza.type != kX25519Type) return Error(Code::kWrongKey, "a stanza of another type");
    SC_ASSIGN(const Point share, ParseShare(stanza));
    SC_ASSIGN(const SecretArray<32> wrap_key, WrapKey(secret_.Reveal(), share, share, recipient_));
    return UnwrapFileKey(wrap_key, stanza.body);
  }

 private:
  LockedKey<32> secret_;
  Point recipient_;
};

}  // namespace

Status CheckX25519Stanza(const Stanza& stanza) {
  SC_ASSIGN([[maybe_unused]] const Point share, ParseShare(stanza));
  return {};
}

Result<std::unique_ptr<Recipient>> MakeX25519Recipient(ByteView public_key) {
  if (public_key.size() != 32) {
    return Error(Code::kMalformed, "an X25519 recipient of the wrong length");
  }
  const auto key = ToArray<32>(public_key);
  const auto probe = SecretArray<32>::Random();
  SC_ASSIGN([[maybe_unused]] const SecretArray<32> small_order_check,
            WrapKey(probe.Reveal(), key, key, key));
  return std::unique_ptr<Recipient>(std::make_unique<X25519Recipient>(key));
}

std::unique_ptr<Identity> MakeX25519Identity(const SecretArray<32>& secret) {
  return std::make_unique<X25519Identity>(secret);
}

}  // namespace safeconduct::age
