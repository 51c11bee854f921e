// c2sp.org/age, "The MLKEM768-X25519 (i.e. X-Wing) hybrid post-quantum recipient type".
#include "crypto/age/native.h"
#include "crypto/age/wrap.h"
#include "crypto/base/encoding.h"
#include "crypto/base/hpke.h"

namespace safeconduct::age {
namespace {

static_assert(kTagBytes == hpke::kTagBytes);

ByteView Info() { return AsBytes("age-encryption.org/mlkem768x25519"); }

Result<hpke::Encapsulated> ParseEncapsulated(const Stanza& stanza) {
  if (stanza.args.size() != 1) {
    return Error(Code::kMalformed, "an mlkem768x25519 stanza has one argument");
  }
  SC_TRY(CheckBody(stanza));
  SC_ASSIGN(const Bytes encapsulated, DecodeArgument(stanza.args[0], hpke::kEncapsulatedBytes));
  return ToArray<hpke::kEncapsulatedBytes>(encapsulated);
}

class HybridRecipient final : public Recipient {
 public:
  explicit HybridRecipient(const hpke::SealingKey& key) : key_(key) {}

  Kind kind() const override { return Kind::kHybrid; }

  Result<Stanza> Wrap(const FileKey& file_key) const override {
    hpke::Sealed sealed = hpke::SealBase(key_, Info(), {}, file_key.Reveal());
    return Stanza{std::string(kHybridType),
                  {Base64Encode(sealed.encapsulated, Base64::kUnpadded)},
                  std::move(sealed.ciphertext)};
  }

 private:
  hpke::SealingKey key_;
};

class HybridIdentity final : public Identity {
 public:
  explicit HybridIdentity(const SecretArray<32>& seed)
      : seed_(LockedKey<32>::Copy(seed.Reveal())) {}

  Result<FileKey> Unwrap(const Stanza& stanza) const override {
    if (stanza.type != kHybridType) return Error(Code::kWrongKey, "a stanza of another type");
    SC_ASSIGN(const hpke::Encapsulated encapsulated, ParseEncapsulated(stanza));
    SC_ASSIGN(const SecretBytes file_key,
              hpke::OpenBase(seed_.Reveal(), encapsulated, Info(), {}, stanza.body));
    return FileKey::Copy(file_key.Reveal());
  }

 private:
  LockedKey<32> seed_;
};

}  // namespace

Status CheckHybridStanza(const Stanza& stanza) {
  SC_ASSIGN([[maybe_unused]] const hpke::Encapsulated encapsulated, ParseEncapsulated(stanza));
  return {};
}

std::unique_ptr<Recipient> MakeHybridRecipient(const hpke::SealingKey& key) {
  return std::make_unique<HybridRecipient>(key);
}

std::unique_ptr<Identity> MakeHybridIdentity(const SecretArray<32>& seed) {
  return std::make_unique<HybridIdentity>(seed);
}

}  // namespace safeconduct::age
