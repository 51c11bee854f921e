#include "crypto/tlog/checkpoint.h"

#include <optional>
#include <span>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/text.h"

namespace safeconduct::tlog {

Result<Checkpoint> ParseCheckpoint(std::string_view text) {
  const Error malformed(Code::kMalformed, "not a checkpoint of a log");
  const std::optional<std::string_view> origin = TakeLine(text);
  const std::optional<std::string_view> size = TakeLine(text);
  const std::optional<std::string_view> root = TakeLine(text);
  if (!root || origin->empty()) return malformed;
  Checkpoint out;
  out.origin = *origin;
  SC_ASSIGN(out.size, ParseDecimal(*size, kMaxTreeSize));
  SC_ASSIGN(const Bytes hash, Base64Decode(*root));
  if (hash.size() != out.root.size()) return malformed;
  out.root = ToArray<sizeof(Hash)>(hash);
  while (!text.empty()) {
    const std::optional<std::string_view> extension = TakeLine(text);
    if (!extension || extension->empty()) return malformed;
    out.extensions.emplace_back(*extension);
  }
  return out;
}

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
                     Base64Encode(checkpoint.root) + "\n";
  for (const std::string& extension : checkpoint.extensions) text += extension + "\n";
  return text;
}

Result<std::string> SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  note::Note note;
  note.text = FormatCheckpoint(checkpoint);
  SC_TRY(note::Sign(note, checkpoint.origin, key));
  return note::Serialize(note);
}

Result<OpenedCheckpoint> OpenCheckpoint(std::string_view note, const note::VerifierKey& log) {
  OpenedCheckpoint out;
  SC_ASSIGN(out.note, note::Parse(note));
  SC_ASSIGN(const std::size_t signers, note::CountSigners(out.note, std::span(&log, 1)));
  if (signers == 0) return Error(Code::kUnverified, "a checkpoint that its log did not sign");
  SC_ASSIGN(out.checkpoint, ParseCheckpoint(out.note.text));
  if (out.checkpoint.origin != log.name) {
    return Error(Code::kUnverified, "a checkpoint of another log");
  }
  return out;
}

bool Agree(const Checkpoint& one, const Checkpoint& other) {
  return one.origin != other.origin || one.size != other.size || one.root == other.root;
}

}  // namespace safeconduct::tlog
