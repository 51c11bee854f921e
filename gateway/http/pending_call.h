// Someone was asked to call back once, from any thread.
//
// Guards a connection against the ways in which that goes wrong: two calls count as one, and a
// callback that is destroyed without a call counts as an error.
//
// Thread-safety: Finish, any thread; Abandon, the io thread.
#ifndef SAFECONDUCT_GATEWAY_HTTP_PENDING_CALL_H_
#define SAFECONDUCT_GATEWAY_HTTP_PENDING_CALL_H_

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "crypto/base/result.h"
#include "gateway/http/mailbox.h"

namespace safeconduct::http {

// Outcome is Status or Result<Bytes>.
template <typename Outcome>
class PendingCall {
 public:
  PendingCall(std::shared_ptr<Exchange> exchange, std::function<void()> if_abandoned)
      : exchange_(std::move(exchange)), if_abandoned_(std::move(if_abandoned)) {}
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  void Finish(Outcome outcome) {
    const State before = state_.exchange(State::kFinished);
    if (before == State::kOpen) exchange_->Pass(Arrival(std::move(outcome)));
    if (before == State::kAbandoned) if_abandoned_();
  }

  // Nobody waits for the outcome any more: `if_abandoned` is called when it comes, or at once when
  // it came already.
  void Abandon() {
    if (state_.exchange(State::kAbandoned) == State::kOpen) return;
    state_.store(State::kFinished);
    if_abandoned_();
  }

 private:
  enum class State : std::uint8_t { kOpen, kFinished, kAbandoned };

  const std::shared_ptr<Exchange> exchange_;
  const std::function<void()> if_abandoned_;
  std::atomic<State> state_{State::kOpen};
};

// Finishes `pending` when it is called, or with an error when its last copy is gone. `owner`, what
// was asked and the memory it works on, lives until then.
template <typename Outcome>
std::function<void(Outcome)> CallbackOf(std::shared_ptr<PendingCall<Outcome>> pending,
                                        std::shared_ptr<void> owner) {
  struct Copies {
    ~Copies() { pending->Finish(Error(Code::kInternal, "a callback was dropped")); }
    const std::shared_ptr<void> owner;
    const std::shared_ptr<PendingCall<Outcome>> pending;
  };
  std::shared_ptr<Copies> copies(new Copies{std::move(owner), std::move(pending)});
  return [copies = std::move(copies)](Outcome outcome) {
    copies->pending->Finish(std::move(outcome));
  };
}

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_PENDING_CALL_H_
