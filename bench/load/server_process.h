// A server as a child process: started, waited for, measured, stopped.
#ifndef SAFECONDUCT_BENCH_LOAD_SERVER_PROCESS_H_
#define SAFECONDUCT_BENCH_LOAD_SERVER_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace safeconduct::bench {

class ServerProcess {
 public:
  // Returns when a line of its standard output begins with `ready`; ends the program when the
  // process ends before.
  ServerProcess(const std::vector<std::string>& command, const std::string& ready);
  ~ServerProcess();  // SIGTERM, and waits
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  double CpuSeconds() const;            // user and system, so far
  std::uint64_t PeakMemoryKiB() const;  // VmHWM
  std::uint64_t MemoryKiB() const;      // VmRSS

 private:
  std::uint64_t StatusKiB(const std::string& name) const;
  pid_t pid_ = -1;
  int output_ = -1;
};

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_LOAD_SERVER_PROCESS_H_
