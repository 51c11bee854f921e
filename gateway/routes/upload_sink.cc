#include "gateway/routes/upload_sink.h"

#include <utility>

#include "gateway/routes/call.h"
#include "gateway/routes/error_response.h"
#include "gateway/uploads/writer.h"

namespace safeconduct::routes {

int UploadStatusOf(const Error& error) {
  return error.code() == Code::kBusy ? tus::kLocked : StatusOf(error.code());
}

// Used by one thread at a time: the io thread, or the pool while that waits for `done`.
struct UploadSink::State {
  const Services& services;
  const http::Listener listener;
  const Format format;
  const std::string id;
  tus::Append append;
  const work::Slots::Slot slot;
  std::unique_ptr<uploads::Writer> writer;  // null before the first bytes were looked at

  Status Open() {
    if (writer != nullptr) return {};
    SC_ASSIGN(writer, services.uploads.Write(id, append.offset, append.bytes,
                                             append.checksum ? uploads::Keeping::kAllOrNothing
                                                             : uploads::Keeping::kAsTheyCome));
    return {};
  }

  Status Take(ByteView bytes) {
    SC_TRY(Open());
    if (append.checksum) append.checksum->Update(bytes);
    while (!bytes.empty()) {
      SC_ASSIGN(const std::size_t taken, writer->Buffer(bytes));
      bytes = bytes.subspan(taken);
      if (writer->room() == 0) SC_TRY(writer->StorePiece());
    }
    return {};
  }

  void Answer(Call& call, http::Response response) const {
    tus::AddHeaders(response);
    call.Send(std::move(response));
  }
  void AnswerError(Call& call, int status, const Error& error) const {
    Answer(call, ErrorResponse(status, error, format));
  }

  void Finish(Call& call) {
    if (const Status opened = Open(); !opened.ok()) {
      return AnswerError(call, UploadStatusOf(opened.error()), opened.error());
    }
    if (append.checksum && !append.checksum->Matches()) {
      writer.reset();
      return AnswerError(
          call, tus::kChecksumMismatch,
          Error(Code::kUnverified, "the body does not have its checksum", "upload-checksum"));
    }
    const Status kept = writer->Keep();
    const uploads::Progress progress = writer->progress();
    writer.reset();  // before the client hears of it and comes again
    if (!kept.ok()) return AnswerError(call, UploadStatusOf(kept.error()), kept.error());
    http::Response response;
    response.status = 204;
    response.headers.push_back({"upload-offset", std::to_string(progress.offset)});
    tus::AddHeaders(response, &progress);
    call.Send(std::move(response));
  }

  void Salvage() {
    // When even that fails, the upload stands where it was synced last, and the client asks.
    if (writer != nullptr && !append.checksum) static_cast<void>(writer->Keep());
    writer.reset();
  }
};

UploadSink::UploadSink(const Services& services, http::Listener listener, Format format,
                       std::string id, tus::Append append, work::Slots::Slot slot)
    : state_(new State{services, listener, format, std::move(id), std::move(append),
                       std::move(slot), nullptr}) {}

UploadSink::~UploadSink() = default;

void UploadSink::Write(ByteView bytes, std::function<void(Status)> done) {
  State& state = *state_;
  if (state.writer != nullptr && bytes.size() < state.writer->room())
    return done(state.Take(bytes));
  // At most one piece of work for each slot.
  state.services.pool.PostAdmitted(
      [state = state_, bytes, done = std::move(done)] { done(state->Take(bytes)); });
}

void UploadSink::End(http::Responder respond) {
  auto call = std::make_shared<Call>(state_->services, metrics::Route::kUploads, state_->listener,
                                     std::move(respond));
  state_->services.pool.PostAdmitted([state = state_, call] { state->Finish(*call); });
}

void UploadSink::Abort(Error error, std::optional<http::Responder> respond) {
  CallPtr call;
  if (respond) {
    call = std::make_shared<Call>(state_->services, metrics::Route::kUploads, state_->listener,
                                  *std::move(respond));
  }
  state_->services.pool.PostAdmitted([state = state_, call, error] {
    state->Salvage();
    if (call != nullptr) state->AnswerError(*call, UploadStatusOf(error), error);
  });
}

}  // namespace safeconduct::routes
