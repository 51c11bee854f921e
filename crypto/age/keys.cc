// The Bech32 texts of recipients and identities.
#include <algorithm>

#include "crypto/age/native.h"
#include "crypto/base/encoding.h"
#include "crypto/base/hpke.h"

namespace safeconduct::age {
namespace {

constexpr std::string_view kX25519RecipientPrefix = "age";
constexpr std::string_view kHybridRecipientPrefix = "age1pq";
constexpr std::string_view kX25519IdentityPrefix = "age-secret-key-";
constexpr std::string_view kHybridIdentityPrefix = "age-secret-key-pq-";
constexpr std::size_t kSecretBytes = 32;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

// A decoded identity, wiped when it dies.
struct IdentityText {
  std::string prefix;
  SecretBytes data;
};

// Of Bech32's two cases age takes one for each kind of key.
Result<IdentityText> DecodeIdentity(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), IsLower)) {
    return Error(Code::kMalformed, "an identity is written in upper case");
  }
  SC_ASSIGN(Bech32 decoded, Bech32Decode(text));
  IdentityText out{std::move(decoded.prefix), SecretBytes::Take(std::move(decoded.data))};
  const bool known = out.prefix == kX25519IdentityPrefix || out.prefix == kHybridIdentityPrefix;
  if (!known) return Error(Code::kUnsupported, "an identity of a type that is not supported");
  if (out.data.size() != kSecretBytes) {
    return Error(Code::kMalformed, "an identity of the wrong length");
  }
  return out;
}

Result<Bech32> DecodeRecipient(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), IsUpper)) {
    return Error(Code::kMalformed, "a recipient is written in lower case");
  }
  SC_ASSIGN(Bech32 decoded, Bech32Decode(text));
  if (decoded.prefix == kX25519RecipientPrefix || decoded.prefix == kHybridRecipientPrefix) {
    return decoded;
  }
  return Error(Code::kUnsupported, "a recipient of a type that is not supported");
}

Result<hpke::SealingKey> HybridKeyOf(const Bech32& decoded) {
  if (decoded.data.size() != hpke::kPublicKeyBytes) {
    return Error(Code::kMalformed, "an mlkem768x25519 recipient of the wrong length");
  }
  return hpke::SealingKey::Check(ToArray<hpke::kPublicKeyBytes>(decoded.data));
}

}  // namespace

Result<std::unique_ptr<Recipient>> ParseRecipient(std::string_view text) {
  SC_ASSIGN(const Bech32 decoded, DecodeRecipient(text));
  if (decoded.prefix == kX25519RecipientPrefix) return MakeX25519Recipient(decoded.data);
  SC_ASSIGN(const hpke::SealingKey key, HybridKeyOf(decoded));
  return MakeHybridRecipient(key);
}

Result<hpke::SealingKey> ParseHybridRecipientText(std::string_view text) {
  SC_ASSIGN(const Bech32 decoded, DecodeRecipient(text));
  if (decoded.prefix != kHybridRecipientPrefix) {
    return Error(Code::kUnsupported, "not a post-quantum recipient");
  }
  return HybridKeyOf(decoded);
}

Result<std::unique_ptr<Identity>> ParseIdentity(std::string_view text) {
  SC_ASSIGN(const IdentityText identity, DecodeIdentity(text));
  const auto secret = SecretArray<kSecretBytes>::Copy(identity.data.Reveal());
  return identity.prefix == kX25519IdentityPrefix ? MakeX25519Identity(secret)
                                                  : MakeHybridIdentity(secret);
}

Result<SecretArray<32>> ParseHybridIdentityText(std::string_view text) {
  SC_ASSIGN(const IdentityText identity, DecodeIdentity(text));
  if (identity.prefix != kHybridIdentityPrefix) {
    return Error(Code::kUnsupported,
                 "a classic X25519 identity: a post-quantum one is needed (age-keygen -pq)");
  }
  return SecretArray<kSecretBytes>::Copy(identity.data.Reveal());
}

std::string HybridRecipientText(const SecretArray<32>& seed) {
  return Bech32Encode(kHybridRecipientPrefix, hpke::SealingKey::Of(seed.Reveal()).bytes());
}

SecretBytes HybridIdentityText(const SecretArray<32>& seed) {
  std::string text = Bech32Encode(kHybridIdentityPrefix, seed.Reveal());
  for (char& c : text) {
    if (IsLower(c)) c = static_cast<char>(c - 'a' + 'A');
  }
  SecretBytes out = SecretBytes::Copy(AsBytes(text));
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return out;
}

}  // namespace safeconduct::age
