#include "gateway/transparency/high_water.h"

#include "crypto/tlog/tree.h"

namespace safeconduct::transparency {

Status CheckMark(const std::string& mark, const note::VerifierKey& log,
                 const tlog::HashReader& hashes, Diagnosis& diagnosis) {
  return CheckMark(mark, std::span(&log, std::size_t{1}), hashes, diagnosis);
}

Status CheckMark(const std::string& mark, std::span<const note::VerifierKey> keys,
                 const tlog::HashReader& hashes, Diagnosis& diagnosis) {
  if (mark.empty()) return {};
  Result<tlog::OpenedCheckpoint> opened = Error(Code::kUnverified, "no key");
  for (auto key = keys.begin(); key != keys.end() && !opened.ok(); ++key) {
    opened = tlog::OpenCheckpoint(mark, *key);
  }
  if (!opened.ok()) {
    return Error(Code::kCorrupted, "the high-water mark is no checkpoint of this log");
  }
  diagnosis.kept = opened->checkpoint.size;
  if (diagnosis.kept > diagnosis.stored) {
    return Error(Code::kConflict, "the store does not have all that the log has published");
  }
  SC_ASSIGN(const Hash root, tlog::Root(diagnosis.kept, hashes));
  if (root != opened->checkpoint.root) {
    return Error(Code::kConflict, "the store has other entries than the log has published");
  }
  return {};
}

Result<bool> IsOfRetired(const std::string& checkpoint, std::span<const RetiredLog> retired) {
  for (const RetiredLog& each : retired) {
    const Result<tlog::OpenedCheckpoint> opened = tlog::OpenCheckpoint(checkpoint, each.log);
    if (!opened.ok()) continue;
    SC_ASSIGN(const tlog::OpenedCheckpoint last,
              tlog::OpenCheckpoint(each.last_checkpoint, each.log));
    if (opened->checkpoint.size > last.checkpoint.size) {
      return Error(Code::kConflict,
                   "the retired log has published more than its last checkpoint in the charter");
    }
    if (!tlog::Agree(opened->checkpoint, last.checkpoint)) {
      return Error(Code::kConflict,
                   "the retired log has published another tree than its last checkpoint says");
    }
    return true;
  }
  return false;
}

}  // namespace safeconduct::transparency
