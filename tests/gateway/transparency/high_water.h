// A high-water mark in memory, which can be told to fail.
#ifndef SAFECONDUCT_TESTS_GATEWAY_TRANSPARENCY_HIGH_WATER_H_
#define SAFECONDUCT_TESTS_GATEWAY_TRANSPARENCY_HIGH_WATER_H_

#include <optional>
#include <string>

#include "gateway/transparency/high_water.h"

namespace safeconduct::testing {

class MemoryHighWater final : public transparency::HighWater {
 public:
  Result<std::string> Load() const override {
    if (fault) return *fault;
    return kept;
  }
  Status Keep(const std::string& checkpoint) override {
    if (fault) return *fault;
    if (keep_fault) return *keep_fault;
    kept = checkpoint;
    ++times;
    return {};
  }

  std::string kept;
  int times = 0;
  std::optional<Error> fault;
  std::optional<Error> keep_fault;  // of Keep alone
};

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_TRANSPARENCY_HIGH_WATER_H_
