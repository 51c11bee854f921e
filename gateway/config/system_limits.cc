#include "gateway/config/system_limits.h"

#include <sys/resource.h>

#include <limits>

namespace safeconduct::config {
namespace {

// Beside connections: files of the store, sockets, logs.
constexpr std::uint64_t kOtherFiles = 2'048;

std::uint64_t Soft(__rlimit_resource_t resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0) return 0;
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<std::uint64_t>::max()
                                         : limit.rlim_cur;
}

}  // namespace

void RaiseOpenFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);  // CheckSystemLimits sees what came of it
}

std::vector<LimitProblem> CheckSystemLimits(const Config& config) {
  return CheckSystemLimits(config, {Soft(RLIMIT_NOFILE), Soft(RLIMIT_MEMLOCK)});
}

std::vector<LimitProblem> CheckSystemLimits(const Config& config, const SystemLimits& limits) {
  std::vector<LimitProblem> out;
  const std::uint64_t files = config.http.connections + kOtherFiles;
  if (limits.open_files < files) {
    out.push_back({LimitProblem::Kind::kOpenFiles, files, limits.open_files,
                   "http.connections = " + std::to_string(config.http.connections) + " needs " +
                       std::to_string(files) + " open files, and " +
                       std::to_string(limits.open_files) +
                       " are allowed: raise LimitNOFILE= of the service (ulimit -n), or lower "
                       "http.connections"});
  }
  if (limits.locked_bytes < kLockedBytes) {
    out.push_back({LimitProblem::Kind::kLockedMemory, kLockedBytes, limits.locked_bytes,
                   "keys need " + std::to_string(kLockedBytes / 1024) +
                       " KiB of locked memory, and " + std::to_string(limits.locked_bytes / 1024) +
                       " are allowed: raise LimitMEMLOCK= of the service (ulimit -l)"});
  }
  return out;
}

}  // namespace safeconduct::config
