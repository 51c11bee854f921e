#include "tests/gateway/routes/harness.h"

#include <algorithm>
#include <utility>

#include "crypto/base/hash.h"
#include "crypto/base/secret.h"

namespace safeconduct::testing {
namespace {

http::Method MethodNamed(std::string_view name) {
  for (const http::Method method :
       {http::Method::kGet, http::Method::kHead, http::Method::kPost, http::Method::kPut,
        http::Method::kPatch, http::Method::kDelete, http::Method::kOptions}) {
    if (http::MethodName(method) == name) return method;
  }
  return http::Method::kOther;
}

void Drain(http::BodySource& source, std::string& body) {
  while (body.size() < source.size()) {
    auto promise = std::make_shared<std::promise<Result<Bytes>>>();
    std::future<Result<Bytes>> piece = promise->get_future();
    source.Read([promise](Result<Bytes> bytes) { promise->set_value(std::move(bytes)); });
    const Result<Bytes> bytes = Await(std::move(piece));
    if (!bytes.ok()) throw std::runtime_error("the body broke off");
    if (bytes->empty()) throw std::runtime_error("an empty piece");
    body.append(AsText(*bytes));
  }
  if (body.size() != source.size()) throw std::runtime_error("more bytes than the source's size");
}

class Catcher final : public http::Responder::Target {
 public:
  explicit Catcher(bool head) : head_(head) {}
  std::future<http::Response> future() { return promise_.get_future(); }
  void Send(http::Response response) override {
    if (head_) {
      response.body.clear();
      response.source.reset();
    }
    promise_.set_value(std::move(response));
  }

 private:
  const bool head_;
  std::promise<http::Response> promise_;
};

Answer AnswerFrom(http::Response response) {
  Answer answer;
  answer.answered = true;
  answer.status = response.status;
  answer.headers = std::move(response.headers);
  answer.body = std::move(response.body);
  if (response.source != nullptr) Drain(*response.source, answer.body);
  return answer;
}

}  // namespace

std::string Answer::Header(std::string_view name) const {
  for (const http::Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

std::string Answer::ErrorCode() const { return Message<v1::ApiError>().code(); }
std::string Answer::ErrorField() const { return Message<v1::ApiError>().field(); }

bool Answer::operator==(const Answer& other) const {
  const auto same = [](const http::Header& a, const http::Header& b) {
    return a.name == b.name && a.value == b.value;
  };
  return status == other.status && body == other.body && answered == other.answered &&
         std::equal(headers.begin(), headers.end(), other.headers.begin(), other.headers.end(),
                    same);
}

Harness::Harness(HarnessOptions options)
    : options_(std::move(options)),
      trust_(options_.trust.origin.empty() ? DemoTrust(office) : options_.trust),
      log_key_(own.Key(identity::Purpose::kNote)),
      operator_key_(own.Key(identity::Purpose::kRequest).public_key()),
      own_store_(std::make_unique<storage::MemoryStore>(options_.capacity_bytes)),
      store_(options_.store != nullptr ? options_.store : own_store_.get()),
      holder_nonces_({}, kNow - 1000),
      mailbox_nonces_({}, kNow - 1000),
      downloads_(options_.downloads),
      writers_(options_.writers),
      pool_(options_.pool_threads, options_.pool_waiting) {
  auto ledger = ledger::Ledger::Start(*store_, {});
  if (!ledger.ok()) throw std::runtime_error("no ledger");
  ledger_ = *std::move(ledger);
  auto uploads = uploads::Uploads::Open(
      clock, *store_, [this] { return ledger_->NextSequence(); }, options_.uploads);
  if (!uploads.ok()) throw std::runtime_error("no uploads");
  uploads_ = *std::move(uploads);
  transparency::Diagnosis diagnosis;
  auto charter_log =
      transparency::CharterLog::Open(trust_.origin, log_key_, {}, high_water, diagnosis);
  if (!charter_log.ok()) throw std::runtime_error("no charters' log");
  charter_log_ = *std::move(charter_log);
  report_log_ = std::make_unique<transparency::ReportLog>(*store_, log_key_, report_high_water, 8);
  earlier_charters_ = std::make_unique<routes::EarlierCharters>(*store_);
  api_ = std::make_unique<routes::Api>(
      routes::Services{.clock = clock,
                       .pool = pool_,
                       .store = *store_,
                       .ledger = *ledger_,
                       .uploads = *uploads_,
                       .charters = charters_,
                       .earlier_charters = *earlier_charters_,
                       .charter_log = *charter_log_,
                       .report_log = *report_log_,
                       .operations = *this,
                       .holder_nonces = holder_nonces_,
                       .mailbox_nonces = mailbox_nonces_,
                       .answers = answers_,
                       .outbox = outbox_,
                       .downloads = downloads_,
                       .writers = writers_,
                       .work_issuer = work_issuer_,
                       .trust = trust_,
                       .log_key = log_key_,
                       .operator_key = operator_key_,
                       .origins = {std::string(kPublicOrigin), "http://abc.onion"},
                       .private_origin = std::string(kPrivateOrigin),
                       .max_report_bytes = 2 << 20,
                       .work_from_entries = options_.work_from_entries,
                       .take_decoys = options_.take_decoys,
                       .offline_copy = options_.offline_copy,
                       .web_app = options_.web_app,
                       .pages = {.title = "Information",
                                 .exit_url = "https://www.example.org/",
                                 .onion = "http://abc.onion",
                                 .trust = charter::FormatTrust(trust_),
                                 .plain_bytes = 2 << 20},
                       .witness = options_.witness});
  if (!options_.with_charter) return;
  if (PutCharter(1, Charter()) != 204) throw std::runtime_error("no charter");
}

int Harness::PutCharter(std::uint64_t version, const v1::Charter& charter) {
  v1::CharterDocument document;
  document.set_note(CharterNote(version, charter));
  document.add_texts(TextBody());
  return Send({.method = "PUT",
               .target = "/v1/charter",
               .headers = {{"content-type", "application/x-protobuf"}},
               .body = document.SerializeAsString()})
      .status;
}

void Harness::GrowLog() {
  std::promise<Status> grown;
  ledger_->SubmitWork([this](const ledger::Draw& draw) { return report_log_->Grow(draw); },
                      [&grown](const Status& status) { grown.set_value(status); });
  if (!grown.get_future().get().ok() || !report_log_->Keep().ok()) {
    throw std::runtime_error("the log does not grow");
  }
  if (!report_log_->Publish().ok()) throw std::runtime_error("the log is not let out");
}

Harness::~Harness() {
  outbox_.Stop();
  pool_.Stop();
  ledger_.reset();
}

v1::Charter Harness::Charter() const {
  v1::Charter charter = options_.with_relays ? RelayCharter(office) : DemoCharter(office);
  charter.mutable_texts(0)->set_sha256(std::string(AsText(Sha256(AsBytes(TextBody())))));
  return charter;
}

std::string Harness::CharterNote(std::uint64_t version, const v1::Charter& charter) {
  const Result<std::string> text = charter::MakeText(kOrigin, version, kExpiry, charter);
  if (!text.ok()) throw std::runtime_error(text.error().message());
  return SignNote(*text, {{RootName(0), &office.roots[0]}, {RootName(1), &office.roots[1]}});
}

void Harness::Sign(Ask& ask, const identity::Party& signer, std::int64_t created,
                   std::string_view origin) {
  auth::SignedRequestView view;
  view.method = ask.method;
  const std::size_t slashes = origin.find("://");
  view.scheme = origin.substr(0, slashes);
  view.authority = origin.substr(slashes + 3);
  view.target = ask.target;
  if (!ask.body.empty()) view.body_sha256 = Sha256(AsBytes(ask.body));
  const auto fields = auth::SignRequest(view, signer.Key(identity::Purpose::kRequest), created,
                                        RandomArray<auth::kMinNonceBytes>());
  if (!fields.ok()) throw std::runtime_error("not signed");
  if (!fields->content_digest.empty()) {
    ask.headers.push_back({"content-digest", fields->content_digest});
  }
  ask.headers.push_back({"signature-input", fields->signature_input});
  ask.headers.push_back({"signature", fields->signature});
}

http::RequestHead Harness::HeadOf(const Ask& ask) {
  Ask signed_ask = ask;
  const std::string_view origin = ask.listener == http::Listener::kPrivate ? kPrivateOrigin
                                  : ask.listener == http::Listener::kOnion
                                      ? std::string_view("http://abc.onion")
                                      : kPublicOrigin;
  if (ask.signer != nullptr) Sign(signed_ask, *ask.signer, clock.UnixSeconds(), origin);
  http::RequestHead head;
  head.method = MethodNamed(ask.method);
  head.target = ask.target;
  head.headers = std::move(signed_ask.headers);
  head.headers.push_back({"host", std::string(origin.substr(origin.find("://") + 3))});
  if (ask.tell_length && !ask.body.empty()) head.content_length = ask.body.size();
  head.listener = ask.listener;
  return head;
}

// As the server does: one piece after another, the next after `done`.
void Harness::Stream(const Ask& ask, http::BodySink& sink, std::uint64_t max_bytes,
                     http::Responder respond) {
  const std::size_t end = std::min(ask.body.size(), ask.cut_after.value_or(ask.body.size()));
  std::size_t sent = 0;
  while (sent < end) {
    const std::size_t count = std::min(ask.chunk_bytes, end - sent);
    if (sent + count > max_bytes) {
      sink.Abort(Error(Code::kTooLarge, "too long"), std::nullopt);
      return respond(api_->Failure(413, Error(Code::kTooLarge, "too long")));
    }
    auto promise = std::make_shared<std::promise<Status>>();
    std::future<Status> written = promise->get_future();
    sink.Write(AsBytes(ask.body).subspan(sent, count),
               [promise](Status status) { promise->set_value(status); });
    const Status status = Await(std::move(written));
    if (!status.ok()) return sink.Abort(status.error(), std::move(respond));
    sent += count;
  }
  if (!ask.cut_after) return sink.End(std::move(respond));
  sink.Abort(Error(Code::kUnavailable, "the connection broke"), std::nullopt);
  http::Response cut;
  cut.status = 0;
  respond(std::move(cut));
}

std::future<Answer> Harness::Begin(const Ask& ask) {
  auto catcher = std::make_shared<Catcher>(ask.method == "HEAD");
  auto response = std::make_shared<std::future<http::Response>>(catcher->future());
  http::Responder respond(catcher);
  http::RequestHead head = HeadOf(ask);
  http::BodyPlan plan = api_->Plan(head);
  switch (plan.kind) {
    case http::BodyPlan::Kind::kAnswer:
      respond(std::move(plan.answer));
      break;
    case http::BodyPlan::Kind::kNone:
      api_->Handle({std::move(head), {}}, std::move(respond));
      break;
    case http::BodyPlan::Kind::kBuffer:
      if (ask.body.size() > plan.max_bytes) {
        respond(api_->Failure(413, Error(Code::kTooLarge, "the body is too long")));
      } else {
        api_->Handle({std::move(head), ask.body}, std::move(respond));
      }
      break;
    case http::BodyPlan::Kind::kStream:
      Stream(ask, *plan.sink, plan.max_bytes, std::move(respond));
      break;
  }
  return std::async(std::launch::deferred, [response] {
    Answer answer = AnswerFrom(Await(std::move(*response)));
    if (answer.status == 0) answer.answered = false;
    return answer;
  });
}

Answer Harness::Send(const Ask& ask) { return Begin(ask).get(); }

Answer Harness::Post(const std::string& target, const google::protobuf::Message& message,
                     const identity::Party* signer) {
  return Send({.method = "POST",
               .target = target,
               .headers = {{"content-type", "application/x-protobuf"}},
               .body = message.SerializeAsString(),
               .signer = signer});
}

Answer Harness::Submit(const report::Sealed& sealed, const std::vector<std::string>& uploads) {
  v1::SubmitReport request;
  *request.mutable_sealed() = sealed.report;
  for (const Bytes& payload : sealed.payloads) request.add_payloads(std::string(AsText(payload)));
  for (const std::string& upload : uploads) request.add_uploads(upload);
  return Post("/v1/reports", request);
}

}  // namespace safeconduct::testing
