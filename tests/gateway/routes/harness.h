// The routes without sockets: requests go straight into the handler, as the server would give
// them, and come back as answers. Everything below is real, over a store in memory.
#ifndef SAFECONDUCT_TESTS_GATEWAY_ROUTES_HARNESS_H_
#define SAFECONDUCT_TESTS_GATEWAY_ROUTES_HARNESS_H_

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/http.h"
#include "gateway/routes/api.h"
#include "gateway/routes/services.h"
#include "proto/parse.h"
#include "safeconduct/v1/api.pb.h"
#include "storage/memory/memory_store.h"
#include "tests/gateway/charter/demo_charter.h"
#include "tests/gateway/report/sample.h"
#include "tests/gateway/transparency/high_water.h"

namespace safeconduct::testing {

inline constexpr std::string_view kPublicOrigin = "https://report.example.org";
inline constexpr std::string_view kPrivateOrigin = "http://127.0.0.1:8444";

class FakeClock final : public work::Clock {
 public:
  std::int64_t UnixSeconds() const override { return now_.load(); }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::seconds(passed_.load()));
  }
  void Advance(std::int64_t seconds) { now_ += seconds; }
  void Pass(std::int64_t seconds) { passed_ += seconds; }

 private:
  std::atomic<std::int64_t> now_{kNow};
  std::atomic<std::int64_t> passed_{0};
};

struct Answer {
  int status = 0;
  std::vector<http::Header> headers;  // in the order of the answer
  std::string body;                   // with HEAD none, as the server leaves it out
  bool answered = false;              // false: the connection was cut

  std::string Header(std::string_view name) const;  // empty when there is none
  std::string ErrorCode() const;                    // of a JSON ApiError
  std::string ErrorField() const;
  template <typename T>
  T Message() const {
    T message;
    const proto::Bounds bounds{body.size(), 1'000'000};
    const bool json = Header("content-type") == "application/json";
    const Status parsed =
        json ? proto::FromJsonInto(body, bounds, proto::Unknown::kRefuse, message)
             : proto::ParseInto(AsBytes(body), bounds, proto::Unknown::kRefuse, message);
    if (!parsed.ok())
      throw std::runtime_error(std::string("no message: ") + parsed.error().message());
    return message;
  }
  // Equal in everything that a client can see.
  bool operator==(const Answer& other) const;
};

struct Ask {
  std::string method = "GET";
  std::string target = "/";
  std::vector<http::Header> headers = {};
  std::string body = {};
  const identity::Party* signer = nullptr;  // signs with its request key
  http::Listener listener = http::Listener::kPublic;
  // Of streamed bodies: how much comes at once, and after how many bytes the connection breaks.
  std::size_t chunk_bytes = 100'000;
  std::optional<std::size_t> cut_after = std::nullopt;
  bool tell_length = true;  // Content-Length, or chunked
};

struct HarnessOptions {
  std::uint64_t capacity_bytes = std::uint64_t{1} << 40;  // of the store
  uploads::Limits uploads{.expiry_seconds = 24 * 3600,
                          .quota_bytes = 256 << 20,
                          .max_bytes = 128 << 20,
                          .reserve_bytes = 0,
                          .unfinished = 100};
  std::size_t downloads = 16;
  std::size_t writers = 16;
  std::size_t pool_threads = 2;  // one: work is done in the order in which it was given
  std::size_t pool_waiting = 1'000;
  bool with_charter = true;
  bool with_relays = false;                     // in it: RelayCharter
  std::uint64_t work_from_entries = 1'000'000;  // 0: a proof of work is always asked for
  bool take_decoys = true;
  bool offline_copy = true;
  storage::EnvelopeStore* store = nullptr;  // instead of one in memory
  const pages::WebApp* web_app = nullptr;
  witness::Witness* witness = nullptr;
  charter::Trust trust = {};  // instead of the demo's, when it has an origin
};

class Harness : public routes::Operations {
 public:
  explicit Harness(HarnessOptions options = {});
  ~Harness() override;

  Answer Send(const Ask& ask);
  // The same, without waiting; the answer comes to the future.
  std::future<Answer> Begin(const Ask& ask);

  // Requests as clients make them.
  Answer Get(const std::string& target, const identity::Party* signer = nullptr) {
    return Send({.target = target, .signer = signer});
  }
  // As protobuf.
  Answer Post(const std::string& target, const google::protobuf::Message& message,
              const identity::Party* signer = nullptr);
  Answer Submit(const report::Sealed& sealed, const std::vector<std::string>& uploads = {});

  // Adds the headers of a signature over `ask`.
  static void Sign(Ask& ask, const identity::Party& signer, std::int64_t created,
                   std::string_view origin = kPublicOrigin);

  // Puts it into force; the status of the answer.
  int PutCharter(std::uint64_t version, const v1::Charter& charter);
  // The charter of `version`, signed by two of the three roots.
  std::string CharterNote(std::uint64_t version, const v1::Charter& charter);
  v1::Charter Charter() const;  // the demo's, with a text that is there
  std::string TextBody() const { return "{\"title\":\"Report\"}"; }

  // --- Operations ---
  metrics::Readiness Ready() const override { return readiness; }
  metrics::Snapshot Figures() const override { return {}; }
  void CharterLogged(const charter::OpenCharter&) override {}
  void CharterTaken(const routes::CharterSnapshot& taken) override {
    taken_version = taken.charter->version();
  }
  Status Backup(const std::string& folder) override {
    backup_folder = folder;
    return {};
  }

  Office office;
  identity::Party own = MakeParty(20);  // the log's
  FakeClock clock;
  metrics::Readiness readiness = metrics::Readiness::kReady;
  std::atomic<std::uint64_t> taken_version{0};
  std::string backup_folder;
  MemoryHighWater high_water;
  MemoryHighWater report_high_water;

  storage::EnvelopeStore& store() { return *store_; }
  routes::Charters& charters() { return charters_; }
  routes::OutboxWaiters& outbox() { return outbox_; }
  transparency::CharterLog& charter_log() { return *charter_log_; }
  transparency::ReportLog& report_log() { return *report_log_; }
  // An interval ends.
  void GrowLog();
  uploads::Uploads& uploads() { return *uploads_; }
  work::WorkerPool& pool() { return pool_; }
  ledger::Ledger& ledger() { return *ledger_; }
  metrics::AnswerCounter& answers() { return answers_; }
  routes::Api& api() { return *api_; }

 private:
  http::RequestHead HeadOf(const Ask& ask);
  void Stream(const Ask& ask, http::BodySink& sink, std::uint64_t max_bytes,
              http::Responder respond);

  const HarnessOptions options_;
  const charter::Trust trust_;
  const SigningKey log_key_;
  const PublicKey operator_key_;
  std::unique_ptr<storage::EnvelopeStore> own_store_;
  storage::EnvelopeStore* store_;
  std::unique_ptr<transparency::CharterLog> charter_log_;
  std::unique_ptr<transparency::ReportLog> report_log_;
  routes::Charters charters_;
  std::unique_ptr<routes::EarlierCharters> earlier_charters_;
  routes::OutboxWaiters outbox_;
  metrics::AnswerCounter answers_;
  auth::ReplayCache holder_nonces_;
  auth::ReplayCache mailbox_nonces_;
  work::Slots downloads_;
  work::Slots writers_;
  proof_of_work::Issuer work_issuer_{{.max_number = 50}, proof_of_work::Issuer::RandomKey()};
  work::WorkerPool pool_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<uploads::Uploads> uploads_;
  std::unique_ptr<routes::Api> api_;
};

// Waits, but not for ever.
template <typename T>
T Await(std::future<T> future) {
  if (future.wait_for(std::chrono::seconds(120)) != std::future_status::ready) {
    throw std::runtime_error("no answer within two minutes");
  }
  return future.get();
}

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_ROUTES_HARNESS_H_
