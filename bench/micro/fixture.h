// The smallest charter that a report can be sealed under.
#ifndef SAFECONDUCT_BENCH_MICRO_FIXTURE_H_
#define SAFECONDUCT_BENCH_MICRO_FIXTURE_H_

#include <memory>

#include "gateway/charter/charter.h"
#include "gateway/report/report.h"

namespace safeconduct::bench {

struct Fixture {
  Fixture();
  identity::Party intake = identity::Party::Generate();
  std::shared_ptr<const charter::OpenCharter> charter;
  report::Draft draft;
};

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_MICRO_FIXTURE_H_
