#include "gateway/http/acceptor.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace safeconduct::http {
namespace {

// Connections taken before others get their turn.
constexpr int kBurst = 32;
constexpr std::chrono::milliseconds kPause{50};

Descriptor OpenSpare() { return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

struct Acceptor::Ready {
  Acceptor& acceptor;
  bool await_ready() const { return acceptor.stopped_; }
  void await_suspend(std::coroutine_handle<> waiting) {
    acceptor.readiness_->Wait(Readiness::Direction::kRead, waiting);
  }
  void await_resume() const {}
};

struct Acceptor::Pause {
  Acceptor& acceptor;
  bool await_ready() const { return acceptor.stopped_; }
  void await_suspend(std::coroutine_handle<> waiting) {
    acceptor.resume_now_ = [waiting] { waiting.resume(); };
    acceptor.pause_.Set(std::chrono::steady_clock::now() + kPause, [&self = acceptor] {
      const std::function<void()> resume = std::exchange(self.resume_now_, nullptr);
      if (resume) resume();
    });
  }
  void await_resume() const {}
};

Acceptor::Acceptor(EventLoop& loop, Descriptor listening, std::function<void(Descriptor)> accepted,
                   std::function<void()> refused)
    : accepted_(std::move(accepted)),
      refused_(std::move(refused)),
      spare_(OpenSpare()),
      pause_(loop) {
  readiness_.emplace(loop, listening.get());
  listening.Release();
}

void Acceptor::Start() { Loop(); }

void Acceptor::Stop() {
  stopped_ = true;
  if (readiness_) readiness_->Cancel();
  pause_.Cancel();
  const std::function<void()> resume = std::exchange(resume_now_, nullptr);
  if (resume) resume();
}

Detached Acceptor::Loop() {
  while (!stopped_) {
    co_await Ready{*this};
    if (!stopped_ && AcceptSome() == Round::kShort) co_await Pause{*this};
  }
  readiness_.reset();
}

Acceptor::Round Acceptor::AcceptSome() {
  if (!spare_.valid()) spare_ = OpenSpare();
  for (int i = 0; i < kBurst; ++i) {
    Descriptor socket(
        ::accept4(readiness_->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.valid()) {
      accepted_(std::move(socket));
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return Round::kEmpty;
      case EMFILE:
      case ENFILE:
        if (!spare_.valid()) return Round::kShort;
        Shed();
        break;
      case ENOBUFS:
      case ENOMEM:
        return Round::kShort;
      default:  // the connection broke before it was taken
        break;
    }
  }
  return Round::kFull;
}

void Acceptor::Shed() {
  spare_.Reset();
  {
    const Descriptor socket(::accept4(readiness_->descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.valid()) refused_();
  }
  spare_ = OpenSpare();
}

}  // namespace safeconduct::http
