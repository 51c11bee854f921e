// Figures for the operator in Prometheus' text format (exposition format 0.0.4), and whether the
// gateway is ready. Nothing per channel, per key or per client: sums over the process only.
// Served on the private listener.
//
// Thread-safety: AnswerCounter: any thread, any time, without locks. The rest: plain values.
#ifndef SAFECONDUCT_GATEWAY_METRICS_METRICS_H_
#define SAFECONDUCT_GATEWAY_METRICS_METRICS_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/auth/replay_cache.h"
#include "gateway/http/http.h"
#include "gateway/ledger/ledger.h"
#include "gateway/proof_of_work/issuer.h"

namespace safeconduct::metrics {

inline constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

enum class Route : std::uint8_t {
  kCharter,  // charter, texts, channels
  kReports,
  kUploads,
  kCases,  // list, show, compartments
  kEvents,
  kMailbox,
  kOutbox,  // of relays, whose calls wait
  kMarks,   // what holders have read
  kPages,   // the web app
  kLog,     // checkpoints and tiles
  kOther,   // health, openapi.json, what does not exist
};
inline constexpr std::size_t kRoutes = 11;
inline constexpr std::size_t kStatusClasses = 5;  // 1xx to 5xx

// Upper bounds of the latency buckets, in microseconds; one more bucket is for the rest.
inline constexpr std::array<std::uint32_t, 12> kLatencyBounds = {
    500,    1'000,   2'500,   5'000,   10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 5'000'000};

struct RouteFigures {
  std::array<std::uint64_t, kStatusClasses> answers{};
  std::array<std::uint64_t, kLatencyBounds.size() + 1> latency{};  // not cumulative
  std::uint64_t latency_microseconds = 0;                          // sum
};
using Answers = std::array<RouteFigures, kRoutes>;

// Counts answers; each thread has its own cells, so counting is a few uncontended additions.
class AnswerCounter {
 public:
  AnswerCounter();
  ~AnswerCounter();
  AnswerCounter(const AnswerCounter&) = delete;
  AnswerCounter& operator=(const AnswerCounter&) = delete;

  void Count(Route route, int status, std::chrono::microseconds latency);
  Answers Sum() const;

 private:
  struct Cells;
  std::unique_ptr<Cells[]> cells_;
};

struct Snapshot {
  http::Counters http;
  ledger::Counters ledger;
  Answers answers{};
  auth::ReplayCache::Counters holder_nonces;
  auth::ReplayCache::Counters mailbox_nonces;
  proof_of_work::Counters proof_of_work;
  std::uint64_t storage_free_bytes = 0;
  std::uint64_t upload_bytes = 0;  // promised to unbound uploads
  std::uint64_t uploads_expired = 0;
  std::uint64_t charter_version = 0;  // 0: none
  std::int64_t charter_expiry = 0;    // Unix seconds
  std::int64_t started_at = 0;        // Unix seconds, rendered to the hour
  std::uint64_t log_entries = 0;      // of the report log, under the checkpoint that is served
  bool log_failing = false;           // it cannot grow
  std::uint64_t log_damaged = 0;      // leaves that got no place in it
  std::uint64_t notifications_sent = 0;
  std::uint64_t notifications_failed = 0;  // attempts
  std::uint64_t cases_expired = 0;         // erased by their channels' retention
  bool expiry_paused = false;              // the clock is not believed
  bool disk_reserve_reached = false;
  bool ready = false;
};
std::string Render(const Snapshot& snapshot);

// --- Health: /healthz answers as long as the process does; /readyz asks this. -------------------

enum class Readiness : std::uint8_t {
  kReady,
  kNoCharter,
  kCharterExpired,
  kStoreFailing,
  kStopping
};

struct Health {
  bool charter_loaded = false;
  bool charter_expired = false;
  bool ledger_failing = false;
  bool stopping = false;
};
Readiness Judge(const Health& health);
const char* ReadinessName(Readiness readiness);  // "ready", "no_charter", "charter_expired", …

}  // namespace safeconduct::metrics

#endif  // SAFECONDUCT_GATEWAY_METRICS_METRICS_H_
