// Charters that were in force before, as reports of relays were sealed under them
// (report::CheckEarlierReport). The last two that were asked for stay open, since opening one costs
// as much as some hundred reports.
//
// Thread-safety: any thread; blocks on the disk.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_EARLIER_CHARTERS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_EARLIER_CHARTERS_H_

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>

#include "gateway/charter/charter.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {

class EarlierCharters {
 public:
  using Opened = std::shared_ptr<const charter::OpenCharter>;

  // `store` must outlive it.
  explicit EarlierCharters(const storage::EnvelopeStore& store) : store_(store) {}

  // As the store has it: who signed it was checked when it was taken. kNotFound; kCorrupted; others
  // of the store.
  Result<Opened> Open(std::uint64_t version);

 private:
  const storage::EnvelopeStore& store_;
  std::mutex mutex_;
  std::array<Opened, 2> opened_;  // the last one first
};

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_EARLIER_CHARTERS_H_
