// Signed notes (c2sp.org/signed-note): a text and signature lines, of which those of known keys
// count and the others are kept and ignored. Ed25519 (type 0x01) signs; cosignatures (type 0x04,
// c2sp.org/tlog-cosignature) are in crypto/tlog/cosignature.h.
//
// What it gives: that the holder of a key signed exactly this text. What it does not: freshness,
// or that the text means what the caller hopes; each kind of note begins with its own origin line.
//
// Thread-safety: plain values.
#ifndef SAFECONDUCT_CRYPTO_NOTE_NOTE_H_
#define SAFECONDUCT_CRYPTO_NOTE_NOTE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"

namespace safeconduct::note {

inline constexpr std::size_t kMaxNoteBytes = 1024 * 1024;
inline constexpr std::size_t kMaxSignatures = 64;

// A key that signatures are checked with; written as a vkey, `name+hash+base64(type ‖ key)`.
struct VerifierKey {
  std::string name;
  std::uint32_t id = 0;  // first four bytes of SHA-256(name ‖ "\n" ‖ type ‖ key), big-endian
  PublicKey key{};
  bool operator==(const VerifierKey&) const = default;
};

// kRejected for a name that is empty or has spaces or plus signs.
Result<VerifierKey> MakeVerifierKey(std::string_view name, const PublicKey& key);
Result<VerifierKey> ParseVerifierKey(std::string_view vkey);
std::string FormatVerifierKey(const VerifierKey& key);

struct NoteSignature {
  std::string name;
  std::uint32_t id = 0;
  Bytes bytes;  // what follows the key id
};

struct Note {
  std::string text;  // with its final newline
  std::vector<NoteSignature> signatures;
};

// Structure only; no signature is checked. kMalformed, kTooLarge.
Result<Note> Parse(std::string_view note);
std::string Serialize(const Note& note);

// Adds the signature of `key` under `name`; replaces one of the same name and key. kRejected for a
// name, kMalformed for a text that no note can have; kTooLarge.
Status Sign(Note& note, std::string_view name, const SigningKey& key);

// Whether the line names that key: nothing is verified.
bool IsBy(const NoteSignature& signature, const VerifierKey& key);

// kRejected when two keys of `keys` share a name and an id, so that a line could be either's.
Status CheckUnambiguous(std::span<const VerifierKey> keys);

// How many different keys of `keys` signed. A signature by a key of `keys` that does not verify
// makes the whole note kUnverified, as the specification asks. A key counts once, under however
// many names it stands. kRejected as CheckUnambiguous.
Result<std::size_t> CountSigners(const Note& note, std::span<const VerifierKey> keys);

// The text of `note` if at least `threshold` different `keys` signed it, and at least one.
// kUnverified; else as Parse and CountSigners.
Result<std::string> Open(std::string_view note, std::span<const VerifierKey> keys,
                         std::size_t threshold);

}  // namespace safeconduct::note

#endif  // SAFECONDUCT_CRYPTO_NOTE_NOTE_H_
