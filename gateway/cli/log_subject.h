// What a promise or a receipt is for: a report in a file, in any of the forms in which people have
// one; and the file that `report submit --keep-proof` writes. Pure.
#ifndef SAFECONDUCT_GATEWAY_CLI_LOG_SUBJECT_H_
#define SAFECONDUCT_GATEWAY_CLI_LOG_SUBJECT_H_

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "gateway/cli/failure.h"

namespace safeconduct::cli {

inline constexpr std::size_t kMaxReportFile = 24 * 1024 * 1024;  // a plain report, armored
inline constexpr std::size_t kMaxProofFile = 36 * 1024 * 1024;   // the same in base64

// The report hash of what the file holds: a SealedReport, serialized or as proto3 JSON; a manifest,
// as `case export` writes it; or, with the id of its channel, the age file of a plain report,
// armored or not. kUsage when it is none of them; kUnverified for a SealedReport whose signature
// does not verify.
Outcome<Hash> ReportHashOf(ByteView file, const std::string& channel);

// {"promise": "…", "report": "base64 of the report's file", "channel": "…, of a plain report"}
struct ProofFile {
  std::string promise;
  std::string report;   // a serialized SealedReport, or an age file
  std::string channel;  // of a plain report; else empty
};
std::string FormatProofFile(const ProofFile& proof);
Outcome<ProofFile> ParseProofFile(std::string_view text);  // kUsage

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_LOG_SUBJECT_H_
