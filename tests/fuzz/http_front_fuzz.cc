// Everything that a client may send, through the connection code that serves clients: a real
// socket pair, in clear. The first byte says in what pieces the rest is sent.
#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/worker.h"

namespace safeconduct::http {
namespace {

constexpr std::size_t kMaxBody = 5000;

void Require(bool condition) {
  if (!condition) std::abort();
}

class CheckingSink final : public BodySink {
 public:
  void Write(ByteView bytes, std::function<void(Status)> done) override {
    Require(!bytes.empty() && !over_);
    written_ += bytes.size();
    Require(written_ <= kMaxBody);
    done(written_ % 7 == 6 ? Status(Error(Code::kNoSpace, "full")) : Status());
  }
  void End(Responder respond) override {
    Require(!std::exchange(over_, true));
    respond(Response());
  }
  void Abort(Error, std::optional<Responder> respond) override {
    Require(!std::exchange(over_, true));
    if (respond) (*respond)(Response());
  }

 private:
  std::size_t written_ = 0;
  bool over_ = false;
};

// What the parser lets through must be what it promises.
class CheckingHandler final : public Handler {
 public:
  BodyPlan Plan(const RequestHead& head) override {
    Require(head.target.starts_with('/'));
    Require(head.Count("host") <= 1 && head.Count("content-length") <= 1);
    Require(head.Count("content-length") == 0 || head.Count("transfer-encoding") == 0);
    Require(head.headers.size() <= 100);
    for (const Header& header : head.headers) {
      Require(!header.name.empty());
      Require(header.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    }
    switch (head.target.size() % 4) {
      case 0:
        return BodyPlan::None();
      case 1:
        return BodyPlan::Stream(std::make_unique<CheckingSink>(), kMaxBody);
      case 2:
        return BodyPlan::Answer(Response());
      default:
        return BodyPlan::Buffer(kMaxBody);
    }
  }
  void Handle(Request request, Responder respond) override {
    Require(request.body.size() <= kMaxBody);
    Require(!request.head.content_length || *request.head.content_length == request.body.size());
    Response response;
    response.body = std::move(request.body);
    respond(std::move(response));
  }
  Response Failure(int status, const Error&) override {
    Response response;
    response.status = status;
    return response;
  }
};

class Peer {
 public:
  Peer(Worker& worker, Descriptor socket, std::string_view bytes, std::size_t step)
      : worker_(worker), socket_(std::move(socket)), left_(bytes), step_(step) {}

  // One piece out, all that came in, and again, until the server has closed.
  void Turn() {
    const std::string_view piece = left_.substr(0, step_);
    const ssize_t sent = ::send(socket_.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
    if (sent > 0) left_.remove_prefix(static_cast<std::size_t>(sent));
    if (left_.empty() || (sent < 0 && errno != EAGAIN)) ::shutdown(socket_.get(), SHUT_WR);
    char bytes[4096];
    ssize_t got = 0;
    while ((got = ::recv(socket_.get(), bytes, sizeof bytes, 0)) > 0) {
      answers_.append(bytes, static_cast<std::size_t>(got));
    }
    const bool over = got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    if (over) {
      socket_.Reset();
    } else {
      worker_.loop().Post([this] { Turn(); });
    }
  }
  const std::string& answers() const { return answers_; }

 private:
  Worker& worker_;
  Descriptor socket_;
  std::string_view left_;
  const std::size_t step_;
  std::string answers_;
};

void Serve(std::string_view bytes, std::size_t step) {
  static CheckingHandler handler;
  static SharedState state(handler, Limits());
  static Worker worker(state);
  int sockets[2];
  Require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets) == 0);
  Peer peer(worker, Descriptor(sockets[0]), bytes, step);
  Require(state.connections.Take(1));
  worker.Adopt(Descriptor(sockets[1]), Listener::kOnion, nullptr);
  worker.loop().Post([&peer] { peer.Turn(); });
  worker.RunUntilEmpty();
  Require(peer.answers().empty() || peer.answers().starts_with("HTTP/1.1 "));
  Require(state.connections.used() == 0 && state.in_flight.used() == 0 &&
          state.body_memory.used() == 0);
}

}  // namespace
}  // namespace safeconduct::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 100'000) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = data[0] == 0 ? bytes.size() + 1 : data[0] * std::size_t{1};
  // Many small pieces of much would only be slow.
  safeconduct::http::Serve(bytes, std::max(step, bytes.size() / 200 + 1));
  return 0;
}
