#include "crypto/tlog/witness.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/text.h"

namespace safeconduct::tlog {
namespace {

constexpr std::string_view kOld = "old ";

Error NoRequest() { return {Code::kMalformed, "not a request to add a checkpoint"}; }

Result<Hash> ParseHash(std::string_view line) {
  const Result<Bytes> bytes = Base64Decode(line);
  if (!bytes.ok() || bytes->size() != sizeof(Hash)) {
    return Error(Code::kMalformed, "a line of a consistency proof that is no hash");
  }
  return ToArray<sizeof(Hash)>(*bytes);
}

// The same in every consistency check that fails, so only its code is told apart.
Error Inconsistent() {
  return {Code::kUnverified, "the checkpoint is not consistent with what was cosigned before"};
}

}  // namespace

Result<AddCheckpoint> ParseAddCheckpoint(std::string_view body) {
  if (body.size() > kMaxAddCheckpointBytes) {
    return Error(Code::kTooLarge, "a request to add a checkpoint of more than 64 KiB");
  }
  AddCheckpoint out;
  std::optional<std::string_view> line = TakeLine(body);
  if (!line || !line->starts_with(kOld)) return NoRequest();
  const Result<std::uint64_t> old_size = ParseDecimal(line->substr(kOld.size()), kMaxTreeSize);
  if (!old_size.ok()) return NoRequest();
  out.old_size = *old_size;
  for (line = TakeLine(body); line && !line->empty(); line = TakeLine(body)) {
    if (out.proof.size() == kMaxConsistencyHashes) {
      return Error(Code::kTooLarge, "a consistency proof of more than 63 hashes");
    }
    SC_ASSIGN(const Hash hash, ParseHash(*line));
    out.proof.push_back(hash);
  }
  if (!line || body.empty()) return NoRequest();
  out.checkpoint = body;
  return out;
}

std::string FormatAddCheckpoint(const AddCheckpoint& request) {
  std::string out = std::string(kOld) + std::to_string(request.old_size) + "\n";
  for (const Hash& hash : request.proof) out += Base64Encode(hash) + "\n";
  return out + "\n" + request.checkpoint;
}

Result<std::uint64_t> ParseTreeSize(std::string_view body) {
  const std::optional<std::string_view> line = TakeLine(body);
  if (!line || !body.empty()) return Error(Code::kMalformed, "not the size of a tree");
  return ParseDecimal(*line, kMaxTreeSize);
}

std::string FormatTreeSize(std::uint64_t size) { return std::to_string(size) + "\n"; }

Result<Submission> OpenAddCheckpoint(AddCheckpoint request,
                                     std::span<const note::VerifierKey> logs) {
  Submission out;
  out.old_size = request.old_size;
  out.proof = std::move(request.proof);
  SC_ASSIGN(out.note, note::Parse(request.checkpoint));
  SC_ASSIGN(out.checkpoint, ParseCheckpoint(out.note.text));
  std::vector<note::VerifierKey> keys;
  for (const note::VerifierKey& key : logs) {
    if (key.name == out.checkpoint.origin) keys.push_back(key);
  }
  if (keys.empty()) return Error(Code::kNotFound, "a log that is not known here");
  const Result<std::size_t> signers = note::CountSigners(out.note, keys);
  if (!signers.ok() || *signers == 0) {
    return Error(Code::kUnauthorized, "a checkpoint that its log did not sign");
  }
  std::vector<note::NoteSignature> lines = std::exchange(out.note.signatures, {});
  for (const note::VerifierKey& key : keys) {
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&](const auto& each) { return note::IsBy(each, key); });
    if (line != lines.end()) out.note.signatures.push_back(std::move(*line));
  }
  return out;
}

Status CheckSubmission(const Submission& submission, const WitnessedTree& known) {
  const Checkpoint& checkpoint = submission.checkpoint;
  if (submission.old_size > checkpoint.size) {
    return Error(Code::kMalformed, "an old size over that of the checkpoint");
  }
  if (submission.old_size != known.size) {
    return Error(Code::kConflict, "the old size is not that of the checkpoint cosigned last");
  }
  const Status consistent =
      VerifyConsistency(known.size, checkpoint.size, known.root, checkpoint.root, submission.proof);
  return consistent.ok() ? Status() : Inconsistent();
}

Result<std::string> CosignatureLine(const note::Note& checkpoint, std::string_view name,
                                    const SigningKey& key, std::int64_t time) {
  if (time <= 0) return Error(Code::kRejected, "a cosignature without a time");
  note::Note alone;
  alone.text = checkpoint.text;
  SC_TRY(Cosign(alone, name, key, time));
  return note::Serialize(alone).substr(alone.text.size() + 1);
}

Result<note::NoteSignature> FindCosignature(std::string_view answer, std::string_view text,
                                            const note::VerifierKey& witness) {
  if (answer.size() > kMaxCosignaturesBytes) {
    return Error(Code::kTooLarge, "an answer of a witness of more than 64 KiB");
  }
  SC_ASSIGN(note::Note note, note::Parse(std::string(text) + "\n" + std::string(answer)));
  // An answer with an empty line in it would make another text of ours.
  if (note.text != text) return Error(Code::kMalformed, "an answer that is not signature lines");
  SC_ASSIGN(const std::vector<Cosigned> cosigned,
            ReadCosignatures(note, std::span(&witness, std::size_t{1})));
  if (cosigned.empty()) return Error(Code::kNotFound, "an answer without the witness's line");
  if (cosigned.front().time == 0) return Error(Code::kUnverified, "a cosignature without a time");
  const auto line =
      std::find_if(note.signatures.begin(), note.signatures.end(),
                   [&](const note::NoteSignature& each) { return note::IsBy(each, witness); });
  return std::move(*line);
}

}  // namespace safeconduct::tlog
