// Takes connections from one listening socket, on one io thread.
//
// When the process is out of descriptors the connection at hand is closed at once, by means of a
// descriptor kept for that; when memory is short, accepting pauses.
//
// Thread-safety: none; an acceptor belongs to its io thread.
#ifndef SAFECONDUCT_GATEWAY_HTTP_ACCEPTOR_H_
#define SAFECONDUCT_GATEWAY_HTTP_ACCEPTOR_H_

#include <functional>
#include <optional>

#include "gateway/http/descriptor.h"
#include "gateway/http/event_loop.h"
#include "gateway/http/task.h"

namespace safeconduct::http {

class Acceptor {
 public:
  // `accepted` gets each new socket, non-blocking; `refused` is called for each one that was
  // closed for want of descriptors.
  Acceptor(EventLoop& loop, Descriptor listening, std::function<void(Descriptor)> accepted,
           std::function<void()> refused);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // The acceptor must live until the loop has nothing to do any more.
  void Start();
  // Closes the listening socket, from the loop.
  void Stop();

 private:
  struct Ready;
  struct Pause;
  enum class Round : std::uint8_t { kEmpty, kFull, kShort };

  Detached Loop();
  Round AcceptSome();
  void Shed();

  std::optional<Readiness> readiness_;
  const std::function<void(Descriptor)> accepted_;
  const std::function<void()> refused_;
  Descriptor spare_;
  Alarm pause_;
  std::function<void()> resume_now_;
  bool stopped_ = false;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_ACCEPTOR_H_
