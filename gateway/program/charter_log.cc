#include "gateway/program/charter_log.h"

#include <utility>
#include <vector>

#include "crypto/note/note.h"
#include "gateway/charter/published.h"

namespace safeconduct::program {
namespace {

Result<std::string> EntryOf(const storage::EnvelopeStore& store, std::uint64_t version) {
  SC_ASSIGN(const storage::CharterRecord record, store.Charter(version));
  SC_ASSIGN(const note::Note note, note::Parse(record.note));
  return charter::LogEntry(note.text);
}

}  // namespace

Refusal RefuseLog(const std::string& what, const std::string& high_water_file,
                  const transparency::Diagnosis& diagnosis, const Error& error) {
  const bool later = error.code() == Code::kUnavailable || error.code() == Code::kNoSpace;
  Refusal refusal = Refuse(later ? ExitCode::kUnavailable : ExitCode::kStore,
                           what + " of " + high_water_file, error);
  if (error.code() == Code::kConflict) {
    refusal.message += "\n  the store has " + std::to_string(diagnosis.stored) + " entries, and " +
                       std::to_string(diagnosis.kept) +
                       " were published by what that file says\n"
                       "  an older backup may have been restored: restore a newer one";
  }
  return refusal;
}

OrRefusal<std::unique_ptr<transparency::CharterLog>> OpenCharterLog(
    const config::Config& config, const storage::EnvelopeStore& store, std::uint64_t newest,
    const std::string& origin, const SigningKey& key, transparency::HighWater& high_water) {
  std::vector<std::string> entries;
  for (std::uint64_t version = 1; version <= newest; ++version) {
    Result<std::string> entry = EntryOf(store, version);
    if (!entry.ok()) {
      return Refuse(ExitCode::kStore, "the stored charter " + std::to_string(version),
                    entry.error());
    }
    entries.push_back(*std::move(entry));
  }
  transparency::Diagnosis diagnosis;
  auto log = transparency::CharterLog::Open(origin, key, std::move(entries), high_water, diagnosis);
  if (!log.ok())
    return RefuseLog("the charters' log", config.HighWaterFile(), diagnosis, log.error());
  return *std::move(log);
}

}  // namespace safeconduct::program
