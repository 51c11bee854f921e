// Sending through any provider's HTTP interface, as the configuration describes it
// (HttpSendSettings).
#ifndef SAFECONDUCT_GATEWAY_SMS_OUTBOUND_HTTP_H_
#define SAFECONDUCT_GATEWAY_SMS_OUTBOUND_HTTP_H_

#include <string>
#include <string_view>

#include "gateway/fetch/fetch.h"
#include "gateway/sms/outbound/message_template.h"
#include "gateway/sms/outbound/providers.h"

namespace safeconduct::sms {

class HttpProvider final : public Provider {
 public:
  static Result<std::unique_ptr<Provider>> Make(HttpSendSettings settings);
  SendResult Send(const Number& to, std::string_view from, std::string_view text,
                  std::string_view token) override;

 private:
  HttpProvider(HttpSendSettings settings, Escape escape);
  std::vector<fetch::Header> MakeHeaders(const TemplateValues& values) const;
  SendResult FromAnswer(const fetch::Answer& answer) const;

  const HttpSendSettings settings_;
  const Escape escape_;
  fetch::Client client_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_OUTBOUND_HTTP_H_
