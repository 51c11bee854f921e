// Backup, restore and verify.
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "crypto/base/secret.h"
#include "gateway/program/commands.h"
#include "gateway/program/files.h"
#include "gateway/program/operator_client.h"
#include "gateway/program/store.h"
#include "gateway/program/terminal.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace safeconduct::program {
namespace {

constexpr int kHttpOk = 200;

bool IsHeldByAnother(const Refusal& refusal) {
  return refusal.cause && refusal.cause->code() == Code::kBusy;
}

// The running gateway's answer to `target`, or why there is none.
OrRefusal<std::string> Ask(const config::Config& config, std::string_view target,
                           std::string_view body) {
  OrRefusal<OwnKeys> keys = ReadOwnKeys(config.log_key_file);
  if (!keys.ok()) return keys.refusal();
  const Result<OperatorAnswer> answer = AskGateway(config, keys->request, target, body);
  if (!answer.ok()) {
    return Refuse(ExitCode::kUnavailable, "another process has the store open", answer.error());
  }
  if (answer->status != kHttpOk) {
    return Refuse(ExitCode::kStore, "the running gateway answered " +
                                        std::to_string(answer->status) + ": " + answer->body);
  }
  return answer->body;
}

std::string Absolute(const std::string& folder) {
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(folder, ignored);
  return path.empty() ? folder : path.lexically_normal().string();
}

ExitCode SayVerified(const storage::VerifyReport& report) {
  Say("cases " + std::to_string(report.cases));
  Say("events " + std::to_string(report.events));
  Say("payload_bytes " + std::to_string(report.payload_bytes));
  for (const storage::Damage& damage : report.damaged) {
    Say("damaged " + damage.record + ": " + damage.error.message());
  }
  return report.damaged.empty() ? ExitCode::kOk : ExitCode::kStore;
}

}  // namespace

ExitCode Backup(const std::string& config_file, const std::string& folder) {
  OrRefusal<config::Config> config = ReadConfig(config_file);
  if (!config.ok()) return Complain(config.refusal());
  const std::string target = Absolute(folder);
  OrRefusal<std::unique_ptr<storage::EnvelopeStore>> store =
      OpenStore(*config, storage::OpenMode::kServe);
  if (store.ok()) {
    const Status made = (*store)->Backup(target);
    if (!made.ok()) return Complain(Refuse(ExitCode::kStore, "the backup", made.error()));
  } else if (IsHeldByAnother(store.refusal())) {
    const OrRefusal<std::string> answer = Ask(*config, "/backup", target);
    if (!answer.ok()) return Complain(answer.refusal());
  } else {
    return Complain(store.refusal());
  }
  Say("backed up to " + target);
  return ExitCode::kOk;
}

ExitCode Restore(const std::string& config_file, const std::string& folder) {
  OrRefusal<config::Config> config = ReadConfig(config_file);
  if (!config.ok()) return Complain(config.refusal());
  const Status restored = storage::RestoreBackup(Absolute(folder), config->storage.path);
  if (!restored.ok()) {
    return Complain(Refuse(ExitCode::kStore, "the backup " + folder, restored.error()));
  }
  Say("restored to " + config->storage.path);
  return ExitCode::kOk;
}

ExitCode Verify(const std::string& config_file) {
  OrRefusal<config::Config> config = ReadConfig(config_file);
  if (!config.ok()) return Complain(config.refusal());
  OrRefusal<std::unique_ptr<storage::EnvelopeStore>> store =
      OpenStore(*config, storage::OpenMode::kInspect);
  if (!store.ok() && IsHeldByAnother(store.refusal())) {
    OrRefusal<std::string> answer = Ask(*config, "/verify", "");
    if (!answer.ok()) return Complain(answer.refusal());
    while (answer->ends_with('\n')) answer->pop_back();
    Say(*answer);
    return answer->find("\ndamaged ") == std::string::npos ? ExitCode::kOk : ExitCode::kStore;
  }
  if (!store.ok()) return Complain(store.refusal());
  const Result<storage::VerifyReport> report = (*store)->Verify();
  if (!report.ok()) return Complain(Refuse(ExitCode::kStore, "the store", report.error()));
  return SayVerified(*report);
}

}  // namespace safeconduct::program
