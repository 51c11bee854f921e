#include "gateway/sms/relay/answers.h"

#include <utility>

#include "crypto/base/stack.h"
#include "gateway/sms/relay/backoff.h"

namespace safeconduct::sms {
namespace {

constexpr std::chrono::seconds kOutboxWait{25};
constexpr std::size_t kReporters = 2;
// While answers wait that cannot be sent yet, the outbox is never empty.
constexpr std::chrono::milliseconds kNothingNew{1'000};
constexpr std::chrono::milliseconds kNothingNewFor{5'000};

}  // namespace

Answers::Answers(const Context& context, MakeGateway make_gateway, ProviderMaker make_provider,
                 std::function<void()> gateway_is_back)
    : context_(context),
      make_gateway_(std::move(make_gateway)),
      make_provider_(std::move(make_provider)),
      gateway_is_back_(std::move(gateway_is_back)),
      outgoing_(context),
      send_(context.clock),
      report_(context.clock) {}

Status Answers::Start() {
  SC_TRY(context_.store.VisitOutgoing(
      [this](const storage::SendToken& token, const v1::RelayOutgoing& record) {
        const Next next = Outgoing::LeftOf(record);
        if (next == Next::kSend) send_.Add({token, 0});
        if (next == Next::kReport) report_.Add({token, 0});
      }));
  threads_.emplace_back([this] { RunOutbox(); });
  for (std::size_t i = 0; i < context_.settings.sender_threads; ++i) {
    threads_.emplace_back([this] { RunSender(); });
  }
  for (std::size_t i = 0; i < kReporters; ++i) {
    threads_.emplace_back([this] { RunReporter(); });
  }
  return {};
}

void Answers::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  send_.Stop();
  report_.Stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

Status Answers::Take(const DeliveryReport& report) {
  SC_ASSIGN(const Outgoing::Taken taken, outgoing_.Take(report));
  GoOn({taken.token, 0}, taken.next);
  return {};
}

Result<bool> Answers::Look(Gateway& gateway, std::chrono::seconds wait) {
  SC_ASSIGN(const v1::Outbox outbox,
            gateway.ReadOutbox(context_.relay.Key(identity::Purpose::kRequest), wait));
  bool news = false;
  for (const v1::OutboxItem& item : outbox.items()) {
    const Result<Outgoing::Taken> taken = outgoing_.TakeItem(item);
    if (!taken.ok()) {
      if (taken.error().code() == Code::kMalformed) continue;
      return taken.error();
    }
    news = news || taken->is_new;
    GoOn({taken->token, 0}, taken->next);
  }
  return news || outbox.items().empty();
}

void Answers::RunOutbox() {
  const std::unique_ptr<Gateway> gateway = make_gateway_();
  std::uint32_t failures = 0;
  std::chrono::milliseconds pause{0};
  while (Pause(pause)) {
    const Result<bool> looked = Look(*gateway, kOutboxWait);
    if (!looked.ok()) {
      pause = PauseAfter(++failures);
      continue;
    }
    failures = 0;
    gateway_is_back_();
    pause = *looked ? std::chrono::milliseconds(0) : std::min(pause + kNothingNew, kNothingNewFor);
  }
}

void Answers::RunSender() {
  const std::unique_ptr<Provider> provider = make_provider_();
  while (const std::optional<Due> due = send_.Wait()) {
    const Next next = outgoing_.Send(due->token, *provider);
    WipeStack();
    send_.Done(due->token);
    if (next == Next::kLater) {
      send_.Add({due->token, due->tries + 1}, PauseAfter(due->tries + 1));
    } else {
      GoOn(*due, next);
    }
  }
}

void Answers::RunReporter() {
  const std::unique_ptr<Gateway> gateway = make_gateway_();
  while (const std::optional<Due> due = report_.Wait()) {
    const Next next = outgoing_.Report(due->token, *gateway);
    report_.Done(due->token);
    if (next == Next::kLater || next == Next::kAway) {
      report_.Add({due->token, due->tries + 1}, PauseAfter(due->tries + 1));
    } else {
      GoOn(*due, next);
    }
  }
}

void Answers::GoOn(const Due& due, Next next) {
  if (next == Next::kSend) send_.Add({due.token, 0});
  if (next == Next::kReport) report_.Add({due.token, 0});
}

bool Answers::Pause(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  if (pause.count() > 0) changed_.wait_for(lock, pause, [this] { return stopping_; });
  return !stopping_;
}

}  // namespace safeconduct::sms
