// Answers on their way out.
#include <algorithm>
#include <array>
#include <utility>

#include "gateway/http/connection.h"
#include "gateway/http/rate_window.h"

namespace safeconduct::http {
namespace {

// One TLS record: what begins an answer leaves in one piece.
constexpr std::size_t kRecordBytes = 16 * 1024;
constexpr std::string_view kRetryAfterSeconds = "2";

void AddRetryAfter(Response& response) {
  const bool there =
      std::any_of(response.headers.begin(), response.headers.end(), [](const Header& header) {
        return header.name == "retry-after" || header.name == "Retry-After";
      });
  if (!there) response.headers.push_back({"Retry-After", std::string(kRetryAfterSeconds)});
}

}  // namespace

Error Refusal(int status) {
  switch (status) {
    case 408:
      return Error(Code::kExpired, "the request did not arrive in time");
    case 413:
      return Error(Code::kTooLarge, "the body is too large");
    case 417:
      return Error(Code::kUnsupported, "this expectation cannot be met");
    case 431:
      return Error(Code::kTooLarge, "the head of the request is too large");
    case 500:
      return Error(Code::kInternal, "the request could not be answered");
    case 501:
      return Error(Code::kUnsupported, "this transfer coding is not known");
    case 503:
      return Error(Code::kBusy, "too much to do at the moment");
    default:
      return Error(Code::kMalformed, "the request does not follow HTTP/1.1");
  }
}

Response Connection::Word(int status) {
  Response response;
  try {
    response = worker_.state().handler.Failure(status, Refusal(status));
  } catch (...) {
    response = Response();
    response.status = status;
  }
  if (!IsSendable(response)) {
    response = Response();
    response.status = status;
  }
  if (status == 503) AddRetryAfter(response);
  return response;
}

Task<bool> Connection::Refuse(int status, Unread unread) {
  worker_.state().CountAnswer(status);
  Response response = Word(status);
  if (unread == Unread::kMaybe) {
    response.close = true;
    linger_ = true;
  }
  co_return co_await Answer(std::move(response));
}

Task<bool> Connection::AnswerArrival(Arrival arrival) {
  if (killed_) co_return false;
  Response* const response = std::get_if<Response>(&arrival);
  if (response == nullptr) co_return co_await Refuse(500, Unread::kNothing);
  co_return co_await Answer(std::move(*response));
}

Task<bool> Connection::Answer(Response response) {
  if (!IsSendable(response)) co_return co_await Refuse(500, Unread::kNothing);
  const bool close = response.close || !keep_alive_ || worker_.stopping();
  const AfterAnswer after = close ? AfterAnswer::kClose : AfterAnswer::kKeepOpen;
  const Stream::Last last = close ? Stream::Last::kYes : Stream::Last::kNo;
  const bool bodyless = head_only_ || HasNoBody(response.status);
  if (response.source != nullptr && !bodyless) {
    co_return co_await AnswerFromSource(std::move(response), after);
  }
  const std::uint64_t size =
      response.source != nullptr ? response.source->size() : response.body.size();
  std::string text;
  std::string_view rest = bodyless ? std::string_view() : std::string_view(response.body);
  text.reserve(512 + std::min(rest.size(), kRecordBytes));
  AppendAnswerHead(response, size, after, worker_.Date(), text);
  const std::size_t fits = text.size() < kRecordBytes ? kRecordBytes - text.size() : 0;
  text.append(rest.substr(0, fits));
  rest.remove_prefix(std::min(fits, rest.size()));
  bool written = co_await Write(text, rest.empty() ? last : Stream::Last::kNo, rest.size());
  if (written && !rest.empty()) written = co_await Write(rest, last, 0);
  co_return written && !close;
}

Task<bool> Connection::AnswerFromSource(Response response, AfterAnswer after) {
  const std::shared_ptr<BodySource> source = std::move(response.source);
  const std::uint64_t size = source->size();
  std::string head;
  AppendAnswerHead(response, size, after, worker_.Date(), head);
  std::uint64_t left = size;
  while (left > 0) {
    Result<Bytes> piece = co_await ReadSource(source);
    if (killed_) co_return false;
    if (!piece.ok() || piece->empty() || piece->size() > left) {
      // As long as nothing was sent the client can be told.
      if (left == size) co_return co_await Refuse(500, Unread::kNothing);
      stream_.Cut();
      co_return false;
    }
    left -= piece->size();
    if (!head.empty()) {
      const bool begun = co_await Write(head, Stream::Last::kNo, piece->size());
      if (!begun) co_return false;
      head.clear();
    }
    const bool close = left == 0 && after == AfterAnswer::kClose;
    const bool written =
        co_await Write(AsText(*piece), close ? Stream::Last::kYes : Stream::Last::kNo, 0);
    if (!written) co_return false;
    co_await LetOthers();
  }
  if (size == 0) {
    const bool close = after == AfterAnswer::kClose;
    const bool written = co_await Write(head, close ? Stream::Last::kYes : Stream::Last::kNo, 0);
    if (!written) co_return false;
  }
  co_return after == AfterAnswer::kKeepOpen;
}

Task<Result<Bytes>> Connection::ReadSource(std::shared_ptr<BodySource> source) {
  const auto reading = std::make_shared<PendingCall<Result<Bytes>>>(exchange_, [] {});
  calling_out_ = true;
  try {
    source->Read(CallbackOf<Result<Bytes>>(reading, source));
  } catch (...) {
    reading->Finish(Error(Code::kInternal, "an answer could not be read"));
  }
  calling_out_ = false;
  Arrival arrival = co_await AwaitArrival();
  Result<Bytes>* const piece = std::get_if<Result<Bytes>>(&arrival);
  if (piece == nullptr) co_return Error(Code::kInternal, "an answer could not be read");
  co_return std::move(*piece);
}

// `more_bytes`: how much memory besides `data` waits for this reader.
Task<bool> Connection::Write(std::string_view data, Stream::Last last, std::size_t more_bytes) {
  Stream::Io io = stream_.Write(data, last);
  if (io == Stream::Io::kDone) co_return true;
  // A slow reader: what it makes us keep counts, and it must keep up the minimum rate.
  Reservation memory(worker_.state().body_memory);
  if (!memory.Grow(data.size() + stream_.unsent_bytes() + more_bytes)) {
    stream_.Cut();
    co_return false;
  }
  RateWindow window(limits(), stream_.acknowledged());
  while (io == Stream::Io::kBlocked) {
    Arm(window.end());
    const Wake wake = co_await Writable();
    if (wake == Wake::kLeave) co_return false;
    if (wake == Wake::kDeadline && !window.Passes(stream_.acknowledged())) {
      stream_.Cut();
      co_return false;
    }
    io = stream_.Write(data, last);
  }
  co_return io == Stream::Io::kDone;
}

}  // namespace safeconduct::http
