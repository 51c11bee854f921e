// The folder that deploy/run leaves: its charter, its first channel and the intake officer's key.
#ifndef SAFECONDUCT_BENCH_LOAD_DEMO_H_
#define SAFECONDUCT_BENCH_LOAD_DEMO_H_

#include <cstdint>
#include <memory>
#include <string>

#include "crypto/identity/identity.h"
#include "gateway/charter/charter.h"

namespace safeconduct::bench {

inline constexpr std::uint16_t kDemoPort = 18443;

struct Demo {
  std::shared_ptr<const charter::OpenCharter> charter;
  std::string channel;
  identity::Party intake;
};

// Ends the program with the way to make a demo when there is none in `folder`.
Demo LoadDemo(const std::string& folder);

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_LOAD_DEMO_H_
