#include "crypto/tlog/cosignature.h"
#include "gateway/charter/charter.h"
#include "gateway/config/config.h"
#include "gateway/config/system_limits.h"
#include "gateway/program/commands.h"
#include "gateway/program/files.h"
#include "gateway/program/terminal.h"

namespace safeconduct::program {

OrRefusal<config::Config> ReadConfig(const std::string& file) {
  config::Loaded loaded = config::LoadConfig(file);
  if (loaded.ok()) return std::move(loaded.config);
  std::string message;
  for (const config::ConfigError& error : loaded.errors) {
    if (!message.empty()) message += '\n';
    message += config::Format(error, file);
  }
  return Refuse(ExitCode::kConfiguration, std::move(message));
}

ExitCode Complain(const Refusal& refusal) {
  Complain(refusal.message);
  return refusal.code;
}

ExitCode CheckConfig(const std::string& config_file) {
  OrRefusal<config::Config> config = ReadConfig(config_file);
  if (!config.ok()) return Complain(config.refusal());
  if (const auto trust = ReadTrust(config->trust_file); !trust.ok()) {
    return Complain(trust.refusal());
  }
  auto keys = ReadOwnKeys(config->log_key_file);
  if (!keys.ok()) return Complain(keys.refusal());
  if (const auto web_app = ReadWebApp(config->web); !web_app.ok()) {
    return Complain(web_app.refusal());
  }
  if (const auto notify = ReadNotifyFiles(config->notify); !notify.ok()) {
    return Complain(notify.refusal());
  }
  // Of this shell; the service may have others.
  for (const config::LimitProblem& problem : config::CheckSystemLimits(*config)) {
    Complain("note: " + problem.message);
  }
  if (!config->witness.name.empty()) {
    const auto key = tlog::MakeWitnessKey(config->witness.name, keys->cosignature.public_key());
    if (!key.ok()) return Complain(Refuse(ExitCode::kConfiguration, "witness.name", key.error()));
    Say("a witness, with the key " + tlog::FormatWitnessKey(*key));
  }
  Say("the configuration is good");
  return ExitCode::kOk;
}

ExitCode ListConfigKeys() {
  for (const config::KeyDescription& key : config::KnownKeys()) Say(config::Format(key));
  return ExitCode::kOk;
}

}  // namespace safeconduct::program
