// One io thread: its loop, its deadlines, the buffers its connections share, and the connections.
//
// Thread-safety: as said at each function.
#ifndef SAFECONDUCT_GATEWAY_HTTP_WORKER_H_
#define SAFECONDUCT_GATEWAY_HTTP_WORKER_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/http/acceptor.h"
#include "gateway/http/answer_head.h"
#include "gateway/http/deadline_wheel.h"
#include "gateway/http/event_loop.h"
#include "gateway/http/mailbox.h"
#include "gateway/http/shared_buffer.h"
#include "gateway/http/shared_state.h"
#include "gateway/http/stream.h"

namespace safeconduct::http {

class Connection;

class Worker {
 public:
  explicit Worker(SharedState& state);
  // After Start: after Join.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Any thread, before Start: accepts from `listening` on this thread.
  void AddAcceptor(Descriptor listening, std::function<void(Descriptor)> accepted);
  void Start();
  // Instead of Start, on the calling thread: returns when all connections have ended.
  void RunUntilEmpty();

  // Any thread. Serves the peer of `socket`, which is non-blocking and counted in
  // SharedState::connections; `tls` null: in clear.
  void Adopt(Descriptor socket, Listener listener, TlsContext* tls);
  // Any thread. Roughly, for spreading connections.
  std::size_t load() const { return load_.load(std::memory_order_relaxed); }

  // Any thread but the io thread, in this order. Accepts no more, and closes what has no request.
  void BeginStop();
  // Whether all connections ended before that.
  bool WaitUntil(std::chrono::steady_clock::time_point deadline);
  // Ends all connections.
  void Kill();
  void Join();

  // The rest: io thread, for its connections.
  SharedState& state() { return state_; }
  EventLoop& loop() { return loop_; }
  StreamBuffers& stream_buffers() { return stream_buffers_; }
  SharedBuffer& plain_buffer() { return plain_buffer_; }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  std::string_view Date() { return date_.Get(); }
  bool stopping() const { return stopping_; }
  void Arm(DeadlineWheel::Entry& entry, DeadlineWheel::Clock::time_point at);
  void Disarm(DeadlineWheel::Entry& entry) { wheel_.Disarm(entry); }
  void Enter(Connection& connection);
  void Leave(Connection& connection);

 private:
  void Run();
  void StopHere();
  void FinishIfEmpty();
  void SetTick();

  SharedState& state_;
  EventLoop loop_;
  const std::shared_ptr<Mailbox> mailbox_;
  DeadlineWheel wheel_;
  Alarm alarm_;
  bool ticking_ = false;
  StreamBuffers stream_buffers_;
  SharedBuffer plain_buffer_;
  DateLine date_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<Connection*> connections_;
  std::atomic<std::size_t> load_{0};
  bool stopping_ = false;
  bool until_empty_ = false;

  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable finished_changed_;
  bool finished_ = false;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_WORKER_H_
