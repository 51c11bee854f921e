#include "gateway/cli/gateway_api.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/auth/http_signature.h"
#include "gateway/cli/pause.h"
#include "gateway/proof_of_work/solver.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

constexpr proto::Bounds kReplyBounds{64 * 1024 * 1024, 256 * 1024};
constexpr proto::Bounds kErrorBounds{64 * 1024, 64};
constexpr double kFirstWaitSeconds = 0.25;
constexpr double kLongestWaitSeconds = 15;
constexpr const char* kProtobuf = "application/x-protobuf";

constexpr std::string_view kWorkField = "proof-of-work";
constexpr const char* kUploads = "/v1/uploads";
const HttpHeader kTusVersion{"Tus-Resumable", "1.0.0"};

Outcome<std::uint64_t> OffsetOf(const HttpResponse& response) {
  const std::string_view text = response.Find("upload-offset");
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error != std::errc() || end != text.data() + text.size()) {
    return NetworkFailure("The gateway did not say how far the upload is");
  }
  return offset;
}

std::uint32_t RetryAfter(const HttpResponse& response) {
  const std::string_view text = response.Find("retry-after");
  std::uint32_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::min<std::uint32_t>(seconds, 60);
}

const char* HintFor(int status) {
  switch (status) {
    case 401:
      return "The gateway does not know this key, or the signature came too late. Check the "
             "identity file.";
    case 404:
      return "What is not there and what is not for you are answered alike.";
    case 409:
      return "Something else came first. Read again, then repeat.";
    case 413:
      return "See the channel's limits with: safeconduct charter show";
    case 429:
    case 503:
      return "The gateway is busy. Try again later.";
    case 507:
      return "The gateway's disk is full. Try again later, or without attachments.";
    default:
      return status >= 500 ? "The gateway has a problem of its own. Try again later." : "";
  }
}

Status ParseBody(const HttpResponse& response, const proto::Bounds& bounds,
                 google::protobuf::Message& message) {
  const bool json = response.Find("content-type").starts_with("application/json");
  return json ? proto::FromJsonInto(response.body, bounds, proto::Unknown::kIgnore, message)
              : proto::ParseInto(AsBytes(response.body), bounds, proto::Unknown::kIgnore, message);
}

std::string WithQuery(std::string target, const std::string& name, const std::string& value) {
  if (value.empty()) return target;
  target += target.find('?') == std::string::npos ? '?' : '&';
  return target + name + '=' + value;
}

}  // namespace

bool Patience::Wait(const Failure& failure, std::uint32_t asked_seconds) {
  const double pause = std::max<double>(
      asked_seconds, std::min(kLongestWaitSeconds, kFirstWaitSeconds * std::exp2(tries_)));
  if (waited_seconds_ + pause > seconds_) return false;
  ++tries_;
  waited_seconds_ += pause;
  if (pause >= 1) out_->Note(failure.message + ". Trying again.");
  Pause(pause);
  return true;
}

void Patience::Reset() {
  tries_ = 0;
  waited_seconds_ = 0;
}

Failure FailureOf(const HttpResponse& response) {
  Failure failure;
  failure.exit = response.status >= 500 || response.status == 429 || response.status == 408
                     ? Exit::kNetwork
                     : Exit::kRefused;
  failure.hint = HintFor(response.status);
  failure.http_status = response.status;
  v1::ApiError error;
  const Status parsed = ParseBody(response, kErrorBounds, error);
  failure.message = "The gateway answered " + std::to_string(response.status);
  if (parsed.ok() && !error.message().empty()) {
    failure.message += ": " + error.message();
    if (!error.field().empty()) failure.message += " (" + error.field() + ")";
    failure.field = error.field();
  }
  return failure;
}

bool MayPass(int http_status) {
  switch (http_status) {
    case 408:
    case 423:
    case 429:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

GatewayApi::GatewayApi(std::unique_ptr<HttpClient> http, std::uint32_t retry_seconds, Output& out)
    : http_(std::move(http)), retry_seconds_(retry_seconds), out_(&out) {}

Outcome<HttpResponse> GatewayApi::Once(HttpRequest request, const SigningKey* key) {
  if (key != nullptr) {
    auth::SignedRequestView view;
    view.method = request.method;
    view.scheme = http_->address().scheme;
    view.authority = http_->address().authority;
    view.target = request.target;
    if (!request.body.empty()) view.body_sha256 = Sha256(request.body);
    SC_ASSIGN(
        const auth::SignatureFields fields,
        Explain(auth::SignRequest(view, *key, GatewayTime(), RandomArray<auth::kMinNonceBytes>()),
                "The request cannot be signed"));
    if (!fields.content_digest.empty()) {
      request.headers.push_back({"Content-Digest", fields.content_digest});
    }
    request.headers.push_back({"Signature-Input", fields.signature_input});
    request.headers.push_back({"Signature", fields.signature});
  }
  return http_->Send(request);
}

Outcome<HttpResponse> GatewayApi::Call(const HttpRequest& request, const SigningKey* key) {
  Patience patience = NewPatience();
  HttpRequest attempt = request;
  for (int solved = 0;;) {
    Outcome<HttpResponse> sent = Once(attempt, key);
    if (sent.ok()) {
      reached_ = true;
      if (sent->status >= 200 && sent->status < 300) return sent;
      const Failure failure = FailureOf(*sent);
      if (failure.field == kWorkField) {
        // A solution is good once, also where what it came with was refused.
        attempt = request;
        const std::optional<std::string> solution = SolveAnyChallenge();
        if (solution) attempt.headers.push_back({"altcha", *solution});
        if (solution && ++solved == 1) continue;
      }
      if (!MayPass(sent->status) || !patience.Wait(failure, RetryAfter(*sent))) return failure;
    } else if (sent.error().exit != Exit::kNetwork || !reached_ || !patience.Wait(sent.error())) {
      return sent.error();
    }
  }
}

std::optional<std::string> GatewayApi::SolveAnyChallenge() {
  HttpRequest request;
  request.target = "/v1/challenge";
  request.headers = {{"Accept", kProtobuf}};
  const Outcome<HttpResponse> sent = Once(request, nullptr);
  v1::Challenge challenge;
  if (!sent.ok() || sent->status != 200 || !ParseBody(*sent, kErrorBounds, challenge).ok()) {
    return std::nullopt;
  }
  return proof_of_work::SolveChallenge(challenge);
}

template <typename Reply>
Outcome<Reply> GatewayApi::CallFor(const HttpRequest& request, const SigningKey* key) {
  HttpRequest with_accept = request;
  with_accept.headers.push_back({"Accept", kProtobuf});
  SC_ASSIGN(const HttpResponse response, Call(with_accept, key));
  Reply reply;
  SC_TRY(ExplainAs(Exit::kUnverified, ParseBody(response, kReplyBounds, reply),
                   "The gateway's answer cannot be understood",
                   "Check that --gateway is a Safeconduct gateway."));
  return reply;
}

Outcome<v1::CharterDocument> GatewayApi::ReadCharter() {
  HttpRequest request;
  request.target = "/v1/charter";
  return CallFor<v1::CharterDocument>(request);
}

Done GatewayApi::PublishCharter(const v1::CharterDocument& document) {
  const std::string body = document.SerializeAsString();
  HttpRequest request;
  request.method = "PUT";
  request.target = "/v1/charter";
  request.headers = {{"Content-Type", kProtobuf}, {"Accept", kProtobuf}};
  request.body = AsBytes(body);
  SC_TRY(Call(request));
  return {};
}

Outcome<std::string> GatewayApi::ReadText(const Hash& sha256) {
  HttpRequest request;
  request.target = "/v1/texts/" + HexEncode(sha256);
  request.max_response_bytes = 1024 * 1024;
  SC_ASSIGN(HttpResponse response, Call(request));
  return std::move(response.body);
}

Outcome<std::optional<std::string>> GatewayApi::ReadPublic(const std::string& target,
                                                           const std::string& coding) {
  HttpRequest request;
  request.target = target;
  if (!coding.empty()) request.headers = {{"Accept-Encoding", coding}};
  Outcome<HttpResponse> sent = Call(request);
  if (sent.ok()) return std::optional(std::move(sent->body));
  if (sent.error().http_status == 404) return std::optional<std::string>();
  return sent.error();
}

Outcome<std::string> GatewayApi::CreateUpload(std::uint64_t bytes) {
  HttpRequest request;
  request.method = "POST";
  request.target = kUploads;
  request.headers = {kTusVersion, {"Upload-Length", std::to_string(bytes)}};
  SC_ASSIGN(const HttpResponse response, Call(request));
  const std::string_view location = response.Find("location");
  const std::size_t slash = location.rfind('/');
  const std::string id(slash == std::string_view::npos ? "" : location.substr(slash + 1));
  if (id.empty()) return NetworkFailure("The gateway did not say where to upload to");
  return id;
}

Outcome<std::uint64_t> GatewayApi::UploadOffset(const std::string& id) {
  HttpRequest request;
  request.method = "HEAD";
  request.target = std::string(kUploads) + "/" + id;
  request.headers = {kTusVersion};
  SC_ASSIGN(const HttpResponse response, Call(request));
  return OffsetOf(response);
}

Outcome<std::uint64_t> GatewayApi::AppendUpload(const std::string& id, std::uint64_t offset,
                                                ByteView bytes,
                                                const std::function<void(std::uint64_t)>& sent) {
  HttpRequest request;
  request.method = "PATCH";
  request.target = std::string(kUploads) + "/" + id;
  request.headers = {kTusVersion,
                     {"Upload-Offset", std::to_string(offset)},
                     {"Content-Type", "application/offset+octet-stream"}};
  request.body = bytes;
  request.sent = sent;
  SC_ASSIGN(const HttpResponse response, Once(request, nullptr));
  if (response.status < 200 || response.status >= 300) return FailureOf(response);
  return OffsetOf(response);
}

Outcome<v1::SubmitReply> GatewayApi::Submit(const v1::SubmitReport& report) {
  const std::string body = report.SerializeAsString();
  HttpRequest request;
  request.method = "POST";
  request.target = "/v1/reports";
  request.headers = {{"Content-Type", kProtobuf}};
  request.body = AsBytes(body);
  return CallFor<v1::SubmitReply>(request);
}

Outcome<v1::Mailbox> GatewayApi::ReadMailbox(const SigningKey& request_key, std::uint64_t after) {
  HttpRequest request;
  request.target = WithQuery("/v1/mailbox", "after", after == 0 ? "" : std::to_string(after));
  return CallFor<v1::Mailbox>(request, &request_key);
}

Outcome<v1::AppendEventReply> GatewayApi::AppendToMailbox(const SigningKey& request_key,
                                                          const v1::SignedEvent& event) {
  v1::AppendEvent message;
  *message.mutable_event() = event;
  const std::string body = message.SerializeAsString();
  HttpRequest request;
  request.method = "POST";
  request.target = "/v1/mailbox";
  request.headers = {{"Content-Type", kProtobuf}};
  request.body = AsBytes(body);
  return CallFor<v1::AppendEventReply>(request, &request_key);
}

Outcome<v1::CaseList> GatewayApi::ListCases(const SigningKey& request_key,
                                            const std::string& channel, const std::string& after,
                                            Triages triages) {
  HttpRequest request;
  request.target = WithQuery(WithQuery("/v1/cases", "channel", channel), "after", after);
  if (triages == Triages::kToo) {
    request.target = WithQuery(WithQuery(request.target, "with", "triage"), "limit", "500");
  }
  return CallFor<v1::CaseList>(request, &request_key);
}

Outcome<v1::CaseView> GatewayApi::ReadCase(const SigningKey& request_key, const std::string& id) {
  HttpRequest request;
  request.target = "/v1/cases/" + id;
  SC_ASSIGN(v1::CaseView view, CallFor<v1::CaseView>(request, &request_key));
  while (!view.summary().erased() &&
         static_cast<std::uint64_t>(view.events_size()) < view.summary().events()) {
    request.target = "/v1/cases/" + id + "/events?after=" + std::to_string(view.events_size());
    SC_ASSIGN(v1::EventList page, CallFor<v1::EventList>(request, &request_key));
    if (page.events().empty()) break;  // the chain tells whether something is missing
    for (v1::SignedEvent& event : *page.mutable_events()) *view.add_events() = std::move(event);
  }
  return view;
}

Outcome<v1::AppendEventReply> GatewayApi::AppendToCase(const SigningKey& request_key,
                                                       const std::string& id,
                                                       const v1::SignedEvent& event) {
  v1::AppendEvent message;
  *message.mutable_event() = event;
  const std::string body = message.SerializeAsString();
  HttpRequest request;
  request.method = "POST";
  request.target = "/v1/cases/" + id + "/events";
  request.headers = {{"Content-Type", kProtobuf}};
  request.body = AsBytes(body);
  return CallFor<v1::AppendEventReply>(request, &request_key);
}

Outcome<v1::LogOpenings> GatewayApi::ReadOpenings(const SigningKey& request_key,
                                                  const std::string& channel,
                                                  const std::string& after) {
  HttpRequest request;
  request.target = WithQuery(WithQuery("/v1/log/openings", "channel", channel), "after", after);
  return CallFor<v1::LogOpenings>(request, &request_key);
}

Outcome<std::optional<v1::CaseProofs>> GatewayApi::ReadProofs(const SigningKey& request_key,
                                                              const std::string& id,
                                                              const std::string& after) {
  HttpRequest request;
  request.target = WithQuery("/v1/cases/" + id + "/proofs", "after", after);
  Outcome<v1::CaseProofs> page = CallFor<v1::CaseProofs>(request, &request_key);
  if (page.ok()) return std::optional(*std::move(page));
  if (page.error().http_status == 404) return std::optional<v1::CaseProofs>();
  return page.error();
}

Done GatewayApi::ReadCompartment(const SigningKey& request_key, const std::string& id,
                                 const std::string& name, std::uint64_t file_bytes,
                                 const std::function<Done(ByteView)>& sink) {
  const auto wrong_length = [] {
    return UnverifiedFailure("The gateway sent a compartment of another length than it said");
  };
  Patience patience = NewPatience();
  std::uint64_t received = 0;
  while (received < file_bytes) {
    HttpRequest request;
    request.target = "/v1/cases/" + id + "/compartments/" + name;
    if (received > 0) {
      request.headers.push_back({"Range", "bytes=" + std::to_string(received) + "-"});
    }
    const std::uint64_t before = received;
    request.sink = [&](ByteView bytes) -> Done {
      if (bytes.size() > file_bytes - received) return wrong_length();
      received += bytes.size();
      return sink(bytes);
    };
    const Outcome<HttpResponse> sent = Once(request, &request_key);
    if (received > before) patience.Reset();
    if (!sent.ok()) {
      if (sent.error().exit != Exit::kNetwork || !patience.Wait(sent.error())) return sent.error();
      continue;
    }
    if (sent->status >= 200 && sent->status < 300) {
      // A gateway that ignores the range sends the beginning again: the digest tells.
      return received == file_bytes ? Done() : wrong_length();
    }
    const Failure failure = FailureOf(*sent);
    if (!MayPass(sent->status) || !patience.Wait(failure, RetryAfter(*sent))) return failure;
  }
  return {};
}

}  // namespace safeconduct::cli
