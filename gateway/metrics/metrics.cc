#include "gateway/metrics/metrics.h"

#include <cstdio>
#include <iterator>

namespace safeconduct::metrics {
namespace {

constexpr const char* kRouteNames[] = {"charter", "reports", "uploads", "cases",
                                       "events",  "mailbox", "outbox",  "marks",
                                       "pages",   "log",     "other"};
static_assert(std::size(kRouteNames) == kRoutes);

// A metric family at a time: its two comment lines, then its samples.
class Text {
 public:
  void Family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = "safeconduct_" + std::string(name);
    out_ += "# HELP " + name_ + " " + std::string(help) + "\n";
    out_ += "# TYPE " + name_ + " " + std::string(type) + "\n";
  }
  void Sample(std::uint64_t value, const std::string& labels = "", std::string_view suffix = "") {
    Raw(std::to_string(value), labels, suffix);
  }
  void Seconds(std::uint64_t microseconds, const std::string& labels = "",
               std::string_view suffix = "") {
    char text[40];
    std::snprintf(text, sizeof(text), "%llu.%06llu",
                  static_cast<unsigned long long>(microseconds / 1'000'000),
                  static_cast<unsigned long long>(microseconds % 1'000'000));
    Raw(text, labels, suffix);
  }
  void One(std::string_view name, std::string_view type, std::string_view help,
           std::uint64_t value) {
    Family(name, type, help);
    Sample(value);
  }
  std::string Take() { return std::move(out_); }

 private:
  void Raw(const std::string& value, const std::string& labels, std::string_view suffix) {
    out_ += name_ + std::string(suffix);
    if (!labels.empty()) out_ += "{" + labels + "}";
    out_ += " " + value + "\n";
  }
  std::string name_;
  std::string out_;
};

std::string Label(const char* name, const std::string& value) {
  return std::string(name) + "=\"" + value + "\"";
}

std::string BoundInSeconds(std::uint32_t microseconds) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", static_cast<double>(microseconds) / 1e6);
  return text;
}

void RenderHttp(const http::Counters& http, Text& text) {
  text.One("http_connections_open", "gauge", "Connections open now.", http.connections_open);
  text.One("http_connections_accepted_total", "counter", "Connections accepted.",
           http.connections_accepted);
  text.One("http_connections_refused_total", "counter", "Connections closed at the limit.",
           http.connections_refused);
  text.One("http_requests_total", "counter", "Requests whose head arrived.", http.requests);
  text.One("http_requests_in_flight", "gauge", "Requests not answered yet.",
           http.requests_in_flight);
  text.One("http_body_memory_bytes", "gauge", "Memory held by request bodies.",
           http.body_memory_in_use);
  text.Family("http_limit_answers_total", "counter", "Answers that a limit made, by status.");
  for (std::size_t status = 0; status < std::size(http.limit_answers); ++status) {
    if (http.limit_answers[status] == 0) continue;
    text.Sample(http.limit_answers[status], Label("status", std::to_string(status)));
  }
}

void RenderAnswers(const Answers& answers, Text& text) {
  text.Family("answers_total", "counter", "Answers, by kind of route and class of status.");
  for (std::size_t route = 0; route < kRoutes; ++route) {
    for (std::size_t i = 0; i < kStatusClasses; ++i) {
      text.Sample(answers[route].answers[i], Label("route", kRouteNames[route]) + "," +
                                                 Label("status", std::to_string(i + 1) + "xx"));
    }
  }
  text.Family("answer_seconds", "histogram", "Time from the head of a request to its answer.");
  for (std::size_t route = 0; route < kRoutes; ++route) {
    const std::string name = Label("route", kRouteNames[route]);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < answers[route].latency.size(); ++i) {
      count += answers[route].latency[i];
      const std::string bound =
          i < kLatencyBounds.size() ? BoundInSeconds(kLatencyBounds[i]) : "+Inf";
      text.Sample(count, name + "," + Label("le", bound), "_bucket");
    }
    text.Seconds(answers[route].latency_microseconds, name, "_sum");
    text.Sample(count, name, "_count");
  }
}

void RenderLedger(const ledger::Counters& ledger, Text& text) {
  text.One("ledger_batches_total", "counter", "Batches written and synced.", ledger.batches);
  text.One("ledger_entries_total", "counter", "Reports, events, charters and read marks written.",
           ledger.entries);
  text.One("ledger_decoys_total", "counter",
           "Decoys written, which no other figure of these counts.", ledger.decoys);
  text.One("ledger_failed_batches_total", "counter", "Batches that were not written.",
           ledger.failed_batches);
  text.One("ledger_waiting_entries", "gauge", "Entries not answered yet.", ledger.waiting_entries);
  text.One("ledger_waiting_bytes", "gauge", "Memory of entries not answered yet.",
           ledger.waiting_bytes);
  text.One("ledger_largest_batch_entries", "gauge", "Entries of the largest batch so far.",
           ledger.largest_batch);
  text.Family("ledger_commit_seconds_total", "counter", "Time spent in writing and syncing.");
  text.Seconds(ledger.commit_microseconds);
  text.One("ledger_failing", "gauge", "Whether the store failed and did not recover yet.",
           ledger.failing ? 1 : 0);
}

void RenderNonces(const Snapshot& snapshot, Text& text) {
  struct Row {
    const char* who;
    const auth::ReplayCache::Counters& counters;
  };
  const Row rows[] = {{"holder", snapshot.holder_nonces}, {"mailbox", snapshot.mailbox_nonces}};
  text.Family("signed_requests_total", "counter", "Signed requests by what came of their nonce.");
  for (const Row& row : rows) {
    const std::string who = Label("by", row.who) + ",";
    text.Sample(row.counters.remembered, who + Label("nonce", "new"));
    text.Sample(row.counters.replays, who + Label("nonce", "replayed"));
    text.Sample(row.counters.busy, who + Label("nonce", "no_room"));
  }
}

void RenderWork(const proof_of_work::Counters& work, Text& text) {
  text.Family("proof_of_work_total", "counter",
              "Challenges made, and solutions by what came of them.");
  text.Sample(work.made, Label("what", "challenge"));
  text.Sample(work.redeemed, Label("what", "accepted"));
  text.Sample(work.refused, Label("what", "refused"));
}

void RenderRest(const Snapshot& snapshot, Text& text) {
  text.One("storage_free_bytes", "gauge", "Bytes that the store's file system has left.",
           snapshot.storage_free_bytes);
  text.One("storage_reserve_reached", "gauge", "Whether only reports may use the disk now.",
           snapshot.disk_reserve_reached ? 1 : 0);
  text.One("upload_bytes", "gauge", "Bytes promised to uploads of no report yet.",
           snapshot.upload_bytes);
  text.One("uploads_expired_total", "counter", "Uploads removed at the end of their time.",
           snapshot.uploads_expired);
  text.One("charter_version", "gauge", "Version of the charter in force; 0 without one.",
           snapshot.charter_version);
  text.One("charter_expiry_seconds", "gauge", "When the charter expires, Unix time.",
           static_cast<std::uint64_t>(snapshot.charter_expiry));
  text.One("log_entries", "gauge", "Entries of the report log, as it is served.",
           snapshot.log_entries);
  text.One("log_failing", "gauge", "Whether the report log cannot grow now.",
           snapshot.log_failing ? 1 : 0);
  text.One("log_damaged_total", "counter",
           "Leaves that got no place in the report log, because they are damaged.",
           snapshot.log_damaged);
  text.One("notifications_sent_total", "counter", "Notifications that the other side took.",
           snapshot.notifications_sent);
  text.One("notifications_failed_total", "counter", "Attempts to notify that failed.",
           snapshot.notifications_failed);
  text.One("cases_expired_total", "counter", "Cases erased by the retention of their channel.",
           snapshot.cases_expired);
  text.One("expiry_paused", "gauge",
           "Whether no case is erased now, because the clock went back or too far ahead.",
           snapshot.expiry_paused ? 1 : 0);
  text.One("start_time_seconds", "gauge", "When the process started, Unix time, to the hour.",
           static_cast<std::uint64_t>(snapshot.started_at - snapshot.started_at % 3600));
  text.One("ready", "gauge", "Whether /readyz says yes.", snapshot.ready ? 1 : 0);
}

}  // namespace

std::string Render(const Snapshot& snapshot) {
  Text text;
  RenderHttp(snapshot.http, text);
  RenderAnswers(snapshot.answers, text);
  RenderLedger(snapshot.ledger, text);
  RenderNonces(snapshot, text);
  RenderWork(snapshot.proof_of_work, text);
  RenderRest(snapshot, text);
  return text.Take();
}

Readiness Judge(const Health& health) {
  if (health.stopping) return Readiness::kStopping;
  if (!health.charter_loaded) return Readiness::kNoCharter;
  if (health.charter_expired) return Readiness::kCharterExpired;
  if (health.ledger_failing) return Readiness::kStoreFailing;
  return Readiness::kReady;
}

const char* ReadinessName(Readiness readiness) {
  switch (readiness) {
    case Readiness::kReady:
      return "ready";
    case Readiness::kNoCharter:
      return "no_charter";
    case Readiness::kCharterExpired:
      return "charter_expired";
    case Readiness::kStoreFailing:
      return "store_failing";
    case Readiness::kStopping:
      return "stopping";
  }
  return "unknown";
}

}  // namespace safeconduct::metrics
