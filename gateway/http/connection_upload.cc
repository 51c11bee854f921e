// Bodies that go on into a BodySink, piece by piece.
#include <algorithm>
#include <utility>

#include "gateway/http/connection_body.h"

namespace safeconduct::http {
namespace {

constexpr std::uint64_t kFirstPieceBytes = 16 * 1024;
constexpr std::uint64_t kPieceBytes = 256 * 1024;

// Streams leave a part of the memory to buffered bodies, so that a flood of uploads cannot keep a
// report out.
constexpr std::uint64_t ForAnyStream(std::uint64_t limit) { return limit / 4 * 3; }
constexpr std::uint64_t ForLargePieces(std::uint64_t limit) { return limit / 2; }

}  // namespace

// Outlives the connection, and the server, when a Write is under way as they end.
struct Connection::Upload {
  explicit Upload(std::unique_ptr<BodySink> the_sink) : sink(std::move(the_sink)) {}

  std::unique_ptr<BodySink> sink;
  std::string piece;
  std::optional<Error> failure;  // of Write
  std::shared_ptr<PendingCall<Status>> writing;
};

Task<bool> Connection::ServeStream(std::unique_ptr<BodySink> sink, Body body) {
  const auto upload = std::make_shared<Upload>(std::move(sink));
  Reservation memory(worker_.state().body_memory);  // of the piece
  Verdict verdict = kFine;
  if (body.too_long()) {
    verdict = 413;
  } else if (!body.complete) {
    verdict = co_await Pump(upload, body, memory);
  }
  if (killed_) {
    const auto writing = std::exchange(upload->writing, nullptr);
    if (writing != nullptr) {
      writing->Abandon();
    } else {
      upload->sink->Abort(Error(Code::kUnavailable, "the server stops"), std::nullopt);
    }
    co_return false;
  }
  if (!body.complete) {
    keep_alive_ = false;
    linger_ = true;
  }
  upload->piece = std::string();
  memory.Clear();
  co_return co_await EndStream(upload, verdict, body.complete);
}

// Ends when the body is complete, has failed, or a Write has (`upload->failure`). What arrived
// before a failure is written all the same.
Task<Connection::Verdict> Connection::Pump(std::shared_ptr<Upload> upload, Body& body,
                                           Reservation& memory) {
  const std::uint64_t limit = ForAnyStream(limits().body_memory_bytes);
  if (!memory.GrowUpTo(kFirstPieceBytes, limit)) co_return 503;
  Verdict read = kFine;
  while (read == kFine && !body.complete) {
    body.window.Restart(stream_.received());
    read = co_await FillPiece(*upload, body, memory);
    if (killed_) co_return kGone;
    if (upload->piece.empty()) continue;
    const Verdict written = co_await WritePiece(upload);
    if (written != kFine || upload->failure) co_return written;
  }
  co_return read;
}

Task<Connection::Verdict> Connection::FillPiece(Upload& upload, Body& body, Reservation& memory) {
  upload.piece.clear();
  for (;;) {
    const std::uint64_t have = memory.amount();
    upload.piece.reserve(have);
    const Verdict verdict = co_await Fill(body, upload.piece, have);
    if (verdict != kFine || body.complete) co_return verdict;
    const std::uint64_t limit = ForLargePieces(limits().body_memory_bytes);
    if (have >= kPieceBytes || !memory.GrowUpTo(have, limit)) co_return kFine;
  }
}

Task<Connection::Verdict> Connection::WritePiece(std::shared_ptr<Upload> upload) {
  const auto writing =
      std::make_shared<PendingCall<Status>>(exchange_, [sink = upload->sink.get()] {
        sink->Abort(Error(Code::kUnavailable, "the server stops"), std::nullopt);
      });
  upload->writing = writing;
  calling_out_ = true;
  try {
    upload->sink->Write(AsBytes(upload->piece), CallbackOf<Status>(writing, upload));
  } catch (...) {
    writing->Finish(Error(Code::kInternal, "a body could not be written"));
  }
  calling_out_ = false;
  Arrival arrival = co_await AwaitArrival();
  if (killed_) co_return kGone;  // `writing` stays: ServeStream abandons it
  upload->writing = nullptr;
  const Status* const status = std::get_if<Status>(&arrival);
  if (status == nullptr) {
    upload->failure = Error(Code::kInternal, "a body could not be written");
  } else if (!status->ok()) {
    upload->failure = status->error();
  }
  co_return kFine;
}

Task<bool> Connection::EndStream(std::shared_ptr<Upload> upload, Verdict verdict, bool complete) {
  if (verdict == kGone) {
    upload->sink->Abort(Error(Code::kUnavailable, "the connection broke"), std::nullopt);
    co_return false;
  }
  if (verdict != kFine) {
    upload->sink->Abort(Refusal(verdict), std::nullopt);
    co_return co_await Refuse(verdict, Unread::kMaybe);
  }
  // The sink answers, and lives until it has.
  exchange_->Keep(upload);
  Reservation slot(worker_.state().in_flight);
  slot.Force(1);  // what was written must be told of
  calling_out_ = true;
  try {
    if (upload->failure || !complete) {
      upload->sink->Abort(upload->failure.value_or(Error(Code::kInternal, "no complete body")),
                          Responder(exchange_));
    } else {
      upload->sink->End(Responder(exchange_));
    }
  } catch (...) {
    // The Responder was dropped on the way, which answers 500.
  }
  calling_out_ = false;
  Arrival arrival = co_await AwaitArrival();
  if (!killed_) exchange_->Keep(nullptr);
  slot.Clear();
  co_return co_await AnswerArrival(std::move(arrival));
}

}  // namespace safeconduct::http
