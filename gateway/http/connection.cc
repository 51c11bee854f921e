#include "gateway/http/connection.h"

#include <algorithm>
#include <utility>

#include "gateway/http/connection_body.h"

namespace safeconduct::http {
namespace {

// What a refused client may still send while it learns of the refusal.
constexpr std::size_t kLingerBytes = 4 * 1024 * 1024;
// Requests, or reads of 16 KiB, that a connection may do at a stretch.
constexpr int kTurns = 32;

}  // namespace

void Connection::SocketWait::await_suspend(std::coroutine_handle<> waiting) {
  connection.turns_ = 0;
  connection.readiness_.Wait(direction, waiting);
}

Connection::Wake Connection::SocketWait::await_resume() const {
  if (connection.must_leave()) return Wake::kLeave;
  return std::exchange(connection.expired_, false) ? Wake::kDeadline : Wake::kReady;
}

bool Connection::ArrivalWait::await_ready() const {
  return connection.killed_ || connection.arrival_.index() != 0;
}

void Connection::ArrivalWait::await_suspend(std::coroutine_handle<> waiting) {
  connection.turns_ = 0;
  connection.worker_.Disarm(connection);
  connection.arrival_waiting_ = waiting;
}

Arrival Connection::ArrivalWait::await_resume() {
  if (connection.killed_) return {};
  return std::exchange(connection.arrival_, {});
}

bool Connection::TurnWait::await_ready() const { return ++connection.turns_ < kTurns; }

void Connection::TurnWait::await_suspend(std::coroutine_handle<> waiting) {
  connection.turns_ = 0;
  connection.worker_.loop().Post([waiting] { waiting.resume(); });
}

Connection::SocketWait Connection::Readable() {
  using Direction = Readiness::Direction;
  return SocketWait{*this, stream_.wants_write() ? Direction::kWrite : Direction::kRead};
}

Connection::SocketWait Connection::Writable() {
  return SocketWait{*this, Readiness::Direction::kWrite};
}

Connection::ArrivalWait Connection::AwaitArrival() { return ArrivalWait{*this}; }
Connection::TurnWait Connection::LetOthers() { return TurnWait{*this}; }

Connection::Connection(Worker& worker, Descriptor socket, Listener listener, TlsContext* tls)
    : worker_(worker),
      readiness_(worker.loop(), socket.get()),
      listener_(listener),
      stream_(socket.get(), tls, worker.stream_buffers()),
      inbox_(worker.plain_buffer()),
      exchange_(std::make_shared<Exchange>(worker.mailbox(), static_cast<Recipient&>(*this))) {
  socket.Release();
  worker_.Enter(*this);
}

Connection::~Connection() {
  exchange_->Detach();
  worker_.Leave(*this);
}

bool Connection::Serve(Worker& worker, Descriptor socket, Listener listener, TlsContext* tls) {
  std::unique_ptr<Connection> connection;
  try {
    connection.reset(new Connection(worker, std::move(socket), listener, tls));
  } catch (...) {
    return false;  // the system refused to watch one more descriptor
  }
  Run(std::move(connection));
  return true;
}

Detached Connection::Run(std::unique_ptr<Connection> self) {
  try {
    co_await self->ServeAll();
  } catch (...) {
    // Memory is short, or a handler's promise broken: this connection ends, and no other.
  }
}

void Connection::Stop() {
  if (quiet_) readiness_.Cancel();
}

void Connection::Kill() {
  killed_ = true;
  stream_.Cut();
  readiness_.Cancel();
  const std::coroutine_handle<> waiting = std::exchange(arrival_waiting_, {});
  if (waiting) waiting.resume();
}

void Connection::Arm(Clock::time_point at) {
  expired_ = false;
  worker_.Arm(*this, at);
}

void Connection::OnDeadline() {
  expired_ = true;
  readiness_.Cancel();
}

void Connection::Arrive(Arrival arrival) {
  arrival_ = std::move(arrival);
  const std::coroutine_handle<> waiting = std::exchange(arrival_waiting_, {});
  if (waiting) waiting.resume();
}

Task<bool> Connection::ServeAll() {
  if (!co_await Handshake()) co_return false;
  bool more = true;
  while (more) {
    co_await LetOthers();
    if (must_leave()) break;
    more = co_await ServeOne();
  }
  if (killed_) co_return false;
  stream_.SayGoodbye();
  if (linger_) co_await Linger();
  co_return true;
}

Task<bool> Connection::Handshake() {
  const Clock::time_point deadline = Clock::now() + limits().handshake_time;
  for (;;) {
    const Stream::Io io = stream_.Handshake();
    if (io == Stream::Io::kDone) co_return true;
    if (io != Stream::Io::kBlocked) co_return false;
    Arm(deadline);
    const Wake wake = co_await Readable();
    if (wake != Wake::kReady) co_return false;
  }
}

Task<bool> Connection::ServeOne() {
  const Verdict verdict = co_await ReadHead();
  if (verdict == kGone) co_return false;
  quiet_ = false;
  bool more = false;
  if (verdict == kFine) {
    more = co_await ServeRequest();
  } else {
    more = co_await Refuse(verdict, Unread::kMaybe);
  }
  quiet_ = true;
  parser_.reset();
  co_return more && !worker_.stopping();
}

Task<Connection::Verdict> Connection::ReadHead() {
  Clock::time_point deadline = Clock::now() + limits().idle_time;
  // Most often nothing is there yet, and asking the socket would be for nothing.
  bool ask = stream_.HasInput();
  for (;;) {
    const std::string_view unread = inbox_.Unread();
    if (!unread.empty()) {
      if (!parser_) {
        parser_.emplace(limits().header_bytes);
        deadline = Clock::now() + limits().header_time;
      }
      std::size_t used = 0;
      const RequestParser::State state = parser_->PutHead(unread, used);
      inbox_.Consume(used);
      if (state == RequestParser::State::kHeadDone) co_return kFine;
      if (state == RequestParser::State::kFailed) co_return parser_->status();
      ask = true;
    }
    if (ask) {
      const std::span<char> room = inbox_.Room();
      std::size_t bytes = 0;
      if (inbox_.lost()) co_return kGone;
      const Stream::Io io = stream_.Read(room, bytes);
      if (io == Stream::Io::kDone) {
        inbox_.Commit(bytes);
        continue;
      }
      if (io != Stream::Io::kBlocked) co_return kGone;
    }
    Arm(deadline);
    const Wake wake = co_await Readable();
    if (wake == Wake::kLeave) co_return kGone;
    // Of a client that never began, nobody waits for an answer.
    if (wake == Wake::kDeadline) co_return parser_ ? 408 : kGone;
    ask = true;
  }
}

std::optional<BodyPlan> Connection::Plan(const RequestHead& head) {
  try {
    return worker_.state().handler.Plan(head);
  } catch (...) {
    return std::nullopt;
  }
}

Task<bool> Connection::ServeRequest() {
  SharedState& state = worker_.state();
  state.requests.fetch_add(1, std::memory_order_relaxed);
  keep_alive_ = parser_->keep_alive();
  RequestHead head = std::move(parser_->head());
  head.listener = listener_;
  head_only_ = head.method == Method::kHead;
  // Early, before a body is taken in; for certain in Handle.
  const bool bodyless = !parser_->chunked() && head.content_length.value_or(0) == 0;
  const Unread unread = bodyless ? Unread::kNothing : Unread::kMaybe;
  if (!state.in_flight.Fits(1)) co_return co_await Refuse(503, unread);
  std::optional<BodyPlan> plan = Plan(head);
  if (!plan) co_return co_await Refuse(500, unread);
  co_return co_await ServePlanned(std::move(head), std::move(*plan));
}

Task<bool> Connection::ServePlanned(RequestHead head, BodyPlan plan) {
  Body body(*parser_, head.content_length, plan.max_bytes, limits(), stream_.received());
  switch (plan.kind) {
    case BodyPlan::Kind::kAnswer:
      if (!body.complete) {
        keep_alive_ = false;
        linger_ = true;
      }
      co_return co_await Answer(std::move(plan.answer));
    case BodyPlan::Kind::kStream:
      co_return co_await ServeStream(std::move(plan.sink), std::move(body));
    case BodyPlan::Kind::kNone:
    case BodyPlan::Kind::kBuffer:
      break;
  }
  // Without a plan for a body, max_bytes is zero.
  Reservation memory(worker_.state().body_memory);
  std::string bytes;
  if (!body.complete) {
    const Verdict verdict = co_await ReadBuffered(body, memory, bytes);
    if (verdict == kGone) co_return false;
    if (verdict != kFine) co_return co_await Refuse(verdict, Unread::kMaybe);
  }
  co_return co_await Handle(std::move(head), std::move(bytes), std::move(memory));
}

Task<bool> Connection::Handle(RequestHead head, std::string body, Reservation memory) {
  SharedState& state = worker_.state();
  Arrival arrival;
  {
    const Reservation held = std::move(memory);  // the body is the handler's until it answers
    Reservation slot(state.in_flight);
    if (!slot.Grow(1)) co_return co_await Refuse(503, Unread::kNothing);
    calling_out_ = true;
    try {
      state.handler.Handle(Request{std::move(head), std::move(body)}, Responder(exchange_));
    } catch (...) {
      // The Responder was dropped on the way, which answers 500.
    }
    calling_out_ = false;
    arrival = co_await AwaitArrival();
  }
  co_return co_await AnswerArrival(std::move(arrival));
}

Task<bool> Connection::Linger() {
  quiet_ = false;
  stream_.CloseWriting();
  Arm(Clock::now() + limits().linger_time);
  std::size_t drained = 0;
  while (drained < kLingerBytes) {
    std::size_t bytes = 0;
    const Stream::Io io = stream_.Drain(bytes);
    drained += bytes;
    if (io == Stream::Io::kDone) continue;
    if (io != Stream::Io::kBlocked) break;
    const Wake wake = co_await Readable();
    if (wake != Wake::kReady) break;
  }
  co_return true;
}

}  // namespace safeconduct::http
