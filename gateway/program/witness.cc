#include "gateway/program/witness.h"

#include <string>
#include <utility>

#include "gateway/transparency/high_water_file.h"

namespace safeconduct::program {
namespace {

Refusal RefuseMemory(const witness::StateFolder& folder, const std::string& origin,
                     const Error& error) {
  if (origin.empty()) return Refuse(ExitCode::kConfiguration, "the witness", error);
  const bool later = error.code() == Code::kUnavailable;
  Refusal refusal = Refuse(later ? ExitCode::kUnavailable : ExitCode::kStore,
                           "what the witness knows of " + origin, error);
  refusal.message += "\n  see " + folder.FileOf(origin);
  return refusal;
}

}  // namespace

OrRefusal<OpenedWitness> OpenWitness(const config::Witness& config, const SigningKey& key,
                                     const work::Clock& clock) {
  OpenedWitness out;
  if (config.name.empty()) return out;
  Result<std::unique_ptr<witness::StateFolder>> folder =
      witness::StateFolder::Open(config.state_folder);
  if (!folder.ok()) {
    return Refuse(ExitCode::kUnavailable, "witness.state_folder " + config.state_folder,
                  folder.error());
  }
  out.folder = *std::move(folder);
  const auto memory_of = [&folder = *out.folder](const std::string& origin) {
    return std::make_unique<transparency::HighWaterFile>(folder.FileOf(origin));
  };
  std::string failing;
  auto opened = witness::Witness::Open(config.name, key, config.logs, memory_of, clock, failing);
  if (!opened.ok()) return RefuseMemory(*out.folder, failing, opened.error());
  out.witness = *std::move(opened);
  return out;
}

}  // namespace safeconduct::program
