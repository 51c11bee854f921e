// The load: many TLS 1.3 connections driven by a few threads with epoll and OpenSSL directly, so
// that the client costs as little as it can on the cores that it shares with the server.
#ifndef SAFECONDUCT_BENCH_LOAD_CLIENT_H_
#define SAFECONDUCT_BENCH_LOAD_CLIENT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "bench/load/histogram.h"

namespace safeconduct::bench {

enum class Connections : std::uint8_t { kKeepAlive, kNewPerRequest };

// Fills in request number `n`: the whole HTTP message. Called by several threads at once, each
// with its own `out`, which still holds what this thread's last call left there.
using MakeRequest = std::function<void(std::uint64_t n, std::string& out)>;

struct LoadSettings {
  std::uint16_t port = 0;
  int connections = 1;
  int threads = 1;
  Connections mode = Connections::kKeepAlive;
  double seconds = 5;
  std::uint64_t first = 0;          // number of the first request
  std::uint64_t most = UINT64_MAX;  // stops after so many requests
};

struct LoadResult {
  std::uint64_t answers_2xx = 0;
  std::uint64_t answers_other = 0;
  std::uint64_t failures = 0;  // of connections
  int first_other_status = 0;
  std::uint64_t next = 0;  // number of the next request that was not sent
  double seconds = 0;
  Histogram latency;
};

LoadResult RunLoad(const LoadSettings& settings, const MakeRequest& make);

// Opens `count` TLS connections, keeps them idle while `whileOpen` runs, closes them. Returns how
// many were open.
int HoldIdle(std::uint16_t port, int count, const std::function<void()>& while_open);

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_LOAD_CLIENT_H_
