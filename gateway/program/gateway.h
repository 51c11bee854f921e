// The gateway as one object: every part made once, wired by constructors, taken down in order.
//
// Thread-safety: Start, Stop and Reload from one thread. The rest is for the parts themselves.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_GATEWAY_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_GATEWAY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/charter/charter.h"
#include "gateway/config/config.h"
#include "gateway/http/http.h"
#include "gateway/ledger/ledger.h"
#include "gateway/log/log.h"
#include "gateway/notify/notifier.h"
#include "gateway/notify/sender.h"
#include "gateway/pages/web_app.h"
#include "gateway/program/expiry.h"
#include "gateway/program/files.h"
#include "gateway/program/log_keeper.h"
#include "gateway/program/refusal.h"
#include "gateway/program/witness.h"
#include "gateway/routes/api.h"
#include "gateway/routes/charters.h"
#include "gateway/routes/services.h"
#include "gateway/transparency/high_water_file.h"
#include "gateway/uploads/uploads.h"
#include "gateway/work/clock.h"
#include "gateway/work/slots.h"
#include "gateway/work/timer.h"
#include "gateway/work/worker_pool.h"
#include "storage/envelope_store.h"

namespace safeconduct::program {

class Gateway final : public routes::Operations, public ledger::Observer {
 public:
  // Everything but listening. `logger` must outlive the gateway.
  static OrRefusal<std::unique_ptr<Gateway>> Make(const config::Config& config,
                                                  charter::Trust trust, OwnKeys keys,
                                                  std::unique_ptr<storage::EnvelopeStore> store,
                                                  std::optional<pages::WebApp> web_app,
                                                  log::Logger& logger);
  ~Gateway() override;

  // Binds the listeners and serves.
  std::optional<Refusal> Start();
  // Takes nothing new, finishes what was accepted.
  void Stop();
  // Certificates and the log's file.
  void Reload();

  // "https://localhost:8443", one for each listener, the public one first.
  std::vector<std::string> Addresses() const;

  metrics::Readiness Ready() const override;
  metrics::Snapshot Figures() const override;
  void CharterLogged(const charter::OpenCharter& charter) override;
  void CharterTaken(const routes::CharterSnapshot& charter) override;
  Status Backup(const std::string& folder) override;
  void StoreFailed(const Error& error) override;
  void StoreRecovered() override;

 private:
  Gateway(const config::Config& config, charter::Trust trust, OwnKeys keys,
          std::unique_ptr<storage::EnvelopeStore> store, std::optional<pages::WebApp> web_app,
          log::Logger& logger);
  std::optional<Refusal> LoadCharter();
  OrRefusal<std::shared_ptr<const charter::OpenCharter>> OpenStored(
      const std::string& signed_note) const;
  std::optional<Refusal> UseReportLog(const charter::OpenCharter& charter);
  std::optional<Refusal> StartParts();
  routes::Services Services();
  bool ServesWhatTheCharterNames(const charter::OpenCharter& charter) const;
  // Every minute: forgets what expired, notes what an operator should know.
  void Watch();
  void WatchCharter();
  void NoteUnknownRecipients(const charter::OpenCharter& charter);
  void WatchDisk();
  std::optional<Refusal> MakeNotifier();
  void StartNotifier();
  void StopNotifier();

  // In the order in which they are made; each uses only what stands above it.
  const config::Config config_;
  const charter::Trust trust_;
  const OwnKeys keys_;
  const PublicKey operator_key_;
  log::Logger& logger_;
  const work::SystemClock clock_;
  const std::int64_t started_at_;
  const std::unique_ptr<storage::EnvelopeStore> store_;
  const std::optional<pages::WebApp> web_app_;
  transparency::HighWaterFile high_water_;
  transparency::HighWaterFile report_high_water_;
  transparency::HighWaterFile expiry_day_;
  std::unique_ptr<transparency::CharterLog> charter_log_;
  transparency::ReportLog report_log_;
  OpenedWitness witness_;
  routes::Charters charters_;
  routes::EarlierCharters earlier_charters_;
  routes::OutboxWaiters outbox_;
  metrics::AnswerCounter answers_;
  auth::ReplayCache holder_nonces_;
  auth::ReplayCache mailbox_nonces_;
  proof_of_work::Issuer work_issuer_;
  work::Slots downloads_;
  work::Slots writers_;
  work::WorkerPool pool_;
  std::unique_ptr<ledger::Ledger> ledger_;
  witness::Client witnesses_;
  std::unique_ptr<LogKeeper> log_keeper_;
  std::unique_ptr<Expiry> expiry_;
  std::unique_ptr<uploads::Uploads> uploads_;
  std::unique_ptr<notify::Sender> notify_sender_;  // null, as the next one: nobody is notified
  std::unique_ptr<notify::Notifier> notifier_;
  std::unique_ptr<routes::Api> api_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<work::Timer> timer_;
  std::unique_ptr<work::Timer> outbox_timer_;
  std::unique_ptr<work::Timer> notify_timer_;
  std::unique_ptr<work::Timer> expiry_timer_;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> reserve_reached_{false};
  bool expiry_noted_ = false;  // of the charter in force, by the timer alone
  std::uint64_t watched_version_ = 0;
};

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_GATEWAY_H_
