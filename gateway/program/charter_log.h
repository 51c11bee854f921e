// The charters' log over the stored charters.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_CHARTER_LOG_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_CHARTER_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crypto/base/ed25519.h"
#include "gateway/charter/charter.h"
#include "gateway/config/config.h"
#include "gateway/program/refusal.h"
#include "gateway/transparency/charter_log.h"
#include "storage/envelope_store.h"

namespace safeconduct::program {

// Why a log was not opened. `what`: "the report log".
Refusal RefuseLog(const std::string& what, const std::string& high_water_file,
                  const transparency::Diagnosis& diagnosis, const Error& error);

// The retired logs of a charter.
std::vector<transparency::RetiredLog> RetiredLogs(const charter::OpenCharter& charter);

// What the charters' log has for the stored charters 1 to `newest`. Refused when one of them cannot
// be read.
OrRefusal<std::vector<std::string>> CharterEntries(const storage::EnvelopeStore& store,
                                                   std::uint64_t newest);

// Of the charters 1 to `newest` (0: none). Refused when one of them cannot be read, and when they
// do not extend the high-water mark, which any log that `trust` names may have signed: the message
// names both sizes and the file. `key` and `high_water` must outlive the log.
OrRefusal<std::unique_ptr<transparency::CharterLog>> OpenCharterLog(
    const config::Config& config, const storage::EnvelopeStore& store, std::uint64_t newest,
    const charter::Trust& trust, const SigningKey& key, transparency::HighWater& high_water);

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_CHARTER_LOG_H_
