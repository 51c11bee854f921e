// Tells holders to look in: each recipient at most once in a window, at its moment (moment.h), and
// of what was there before the window began (waiting.h), or in every window whatever there is. A
// failed attempt is repeated kAttempts times at most, within the window. What came to its moment
// while no gateway ran is left out: the next window says the same.
//
// It keeps nothing on disk. A clock that is set back brings no second notification while the
// process runs.
//
// Thread-safety: Tick by one thread at a time; Counts by any, at any time.
#ifndef SAFECONDUCT_GATEWAY_NOTIFY_NOTIFIER_H_
#define SAFECONDUCT_GATEWAY_NOTIFY_NOTIFIER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/notify/sender.h"
#include "gateway/notify/waiting.h"
#include "gateway/work/clock.h"

namespace safeconduct::notify {

struct Counts {
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;  // attempts
};

// The charter in force with what waiting.h asks; null: none yet.
struct Office {
  std::shared_ptr<const charter::OpenCharter> charter;
  std::uint32_t log_interval = 0;
};

class Notifier {
 public:
  // Of what became of the attempts: ok after a failure, or the first failure after success.
  using Tell = std::function<void(const Status&)>;

  // References must outlive it. `key`: for the moments; the same after a restart.
  Notifier(const Settings& settings, std::vector<Recipient> recipients, SecretArray<32> key,
           const storage::EnvelopeStore& store, std::function<Office()> office, Sender& sender,
           const work::Clock& clock, Tell tell);

  // Sends what is due. Blocks on the disk and the network.
  void Tick();
  // Nothing more is begun; by any thread.
  void Stop() { stopping_ = true; }
  Counts counts() const { return {sent_.load(), failed_.load()}; }

 private:
  // What becomes of one recipient in the window.
  struct Turn {
    std::int64_t window = -1;
    std::chrono::milliseconds at{};  // of the next attempt, Unix time
    int attempts = 0;
    bool done = false;
    NoticeId id{};
  };
  void Begin(std::size_t recipient, std::int64_t window);
  void Attempt(std::size_t recipient, const Office& office, std::int64_t now);
  Result<bool> IsWanted(const Recipient& recipient, const Office& office, std::int64_t window);
  void Note(const Status& status);

  const Settings& settings_;
  const std::vector<Recipient> recipients_;
  const SecretArray<32> key_;
  const storage::EnvelopeStore& store_;
  const std::function<Office()> office_;
  Sender& sender_;
  const work::Clock& clock_;
  const Tell tell_;
  const std::int64_t started_at_;
  std::vector<Turn> turns_;  // of the recipients, in their order
  // Whom something waited for, looked at once in a window.
  std::optional<std::set<std::string>> waiting_;
  std::int64_t waiting_window_ = -1;
  bool failing_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
};

}  // namespace safeconduct::notify

#endif  // SAFECONDUCT_GATEWAY_NOTIFY_NOTIFIER_H_
