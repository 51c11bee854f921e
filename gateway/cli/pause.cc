#include "gateway/cli/pause.h"

#include <time.h>

#include <cmath>

namespace safeconduct::cli {

void Pause(double seconds) {
  timespec rest{};
  rest.tv_sec = static_cast<time_t>(seconds);
  rest.tv_nsec = static_cast<long>((seconds - std::floor(seconds)) * 1e9);
  while (nanosleep(&rest, &rest) != 0) {
  }
}

}  // namespace safeconduct::cli
