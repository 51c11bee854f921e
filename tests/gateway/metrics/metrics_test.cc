// The text that Prometheus reads, and the counters behind it.
#include "gateway/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

namespace safeconduct::metrics {
namespace {

using std::chrono::microseconds;
using testing::HasSubstr;

std::uint64_t Sum(const Answers& answers, Route route) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : answers[static_cast<std::size_t>(route)].answers) sum += count;
  return sum;
}

TEST(AnswerCounter, CountsByRouteAndStatusClass) {
  AnswerCounter counter;
  counter.Count(Route::kReports, 201, microseconds(1));
  counter.Count(Route::kReports, 201, microseconds(1));
  counter.Count(Route::kReports, 507, microseconds(1));
  counter.Count(Route::kCases, 404, microseconds(1));
  const Answers sum = counter.Sum();
  const auto& reports = sum[static_cast<std::size_t>(Route::kReports)];
  EXPECT_THAT(reports.answers, testing::ElementsAre(0, 2, 0, 0, 1));
  EXPECT_EQ(Sum(sum, Route::kCases), 1U);
  EXPECT_EQ(Sum(sum, Route::kMailbox), 0U);
}

TEST(AnswerCounter, StatusesOutOfRangeAreCountedSomewhere) {
  AnswerCounter counter;
  for (const int status : {-1, 0, 99, 600, 1'000'000}) {
    counter.Count(Route::kOther, status, microseconds(-5));
  }
  EXPECT_EQ(Sum(counter.Sum(), Route::kOther), 5U);
}

TEST(AnswerCounter, LatenciesFallIntoTheirBuckets) {
  AnswerCounter counter;
  counter.Count(Route::kReports, 200, microseconds(500));  // the first bound is within
  counter.Count(Route::kReports, 200, microseconds(501));  // the second bucket
  counter.Count(Route::kReports, 200, microseconds(5'000'001));
  const Answers sum = counter.Sum();
  const RouteFigures& figures = sum[static_cast<std::size_t>(Route::kReports)];
  EXPECT_EQ(figures.latency.front(), 1U);
  EXPECT_EQ(figures.latency[1], 1U);
  EXPECT_EQ(figures.latency.back(), 1U);
  EXPECT_EQ(figures.latency_microseconds, 500U + 501U + 5'000'001U);
}

TEST(AnswerCounter, LosesNothingFromManyThreads) {
  AnswerCounter counter;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {  // more than there are cells
    threads.emplace_back([&] {
      for (int n = 0; n < 1'000; ++n) counter.Count(Route::kUploads, 204, microseconds(n));
      (void)counter.Sum();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Sum(counter.Sum(), Route::kUploads), 20'000U);
}

// --- The text -----------------------------------------------------------------------------------

Snapshot Filled() {
  Snapshot snapshot;
  snapshot.http.connections_open = 3;
  snapshot.http.limit_answers[413] = 2;
  snapshot.ledger.entries = 41;
  snapshot.ledger.decoys = 12;
  snapshot.proof_of_work.redeemed = 5;
  snapshot.ledger.failing = true;
  snapshot.ledger.commit_microseconds = 1'500'001;
  snapshot.holder_nonces.replays = 6;
  snapshot.charter_version = 9;
  snapshot.started_at = 3'601;
  auto& reports = snapshot.answers[static_cast<std::size_t>(Route::kReports)];
  reports.answers[1] = 4;
  reports.latency[0] = 1;
  reports.latency[2] = 3;
  reports.latency_microseconds = 7'000;
  return snapshot;
}

TEST(Metrics, FiguresStandUnderTheirNames) {
  const std::string text = Render(Filled());
  for (const char* line :
       {"safeconduct_http_connections_open 3\n",
        "safeconduct_http_limit_answers_total{status=\"413\"} 2\n",
        "safeconduct_ledger_entries_total 41\n", "safeconduct_ledger_decoys_total 12\n",
        "safeconduct_proof_of_work_total{what=\"accepted\"} 5\n", "safeconduct_ledger_failing 1\n",
        "safeconduct_ledger_commit_seconds_total 1.500001\n",
        "safeconduct_signed_requests_total{by=\"holder\",nonce=\"replayed\"} 6\n",
        "safeconduct_charter_version 9\n", "safeconduct_start_time_seconds 3600\n",
        "safeconduct_answers_total{route=\"reports\",status=\"2xx\"} 4\n",
        "safeconduct_answer_seconds_bucket{route=\"reports\",le=\"0.0005\"} 1\n",
        "safeconduct_answer_seconds_bucket{route=\"reports\",le=\"0.001\"} 1\n",
        "safeconduct_answer_seconds_bucket{route=\"reports\",le=\"0.0025\"} 4\n",
        "safeconduct_answer_seconds_bucket{route=\"reports\",le=\"+Inf\"} 4\n",
        "safeconduct_answer_seconds_sum{route=\"reports\"} 0.007000\n",
        "safeconduct_answer_seconds_count{route=\"reports\"} 4\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

// Text format 0.0.4: each family has HELP and TYPE once, before its samples, which stand together.
TEST(Metrics, TheTextFollowsTheExpositionFormat) {
  const std::regex help("# HELP (safeconduct_[a-z_]+) [A-Z][^\\n]*\\.");
  const std::regex type("# TYPE (safeconduct_[a-z_]+) (counter|gauge|histogram)");
  const std::regex sample(
      "(safeconduct_[a-z_]+)(\\{([a-z]+=\"[^\"\\\\]*\",?)+\\})? [0-9]+(\\.[0-9]+)?");
  std::istringstream lines(Render(Filled()));
  std::string family, kind;
  std::set<std::string> families, samples;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, help)) {
      family = match[1];
      kind.clear();
      EXPECT_TRUE(families.insert(family).second) << family << " comes twice";
    } else if (std::regex_match(line, match, type)) {
      EXPECT_EQ(match[1], family);
      kind = match[2];
    } else {
      ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
      ASSERT_FALSE(kind.empty()) << line;
      const std::string name = match[1];
      const std::string rest = name.substr(std::min(family.size(), name.size()));
      EXPECT_TRUE(name.starts_with(family)) << line;
      if (kind == "histogram") {
        EXPECT_TRUE(rest == "_bucket" || rest == "_sum" || rest == "_count") << line;
      } else {
        EXPECT_EQ(rest, "") << line;
        EXPECT_EQ(kind == "counter", name.ends_with("_total")) << line;
      }
      EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
  }
  EXPECT_GE(families.size(), 25U);
}

// Sums over the process: no label whose values come from outside.
TEST(Metrics, LabelsAreOfAClosedSet) {
  const std::string text = Render(Filled());
  const std::regex label("([a-z]+)=\"([^\"]*)\"");
  const std::map<std::string, std::regex> allowed = {
      {"route",
       std::regex("charter|reports|uploads|cases|events|mailbox|outbox|marks|pages|log|other")},
      {"status", std::regex("[1-5]xx|[1-5][0-9][0-9]")},
      {"le", std::regex("[0-9.]+|\\+Inf")},
      {"by", std::regex("holder|mailbox")},
      {"nonce", std::regex("new|replayed|no_room")},
      {"what", std::regex("challenge|accepted|refused")}};
  int seen = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), label), end; at != end; ++at, ++seen) {
    const auto found = allowed.find((*at)[1]);
    ASSERT_NE(found, allowed.end()) << at->str();
    EXPECT_TRUE(std::regex_match((*at)[2].str(), found->second)) << at->str();
  }
  EXPECT_GT(seen, 100);
}

TEST(Metrics, ReadinessNamesTheFirstReason) {
  Health health;
  EXPECT_STREQ(ReadinessName(Judge(health)), "no_charter");
  health.charter_loaded = true;
  EXPECT_STREQ(ReadinessName(Judge(health)), "ready");
  health.ledger_failing = true;
  EXPECT_STREQ(ReadinessName(Judge(health)), "store_failing");
  health.charter_expired = true;
  EXPECT_STREQ(ReadinessName(Judge(health)), "charter_expired");
  health.stopping = true;
  EXPECT_STREQ(ReadinessName(Judge(health)), "stopping");
}

}  // namespace
}  // namespace safeconduct::metrics
