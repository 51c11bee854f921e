#include "gateway/transparency/high_water.h"

#include "crypto/tlog/tree.h"

namespace safeconduct::transparency {

Status CheckMark(const std::string& mark, const note::VerifierKey& log,
                 const tlog::HashReader& hashes, Diagnosis& diagnosis) {
  if (mark.empty()) return {};
  const Result<tlog::OpenedCheckpoint> opened = tlog::OpenCheckpoint(mark, log);
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

}  // namespace safeconduct::transparency
