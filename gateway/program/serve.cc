#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "crypto/base/secret.h"
#include "gateway/config/system_limits.h"
#include "gateway/log/log.h"
#include "gateway/program/commands.h"
#include "gateway/program/files.h"
#include "gateway/program/gateway.h"
#include "gateway/program/process.h"
#include "gateway/program/store.h"
#include "gateway/program/terminal.h"

namespace safeconduct::program {
namespace {

void WaitForTheEnd(const sigset_t& signals, Gateway& gateway) {
  int received = 0;
  while (sigwait(&signals, &received) != 0 || received == SIGHUP) {
    if (received == SIGHUP) gateway.Reload();
  }
}

std::optional<Refusal> CheckLimits(const config::Config& config, log::Logger& logger) {
  config::RaiseOpenFileLimit();
  for (const config::LimitProblem& problem : config::CheckSystemLimits(config)) {
    if (problem.kind == config::LimitProblem::Kind::kLockedMemory) {
      logger.Log(log::Event::kMemoryNotLocked);
      return Refuse(ExitCode::kMemory, problem.message);
    }
    logger.Log(log::Event::kOpenFilesLow, {log::Field::Count(problem.allowed)});
    Complain("note: " + problem.message);
  }
  // What the limits say and what the system does are two things.
  const Status locked = ProbeLockedMemory(config::kLockedBytes);
  if (locked.ok()) return std::nullopt;
  logger.Log(log::Event::kMemoryNotLocked);
  return Refuse(ExitCode::kMemory, "memory for keys", locked.error());
}

OrRefusal<std::unique_ptr<Gateway>> MakeGateway(const config::Config& config, log::Logger& logger) {
  if (std::optional<Refusal> refusal = CheckLimits(config, logger)) return *std::move(refusal);
  OrRefusal<charter::Trust> trust = ReadTrust(config.trust_file);
  if (!trust.ok()) return trust.refusal();
  OrRefusal<OwnKeys> keys = ReadOwnKeys(config.log_key_file);
  if (!keys.ok()) return keys.refusal();
  OrRefusal<std::optional<pages::WebApp>> web_app = ReadWebApp(config.web);
  if (!web_app.ok()) return web_app.refusal();
  OrRefusal<std::unique_ptr<storage::EnvelopeStore>> store =
      OpenStore(config, storage::OpenMode::kServe);
  if (!store.ok()) return store.refusal();
  logger.Log(log::Event::kStoreOpened);
  return Gateway::Make(config, std::move(*trust), std::move(*keys), std::move(*store),
                       std::move(*web_app), logger);
}

ExitCode NoteRefusal(const Refusal& refusal, log::Logger& logger) {
  if (refusal.cause) {
    logger.Log(log::Event::kStartRefused, {log::Field::Failure(*refusal.cause)});
  } else {
    logger.Log(log::Event::kStartRefused);
  }
  return Complain(refusal);
}

}  // namespace

ExitCode Serve(const std::string& config_file) {
  ShutOthersOut();
  const sigset_t signals = BlockSignals();
  OrRefusal<config::Config> config = ReadConfig(config_file);
  if (!config.ok()) return Complain(config.refusal());
  Result<std::unique_ptr<log::Logger>> logger = log::Logger::Open(config->log);
  if (!logger.ok()) {
    return Complain(
        Refuse(ExitCode::kConfiguration, "the log " + config->log.file, logger.error()));
  }
  log::Logger& log = **logger;
  log.Log(log::Event::kStarting);
  OrRefusal<std::unique_ptr<Gateway>> gateway = MakeGateway(*config, log);
  if (!gateway.ok()) return NoteRefusal(gateway.refusal(), log);
  if (const std::optional<Refusal> refusal = (*gateway)->Start()) return NoteRefusal(*refusal, log);
  log.Log(log::Event::kStarted);
  for (const std::string& address : (*gateway)->Addresses()) Say("serving on " + address);

  WaitForTheEnd(signals, **gateway);
  log.Log(log::Event::kStopping);
  (*gateway)->Stop();
  log.Log(log::Event::kStopped);
  return ExitCode::kOk;
}

}  // namespace safeconduct::program
