// What a reporter is told about the log: whether the report stands in it, still has time to, or was
// promised a place that it did not get. Pure but for printing.
#ifndef SAFECONDUCT_GATEWAY_CLI_MAILBOX_LOG_H_
#define SAFECONDUCT_GATEWAY_CLI_MAILBOX_LOG_H_

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/cli/failure.h"
#include "gateway/cli/json.h"
#include "gateway/cli/log_receipt.h"
#include "gateway/cli/output.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::cli {

struct LogStanding {
  enum class State : std::uint8_t { kInLog, kWaiting, kBroken, kErased };
  State state = State::kWaiting;
  std::int64_t until = 0;  // Unix seconds: when it was promised to be there; 0: no promise is left
  std::optional<Receipt> receipt;
  std::string trouble;  // why the receipt that was sent does not count; empty: none was, or it does
  bool forged = false;  // and that this is not for want of witnesses
};

// Of a mailbox whose promise was verified already; `now` is the later of this computer's clock and
// the gateway's, so that neither a slow clock nor a gateway that stops time hides anything.
LogStanding StandingOf(const v1::Mailbox& mailbox, const Hash& report_hash,
                       const charter::OpenCharter& charter, const charter::Trust& trust,
                       std::int64_t now);

JsonObject StandingJson(const LogStanding& standing);
void PrintStanding(Output& out, const LogStanding& standing, const charter::Trust& trust);
// kUnverified when the promise is broken or the receipt is not of this report's leaf.
Done JudgeStanding(const LogStanding& standing);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_MAILBOX_LOG_H_
