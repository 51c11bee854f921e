#include "gateway/http/worker.h"

#include <algorithm>
#include <utility>

#include "gateway/http/connection.h"

namespace safeconduct::http {
namespace {

using Clock = DeadlineWheel::Clock;

// Fine enough for the shortest limit, coarse enough to cost nothing.
Clock::duration TickFor(const Limits& limits) {
  const std::chrono::milliseconds shortest =
      std::min({limits.header_time, limits.idle_time, limits.handshake_time, limits.body_time,
                limits.rate_window, limits.linger_time});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

// A head that is not complete yet must leave room for a whole TLS record.
std::size_t PlainBytes(const Limits& limits) { return limits.header_bytes + 32 * 1024; }

}  // namespace

Worker::Worker(SharedState& state)
    : state_(state),
      mailbox_(std::make_shared<Mailbox>(loop_)),
      wheel_(TickFor(state.limits), Clock::now()),
      alarm_(loop_),
      stream_buffers_(state.body_memory),
      plain_buffer_(PlainBytes(state.limits), 16 * 1024, state.body_memory) {}

Worker::~Worker() { mailbox_->Close(); }

void Worker::AddAcceptor(Descriptor listening, std::function<void(Descriptor)> accepted) {
  acceptors_.push_back(std::make_unique<Acceptor>(
      loop_, std::move(listening), std::move(accepted),
      [this] { state_.refused.fetch_add(1, std::memory_order_relaxed); }));
}

void Worker::Start() {
  for (const auto& acceptor : acceptors_) {
    loop_.Post([&acceptor = *acceptor] { acceptor.Start(); });
  }
  thread_ = std::thread([this] { Run(); });
}

void Worker::Run() {
  mailbox_->SetThread();
  loop_.Run();
  const std::lock_guard lock(mutex_);
  finished_ = true;
  finished_changed_.notify_all();
}

void Worker::RunUntilEmpty() {
  mailbox_->SetThread();
  loop_.Post([this] {
    until_empty_ = true;
    FinishIfEmpty();
  });
  loop_.Run();
  until_empty_ = false;
}

void Worker::Adopt(Descriptor socket, Listener listener, TlsContext* tls) {
  load_.fetch_add(1, std::memory_order_relaxed);
  // Shared, since a std::function is copied in principle.
  auto held = std::make_shared<Descriptor>(std::move(socket));
  loop_.Post([this, held = std::move(held), listener, tls] {
    if (!stopping_ && Connection::Serve(*this, std::move(*held), listener, tls)) return;
    state_.connections.Return(1);
    load_.fetch_sub(1, std::memory_order_relaxed);
  });
}

void Worker::Enter(Connection& connection) {
  connection.index_ = connections_.size();
  connections_.push_back(&connection);
}

void Worker::Leave(Connection& connection) {
  Connection* const last = connections_.back();
  connections_[connection.index_] = last;
  last->index_ = connection.index_;
  connections_.pop_back();
  state_.connections.Return(1);
  load_.fetch_sub(1, std::memory_order_relaxed);
  FinishIfEmpty();
}

void Worker::Arm(DeadlineWheel::Entry& entry, Clock::time_point at) {
  wheel_.Arm(entry, at);
  if (!ticking_) SetTick();
}

void Worker::SetTick() {
  ticking_ = true;
  alarm_.Set(Clock::now() + wheel_.tick(), [this] {
    ticking_ = false;
    wheel_.Advance(Clock::now());
    if (!wheel_.empty() && !ticking_) SetTick();
  });
}

void Worker::FinishIfEmpty() {
  if ((!stopping_ && !until_empty_) || !connections_.empty()) return;
  alarm_.Cancel();
  ticking_ = false;
  loop_.Finish();
}

void Worker::BeginStop() {
  loop_.Post([this] { StopHere(); });
}

void Worker::StopHere() {
  if (stopping_) return;
  stopping_ = true;
  for (const auto& acceptor : acceptors_) acceptor->Stop();
  for (Connection* const connection : connections_) connection->Stop();
  FinishIfEmpty();
}

bool Worker::WaitUntil(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return finished_changed_.wait_until(lock, deadline, [this] { return finished_; });
}

void Worker::Kill() {
  loop_.Post([this] {
    // Those that end leave the list.
    const std::vector<Connection*> all = connections_;
    for (Connection* const connection : all) connection->Kill();
  });
}

void Worker::Join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace safeconduct::http
