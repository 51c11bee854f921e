// What the gateway is compared with: a bare Beast TLS server that reads and discards, and the same
// with one RocksDB group-commit thread. Both run in a child process until it is killed.
#ifndef SAFECONDUCT_BENCH_LOAD_BASELINE_SERVER_H_
#define SAFECONDUCT_BENCH_LOAD_BASELINE_SERVER_H_

#include <cstdint>
#include <string>

namespace safeconduct::bench {

struct BaselineSettings {
  std::uint16_t port = 0;
  int threads = 2;
  std::string certificate_file;
  std::string key_file;
  std::size_t body_bytes = 0;  // buffers are reserved for bodies of this size
  std::string store_folder;    // empty: discard
};

// Never returns; prints "ready" to standard output once it listens.
[[noreturn]] void ServeBaseline(const BaselineSettings& settings);

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_LOAD_BASELINE_SERVER_H_
