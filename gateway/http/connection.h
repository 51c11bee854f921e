// One connection: a coroutine that reads a request, has it answered, and begins again.
//
// Requests are handled strictly one after the other: the next is not read before the answer to
// this one is with the kernel. A connection owns itself and is gone when its coroutine ends;
// Responders that still name it then do nothing.
//
// The sources are split by what they do: connection.cc (from accept to close, and dispatch),
// connection_body.cc (bodies in), connection_upload.cc (bodies that go on into a BodySink),
// connection_answer.cc (answers out).
//
// Thread-safety: none; a connection lives on its worker's io thread.
#ifndef SAFECONDUCT_GATEWAY_HTTP_CONNECTION_H_
#define SAFECONDUCT_GATEWAY_HTTP_CONNECTION_H_

#include <chrono>
#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/budget.h"
#include "gateway/http/deadline_wheel.h"
#include "gateway/http/event_loop.h"
#include "gateway/http/mailbox.h"
#include "gateway/http/pending_call.h"
#include "gateway/http/request_parser.h"
#include "gateway/http/stream.h"
#include "gateway/http/task.h"
#include "gateway/http/worker.h"

namespace safeconduct::http {

class Connection final : private DeadlineWheel::Entry, private Recipient {
 public:
  // Takes over `socket`, and serves it until it closes. False when that could not begin.
  static bool Serve(Worker& worker, Descriptor socket, Listener listener, TlsContext* tls);

  ~Connection() override;

  // The server stops: closes unless a request is at work.
  void Stop();
  // Ends at once.
  void Kill();

 private:
  friend class Worker;  // `index_`

  using Clock = DeadlineWheel::Clock;

  // kFine, kGone, or the status with which to refuse the request.
  using Verdict = int;
  static constexpr Verdict kFine = 0;
  static constexpr Verdict kGone = -1;

  enum class Wake : std::uint8_t { kReady, kDeadline, kLeave };
  // Whether something of the refused request may be on its way still.
  enum class Unread : bool { kNothing, kMaybe };
  struct SocketWait;
  struct ArrivalWait;
  struct TurnWait;
  struct Body;
  struct Upload;

  Connection(Worker& worker, Descriptor socket, Listener listener, TlsContext* tls);

  // connection.cc
  static Detached Run(std::unique_ptr<Connection> self);
  Task<bool> ServeAll();
  Task<bool> Handshake();
  Task<bool> ServeOne();
  Task<Verdict> ReadHead();
  Task<bool> ServeRequest();
  Task<bool> ServePlanned(RequestHead head, BodyPlan plan);
  Task<bool> Handle(RequestHead head, std::string body, Reservation memory);
  Task<bool> Linger();
  std::optional<BodyPlan> Plan(const RequestHead& head);

  SocketWait Readable();
  SocketWait Writable();
  ArrivalWait AwaitArrival();
  TurnWait LetOthers();
  bool must_leave() const { return killed_ || (quiet_ && worker_.stopping()); }
  void Arm(Clock::time_point at);
  void OnDeadline() override;
  void Arrive(Arrival arrival) override;
  bool calling_out() const override { return calling_out_; }
  const Limits& limits() const { return worker_.state().limits; }

  // connection_body.cc
  Task<Verdict> ReadBuffered(Body& body, Reservation& memory, std::string& out);
  Task<Verdict> Fill(Body& body, std::string& out, std::size_t out_bytes);
  Stream::Io ReadMore(Body& body, std::string& out, std::size_t out_bytes);
  Task<Verdict> AwaitBody(Body& body);

  // connection_upload.cc
  Task<bool> ServeStream(std::unique_ptr<BodySink> sink, Body body);
  Task<Verdict> Pump(std::shared_ptr<Upload> upload, Body& body, Reservation& memory);
  Task<Verdict> FillPiece(Upload& upload, Body& body, Reservation& memory);
  Task<Verdict> WritePiece(std::shared_ptr<Upload> upload);
  Task<bool> EndStream(std::shared_ptr<Upload> upload, Verdict verdict, bool complete);

  // connection_answer.cc: false when the connection cannot go on.
  Task<bool> AnswerArrival(Arrival arrival);
  Task<bool> Answer(Response response);
  Task<bool> AnswerFromSource(Response response, AfterAnswer after);
  Task<Result<Bytes>> ReadSource(std::shared_ptr<BodySource> source);
  Task<bool> Refuse(int status, Unread unread);
  Task<bool> Write(std::string_view data, Stream::Last last, std::size_t more_bytes);
  Response Word(int status);

  Worker& worker_;
  Readiness readiness_;
  const Listener listener_;
  Stream stream_;
  Inbox inbox_;  // plaintext
  const std::shared_ptr<Exchange> exchange_;
  std::optional<RequestParser> parser_;  // while there is a request
  Arrival arrival_;
  std::coroutine_handle<> arrival_waiting_;
  std::size_t index_ = 0;  // in the worker's list
  int turns_ = 0;          // since others had theirs
  bool quiet_ = true;      // no request is at work
  bool keep_alive_ = false;
  bool head_only_ = false;  // the answer to HEAD
  bool linger_ = false;     // something unread may be on its way
  bool calling_out_ = false;
  bool expired_ = false;
  bool killed_ = false;
};

// What the server says when it refuses a request with `status`.
Error Refusal(int status);

struct Connection::SocketWait {
  Connection& connection;
  Readiness::Direction direction;
  bool await_ready() const { return connection.must_leave(); }
  void await_suspend(std::coroutine_handle<> waiting);
  Wake await_resume() const;
};

struct Connection::ArrivalWait {
  Connection& connection;
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<> waiting);
  // Nothing when the connection was killed.
  Arrival await_resume();
};

// A peer that sends or reads without pause must not keep the thread to itself: every so many turns
// the rest of the loop has its own.
struct Connection::TurnWait {
  Connection& connection;
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<> waiting);
  void await_resume() const {}
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_CONNECTION_H_
