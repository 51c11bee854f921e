// Whole files in memory.
#include "crypto/age/age.h"

namespace safeconduct::age {
namespace {

Result<SecretBytes> DecryptBinary(Identities identities, ByteView file) {
  SC_ASSIGN(const ParsedHeader parsed, ParseHeader(file));
  SC_ASSIGN(const FileKey file_key, UnwrapHeader(parsed.header, identities));
  return OpenPayload(file_key, file.subspan(parsed.size));
}

}  // namespace

Result<Bytes> Encrypt(Recipients recipients, ByteView plaintext) {
  const auto file_key = FileKey::Random();
  SC_ASSIGN(const Header header, WrapHeader(file_key, recipients));
  Bytes out = SerializeHeader(header);
  out.reserve(out.size() + static_cast<std::size_t>(PayloadSize(plaintext.size())));
  PayloadSealer sealer(file_key);
  sealer.Update(plaintext, out);
  sealer.Finish(out);
  return out;
}

Result<SecretBytes> Decrypt(Identities identities, ByteView file) {
  if (!IsArmored(file)) return DecryptBinary(identities, file);
  SC_ASSIGN(const Bytes binary, Dearmor(file));
  return DecryptBinary(identities, binary);
}

}  // namespace safeconduct::age
