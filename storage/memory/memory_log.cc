#include <algorithm>
#include <mutex>

#include "storage/memory/memory_store.h"

namespace safeconduct::storage {

Status MemoryStore::CheckGrowth(const LogGrowth& growth) const {
  const LogHead& log = state_.log;
  if (growth.head.number != log.number || growth.size_before != log.size ||
      growth.head.size <= log.size || growth.head.placed < log.placed) {
    return Error(Code::kConflict, "the log has another size");
  }
  for (const Leaf& leaf : growth.leaves) {
    const auto stored = state_.leaves.find(leaf.sequence);
    const bool there = stored != state_.leaves.end();
    if (leaf.sequence <= log.placed ||
        (there && stored->second.place() != 0 && stored->second.log() == log.number)) {
      return Error(Code::kConflict, "a leaf is in the log already");
    }
    if (leaf.sequence <= state_.committed && !there) {
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
  const std::int64_t begun = state_.log.begun;
  state_.log = growth.head;
  state_.log.begun = begun;
  return {};
}

Status MemoryStore::BeginLog(std::uint32_t number, std::int64_t begun) {
  const std::unique_lock lock(mutex_);
  if (number != state_.log.number + 1) {
    return Error(Code::kConflict, "the log's number is not the next one");
  }
  for (const auto& [name, part] : state_.log_parts) state_.used_bytes -= part->size();
  state_.log_parts.clear();
  state_.used_bytes -= state_.log.checkpoint.size();
  state_.log = LogHead();
  state_.log.number = number;
  state_.log.begun = begun;
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
