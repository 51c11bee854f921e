#include "gateway/http/event_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

namespace safeconduct::http {

namespace asio = boost::asio;
// Without the type-erased executor that is Asio's default.
using LoopExecutor = asio::io_context::executor_type;

struct EventLoop::Impl {
  // Descriptors and timers stay on the loop's thread; only Post comes from others.
  asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  std::optional<asio::executor_work_guard<LoopExecutor>> work;
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::Run() {
  impl_->work.emplace(impl_->context.get_executor());
  impl_->context.restart();
  impl_->context.run();
}

void EventLoop::Finish() { impl_->work.reset(); }

void EventLoop::Post(std::function<void()> call) { asio::post(impl_->context, std::move(call)); }

struct Readiness::Impl {
  Impl(asio::io_context& context, int native) : descriptor(context, native) {}
  asio::posix::basic_stream_descriptor<LoopExecutor> descriptor;
};

Readiness::Readiness(EventLoop& loop, int descriptor)
    : impl_(std::make_unique<Impl>(loop.impl_->context, descriptor)), descriptor_(descriptor) {}
Readiness::~Readiness() = default;

void Readiness::Wait(Direction direction, std::coroutine_handle<> waiting) {
  const auto what = direction == Direction::kRead ? asio::posix::descriptor_base::wait_read
                                                  : asio::posix::descriptor_base::wait_write;
  impl_->descriptor.async_wait(what,
                               [waiting](const boost::system::error_code&) { waiting.resume(); });
}

void Readiness::Cancel() {
  boost::system::error_code ignored;
  impl_->descriptor.cancel(ignored);
}

struct Alarm::Impl {
  explicit Impl(asio::io_context& context) : timer(context) {}
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>
      timer;
};

Alarm::Alarm(EventLoop& loop) : impl_(std::make_unique<Impl>(loop.impl_->context)) {}
Alarm::~Alarm() = default;

void Alarm::Set(std::chrono::steady_clock::time_point at, std::function<void()> call) {
  impl_->timer.expires_at(at);
  impl_->timer.async_wait([call = std::move(call)](const boost::system::error_code& error) {
    if (!error) call();
  });
}

void Alarm::Cancel() { impl_->timer.cancel(); }

}  // namespace safeconduct::http
