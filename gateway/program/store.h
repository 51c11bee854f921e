// The store that a configuration names.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_STORE_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_STORE_H_

#include <memory>

#include "gateway/config/config.h"
#include "gateway/program/refusal.h"
#include "storage/envelope_store.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace safeconduct::program {

// Refused with the cause kBusy when another process has it, and with all that is known about what
// is missing when acknowledged writes are.
OrRefusal<std::unique_ptr<storage::EnvelopeStore>> OpenStore(const config::Config& config,
                                                             storage::OpenMode mode);

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_STORE_H_
