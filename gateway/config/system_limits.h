// Whether the limits that the system sets to this process (ulimit) suffice for a configuration.
#ifndef SAFECONDUCT_GATEWAY_CONFIG_SYSTEM_LIMITS_H_
#define SAFECONDUCT_GATEWAY_CONFIG_SYSTEM_LIMITS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/config/config.h"

namespace safeconduct::config {

// Bytes of locked memory that the gateway's long-lived keys take, guard pages' neighbours included.
inline constexpr std::uint64_t kLockedBytes = 64 * 1024;

struct LimitProblem {
  enum class Kind : std::uint8_t { kOpenFiles, kLockedMemory } kind = Kind::kOpenFiles;
  std::uint64_t needed = 0;
  std::uint64_t allowed = 0;
  std::string message;  // what to raise, in words, with the command
};

// Raises the soft limit of open files as far as the hard one goes.
void RaiseOpenFileLimit();
// Empty when all is well.
std::vector<LimitProblem> CheckSystemLimits(const Config& config);

// The same over given limits, for tests. No limit is UINT64_MAX.
struct SystemLimits {
  std::uint64_t open_files = 0;
  std::uint64_t locked_bytes = 0;
};
std::vector<LimitProblem> CheckSystemLimits(const Config& config, const SystemLimits& limits);

}  // namespace safeconduct::config

#endif  // SAFECONDUCT_GATEWAY_CONFIG_SYSTEM_LIMITS_H_
