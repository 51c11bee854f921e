#include "gateway/notify/notifier.h"

#include <utility>

#include "gateway/notify/moment.h"

namespace safeconduct::notify {

using std::chrono::milliseconds;
using std::chrono::seconds;

Notifier::Notifier(const Settings& settings, std::vector<Recipient> recipients, SecretArray<32> key,
                   const storage::EnvelopeStore& store, std::function<Office()> office,
                   Sender& sender, const work::Clock& clock, Tell tell)
    : settings_(settings),
      recipients_(std::move(recipients)),
      key_(std::move(key)),
      store_(store),
      office_(std::move(office)),
      sender_(sender),
      clock_(clock),
      tell_(std::move(tell)),
      started_at_(clock_.UnixSeconds()),
      turns_(recipients_.size()) {}

void Notifier::Tick() {
  const Office office = office_();
  if (office.charter == nullptr) return;
  for (std::size_t i = 0; i < recipients_.size() && !stopping_; ++i) {
    const std::int64_t now = clock_.UnixSeconds();
    const std::int64_t window = WindowOf(now, settings_.period);
    if (window > turns_[i].window) Begin(i, window);
    if (!turns_[i].done && window == turns_[i].window && seconds(now) >= turns_[i].at) {
      Attempt(i, office, now);
    }
  }
}

void Notifier::Begin(std::size_t recipient, std::int64_t window) {
  Turn& turn = turns_[recipient];
  turn = {};
  turn.window = window;
  turn.at = seconds(window) +
            MomentIn(window, settings_.period, recipients_[recipient].name(), key_.Reveal());
  turn.id = RandomArray<16>();
  turn.done = turn.at <= seconds(started_at_);
}

void Notifier::Attempt(std::size_t recipient, const Office& office, std::int64_t now) {
  Turn& turn = turns_[recipient];
  const Result<bool> wanted = IsWanted(recipients_[recipient], office, turn.window);
  if (wanted.ok() && !*wanted) {
    turn.done = true;
    return;
  }
  const Status sent =
      wanted.ok() ? sender_.Send(recipients_[recipient], turn.id, now) : Status(wanted.error());
  ++(sent.ok() ? sent_ : failed_);
  ++turn.attempts;
  turn.done = sent.ok() || turn.attempts == kAttempts;
  turn.at = milliseconds(seconds(now)) + PauseAfter(turn.attempts, settings_.period);
  Note(sent);
}

Result<bool> Notifier::IsWanted(const Recipient& recipient, const Office& office,
                                std::int64_t window) {
  const std::string& label = recipient.settings.label;
  if (office.charter->FindByLabel(label) == nullptr) return false;
  if (settings_.always) return true;
  if (waiting_window_ != window) {
    waiting_.reset();
    SC_ASSIGN(waiting_, WaitingFor({store_, *office.charter, window, office.log_interval,
                                    settings_.deadline_days}));
    waiting_window_ = window;
  }
  return waiting_->contains(label);
}

void Notifier::Note(const Status& status) {
  if (std::exchange(failing_, !status.ok()) == !status.ok()) return;
  tell_(status);
}

}  // namespace safeconduct::notify
