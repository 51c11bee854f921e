#include "bench/load/raw_append.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>

namespace safeconduct::bench {

double RawAppendRate(const std::string& folder, std::size_t body_bytes, int group, double seconds) {
  const std::string path = folder + "/raw-append";
  const int fd = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) std::abort();
  const std::string bodies(body_bytes * static_cast<std::size_t>(group), 'x');
  std::uint64_t written = 0;
  const auto start = std::chrono::steady_clock::now();
  double elapsed = 0;
  while (elapsed < seconds) {
    for (std::size_t done = 0; done < bodies.size();) {
      const ssize_t n = write(fd, bodies.data() + done, bodies.size() - done);
      if (n <= 0) std::abort();
      done += static_cast<std::size_t>(n);
    }
    if (fdatasync(fd) != 0) std::abort();
    written += static_cast<std::uint64_t>(group);
    elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  close(fd);
  unlink(path.c_str());
  return static_cast<double>(written) / elapsed;
}

}  // namespace safeconduct::bench
