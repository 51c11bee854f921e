// What the routes are given: everything they use, wired by the composition root. All of it must
// outlive the Api.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_SERVICES_H_
#define SAFECONDUCT_GATEWAY_ROUTES_SERVICES_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "crypto/base/ed25519.h"
#include "gateway/auth/replay_cache.h"
#include "gateway/charter/charter.h"
#include "gateway/ledger/ledger.h"
#include "gateway/metrics/metrics.h"
#include "gateway/pages/values.h"
#include "gateway/pages/web_app.h"
#include "gateway/proof_of_work/issuer.h"
#include "gateway/routes/charters.h"
#include "gateway/routes/earlier_charters.h"
#include "gateway/routes/outbox_waiters.h"
#include "gateway/transparency/charter_log.h"
#include "gateway/transparency/report_log.h"
#include "gateway/uploads/uploads.h"
#include "gateway/witness/witness.h"
#include "gateway/work/clock.h"
#include "gateway/work/slots.h"
#include "gateway/work/worker_pool.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {

// What the process as a whole knows and does, asked by the private listener and by /readyz.
// Thread-safety: any thread, any time. Figures and Backup may block, and what says so.
class Operations {
 public:
  virtual ~Operations() = default;
  virtual metrics::Readiness Ready() const = 0;
  virtual metrics::Snapshot Figures() const = 0;
  // A new charter is in its log and will be in force. May block for as long as witnesses take.
  virtual void CharterLogged(const charter::OpenCharter& charter) = 0;
  // A new charter is in force.
  virtual void CharterTaken(const CharterSnapshot& charter) = 0;
  // A consistent copy of the store in `folder`. Errors: of the store.
  virtual Status Backup(const std::string& folder) = 0;
};

struct Services {
  const work::Clock& clock;
  work::WorkerPool& pool;
  storage::EnvelopeStore& store;
  ledger::Ledger& ledger;
  uploads::Uploads& uploads;
  Charters& charters;
  EarlierCharters& earlier_charters;
  transparency::CharterLog& charter_log;
  transparency::ReportLog& report_log;
  Operations& operations;
  auth::ReplayCache& holder_nonces;
  auth::ReplayCache& mailbox_nonces;
  metrics::AnswerCounter& answers;
  OutboxWaiters& outbox;
  work::Slots& downloads;  // each holds up to one stored piece
  work::Slots& writers;    // of uploads; likewise
  proof_of_work::Issuer& work_issuer;
  const charter::Trust& trust;
  const SigningKey& log_key;
  const PublicKey& operator_key;       // signs requests to the private listener
  std::vector<std::string> origins;    // of the public and the onion listener
  std::string private_origin;          // of the private one; empty: none
  std::uint64_t max_report_bytes = 0;  // body of POST /v1/reports
  // Waiting in the ledger, from which on a proof of work is asked for; 0: always. Never, unless
  // set.
  std::uint64_t work_from_entries = std::numeric_limits<std::uint64_t>::max();
  bool take_decoys = true;
  bool offline_copy = true;                // pages of any origin may use the reporter's routes
  const pages::WebApp* web_app = nullptr;  // null: none is served
  pages::Settings pages;
  witness::Witness* witness = nullptr;  // null: this gateway is none
};

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_SERVICES_H_
