// Kannel's sms-service (its user guide, "SMS-service configurations") as version 1.4.5 sends it.
//
// get-url: parameters secret, id (%I), from (%p), to (%P), text (%b), coding (%c), charset (%C),
// udh (%u). post-url: the text is the body; what the query lacks comes from X-Kannel-From, -To,
// -Coding, -UDH and the charset of Content-Type; the id comes by the query alone. dlr-url: secret,
// token, status (%d).
//
// Not given: WAP, MMS, ports; an SMS of 8 bits is read as text.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_KANNEL_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_KANNEL_H_

#include <string>
#include <string_view>
#include <utility>

#include "gateway/sms/inbound/interfaces.h"

namespace safeconduct::sms {

class KannelInterface final : public Interface {
 public:
  static Result<std::unique_ptr<Interface>> Make(KannelSettings settings);

  const std::string& name() const override { return settings_.name; }
  bool Takes(std::string_view path) const override;
  Result<Arrived> Read(const http::Request& request, std::int64_t now) const override;
  // 200 and an empty text: Kannel takes nothing but 200 and 202, and answers the telephone with an
  // error text when there is no text/plain.
  http::Response Accepted() const override;

 private:
  explicit KannelInterface(KannelSettings settings) : settings_(std::move(settings)) {}
  const KannelSettings settings_;
};

// Whether both a query and Kannel's escapes leave it as it is: 16 to 128 of A-Z a-z 0-9 - _.
bool IsKannelSecret(ByteView secret);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_KANNEL_H_
