// The io_context of one io thread, and the descriptors and the timer that wait on it.
//
// This is all that the rest of the folder sees of Asio, so that only event_loop.cc pays for it.
//
// Thread-safety: Post may be called on any thread; all else on the thread that runs the loop, or
// while nobody runs it. A loop must outlive what waits on it.
#ifndef SAFECONDUCT_GATEWAY_HTTP_EVENT_LOOP_H_
#define SAFECONDUCT_GATEWAY_HTTP_EVENT_LOOP_H_

#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>

namespace safeconduct::http {

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs what is ready and what becomes ready. May be called again after it has returned.
  void Run();
  // Run returns when nothing waits any more.
  void Finish();
  void Post(std::function<void()> call);

 private:
  friend class Readiness;
  friend class Alarm;
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

// Waits until a descriptor can be read or written. Owns the descriptor.
class Readiness {
 public:
  enum class Direction : bool { kRead, kWrite };

  Readiness(EventLoop& loop, int descriptor);
  // Nothing may be waiting.
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // Resumes `waiting` from the loop when the descriptor is ready, broken, or after Cancel: who
  // waits finds out by trying. One at a time.
  void Wait(Direction direction, std::coroutine_handle<> waiting);
  void Cancel();
  int descriptor() const { return descriptor_; }

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
  const int descriptor_;
};

// Calls back once, later.
class Alarm {
 public:
  explicit Alarm(EventLoop& loop);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Not while one is set.
  void Set(std::chrono::steady_clock::time_point at, std::function<void()> call);
  // `call` will not be made, unless it is on its way already.
  void Cancel();

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_EVENT_LOOP_H_
