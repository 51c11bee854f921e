#include "gateway/routes/upload_sink.h"

#include <mutex>
#include <utility>

#include "gateway/routes/call.h"
#include "gateway/routes/error_response.h"
#include "gateway/uploads/writer.h"

namespace safeconduct::routes {

int UploadStatusOf(const Error& error) {
  return error.code() == Code::kBusy ? tus::kLocked : StatusOf(error.code());
}

// Worked on by one thread at a time: the io thread, the pool while that waits for `done`, or one
// that interrupts.
class UploadSink::State final : public uploads::Interruptible,
                                public std::enable_shared_from_this<State> {
 public:
  State(const Services& services, Audience audience, Format format, std::string id,
        tus::Append append, work::Slots::Slot slot)
      : services_(services),
        audience_(audience),
        format_(format),
        id_(std::move(id)),
        append_(std::move(append)),
        slot_(std::move(slot)) {}

  // Takes `bytes` if that needs nothing but memory; nothing when it may block.
  std::optional<Status> TakeAtOnce(ByteView bytes) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || writer_ == nullptr || bytes.size() >= writer_->room()) return std::nullopt;
    return TakeLocked(bytes);
  }
  Status Take(ByteView bytes) {
    const std::lock_guard lock(mutex_);
    return TakeLocked(bytes);
  }

  // The body is complete.
  void Finish(Call& call) {
    const std::lock_guard lock(mutex_);
    if (const Status opened = Open(); !opened.ok()) return AnswerError(call, opened.error());
    if (append_.checksum && !append_.checksum->Matches()) {
      writer_.reset();
      const Error mismatch(Code::kUnverified, "the body does not have its checksum",
                           "upload-checksum");
      return Answer(call, ErrorResponse(tus::kChecksumMismatch, mismatch, format_), nullptr);
    }
    const Status kept = writer_->Keep();
    const uploads::Progress progress = writer_->progress();
    writer_.reset();  // before the client hears of it and comes again
    if (!kept.ok()) return AnswerError(call, kept.error());
    http::Response response;
    response.status = 204;
    response.headers.push_back({"upload-offset", std::to_string(progress.offset)});
    Answer(call, std::move(response), &progress);
  }

  // Keeps what is good and lets go.
  void Interrupt() override {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    // When even that fails, the upload stands where it was synced last, and the client asks.
    if (writer_ != nullptr && !append_.checksum) static_cast<void>(writer_->Keep());
    writer_.reset();
  }

  std::shared_ptr<Call> CallFor(http::Responder respond) const {
    return std::make_shared<Call>(services_, metrics::Route::kUploads, audience_,
                                  std::move(respond));
  }
  void AnswerError(Call& call, const Error& error) const {
    Answer(call, ErrorResponse(UploadStatusOf(error), error, format_), nullptr);
  }
  void OnPool(work::WorkerPool::Work work) const {
    // At most one piece of work for each slot.
    services_.pool.PostAdmitted(std::move(work));
  }

 private:
  static void Answer(Call& call, http::Response response, const uploads::Progress* progress) {
    tus::AddHeaders(response, progress);
    call.Send(std::move(response));
  }

  Status Open() {
    if (interrupted_) {
      return Error(Code::kConflict, "another request has gone on with this upload");
    }
    if (writer_ != nullptr) return {};
    SC_ASSIGN(writer_, services_.uploads.Write(id_, append_.offset, append_.bytes,
                                               append_.checksum ? uploads::Keeping::kAllOrNothing
                                                                : uploads::Keeping::kAsTheyCome,
                                               weak_from_this()));
    return {};
  }

  Status TakeLocked(ByteView bytes) {
    SC_TRY(Open());
    if (append_.checksum) append_.checksum->Update(bytes);
    while (!bytes.empty()) {
      SC_ASSIGN(const std::size_t taken, writer_->Buffer(bytes));
      bytes = bytes.subspan(taken);
      if (writer_->room() == 0) SC_TRY(writer_->StorePiece());
    }
    return {};
  }

  const Services& services_;
  const Audience audience_;
  const Format format_;
  const std::string id_;
  std::mutex mutex_;  // guards all below
  tus::Append append_;
  const work::Slots::Slot slot_;
  std::unique_ptr<uploads::Writer> writer_;  // null before the first bytes were looked at
  bool interrupted_ = false;
};

UploadSink::UploadSink(const Services& services, Audience audience, Format format, std::string id,
                       tus::Append append, work::Slots::Slot slot)
    : state_(std::make_shared<State>(services, audience, format, std::move(id), std::move(append),
                                     std::move(slot))) {}

UploadSink::~UploadSink() = default;

void UploadSink::Write(ByteView bytes, std::function<void(Status)> done) {
  const std::optional<Status> taken = state_->TakeAtOnce(bytes);
  if (taken) return done(*taken);
  state_->OnPool([state = state_, bytes, done = std::move(done)] { done(state->Take(bytes)); });
}

void UploadSink::End(http::Responder respond) {
  state_->OnPool(
      [state = state_, call = state_->CallFor(std::move(respond))] { state->Finish(*call); });
}

void UploadSink::Abort(Error error, std::optional<http::Responder> respond) {
  const CallPtr call = respond ? state_->CallFor(*std::move(respond)) : nullptr;
  state_->OnPool([state = state_, call, error] {
    state->Interrupt();
    if (call != nullptr) state->AnswerError(*call, error);
  });
}

}  // namespace safeconduct::routes
