// This gateway as a witness of other logs.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_WITNESS_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_WITNESS_H_

#include <memory>

#include "crypto/base/ed25519.h"
#include "gateway/config/config.h"
#include "gateway/program/refusal.h"
#include "gateway/witness/state_folder.h"
#include "gateway/witness/witness.h"
#include "gateway/work/clock.h"

namespace safeconduct::program {

struct OpenedWitness {
  std::unique_ptr<witness::StateFolder> folder;
  std::unique_ptr<witness::Witness> witness;
};

// Both null when none is configured. Refused when the folder cannot be had or another process has
// it, and when what is kept of a log is damaged: the message names the file. `key` and `clock` must
// outlive the witness.
OrRefusal<OpenedWitness> OpenWitness(const config::Witness& config, const SigningKey& key,
                                     const work::Clock& clock);

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_WITNESS_H_
