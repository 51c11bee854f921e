#include "gateway/charter/witness_key.h"

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"

namespace safeconduct::charter {
namespace {

constexpr ByteArray<1> kType = {0x04};
constexpr std::size_t kIdBytes = 4;

Bytes IdOf(std::string_view name, const PublicKey& key) {
  const Hash hash = Sha256({AsBytes(name), AsBytes("\n"), kType, key});
  return Bytes(hash.begin(), hash.begin() + kIdBytes);
}

}  // namespace

Result<note::VerifierKey> MakeWitnessKey(std::string_view name, const PublicKey& key) {
  SC_ASSIGN(note::VerifierKey out, note::MakeVerifierKey(name, key));
  out.id = 0;
  for (const std::uint8_t byte : IdOf(name, key)) out.id = out.id << 8 | byte;
  return out;
}

Result<note::VerifierKey> ParseWitnessKey(std::string_view vkey) {
  const Error malformed(Code::kMalformed, "not a witness's verifier key (name+id+key)");
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return malformed;
  const Result<Bytes> id = HexDecode(vkey.substr(first + 1, second - first - 1));
  const Result<Bytes> material = Base64Decode(vkey.substr(second + 1));
  if (!id.ok() || !material.ok() || material->empty()) return malformed;
  if ((*material)[0] != kType[0]) {
    return Error(Code::kUnsupported, "a witness's key must be of type 4 (Ed25519 cosignature)");
  }
  if (material->size() != kType.size() + std::tuple_size_v<PublicKey>) return malformed;
  const PublicKey key = ToArray<32>(ByteView(*material).subspan(1));
  if (*id != IdOf(vkey.substr(0, first), key)) return malformed;
  Result<note::VerifierKey> made = MakeWitnessKey(vkey.substr(0, first), key);
  if (!made.ok()) return malformed;
  return made;
}

std::string FormatWitnessKey(const note::VerifierKey& key) {
  Bytes material(kType.begin(), kType.end());
  Append(material, key.key);
  return key.name + "+" + HexEncode(IdOf(key.name, key.key)) + "+" + Base64Encode(material);
}

}  // namespace safeconduct::charter
