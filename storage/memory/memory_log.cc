#include <algorithm>
#include <mutex>

#include "storage/memory/memory_store.h"

namespace safeconduct::storage {

Status MemoryStore::CheckGrowth(const LogGrowth& growth) const {
  if (growth.size_before != state_.log.size || growth.head.size <= state_.log.size) {
    return Error(Code::kConflict, "the log has another size");
  }
  for (const Leaf& leaf : growth.leaves) {
    if (leaf.sequence <= state_.log.placed) {
      return Error(Code::kConflict, "a leaf is in the log already");
    }
    if (leaf.sequence <= state_.committed && !state_.leaves.contains(leaf.sequence)) {
      return Error(Code::kConflict, "a sequence number was used before");
    }
  }
  return {};
}

Status MemoryStore::GrowLog(const LogGrowth& growth) {
  const std::unique_lock lock(mutex_);
  SC_TRY(CheckGrowth(growth));
  std::uint64_t bytes = growth.head.checkpoint.size();
  for (const LogPart& part : growth.parts) bytes += part.bytes.size();
  SC_TRY(Reserve(bytes));
  for (const LogPart& part : growth.parts) {
    SharedBytes& kept = state_.log_parts[{part.level, part.index}];
    if (kept != nullptr) state_.used_bytes -= kept->size();
    kept = std::make_shared<const Bytes>(part.bytes);
  }
  for (const Leaf& leaf : growth.leaves) {
    state_.leaves[leaf.sequence] = leaf.record;
    state_.committed = std::max(state_.committed, leaf.sequence);
  }
  state_.last = std::max(state_.last, state_.committed);
  state_.used_bytes -= state_.log.checkpoint.size();
  state_.log = growth.head;
  return {};
}

Result<LogHead> MemoryStore::Log() const {
  const std::shared_lock lock(mutex_);
  return state_.log;
}

Result<Bytes> MemoryStore::ReadLogPart(std::uint8_t level, std::uint64_t index) const {
  const std::shared_lock lock(mutex_);
  const auto found = state_.log_parts.find({level, index});
  if (found == state_.log_parts.end()) return Error(Code::kNotFound, "no such part of the log");
  return *found->second;
}

}  // namespace safeconduct::storage
