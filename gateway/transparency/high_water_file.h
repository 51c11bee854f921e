// A HighWater as a small file: mode 0600, replaced as a whole and synced. It must lie where a
// restored backup does not touch it.
//
// Thread-safety: as a log uses it; one process at a time, which the store's lock sees to.
#ifndef SAFECONDUCT_GATEWAY_TRANSPARENCY_HIGH_WATER_FILE_H_
#define SAFECONDUCT_GATEWAY_TRANSPARENCY_HIGH_WATER_FILE_H_

#include <string>

#include "gateway/transparency/high_water.h"

namespace safeconduct::transparency {

class HighWaterFile final : public HighWater {
 public:
  // Nothing is opened yet. While it writes, `path` with `.new` after it is used too.
  explicit HighWaterFile(std::string path) : path_(std::move(path)) {}

  Result<std::string> Load() const override;
  Status Keep(const std::string& checkpoint) override;

 private:
  const std::string path_;
};

}  // namespace safeconduct::transparency

#endif  // SAFECONDUCT_GATEWAY_TRANSPARENCY_HIGH_WATER_FILE_H_
