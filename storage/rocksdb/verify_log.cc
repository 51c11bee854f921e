#include "storage/rocksdb/verify_log.h"

#include <string>
#include <utility>

#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/records.h"

namespace safeconduct::storage {
namespace {

constexpr std::uint64_t kEntriesInPart = 256;
constexpr std::size_t kLeavesAtOnce = 4'096;

void CheckParts(const Database& database, const LogHead& log, std::vector<Damage>& damaged) {
  const std::uint64_t parts = (log.size + kEntriesInPart - 1) / kEntriesInPart;
  const auto missing = [&](std::uint64_t index) {
    damaged.push_back({"part " + std::to_string(index) + " of the report log",
                       Error(Code::kCorrupted, "the record is missing")});
  };
  std::uint64_t expected = 0;
  Cursor cursor(database, Family::kLog, keys::LogPart(0, 0), keys::LogPart(1, 0),
                Cursor::Use::kScan);
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    const std::uint64_t index = keys::Read(cursor.key().subspan(1));
    for (; expected < index; ++expected) missing(expected);
    ++expected;
  }
  if (!cursor.status().ok()) {
    damaged.push_back({"report log", cursor.status().error()});
    return;
  }
  for (; expected < parts; ++expected) missing(expected);
}

// Each page takes the database anew, so that Recover never waits for long.
Status CheckPlaces(const DatabaseSlot& slot, const LogHead& log, std::vector<Damage>& damaged) {
  for (Sequence after = 0;;) {
    SC_ASSIGN(const auto database, slot.Use());
    if (database->stopping()) return Error(Code::kUnavailable, "the store is being closed");
    const Result<std::vector<Leaf>> leaves = Reader(*database).Leaves(after, kLeavesAtOnce);
    if (!leaves.ok()) {
      damaged.push_back({"leaves", leaves.error()});
      return {};
    }
    for (const Leaf& leaf : *leaves) {
      const std::string name = "leaf " + std::to_string(leaf.sequence);
      if (leaf.record.kind() == 0) {
        damaged.push_back({name, records::Damaged()});
      } else if (leaf.sequence <= log.placed &&
                 (leaf.record.place() == 0 || leaf.record.log() != log.number)) {
        damaged.push_back({name, Error(Code::kCorrupted, "the leaf has no place in the log")});
      }
    }
    if (leaves->size() < kLeavesAtOnce) return {};
    after = leaves->back().sequence;
  }
}

}  // namespace

Status VerifyLog(const DatabaseSlot& slot, std::vector<Damage>& damaged) {
  LogHead log;
  {
    SC_ASSIGN(const auto database, slot.Use());
    Result<LogHead> read = Reader(*database).Log();
    if (!read.ok()) {
      damaged.push_back({"report log", read.error()});
      return {};
    }
    log = *std::move(read);
    CheckParts(*database, log, damaged);
  }
  return CheckPlaces(slot, log, damaged);
}

}  // namespace safeconduct::storage
