#include "gateway/witness/witness.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/tlog/cosignature.h"

namespace safeconduct::witness {
namespace {

// Half of what a HighWaterFile reads back, so that no log can keep this witness from starting.
constexpr std::size_t kMaxKeptBytes = 32 * 1024;

tlog::WitnessedTree TreeOf(const tlog::Checkpoint& checkpoint) {
  return {checkpoint.size, checkpoint.root};
}

}  // namespace

std::string OriginHash(std::string_view origin) { return HexEncode(Sha256(AsBytes(origin))); }

Result<std::unique_ptr<Witness>> Witness::Open(std::string_view name, const SigningKey& key,
                                               std::vector<note::VerifierKey> logs,
                                               const MakeMemory& make_memory,
                                               const work::Clock& clock, std::string& failing) {
  SC_ASSIGN(note::VerifierKey verifier, tlog::MakeWitnessKey(name, key.public_key()));
  SC_TRY(note::CheckUnambiguous(logs));
  std::unique_ptr<Witness> witness(new Witness(std::move(verifier), key, std::move(logs), clock));
  for (const note::VerifierKey& each : witness->keys_) {
    const auto [at, added] = witness->logs_.try_emplace(OriginHash(each.name));
    if (!added) continue;
    failing = each.name;
    at->second.memory = make_memory(each.name);
    SC_TRY(witness->Recall(each.name, at->second));
  }
  failing.clear();
  return witness;
}

Status Witness::Recall(const std::string& origin, Log& log) const {
  SC_ASSIGN(std::string kept, log.memory->Load());
  if (kept.empty()) return {};
  const Error corrupted(Code::kCorrupted, "what is kept is no checkpoint of this log");
  const Result<note::Note> note = note::Parse(kept);
  if (!note.ok()) return corrupted;
  const Result<tlog::Checkpoint> checkpoint = tlog::ParseCheckpoint(note->text);
  if (!checkpoint.ok() || checkpoint->origin != origin) return corrupted;
  // Either is enough: a log may get another key, and a witness another name.
  std::vector<note::VerifierKey> keys;
  std::copy_if(keys_.begin(), keys_.end(), std::back_inserter(keys),
               [&](const note::VerifierKey& each) { return each.name == origin; });
  const Result<std::size_t> signers = note::CountSigners(*note, keys);
  const auto cosigned = tlog::ReadCosignatures(*note, std::span(&verifier_, std::size_t{1}));
  const bool by_log = signers.ok() && *signers > 0;
  const bool by_us = cosigned.ok() && !cosigned->empty();
  if (!by_log && !by_us) return corrupted;
  log.tree = TreeOf(*checkpoint);
  log.checkpoint = std::move(kept);
  return {};
}

Result<std::string> Witness::AddCheckpoint(std::string_view body, std::uint64_t& known_size) {
  SC_ASSIGN(tlog::AddCheckpoint request, tlog::ParseAddCheckpoint(body));
  SC_ASSIGN(const tlog::Submission submission, tlog::OpenAddCheckpoint(std::move(request), keys_));
  const tlog::WitnessedTree tree = TreeOf(submission.checkpoint);
  const auto found = logs_.find(OriginHash(submission.checkpoint.origin));
  if (found == logs_.end()) return Error(Code::kInternal, "a log's key without its log");
  Log& log = found->second;

  const std::lock_guard lock(log.mutex);
  if (const Status good = tlog::CheckSubmission(submission, log.tree); !good.ok()) {
    if (good.error().code() == Code::kConflict) known_size = log.tree.size;
    return good.error();
  }
  SC_ASSIGN(std::string line,
            tlog::CosignatureLine(submission.note, verifier_.name, key_, clock_.UnixSeconds()));
  std::string cosigned = note::Serialize(submission.note) + line;
  if (cosigned.size() > kMaxKeptBytes) {
    return Error(Code::kTooLarge, "a checkpoint of more than 32 KiB");
  }
  // The same tree again needs no write: whoever saw the checkpoint could ask for one any time.
  if (log.checkpoint.empty() || tree != log.tree) SC_TRY(log.memory->Keep(cosigned));
  log.tree = tree;
  log.checkpoint = std::move(cosigned);
  return line;
}

Result<std::string> Witness::Checkpoint(std::string_view origin_hash) const {
  const Error nothing(Code::kNotFound, "a log that was not cosigned here");
  const auto found = logs_.find(origin_hash);
  if (found == logs_.end()) return nothing;
  const std::lock_guard lock(found->second.mutex);
  if (found->second.checkpoint.empty()) return nothing;
  return found->second.checkpoint;
}

}  // namespace safeconduct::witness
