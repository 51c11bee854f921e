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
                       "  an older backup may have been restored: restore a newer one, or where "
                       "there is none,\n"
                       "  go on as deploy/README.md says (After a loss); keep that file for it";
  }
  return refusal;
}

std::vector<transparency::RetiredLog> RetiredLogs(const charter::OpenCharter& charter) {
  std::vector<transparency::RetiredLog> retired;
  for (std::size_t i = 1; i < charter.logs().size(); ++i) {
    retired.push_back(
        {charter.logs()[i], charter.message().logs(static_cast<int>(i)).last_checkpoint()});
  }
  return retired;
}

OrRefusal<std::vector<std::string>> CharterEntries(const storage::EnvelopeStore& store,
                                                   std::uint64_t newest) {
  std::vector<std::string> entries;
  for (std::uint64_t version = 1; version <= newest; ++version) {
    Result<std::string> entry = EntryOf(store, version);
    if (!entry.ok()) {
      return Refuse(ExitCode::kStore, "the stored charter " + std::to_string(version),
                    entry.error());
    }
    entries.push_back(*std::move(entry));
  }
  return entries;
}

OrRefusal<std::unique_ptr<transparency::CharterLog>> OpenCharterLog(
    const config::Config& config, const storage::EnvelopeStore& store, std::uint64_t newest,
    const charter::Trust& trust, const SigningKey& key, transparency::HighWater& high_water) {
  OrRefusal<std::vector<std::string>> entries = CharterEntries(store, newest);
  if (!entries.ok()) return entries.refusal();
  std::vector<PublicKey> former;
  for (const note::VerifierKey& log : trust.logs) former.push_back(log.key);
  transparency::Diagnosis diagnosis;
  auto log = transparency::CharterLog::Open(trust.origin, key, std::move(*entries), high_water,
                                            diagnosis, former);
  if (!log.ok())
    return RefuseLog("the charters' log", config.HighWaterFile(), diagnosis, log.error());
  return *std::move(log);
}

}  // namespace safeconduct::program
