// How the gateway's answers age: p99 of submitting a report and of fetching one among the newest
// 10,000, with 10,000 stored reports and with many more, on one store in one run.
//
//   gateway_scale DATA GATEWAY [REPORTS]       (1,000,000 unless told; about 30 KiB of disk each)
//
// DATA is a folder that `deploy/run --once --data DATA --port 18443` has made.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/load/client.h"
#include "bench/load/demo.h"
#include "bench/load/report_source.h"
#include "bench/load/server_process.h"
#include "crypto/base/encoding.h"
#include "crypto/base/secret.h"
#include "crypto/identity/identity.h"
#include "gateway/auth/http_signature.h"
#include "gateway/report/report.h"

namespace safeconduct::bench {
namespace {

constexpr std::uint64_t kSample = 10'000;
constexpr int kConnections = 8;

class Scale {
 public:
  Scale(const ReportSource& source, SigningKey intake)
      : source_(source), intake_(std::move(intake)) {}

  void Fill(std::uint64_t until) {
    const LoadResult result = Submit(until - stored_, 64);
    stored_ = until;
    std::printf("stored %llu reports (%.0f/s)\n", static_cast<unsigned long long>(stored_),
                static_cast<double>(result.answers_2xx) / result.seconds);
    std::fflush(stdout);
  }

  struct Latency {
    double submit_p99 = 0;
    double fetch_p99 = 0;
  };

  // A page of 50 cases that begins below the newest `depth`, in milliseconds.
  double Page(std::uint64_t depth) {
    constexpr std::uint64_t kPages = 400;
    LoadSettings settings = Settings(kPages, 1);
    const LoadResult listed = RunLoad(settings, [&](std::uint64_t n, std::string& out) {
      const std::uint64_t report = next_ - 1 - depth - n % 100;
      Get("/v1/cases?limit=50&after=" + report::FormatId(source_.Id(report)), out);
    });
    Expect(listed, kPages);
    const double median = listed.latency.Milliseconds(0.5);
    std::printf("a page of 50 cases below the newest %llu: median %.2f ms\n",
                static_cast<unsigned long long>(depth), median);
    std::fflush(stdout);
    return median;
  }

  Latency Measure() {
    Latency latency;
    latency.submit_p99 = Submit(kSample, kConnections).latency.Milliseconds(0.99);
    stored_ += kSample;
    LoadSettings settings = Settings(kSample, kConnections);
    const LoadResult fetched =
        RunLoad(settings, [this](std::uint64_t n, std::string& out) { Fetch(n, out); });
    Expect(fetched, kSample);
    latency.fetch_p99 = fetched.latency.Milliseconds(0.99);
    std::printf("%9llu stored: p99 of submit %.2f ms, of fetch among the newest %llu %.2f ms\n",
                static_cast<unsigned long long>(stored_), latency.submit_p99,
                static_cast<unsigned long long>(kSample), latency.fetch_p99);
    std::fflush(stdout);
    return latency;
  }

 private:
  static LoadSettings Settings(std::uint64_t most, int connections) {
    LoadSettings settings;
    settings.port = kDemoPort;
    settings.connections = connections;
    settings.threads = 2;
    settings.seconds = 24 * 3600;
    settings.most = most;
    return settings;
  }

  static void Expect(const LoadResult& result, std::uint64_t answers) {
    if (result.answers_2xx == answers) return;
    std::fprintf(stderr, "%llu of %llu answered well; first other status %d\n",
                 static_cast<unsigned long long>(result.answers_2xx),
                 static_cast<unsigned long long>(answers), result.first_other_status);
    std::exit(1);
  }

  LoadResult Submit(std::uint64_t count, int connections) {
    LoadSettings settings = Settings(count, connections);
    settings.first = next_;
    next_ += count;
    const LoadResult result =
        RunLoad(settings, [this](std::uint64_t n, std::string& out) { source_.Request(n, out); });
    Expect(result, count);
    return result;
  }

  // A download of the triage of one of the newest reports, in no order of theirs.
  void Fetch(std::uint64_t n, std::string& out) const {
    const std::uint64_t report = next_ - 1 - (n * 7919) % kSample;
    Get("/v1/cases/" + report::FormatId(source_.Id(report)) + "/compartments/triage", out);
  }

  // A request that intake signs.
  void Get(const std::string& target, std::string& out) const {
    auth::SignedRequestView request;
    request.method = "GET";
    request.scheme = "https";
    const std::string authority = "localhost:" + std::to_string(kDemoPort);
    request.authority = authority;
    request.target = target;
    const auto fields = auth::SignRequest(request, intake_, std::time(nullptr),
                                          RandomArray<auth::kMinNonceBytes>());
    if (!fields.ok()) std::abort();
    out = "GET " + target + " HTTP/1.1\r\nHost: " + authority +
          "\r\nSignature-Input: " + fields->signature_input +
          "\r\nSignature: " + fields->signature + "\r\n\r\n";
  }

  const ReportSource& source_;
  SigningKey intake_;
  std::uint64_t stored_ = 0;
  std::uint64_t next_ = 0;
};

int Run(const std::string& data, const std::string& gateway, std::uint64_t reports) {
  const Demo demo = LoadDemo(data);
  std::printf("making %llu reports …\n", static_cast<unsigned long long>(reports + 2 * kSample));
  std::fflush(stdout);
  const auto source = ReportSource::Make(*demo.charter, demo.channel, reports + 2 * kSample);
  if (!source.ok()) {
    std::fprintf(stderr, "report: %s\n", source.error().message());
    return 1;
  }
  const ServerProcess server({gateway, "serve", "--config", data + "/gateway.toml"}, "serving on");
  Scale scale(**source, demo.intake.Key(identity::Purpose::kRequest));
  scale.Fill(kSample);
  const Scale::Latency few = scale.Measure();
  scale.Fill(reports);
  const Scale::Latency many = scale.Measure();
  const double first = scale.Page(0);
  const double deep = scale.Page(reports - kSample);
  std::printf("ratio of pages: %.2f\n", deep / first);
  std::printf("ratio of p99: submit %.2f, fetch %.2f; peak memory %llu MiB\n",
              many.submit_p99 / few.submit_p99, many.fetch_p99 / few.fetch_p99,
              static_cast<unsigned long long>(server.PeakMemoryKiB() / 1024));
  return 0;
}

}  // namespace
}  // namespace safeconduct::bench

int main(int argc, char** argv) {
  if (argc < 3 || !safeconduct::InitCrypto().ok()) {
    std::fprintf(stderr, "usage: gateway_scale DATA GATEWAY [REPORTS]\n");
    return 2;
  }
  return safeconduct::bench::Run(argv[1], argv[2],
                                 argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1'000'000);
}
