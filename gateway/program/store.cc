#include "gateway/program/store.h"

#include <string>

namespace safeconduct::program {
namespace {

std::string Range(std::uint64_t last, std::uint64_t expected) {
  return std::to_string(last + 1) + " to " + std::to_string(expected);
}

// What an operator needs to decide between repairing the disk and restoring a backup.
std::string Describe(const storage::OpenDiagnosis& diagnosis) {
  std::string text;
  if (diagnosis.expected_write > diagnosis.last_write) {
    text += "\n  writes " + Range(diagnosis.last_write, diagnosis.expected_write) +
            " were acknowledged and are missing";
  }
  if (diagnosis.expected_sequence > diagnosis.last_sequence) {
    text += "\n  among them the records with sequence numbers " +
            Range(diagnosis.last_sequence, diagnosis.expected_sequence);
  }
  if (!diagnosis.log_file.empty()) text += "\n  reading ended in " + diagnosis.log_file;
  if (!diagnosis.detail.empty()) text += "\n  " + diagnosis.detail;
  return text;
}

ExitCode ExitCodeFor(Code code) {
  return code == Code::kNoSpace || code == Code::kUnavailable ? ExitCode::kUnavailable
                                                              : ExitCode::kStore;
}

}  // namespace

OrRefusal<std::unique_ptr<storage::EnvelopeStore>> OpenStore(const config::Config& config,
                                                             storage::OpenMode mode) {
  storage::RocksDbSettings settings;
  settings.folder = config.storage.path;
  settings.mode = mode;
  settings.write_buffer_bytes = config.storage.write_buffer_bytes;
  settings.log_bytes = config.storage.log_bytes;
  settings.cache_bytes = config.storage.cache_bytes;
  settings.background_threads = config.storage.background_threads;
  settings.backups_kept = config.storage.backups_kept;
  storage::OpenDiagnosis diagnosis;
  Result<std::unique_ptr<storage::EnvelopeStore>> store =
      storage::OpenRocksDb(settings, &diagnosis);
  if (store.ok()) return *std::move(store);
  Refusal refusal =
      Refuse(ExitCodeFor(store.error().code()), "the store " + settings.folder, store.error());
  refusal.message += Describe(diagnosis);
  return refusal;
}

}  // namespace safeconduct::program
