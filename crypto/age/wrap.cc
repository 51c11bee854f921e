#include "crypto/age/wrap.h"

#include <sodium.h>

#include "crypto/base/encoding.h"

namespace safeconduct::age {
namespace {

constexpr ByteArray<12> kZeroNonce = {};

}  // namespace

Bytes WrapFileKey(const SecretArray<32>& wrap_key, const FileKey& file_key) {
  Bytes body(kWrappedBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(body.data(), nullptr, file_key.Reveal().data(),
                                            kFileKeyBytes, nullptr, 0, nullptr, kZeroNonce.data(),
                                            wrap_key.Reveal().data());
  return body;
}

Result<FileKey> UnwrapFileKey(const SecretArray<32>& wrap_key, ByteView body) {
  FileKey file_key;
  if (crypto_aead_chacha20poly1305_ietf_decrypt(file_key.RevealMutable().data(), nullptr, nullptr,
                                                body.data(), body.size(), nullptr, 0,
                                                kZeroNonce.data(), wrap_key.Reveal().data()) != 0) {
    return Error(Code::kWrongKey, "wrapped for another key");
  }
  return file_key;
}

Status CheckBody(const Stanza& stanza) {
  if (stanza.body.size() != kWrappedBytes) {
    return Error(Code::kMalformed, "a stanza whose body has the wrong length");
  }
  return {};
}

Result<Bytes> DecodeArgument(std::string_view argument, std::size_t bytes) {
  SC_ASSIGN(Bytes decoded, Base64Decode(argument, Base64::kUnpadded));
  if (decoded.size() != bytes) {
    return Error(Code::kMalformed, "a stanza with an argument of the wrong length");
  }
  return decoded;
}

}  // namespace safeconduct::age
