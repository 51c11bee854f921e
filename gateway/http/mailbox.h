// How other threads reach a connection: answers, and the ends of asynchronous reads and writes.
//
// An Exchange stands for one connection and outlives it for as long as anyone may still answer;
// what arrives after the connection is gone is dropped. A Mailbox wakes its io thread once for all
// letters that came since it last looked.
//
// Thread-safety: as said at each function.
#ifndef SAFECONDUCT_GATEWAY_HTTP_MAILBOX_H_
#define SAFECONDUCT_GATEWAY_HTTP_MAILBOX_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "gateway/http/event_loop.h"
#include "gateway/http/http.h"

namespace safeconduct::http {

struct Unanswered {};  // a Responder was dropped

// What a connection waits for when it does not wait for its socket.
using Arrival = std::variant<std::monostate, Response, Unanswered, Status, Result<Bytes>>;

// On the io thread only.
class Recipient {
 public:
  virtual void Arrive(Arrival arrival) = 0;
  // It has called out and takes an arrival without being woken.
  virtual bool calling_out() const = 0;

 protected:
  ~Recipient() = default;
};

class Exchange;

class Mailbox {
 public:
  explicit Mailbox(EventLoop& loop) : loop_(loop) {}

  // Any thread. Does nothing after Close.
  void Put(std::shared_ptr<Exchange> to, Arrival arrival);
  // The thread that runs the loop says so, before it does.
  void SetThread() { thread_.store(std::this_thread::get_id(), std::memory_order_relaxed); }
  bool OnThread() const {
    return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }
  // Any thread; afterwards the loop may be destroyed.
  void Close();

 private:
  struct Letter {
    std::shared_ptr<Exchange> to;
    Arrival arrival;
  };

  void Deliver();

  EventLoop& loop_;
  std::atomic<std::thread::id> thread_{};
  std::mutex mutex_;
  std::vector<Letter> letters_;
  bool woken_ = false;
  bool closed_ = false;
};

class Exchange final : public Responder::Target, public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(std::shared_ptr<Mailbox> mailbox, Recipient& recipient)
      : mailbox_(std::move(mailbox)), recipient_(&recipient) {}

  // Any thread.
  void Send(Response response) override { Pass(std::move(response)); }
  void Abandon() override { Pass(Unanswered{}); }
  void Pass(Arrival arrival);

  // Io thread. The recipient is going away.
  void Detach() { recipient_ = nullptr; }
  Recipient* recipient() const { return recipient_; }
  // Keeps `thing` until no Responder of this connection is left.
  void Keep(std::shared_ptr<void> thing) { kept_ = std::move(thing); }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  Recipient* recipient_;
  std::shared_ptr<void> kept_;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_MAILBOX_H_
