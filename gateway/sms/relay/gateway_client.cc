#include "gateway/sms/relay/gateway_client.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "crypto/base/hash.h"
#include "gateway/auth/http_signature.h"
#include "gateway/proof_of_work/solver.h"
#include "gateway/sms/relay/http_date.h"
#include "proto/parse.h"

namespace safeconduct::sms {
namespace {

constexpr std::size_t kMaxReplyBytes = 16 * 1024 * 1024;
constexpr std::size_t kMaxReplyFields = 256 * 1024;
constexpr proto::Bounds kErrorBounds{64 * 1024, 64};
constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kWorkField = "proof-of-work";
constexpr std::string_view kVersionField = "charter_version";

constexpr Error kNotUnderstood(Code::kMalformed, "the gateway's answer cannot be understood");

Status ParseBody(const fetch::Answer& answer, const proto::Bounds& bounds,
                 google::protobuf::Message& message) {
  if (answer.Find("content-type").starts_with("application/json")) {
    return proto::FromJsonInto(answer.body, bounds, proto::Unknown::kIgnore, message);
  }
  return proto::ParseInto(AsBytes(answer.body), bounds, proto::Unknown::kIgnore, message);
}

std::string FieldOf(const fetch::Answer& answer) {
  v1::ApiError error;
  if (!ParseBody(answer, kErrorBounds, error).ok()) return {};
  return error.field();
}

Error ErrorOf(const fetch::Answer& answer) {
  switch (answer.status) {
    case 408:
    case 423:
    case 429:
    case 502:
    case 503:
    case 504:
    case 507:
      return Error(Code::kBusy, "the gateway says: later");
    case 401:
      return Error(Code::kUnauthorized, "the gateway does not know this key");
    case 404:
      return Error(Code::kNotFound, "the gateway has no such thing");
    case 409:
      if (FieldOf(answer) == kVersionField) {
        return Error(Code::kConflict, "the charter has changed", "charter_version");
      }
      return Error(Code::kConflict, "something else came first");
    default:
      break;
  }
  if (answer.status >= 500) return Error(Code::kInternal, "the gateway has a problem of its own");
  return Error(Code::kRejected, "the gateway refuses it");
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<GatewayAddress> ParseGatewayAddress(const std::string& url) {
  constexpr Error kBad(Code::kMalformed, "the gateway's address is https://HOST[:PORT]", "gateway");
  GatewayAddress address;
  std::string_view rest = url;
  const std::size_t end = rest.find("://");
  if (end == std::string_view::npos) return kBad;
  address.scheme = rest.substr(0, end);
  rest.remove_prefix(end + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const Result<std::string> origin =
      auth::NormalizeOrigin(address.scheme + "://" + std::string(rest));
  if (!origin.ok()) return kBad;
  address.url = *origin;
  address.scheme = origin->substr(0, origin->find("://"));
  address.authority = origin->substr(address.scheme.size() + 3);
  std::string_view host = address.authority;
  if (const std::size_t colon = host.rfind(':');
      colon != std::string_view::npos && IsDigits(host.substr(colon + 1))) {
    host = host.substr(0, colon);
  }
  if (address.scheme != "https" && !host.ends_with(".onion")) {
    return Error(Code::kRejected, "plain http is for .onion addresses only", "gateway");
  }
  return address;
}

GatewayClient::GatewayClient(GatewayAddress address, const fetch::Settings& settings,
                             const work::Clock& clock)
    : address_(std::move(address)), clock_(clock), http_(settings) {}

Result<fetch::Answer> GatewayClient::Once(const Call& call) {
  fetch::Request request;
  request.method = call.method;
  request.url = address_.url + call.target;
  request.headers = {{"Accept", std::string(kProtobuf)}};
  request.body = call.body;
  request.timeout = call.timeout;
  request.max_answer_bytes = kMaxReplyBytes;
  if (!call.body.empty()) request.headers.push_back({"Content-Type", std::string(kProtobuf)});
  if (!call.solution.empty()) request.headers.push_back({"altcha", call.solution});
  if (call.key != nullptr) {
    auth::SignedRequestView view;
    view.method = call.method;
    view.scheme = address_.scheme;
    view.authority = address_.authority;
    view.target = call.target;
    if (!call.body.empty()) view.body_sha256 = Sha256(call.body);
    SC_ASSIGN(const auth::SignatureFields fields,
              auth::SignRequest(view, *call.key, Time(), RandomArray<auth::kMinNonceBytes>()));
    if (!fields.content_digest.empty()) {
      request.headers.push_back({"Content-Digest", fields.content_digest});
    }
    request.headers.push_back({"Signature-Input", fields.signature_input});
    request.headers.push_back({"Signature", fields.signature});
  }
  Result<fetch::Answer> answer = http_.Send(request);
  if (!answer.ok()) {
    // A certificate that does not verify passes too, once it is mended; nothing was sent to it.
    if (answer.error().code() == Code::kTooLarge) return kNotUnderstood;
    return Error(Code::kUnavailable, "the gateway does not answer");
  }
  if (const std::optional<std::int64_t> date = ParseHttpDate(answer->Find("date"))) {
    offset_seconds_ = *date - clock_.UnixSeconds();
  }
  return answer;
}

Result<fetch::Answer> GatewayClient::Send(Call call) {
  for (int tries = 0;; ++tries) {
    SC_ASSIGN(fetch::Answer answer, Once(call));
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (tries > 0) return ErrorOf(answer);
    if (answer.status == 429 && FieldOf(answer) == kWorkField) {
      std::optional<std::string> solution = SolveAnyChallenge();
      if (!solution) return ErrorOf(answer);
      call.solution = *std::move(solution);
    } else if (answer.status != 401 || call.key == nullptr) {
      // 401 may be the first word from a gateway whose clock is another: its Date is known now.
      return ErrorOf(answer);
    }
  }
}

std::optional<std::string> GatewayClient::SolveAnyChallenge() {
  Call call;
  call.target = "/v1/challenge";
  const Result<fetch::Answer> answer = Once(call);
  v1::Challenge challenge;
  if (!answer.ok() || answer->status != 200 || !ParseBody(*answer, kErrorBounds, challenge).ok()) {
    return std::nullopt;
  }
  return proof_of_work::SolveChallenge(challenge);
}

template <typename Reply>
Result<Reply> GatewayClient::SendFor(Call call) {
  SC_ASSIGN(const fetch::Answer answer, Send(std::move(call)));
  Reply reply;
  if (!ParseBody(answer, {kMaxReplyBytes, kMaxReplyFields}, reply).ok()) return kNotUnderstood;
  return reply;
}

Result<v1::CharterDocument> GatewayClient::ReadCharter() {
  Call call;
  call.target = "/v1/charter";
  return SendFor<v1::CharterDocument>(std::move(call));
}

Result<v1::SubmitReply> GatewayClient::Submit(const v1::SubmitReport& report) {
  const std::string body = report.SerializeAsString();
  Call call;
  call.method = "POST";
  call.target = "/v1/reports";
  call.body = AsBytes(body);
  return SendFor<v1::SubmitReply>(std::move(call));
}

Result<v1::Mailbox> GatewayClient::ReadMailbox(const SigningKey& request_key, std::uint64_t after,
                                               std::chrono::milliseconds timeout) {
  Call call;
  call.target = "/v1/mailbox";
  if (after != 0) call.target += "?after=" + std::to_string(after);
  call.key = &request_key;
  call.timeout = timeout;
  return SendFor<v1::Mailbox>(std::move(call));
}

Result<v1::AppendEventReply> GatewayClient::Append(const std::string& target, const SigningKey& key,
                                                   const v1::SignedEvent& event) {
  v1::AppendEvent message;
  *message.mutable_event() = event;
  const std::string body = message.SerializeAsString();
  Call call;
  call.method = "POST";
  call.target = target;
  call.body = AsBytes(body);
  call.key = &key;
  return SendFor<v1::AppendEventReply>(std::move(call));
}

Result<v1::AppendEventReply> GatewayClient::AppendToMailbox(const SigningKey& request_key,
                                                            const v1::SignedEvent& event) {
  return Append("/v1/mailbox", request_key, event);
}

Result<v1::AppendEventReply> GatewayClient::AppendToCase(const SigningKey& request_key,
                                                         const std::string& report_id,
                                                         const v1::SignedEvent& event) {
  return Append("/v1/cases/" + report_id + "/events", request_key, event);
}

Result<v1::Outbox> GatewayClient::ReadOutbox(const SigningKey& request_key,
                                             std::chrono::seconds wait) {
  Call call;
  call.target = "/v1/outbox?wait=" + std::to_string(wait.count());
  call.key = &request_key;
  call.timeout = kPatience + wait;
  return SendFor<v1::Outbox>(std::move(call));
}

}  // namespace safeconduct::sms
