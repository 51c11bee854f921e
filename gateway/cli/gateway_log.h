// A log as a gateway serves it.
#ifndef SAFECONDUCT_GATEWAY_CLI_GATEWAY_LOG_H_
#define SAFECONDUCT_GATEWAY_CLI_GATEWAY_LOG_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/cli/gateway_api.h"
#include "gateway/cli/log_mirror.h"

namespace safeconduct::cli {

inline constexpr const char* kReportLog = "/log/";
inline constexpr const char* kCharterLog = "/charter-log/";

// `gateway` must outlive it.
class GatewayLog : public LogSource {
 public:
  GatewayLog(GatewayApi& gateway, std::string prefix)
      : gateway_(gateway), prefix_(std::move(prefix)) {}
  Outcome<std::optional<std::string>> Get(const std::string& path) override {
    return gateway_.ReadPublic(prefix_ + path);
  }

 private:
  GatewayApi& gateway_;
  std::string prefix_;
};

// The report log as it is now: each entry is a leaf.
struct MirroredLog {
  std::vector<Hash> entries;
  std::string note;  // its checkpoint
};
// kRefused when there is no checkpoint yet; as LookAtLog, and kUnverified for an entry that is no
// leaf.
Outcome<MirroredLog> MirrorReportLog(LogSource& source, const note::VerifierKey& log,
                                     std::int64_t now);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_GATEWAY_LOG_H_
