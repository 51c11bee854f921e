#include "crypto/tlog/cosignature.h"

#include <algorithm>
#include <map>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"

namespace safeconduct::tlog {
namespace {

constexpr ByteArray<1> kType = {0x04};
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kTimeBytes = 8;
constexpr std::int64_t kClockSlackSeconds = 300;  // clocks differ by so much without anyone lying

Bytes IdOf(std::string_view name, const PublicKey& key) {
  const Hash hash = Sha256({AsBytes(name), AsBytes("\n"), kType, key});
  return Bytes(hash.begin(), hash.begin() + kIdBytes);
}

Bytes SignedBytes(std::string_view text, std::int64_t time) {
  const std::string message = "cosignature/v1\ntime " + std::to_string(time) + "\n";
  Bytes out;
  Append(out, AsBytes(message));
  Append(out, AsBytes(text));
  return out;
}

// The time of a cosignature that verifies.
Result<std::int64_t> VerifyCosignature(std::string_view text, ByteView bytes,
                                       const PublicKey& witness) {
  const Error unverified(Code::kUnverified, "a cosignature that does not verify");
  if (bytes.size() != kTimeBytes + std::tuple_size_v<Signature>) return unverified;
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes.first(kTimeBytes)) number = number << 8 | byte;
  if (number > INT64_MAX) return unverified;
  const auto time = static_cast<std::int64_t>(number);
  const Signature signature = ToArray<sizeof(Signature)>(bytes.subspan(kTimeBytes));
  if (!Verify(witness, SignedBytes(text, time), signature).ok()) return unverified;
  return time;
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

Status Cosign(note::Note& checkpoint, std::string_view name, const SigningKey& key,
              std::int64_t time) {
  SC_ASSIGN(const note::VerifierKey witness, MakeWitnessKey(name, key.public_key()));
  if (time < 0) return Error(Code::kRejected, "a cosignature from before 1970");
  auto& signatures = checkpoint.signatures;
  std::erase_if(signatures, [&](const auto& each) { return note::IsBy(each, witness); });
  if (signatures.size() >= note::kMaxSignatures) {
    return Error(Code::kTooLarge, "a note with more than 64 signatures");
  }
  note::NoteSignature line{witness.name, witness.id, {}};
  AppendBigEndian64(line.bytes, static_cast<std::uint64_t>(time));
  Append(line.bytes, key.Sign(SignedBytes(checkpoint.text, time)));
  signatures.push_back(std::move(line));
  return {};
}

Result<std::vector<Cosigned>> ReadCosignatures(const note::Note& checkpoint,
                                               std::span<const note::VerifierKey> witnesses) {
  SC_TRY(note::CheckUnambiguous(witnesses));
  std::map<PublicKey, Cosigned> newest;  // by key, so that one under two names counts once
  for (const note::NoteSignature& signature : checkpoint.signatures) {
    const auto witness = std::find_if(witnesses.begin(), witnesses.end(), [&](const auto& each) {
      return note::IsBy(signature, each);
    });
    if (witness == witnesses.end()) continue;
    SC_ASSIGN(const std::int64_t time,
              VerifyCosignature(checkpoint.text, signature.bytes, witness->key));
    Cosigned& known = newest.try_emplace(witness->key, Cosigned{*witness, time}).first->second;
    known.time = std::max(known.time, time);
  }
  std::vector<Cosigned> out;
  for (auto& [key, cosigned] : newest) out.push_back(std::move(cosigned));
  return out;
}

Status CheckWitnessed(const note::Note& checkpoint, const WitnessPolicy& policy) {
  if (policy.threshold == 0) return {};
  SC_ASSIGN(const std::vector<Cosigned> cosigned, ReadCosignatures(checkpoint, policy.witnesses));
  std::size_t known = 0;
  std::size_t fresh = 0;
  for (const Cosigned& each : cosigned) {
    if (each.time - kClockSlackSeconds > policy.now) continue;
    ++known;
    if (each.time >= policy.now - policy.max_age_seconds) ++fresh;
  }
  if (known < policy.threshold) {
    return Error(Code::kUnverified, "too few witnesses cosigned the checkpoint", "witnesses");
  }
  if (fresh < policy.threshold) {
    return Error(Code::kExpired, "the witnesses cosigned the checkpoint too long ago", "witnesses");
  }
  return {};
}

}  // namespace safeconduct::tlog
