#include "crypto/note/note.h"

#include <algorithm>
#include <set>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/base/utf8.h"

namespace safeconduct::note {
namespace {

constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::size_t kIdBytes = 4;
constexpr std::string_view kDash = "\u2014 ";  // em dash, space

// Valid UTF-8 without control characters but newline (signed-note, "Format").
bool IsNoteText(std::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> c = TakeCodePoint(text);
    if (!c || (*c < 0x20 && *c != '\n')) return false;
  }
  return true;
}

bool IsKeyName(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const std::optional<char32_t> c = TakeCodePoint(name);
    if (!c || *c < 0x20 || *c == '+' || IsUnicodeSpace(*c)) return false;
  }
  return true;
}

std::uint32_t IdFrom(ByteView bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3];
}

ByteArray<kIdBytes> IdBytes(std::uint32_t id) {
  return {static_cast<std::uint8_t>(id >> 24), static_cast<std::uint8_t>(id >> 16),
          static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
}

std::uint32_t KeyId(std::string_view name, const PublicKey& key) {
  constexpr ByteArray<1> kType = {kEd25519};
  return IdFrom(Sha256({AsBytes(name), AsBytes("\n"), kType, key}));
}

// One line without its newline.
Result<NoteSignature> ParseSignature(std::string_view line) {
  if (!line.starts_with(kDash)) return Error(Code::kMalformed, "not a signature line of a note");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space))) {
    return Error(Code::kMalformed, "a signature line of a note without a key name");
  }
  SC_ASSIGN(const Bytes bytes, Base64Decode(line.substr(space + 1)));
  if (bytes.size() <= kIdBytes) return Error(Code::kMalformed, "a signature of a note is cut");
  return NoteSignature{std::string(line.substr(0, space)), IdFrom(bytes),
                       Bytes(bytes.begin() + kIdBytes, bytes.end())};
}

Status VerifySignature(const Note& note, const NoteSignature& signature, const PublicKey& key) {
  if (signature.bytes.size() != std::tuple_size_v<Signature>) {
    return Error(Code::kUnverified, "a signature of a note has the wrong length");
  }
  return Verify(key, AsBytes(note.text), ToArray<64>(signature.bytes));
}

}  // namespace

Result<VerifierKey> MakeVerifierKey(std::string_view name, const PublicKey& key) {
  if (!IsKeyName(name)) {
    return Error(Code::kRejected, "a key name must not be empty or have spaces or plus signs");
  }
  return VerifierKey{std::string(name), KeyId(name, key), key};
}

Result<VerifierKey> ParseVerifierKey(std::string_view vkey) {
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos || !IsKeyName(vkey.substr(0, first))) {
    return Error(Code::kMalformed, "not a verifier key (name+id+key)");
  }
  SC_ASSIGN(const Bytes id, HexDecode(vkey.substr(first + 1, second - first - 1)));
  SC_ASSIGN(const Bytes material, Base64Decode(vkey.substr(second + 1)));
  if (id.size() != kIdBytes || material.empty()) {
    return Error(Code::kMalformed, "not a verifier key (name+id+key)");
  }
  if (material[0] != kEd25519) {
    return Error(Code::kUnsupported, "a verifier key that is not Ed25519");
  }
  if (material.size() != 1 + std::tuple_size_v<PublicKey>) {
    return Error(Code::kMalformed, "a verifier key of the wrong length");
  }
  SC_ASSIGN(VerifierKey key,
            MakeVerifierKey(vkey.substr(0, first), ToArray<32>(ByteView(material).subspan(1))));
  if (key.id != IdFrom(id)) {
    return Error(Code::kMalformed, "a verifier key whose id does not match its name and key");
  }
  return key;
}

std::string FormatVerifierKey(const VerifierKey& key) {
  Bytes material = {kEd25519};
  Append(material, key.key);
  return key.name + "+" + HexEncode(IdBytes(key.id)) + "+" + Base64Encode(material);
}

Result<Note> Parse(std::string_view note) {
  if (note.size() > kMaxNoteBytes) return Error(Code::kTooLarge, "a note of more than 1 MiB");
  if (!IsNoteText(note)) {
    return Error(Code::kMalformed, "a note that is not UTF-8 or has control characters");
  }
  // The text is separated from the signatures by the last empty line.
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos || !note.ends_with('\n')) {
    return Error(Code::kMalformed, "a note without signature lines");
  }
  Note out;
  out.text = note.substr(0, blank + 1);
  std::string_view lines = note.substr(blank + 2);
  if (lines.empty()) return Error(Code::kMalformed, "a note without signature lines");
  while (!lines.empty()) {
    if (out.signatures.size() == kMaxSignatures) {
      return Error(Code::kTooLarge, "a note with more than 64 signatures");
    }
    const std::size_t end = lines.find('\n');
    SC_ASSIGN(NoteSignature signature, ParseSignature(lines.substr(0, end)));
    out.signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return out;
}

std::string Serialize(const Note& note) {
  std::string out = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) {
    Bytes bytes;
    Append(bytes, IdBytes(signature.id));
    Append(bytes, signature.bytes);
    out.append(kDash).append(signature.name).append(" ").append(Base64Encode(bytes)).append("\n");
  }
  return out;
}

Status Sign(Note& note, std::string_view name, const SigningKey& key) {
  SC_ASSIGN(const VerifierKey verifier, MakeVerifierKey(name, key.public_key()));
  if (!note.text.ends_with('\n') || !IsNoteText(note.text)) {
    return Error(Code::kMalformed, "a note's text must be UTF-8 lines, each with its newline");
  }
  auto& signatures = note.signatures;
  signatures.erase(std::remove_if(signatures.begin(), signatures.end(),
                                  [&](const NoteSignature& one) { return IsBy(one, verifier); }),
                   signatures.end());
  if (signatures.size() >= kMaxSignatures) {
    return Error(Code::kTooLarge, "a note with more than 64 signatures");
  }
  const Signature signature = key.Sign(AsBytes(note.text));
  signatures.push_back({verifier.name, verifier.id, Bytes(signature.begin(), signature.end())});
  return {};
}

bool IsBy(const NoteSignature& signature, const VerifierKey& key) {
  return signature.id == key.id && signature.name == key.name;
}

Status CheckUnambiguous(std::span<const VerifierKey> keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (keys[i].id == keys[j].id && keys[i].name == keys[j].name && keys[i].key != keys[j].key) {
        return Error(Code::kRejected, "two keys of one name and id");
      }
    }
  }
  return {};
}

Result<std::size_t> CountSigners(const Note& note, std::span<const VerifierKey> keys) {
  SC_TRY(CheckUnambiguous(keys));
  std::set<PublicKey> signers;  // by key, so that one key under two names counts once
  for (const NoteSignature& signature : note.signatures) {
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const VerifierKey& candidate) {
      return IsBy(signature, candidate);
    });
    if (key == keys.end()) continue;
    SC_TRY(VerifySignature(note, signature, key->key));
    signers.insert(key->key);
  }
  return signers.size();
}

Result<std::string> Open(std::string_view note, std::span<const VerifierKey> keys,
                         std::size_t threshold) {
  SC_ASSIGN(Note parsed, Parse(note));
  SC_ASSIGN(const std::size_t signers, CountSigners(parsed, keys));
  if (signers < threshold || signers == 0) {
    return Error(Code::kUnverified, "too few of the known keys signed this note");
  }
  return std::move(parsed.text);
}

}  // namespace safeconduct::note
