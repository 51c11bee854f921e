// Whole-process load over real TLS. In one run, with one client and one body, it measures
//   (a) a bare Beast TLS server that reads and discards,
//   (b) the same with one RocksDB group-commit thread and nothing else,
//   (c) the raw limit of the disk: group-committed fdatasync appends of that size,
//   (d) the gateway, every report checked, logged and synced;
// with --log instead the gateway as it is, and one whose report log stands still, by turns.
// Figures of one run are compared with each other only.
//
//   gateway_load DATA GATEWAY [--seconds S] [--sustained S] [--reports N] [--idle N]
//                             [--connections N,N,…] [--mode keep-alive|new|both] [--log ROUNDS]
//
// DATA is a folder that bench/run has made.
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "bench/load/baseline_server.h"
#include "bench/load/client.h"
#include "bench/load/demo.h"
#include "bench/load/raw_append.h"
#include "bench/load/report_source.h"
#include "bench/load/server_process.h"
#include "crypto/base/secret.h"

namespace safeconduct::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kBaselinePort = 18543;
constexpr int kClientThreads = 2;

struct Options {
  std::string self;
  fs::path data;
  std::string gateway;
  double seconds = 4;
  double sustained = 45;
  std::size_t reports = 1'500'000;
  int idle = 10'000;
  std::vector<int> connections = {1, 8, 64, 512};
  std::string mode = "both";
  int log_rounds = 0;  // --log
};

std::vector<int> ParseNumbers(const std::string& text) {
  std::vector<int> out;
  std::istringstream in(text);
  for (std::string each; std::getline(in, each, ',');) out.push_back(std::atoi(each.c_str()));
  return out;
}

enum class Target : std::uint8_t { kDiscard, kGroupCommit, kGateway, kGatewayLogStands };

bool IsGateway(Target target) {
  return target == Target::kGateway || target == Target::kGatewayLogStands;
}

const char* Name(Target target) {
  switch (target) {
    case Target::kDiscard:
      return "(a) Beast, discard";
    case Target::kGroupCommit:
      return "(b) Beast + RocksDB";
    case Target::kGateway:
      return "(d) gateway";
    case Target::kGatewayLogStands:
      return "    its log stands";
  }
  return "";
}

std::unique_ptr<ServerProcess> Start(Target target, const Options& options, std::size_t body) {
  const fs::path store = options.data / "baseline";
  fs::remove_all(store);
  if (IsGateway(target)) {
    const char* const config =
        target == Target::kGateway ? "gateway.toml" : "gateway-log-stands.toml";
    return std::make_unique<ServerProcess>(
        std::vector<std::string>{options.gateway, "serve", "--config",
                                 (options.data / config).string()},
        "serving on");
  }
  return std::make_unique<ServerProcess>(
      std::vector<std::string>{options.self, "--baseline", options.data.string(),
                               std::to_string(body),
                               target == Target::kGroupCommit ? store.string() : std::string()},
      "ready");
}

struct Row {
  double rate = 0;
  std::uint64_t errors = 0;
};

class Bench {
 public:
  Bench(Options options, const ReportSource& source)
      : options_(std::move(options)), source_(source) {}

  Row Measure(Target target, Connections mode, int connections, double seconds) {
    const std::unique_ptr<ServerProcess> server = Start(target, options_, source_.body_bytes());
    LoadSettings settings;
    settings.port = IsGateway(target) ? kDemoPort : kBaselinePort;
    settings.connections = connections;
    settings.threads = kClientThreads;
    settings.mode = mode;
    settings.seconds = seconds;
    if (IsGateway(target)) {
      // The same bytes again would be the same report, and cost less.
      settings.first = next_report_;
      settings.most = source_.count() - next_report_;
    }
    const double cpu = server->CpuSeconds();
    const LoadResult result =
        RunLoad(settings, [this](std::uint64_t n, std::string& out) { source_.Request(n, out); });
    const double cpu_used = server->CpuSeconds() - cpu;
    if (IsGateway(target)) next_report_ = result.next;
    const Row row{static_cast<double>(result.answers_2xx) / result.seconds,
                  result.answers_other + result.failures};
    std::printf(
        "%-22s %9.0f/s  p50 %8.2f  p99 %8.2f  p999 %8.2f ms  CPU %6.1f us  peak %5llu MiB",
        Name(target), row.rate, result.latency.Milliseconds(0.5), result.latency.Milliseconds(0.99),
        result.latency.Milliseconds(0.999),
        1e6 * cpu_used / static_cast<double>(std::max<std::uint64_t>(1, result.answers_2xx)),
        static_cast<unsigned long long>(server->PeakMemoryKiB() / 1024));
    if (row.errors != 0) {
      std::printf("  errors %llu (first status %d)", static_cast<unsigned long long>(row.errors),
                  result.first_other_status);
    }
    std::printf("\n");
    std::fflush(stdout);
    return row;
  }

  void Compare(Connections mode, int connections, double seconds) {
    std::printf("\n%s, %d connection%s, %.0f s each\n",
                mode == Connections::kKeepAlive ? "keep-alive" : "new TLS connection per report",
                connections, connections == 1 ? "" : "s", seconds);
    const Row discard = Measure(Target::kDiscard, mode, connections, seconds);
    const Row rocksdb = Measure(Target::kGroupCommit, mode, connections, seconds);
    const double raw =
        RawAppendRate(options_.data.string(), source_.body_bytes(), connections, seconds / 2);
    std::printf("%-22s %9.0f/s\n", "(c) raw append + sync", raw);
    const Row gateway = Measure(Target::kGateway, mode, connections, seconds);
    std::printf("    (d)/(a) %.2f   (d)/(b) %.2f   (d)/(c) %.2f\n", gateway.rate / discard.rate,
                gateway.rate / rocksdb.rate, gateway.rate / raw);
    std::fflush(stdout);
  }

  // What the report log costs those who report: rounds of both, so that what a disk does over time
  // falls on both.
  void CompareLog(int connections, double seconds) {
    double with = 0;
    double without = 0;
    std::printf("\nkeep-alive, %d connections, %.0f s each\n", connections, seconds);
    for (int round = 0; round < options_.log_rounds; ++round) {
      with += Measure(Target::kGateway, Connections::kKeepAlive, connections, seconds).rate;
      without +=
          Measure(Target::kGatewayLogStands, Connections::kKeepAlive, connections, seconds).rate;
    }
    std::printf("    with the log / without %.2f\n", with / without);
  }

  void Idle() {
    const std::unique_ptr<ServerProcess> server =
        Start(Target::kGateway, options_, source_.body_bytes());
    const std::uint64_t before = server->MemoryKiB();
    int open = 0;
    std::uint64_t after = 0;
    open = HoldIdle(kDemoPort, options_.idle, [&] { after = server->MemoryKiB(); });
    std::printf(
        "\n%d of %d idle TLS connections: %llu MiB resident (%llu MiB without), %.1f KiB each\n",
        open, options_.idle, static_cast<unsigned long long>(after / 1024),
        static_cast<unsigned long long>(before / 1024),
        static_cast<double>(after - before) / std::max(open, 1));
  }

 private:
  Options options_;
  const ReportSource& source_;
  std::uint64_t next_report_ = 0;
};

int Run(const Options& options) {
  const Demo demo = LoadDemo(options.data.string());
  std::printf("making %zu reports for channel %s …\n", options.reports, demo.channel.c_str());
  std::fflush(stdout);
  const auto source = ReportSource::Make(*demo.charter, demo.channel, options.reports);
  if (!source) {
    std::fprintf(stderr, "report: %s\n", source.error().message());
    return 1;
  }
  std::printf("smallest valid report: %zu bytes of body\n", (*source)->body_bytes());

  Bench bench(options, **source);
  if (options.log_rounds > 0) {
    bench.CompareLog(64, options.seconds);
    return 0;
  }
  for (const Connections mode : {Connections::kKeepAlive, Connections::kNewPerRequest}) {
    if (options.mode == (mode == Connections::kKeepAlive ? "new" : "keep-alive")) continue;
    for (const int connections : options.connections) {
      bench.Compare(mode, connections, options.seconds);
    }
  }
  if (options.sustained > 0) bench.Compare(Connections::kKeepAlive, 64, options.sustained);
  if (options.idle > 0) bench.Idle();
  return 0;
}

}  // namespace
}  // namespace safeconduct::bench

int main(int argc, char** argv) {
  using namespace safeconduct::bench;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (!safeconduct::InitCrypto().ok()) return 1;

  if (argc == 5 && std::strcmp(argv[1], "--baseline") == 0) {
    BaselineSettings settings;
    settings.port = kBaselinePort;
    settings.certificate_file = std::string(argv[2]) + "/demo/tls.pem";
    settings.key_file = std::string(argv[2]) + "/demo/tls.key";
    settings.body_bytes = std::strtoull(argv[3], nullptr, 10);
    settings.store_folder = argv[4];
    ServeBaseline(settings);
  }
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: gateway_load DATA GATEWAY [--seconds S] [--sustained S] [--reports N] "
                 "[--idle N] [--connections N,N] [--mode keep-alive|new|both]\n");
    return 2;
  }
  Options options;
  options.self = std::filesystem::read_symlink("/proc/self/exe").string();
  options.data = argv[1];
  options.gateway = argv[2];
  for (int i = 3; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--seconds") options.seconds = std::strtod(argv[i + 1], nullptr);
    if (name == "--sustained") options.sustained = std::strtod(argv[i + 1], nullptr);
    if (name == "--reports") options.reports = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--connections") options.connections = ParseNumbers(argv[i + 1]);
    if (name == "--mode") options.mode = argv[i + 1];
    if (name == "--log") options.log_rounds = std::atoi(argv[i + 1]);
    if (name == "--idle") options.idle = static_cast<int>(std::strtol(argv[i + 1], nullptr, 10));
  }
  return Run(options);
}
