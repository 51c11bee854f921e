// Receipts (proto/README.md, "The report log"): that something stands in the log. Pure.
#ifndef SAFECONDUCT_GATEWAY_CLI_LOG_RECEIPT_H_
#define SAFECONDUCT_GATEWAY_CLI_LOG_RECEIPT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/tlog/cosignature.h"
#include "gateway/charter/charter.h"
#include "gateway/report/event.h"

namespace safeconduct::cli {

struct Receipt {
  std::string log;          // its origin
  std::uint64_t entry = 0;  // from 0
  std::uint64_t size = 0;   // of the tree that it is in
  std::vector<tlog::Cosigned> witnesses;
};

// That `receipt` proves `entry_hash` of that kind to be in one of `logs`, and that as many
// witnesses as `trust` requires saw the log's checkpoint, however long ago. `now` (Unix seconds)
// only rules out times that have not come. kUnverified, kMalformed, kTooLarge.
Result<Receipt> CheckReceipt(std::string_view receipt, report::LeafKind kind,
                             const Hash& entry_hash, std::span<const note::VerifierKey> logs,
                             const charter::Trust& trust, std::int64_t now);

// "cosigned by W at 2026-05-01 14:00 UTC", or that no witness is required; one line.
std::string WitnessWords(const Receipt& receipt, const charter::Trust& trust);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_LOG_RECEIPT_H_
