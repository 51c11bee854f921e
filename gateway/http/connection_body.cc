#include "gateway/http/connection_body.h"

#include <algorithm>
#include <utility>

namespace safeconduct::http {
namespace {

// Memory for a body is reserved in steps, each as large as what came before, so that announcing a
// large body costs us nothing until it is sent.
constexpr std::uint64_t kFirstBytes = 64 * 1024;
// What one read is for; TLS gives no more at a time.
constexpr std::size_t kReadBytes = 16 * 1024;

}  // namespace

Task<Connection::Verdict> Connection::ReadBuffered(Body& body, Reservation& memory,
                                                   std::string& out) {
  if (body.too_long()) co_return 413;
  const std::uint64_t most = body.chunked ? body.max : body.length;
  if (!worker_.state().body_memory.Fits(body.length)) co_return 503;
  body.deadline = Clock::now() + limits().body_time;
  std::uint64_t step = std::min(most, kFirstBytes);
  for (;;) {
    if (!memory.Grow(step)) co_return 503;
    out.reserve(memory.amount());
    const Verdict verdict = co_await Fill(body, out, memory.amount());
    if (verdict != kFine || body.complete) co_return verdict;
    step = std::min(most - memory.amount(), memory.amount());
  }
}

// Until the body is complete, or `out` holds `out_bytes` and there is more.
Task<Connection::Verdict> Connection::Fill(Body& body, std::string& out, std::size_t out_bytes) {
  while (!body.complete) {
    const std::string_view unread = inbox_.Unread();
    if (body.chunked) {
      std::size_t used = 0;
      const auto state = body.parser->PutChunks(unread, used, out, out_bytes, body.max);
      inbox_.Consume(used);
      if (state == RequestParser::State::kFailed) co_return body.parser->status();
      if (state == RequestParser::State::kFull) co_return kFine;
      body.complete = state == RequestParser::State::kBodyDone;
      if (body.complete) break;
    } else {
      const std::size_t room = out_bytes - out.size();
      const auto taken = static_cast<std::size_t>(
          std::min({std::uint64_t{unread.size()}, std::uint64_t{room}, body.left}));
      out.append(unread.substr(0, taken));
      inbox_.Consume(taken);
      body.left -= taken;
      body.complete = body.left == 0;
      if (body.complete || taken == room) break;
    }
    const Stream::Io io = ReadMore(body, out, out_bytes);
    if (io == Stream::Io::kDone) {
      co_await LetOthers();
      if (must_leave()) co_return kGone;
      continue;
    }
    if (io != Stream::Io::kBlocked) co_return kGone;
    const Verdict verdict = co_await AwaitBody(body);
    if (verdict != kFine) co_return verdict;
  }
  co_return kFine;
}

// Chunks go through the inbox; bytes of a known number go where they belong.
Stream::Io Connection::ReadMore(Body& body, std::string& out, std::size_t out_bytes) {
  std::size_t bytes = 0;
  if (body.chunked) {
    const std::span<char> room = inbox_.Room();
    if (inbox_.lost()) return Stream::Io::kBroken;
    const Stream::Io io = stream_.Read(room, bytes);
    inbox_.Commit(bytes);
    return io;
  }
  const std::size_t before = out.size();
  const auto wanted = static_cast<std::size_t>(
      std::min({std::uint64_t{kReadBytes}, std::uint64_t{out_bytes - before}, body.left}));
  out.resize(before + wanted);
  const Stream::Io io = stream_.Read({out.data() + before, wanted}, bytes);
  out.resize(before + bytes);
  body.left -= bytes;
  body.complete = body.left == 0;
  return io;
}

Task<Connection::Verdict> Connection::AwaitBody(Body& body) {
  if (!body.continued) {
    body.continued = true;
    if (body.parser->expects_continue()) {
      const bool written = co_await Write("HTTP/1.1 100 Continue\r\n\r\n", Stream::Last::kNo, 0);
      if (!written) co_return kGone;
    }
  }
  Arm(std::min(body.window.end(), body.deadline));
  const Wake wake = co_await Readable();
  if (wake == Wake::kReady) co_return kFine;
  if (wake == Wake::kLeave) co_return kGone;
  if (Clock::now() >= body.deadline) co_return 408;
  co_return body.window.Passes(stream_.received()) ? kFine : 408;
}

}  // namespace safeconduct::http
