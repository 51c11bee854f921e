#include "gateway/program/gateway.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "crypto/note/note.h"
#include "gateway/program/charter_log.h"
#include "gateway/program/page_settings.h"
#include "gateway/routes/page_filling.h"

namespace safeconduct::program {
namespace {

constexpr std::chrono::minutes kWatchPeriod{1};
constexpr std::chrono::seconds kOutboxPeriod{1};
constexpr std::chrono::seconds kExpiryPeriod{1};

std::string HostAndPort(std::string host, std::uint16_t port) {
  // Where it listens everywhere, name an address that a person can use.
  if (host == "0.0.0.0" || host == "::") host = "localhost";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return host + ":" + std::to_string(port);
}

int IoThreads(const config::Config& config) {
  if (config.threads > 0) return static_cast<int>(config.threads);
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

uploads::Limits UploadLimits(const config::Config& config) {
  uploads::Limits limits;
  limits.expiry_seconds = config.uploads.expiry.count();
  limits.quota_bytes = config.uploads.quota_bytes;
  limits.max_bytes = config.uploads.max_bytes;
  limits.reserve_bytes = config.storage.disk_reserve_bytes;
  limits.unfinished = config.uploads.unfinished;
  return limits;
}

}  // namespace

Gateway::Gateway(const config::Config& config, charter::Trust trust, OwnKeys keys,
                 std::unique_ptr<storage::EnvelopeStore> store,
                 std::optional<pages::WebApp> web_app, log::Logger& logger)
    : config_(config),
      trust_(std::move(trust)),
      keys_(std::move(keys)),
      operator_key_(keys_.request.public_key()),
      logger_(logger),
      started_at_(clock_.UnixSeconds()),
      store_(std::move(store)),
      web_app_(std::move(web_app)),
      high_water_(config_.HighWaterFile()),
      report_high_water_(config_.ReportHighWaterFile()),
      expiry_day_(config_.ExpiryDayFile()),
      report_log_(*store_, keys_.note, report_high_water_, config_.log_block),
      earlier_charters_(*store_),
      holder_nonces_(config_.replay, started_at_),
      mailbox_nonces_(config_.replay, started_at_),
      work_issuer_(config_.proof_of_work.issuer, proof_of_work::Issuer::RandomKey()),
      downloads_(config_.storage.downloads),
      writers_(config_.uploads.max_requests),
      pool_(config_.storage.threads, config_.storage.waiting_calls),
      witnesses_(config_.witnesses) {}

Gateway::~Gateway() { Stop(); }

OrRefusal<std::unique_ptr<Gateway>> Gateway::Make(const config::Config& config,
                                                  charter::Trust trust, OwnKeys keys,
                                                  std::unique_ptr<storage::EnvelopeStore> store,
                                                  std::optional<pages::WebApp> web_app,
                                                  log::Logger& logger) {
  std::unique_ptr<Gateway> gateway(new Gateway(config, std::move(trust), std::move(keys),
                                               std::move(store), std::move(web_app), logger));
  if (std::optional<Refusal> refusal = gateway->LoadCharter()) return *std::move(refusal);
  OrRefusal<OpenedWitness> witness =
      OpenWitness(gateway->config_.witness, gateway->keys_.cosignature, gateway->clock_);
  if (!witness.ok()) return witness.refusal();
  gateway->witness_ = std::move(*witness);
  if (std::optional<Refusal> refusal = gateway->StartParts()) return *std::move(refusal);
  return gateway;
}

// The charter that was put into force last. Who signed it was checked then, by keys that may have
// been replaced since; that it is unchanged is the store's word.
std::optional<Refusal> Gateway::LoadCharter() {
  Result<std::optional<storage::CharterRecord>> newest = store_->NewestCharter();
  if (!newest.ok()) return Refuse(ExitCode::kStore, "the charter cannot be read", newest.error());
  std::shared_ptr<const charter::OpenCharter> charter;
  if (newest->has_value()) {
    OrRefusal<std::shared_ptr<const charter::OpenCharter>> opened = OpenStored((*newest)->note);
    if (!opened.ok()) return opened.refusal();
    charter = std::move(*opened);
  }
  OrRefusal<std::unique_ptr<transparency::CharterLog>> log =
      OpenCharterLog(config_, *store_, charter == nullptr ? 0 : charter->version(), trust_,
                     keys_.note, high_water_);
  if (!log.ok()) return log.refusal();
  charter_log_ = std::move(*log);
  if (charter == nullptr) {
    logger_.Log(log::Event::kCharterMissing);
    return std::nullopt;
  }
  if (std::optional<Refusal> refusal = UseReportLog(*charter)) return refusal;
  Result<std::string> proof = charter_log_->Proof();
  if (!proof.ok()) return Refuse(ExitCode::kFailed, "the charters' log", proof.error());
  auto pages = routes::FillPages(web_app_ ? &*web_app_ : nullptr, PageSettings(config_, trust_),
                                 *charter, (*newest)->note, routes::StoredTexts(*store_, *charter));
  if (!pages.ok()) return Refuse(ExitCode::kFailed, "the pages", pages.error());
  const auto taken =
      charters_.Take(charter, {std::move((*newest)->note), *std::move(proof), *std::move(pages)});
  if (!taken.ok()) return Refuse(ExitCode::kFailed, "the stored charter", taken.error());
  logger_.Log(log::Event::kCharterLoaded, {log::Field::Version(charter->version())});
  if (!ServesWhatTheCharterNames(*charter)) logger_.Log(log::Event::kWebAppDiffers);
  return std::nullopt;
}

std::optional<Refusal> Gateway::UseReportLog(const charter::OpenCharter& charter) {
  transparency::Diagnosis diagnosis;
  const Status used =
      report_log_.Use(charter.log().name, diagnosis, RetiredLogs(charter), started_at_);
  if (used.ok()) return std::nullopt;
  return RefuseLog("the report log", config_.ReportHighWaterFile(), diagnosis, used.error());
}

OrRefusal<std::shared_ptr<const charter::OpenCharter>> Gateway::OpenStored(
    const std::string& signed_note) const {
  const Result<note::Note> note = note::Parse(signed_note);
  if (!note.ok()) return Refuse(ExitCode::kStore, "the stored charter", note.error());
  auto charter = charter::OpenCharter::FromText(note->text);
  if (!charter.ok()) return Refuse(ExitCode::kStore, "the stored charter", charter.error());
  if ((*charter)->origin() != trust_.origin) {
    return Refuse(ExitCode::kConfiguration,
                  "the stored charter has another origin than the trust file");
  }
  if ((*charter)->log().key != keys_.note.public_key()) {
    return Refuse(ExitCode::kConfiguration,
                  "the log key file is not the key of the log that the charter in force names\n"
                  "  if it is that of a new log: the charter that names it is put into force by "
                  "safeconduct-gateway take-charter");
  }
  return *std::move(charter);
}

std::optional<Refusal> Gateway::StartParts() {
  Result<std::unique_ptr<ledger::Ledger>> ledger =
      ledger::Ledger::Start(*store_, config_.ledger, this);
  if (!ledger.ok()) return Refuse(ExitCode::kStore, "the ledger cannot start", ledger.error());
  ledger_ = *std::move(ledger);
  log_keeper_ = std::make_unique<LogKeeper>(LogKeeper::Logs{report_log_, *charter_log_}, *ledger_,
                                            charters_, witnesses_, clock_, logger_);
  expiry_ =
      std::make_unique<Expiry>(Expiry::Parts{*store_, *ledger_, keys_.note, expiry_day_, logger_});
  Result<std::unique_ptr<uploads::Uploads>> uploads = uploads::Uploads::Open(
      clock_, *store_, [this] { return ledger_->NextSequence(); }, UploadLimits(config_));
  if (!uploads.ok()) return Refuse(ExitCode::kStore, "uploads cannot be read", uploads.error());
  uploads_ = *std::move(uploads);
  if (std::optional<Refusal> refusal = MakeNotifier()) return refusal;
  api_ = std::make_unique<routes::Api>(Services());
  return std::nullopt;
}

routes::Services Gateway::Services() {
  return {.clock = clock_,
          .pool = pool_,
          .store = *store_,
          .ledger = *ledger_,
          .uploads = *uploads_,
          .charters = charters_,
          .earlier_charters = earlier_charters_,
          .charter_log = *charter_log_,
          .report_log = report_log_,
          .operations = *this,
          .holder_nonces = holder_nonces_,
          .mailbox_nonces = mailbox_nonces_,
          .answers = answers_,
          .outbox = outbox_,
          .downloads = downloads_,
          .writers = writers_,
          .work_issuer = work_issuer_,
          .trust = trust_,
          .log_key = keys_.note,
          .operator_key = operator_key_,
          .origins = config_.public_origins,
          .private_origin = config_.PrivateOrigin(),
          .max_report_bytes = config_.reports.max_bytes,
          .work_from_entries = config_.WorkFromEntries(),
          .take_decoys = config_.decoys.enabled,
          .offline_copy = config_.web.offline_copy,
          .web_app = web_app_ ? &*web_app_ : nullptr,
          .pages = PageSettings(config_, trust_),
          .witness = witness_.witness.get()};
}

std::optional<Refusal> Gateway::Start() {
  Result<std::unique_ptr<http::Server>> server =
      http::Server::Create(config_.Listeners(), config_.http, IoThreads(config_), *api_);
  if (!server.ok()) {
    const bool address = server.error().code() == Code::kUnavailable;
    return Refuse(address ? ExitCode::kUnavailable : ExitCode::kConfiguration,
                  "the gateway cannot listen", server.error());
  }
  server_ = *std::move(server);
  server_->Start();
  Watch();
  timer_ = std::make_unique<work::Timer>(kWatchPeriod, [this] { Watch(); });
  outbox_timer_ =
      std::make_unique<work::Timer>(kOutboxPeriod, [this] { outbox_.EndOverdue(clock_.Steady()); });
  StartNotifier();
  expiry_timer_ = std::make_unique<work::Timer>(kExpiryPeriod, [this] {
    const routes::CharterSnapshot* const charter = charters_.InForce();
    if (charter != nullptr) expiry_->Step(*charter->charter, clock_.UnixSeconds());
  });
  return std::nullopt;
}

void Gateway::Stop() {
  if (stopping_.exchange(true)) return;
  timer_.reset();
  outbox_timer_.reset();
  StopNotifier();
  expiry_timer_.reset();
  outbox_.Stop();  // relays that wait are answered, so that the server need not wait for them
  // First whoever brings work, then the work, then what it was for. Server and routes stay until
  // the last answer was given.
  if (server_ != nullptr) server_->Stop();
  pool_.Stop();
  log_keeper_.reset();
  ledger_.reset();
  server_.reset();
  api_.reset();
}

void Gateway::Reload() {
  const Status certificates = server_->ReloadCertificates();
  if (certificates.ok()) {
    logger_.Log(log::Event::kCertificatesReloaded);
  } else {
    logger_.Log(log::Event::kCertificatesNotReloaded, {log::Field::Failure(certificates.error())});
  }
  // The old file goes on when the new one cannot be opened; the logger has said so itself then.
  static_cast<void>(logger_.Reopen());
}

std::vector<std::string> Gateway::Addresses() const {
  std::vector<std::string> addresses;
  const std::vector<http::ListenerSettings> listeners = config_.Listeners();
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const http::ListenerSettings& each = listeners[i];
    addresses.push_back(!each.unix_path.empty() ? "unix:" + each.unix_path
                                                : (each.tls ? "https://" : "http://") +
                                                      HostAndPort(each.address, server_->port(i)));
  }
  return addresses;
}

metrics::Readiness Gateway::Ready() const {
  const routes::CharterSnapshot* const charter = charters_.InForce();
  metrics::Health health;
  health.charter_loaded = charter != nullptr;
  health.charter_expired = charter != nullptr && charter->charter->expiry() <= clock_.UnixSeconds();
  health.ledger_failing = ledger_->counters().failing;
  health.stopping = stopping_.load();
  return metrics::Judge(health);
}

metrics::Snapshot Gateway::Figures() const {
  metrics::Snapshot figures;
  figures.http = server_->counters();
  figures.ledger = ledger_->counters();
  figures.answers = answers_.Sum();
  figures.holder_nonces = holder_nonces_.counters();
  figures.mailbox_nonces = mailbox_nonces_.counters();
  figures.proof_of_work = work_issuer_.counters();
  const Result<std::uint64_t> free = store_->FreeBytes();
  figures.log_entries = report_log_.size();
  figures.log_failing = log_keeper_->Failing();
  figures.log_damaged = report_log_.damaged();
  figures.storage_free_bytes = free.ok() ? *free : 0;
  const Result<std::uint64_t> promised = store_->UploadBytes();
  figures.upload_bytes = promised.ok() ? *promised : 0;
  figures.uploads_expired = uploads_->expired();
  if (const routes::CharterSnapshot* const charter = charters_.InForce()) {
    figures.charter_version = charter->charter->version();
    figures.charter_expiry = charter->charter->expiry();
  }
  const notify::Counts notified = notifier_ == nullptr ? notify::Counts() : notifier_->counts();
  figures.notifications_sent = notified.sent;
  figures.notifications_failed = notified.failed;
  figures.started_at = work::RoundDown(started_at_, work::kHourSeconds);
  figures.cases_expired = expiry_->expired();
  figures.expiry_paused = expiry_->paused();
  figures.disk_reserve_reached = reserve_reached_.load();
  figures.ready = Ready() == metrics::Readiness::kReady;
  return figures;
}

void Gateway::CharterLogged(const charter::OpenCharter& charter) {
  log_keeper_->CosignCharters(charter.message().witness_threshold());
}

void Gateway::CharterTaken(const routes::CharterSnapshot& charter) {
  logger_.Log(log::Event::kCharterTaken, {log::Field::Version(charter.charter->version())});
  if (!ServesWhatTheCharterNames(*charter.charter)) logger_.Log(log::Event::kWebAppDiffers);
}

// A charter that names no web app, or another one, does not keep this one from being served: who
// wants to report must not pay for an upgrade in the wrong order. Those who verify see it.
bool Gateway::ServesWhatTheCharterNames(const charter::OpenCharter& charter) const {
  return !web_app_ ||
         charter.message().web().manifest_digest() == AsText(web_app_->manifest_digest());
}

Status Gateway::Backup(const std::string& folder) { return store_->Backup(folder); }

void Gateway::StoreFailed(const Error& error) {
  logger_.Log(log::Event::kStoreFailed, {log::Field::Failure(error)});
}

void Gateway::StoreRecovered() { logger_.Log(log::Event::kStoreRecovered); }

}  // namespace safeconduct::program
