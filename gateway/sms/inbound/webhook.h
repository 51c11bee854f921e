// The relay's own webhook: JSON (proto/safeconduct/v1/sms_webhook.proto) in a POST, signed by
//
//   x-safeconduct-timestamp: Unix seconds
//   x-safeconduct-signature: HMAC-SHA-256(secret, timestamp ‖ "." ‖ body), 64 hexadecimal digits
//
// It is taken within 300 seconds of the timestamp, either way. What is repeated within these is the
// same message by its id, which the caller drops.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_WEBHOOK_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_WEBHOOK_H_

#include <string>
#include <string_view>
#include <utility>

#include "gateway/sms/inbound/interfaces.h"

namespace safeconduct::sms {

class WebhookInterface final : public Interface {
 public:
  static Result<std::unique_ptr<Interface>> Make(WebhookSettings settings);

  const std::string& name() const override { return settings_.name; }
  bool Takes(std::string_view path) const override;
  Result<Arrived> Read(const http::Request& request, std::int64_t now) const override;
  http::Response Accepted() const override;
  // 429, 404, 413 or 400, with the error's words: whoever made the integration reads them.
  http::Response Declined(const Error& error) const override;

 private:
  explicit WebhookInterface(WebhookSettings settings) : settings_(std::move(settings)) {}
  const WebhookSettings settings_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_WEBHOOK_H_
