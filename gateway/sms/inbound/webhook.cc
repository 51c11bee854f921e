#include "gateway/sms/inbound/webhook.h"

#include "gateway/auth/webhook.h"
#include "gateway/sms/inbound/checks.h"
#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/text/decode.h"
#include "proto/parse.h"
#include "safeconduct/v1/sms_webhook.pb.h"

namespace safeconduct::sms {
namespace {

constexpr std::int64_t kWindowSeconds = 300;
constexpr std::size_t kMinSecretBytes = 32;

Result<Arrived> ReadDelivery(const v1::SmsWebhookDelivery& delivery) {
  if (delivery.status() != "delivered" && delivery.status() != "failed") {
    return Error(Code::kMalformed, "neither delivered nor failed", "delivery.status");
  }
  SC_ASSIGN(DeliveryReport report,
            MakeReport(delivery.token(), delivery.id(),
                       delivery.status() == "delivered" ? DeliveryNews::kDelivered
                                                        : DeliveryNews::kFailed));
  return Arrived(std::move(report));
}

}  // namespace

Result<std::unique_ptr<Interface>> WebhookInterface::Make(WebhookSettings settings) {
  SC_TRY(CheckCommon(settings));
  if (settings.secret.size() < kMinSecretBytes) {
    return Error(Code::kMalformed, "the secret of a webhook has at least 32 bytes", "secret_file");
  }
  return std::unique_ptr<Interface>(new WebhookInterface(std::move(settings)));
}

bool WebhookInterface::Takes(std::string_view path) const { return IsUnder(path, settings_); }

http::Response WebhookInterface::Declined(const Error& error) const {
  http::Response response;
  response.status = 400;
  if (error.code() == Code::kBusy) response.status = 429;
  if (error.code() == Code::kNotFound) response.status = 404;
  if (error.code() == Code::kTooLarge) response.status = 413;
  response.headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}};
  if (response.status == 429) response.headers.push_back({"retry-after", "60"});
  response.body = error.field();
  if (!response.body.empty()) response.body += ": ";
  response.body += error.message();
  response.body += "\n";
  return response;
}

http::Response WebhookInterface::Accepted() const {
  return MakeAnswer(200, "application/json", "{}");
}

Result<Arrived> WebhookInterface::Read(const http::Request& request, std::int64_t now) const {
  const http::RequestHead& head = request.head;
  if (request.body.size() > kMaxBodyBytes) return Error(Code::kTooLarge, "over 64 KiB", "body");
  const std::string_view timestamp = head.Find(auth::kWebhookTimestamp);
  const std::string signature =
      auth::WebhookSignature(settings_.secret.Reveal(), timestamp, request.body);
  if (!SameText(head.Find(auth::kWebhookSignature), signature)) {
    return Error(Code::kUnauthorized, "no signature or another", "x-safeconduct-signature");
  }
  SC_TRY(CheckAge(timestamp, now, kWindowSeconds));
  if (head.method != http::Method::kPost) return Error(Code::kUnsupported, "not a POST", "method");

  // Mended, a body may be three times as long.
  SC_ASSIGN(const v1::SmsWebhook message,
            proto::FromJson<v1::SmsWebhook>(FromUtf8(request.body), 3 * kMaxBodyBytes,
                                            proto::Unknown::kIgnore, kMaxFields));
  if (message.has_delivery()) return ReadDelivery(message.delivery());
  const v1::SmsWebhookPart& part = message.part();
  SC_ASSIGN(Incoming incoming,
            MakeIncoming({message.id(), message.from(), message.to(), message.text(),
                          MakePart(part.reference(), part.index(), part.count())},
                         settings_));
  return Arrived(std::move(incoming));
}

}  // namespace safeconduct::sms
