// One interface by which the telephone side hands over messages, chosen by configuration.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_INTERFACE_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_INTERFACE_H_

#include <cstdint>
#include <string>
#include <variant>

#include "crypto/base/result.h"
#include "gateway/http/http.h"
#include "gateway/sms/inbound/incoming.h"

namespace safeconduct::sms {

// Nothing to be done, and said so: a report that an answer is still under way.
struct NoNews {};

using Arrived = std::variant<Incoming, DeliveryReport, NoNews>;

class Interface {
 public:
  virtual ~Interface() = default;

  virtual const std::string& name() const = 0;
  // Whether it answers that path: "/kannel", or "/kannel/delivery" for delivery reports.
  virtual bool Takes(std::string_view path) const = 0;
  // `now`: Unix seconds, for signatures that age. kUnauthorized (no or a wrong signature, password
  // or source), kExpired (signed too long ago), kMalformed, kTooLarge, kUnsupported, each with its
  // field. Nothing of the request is in an error.
  virtual Result<Arrived> Read(const http::Request& request, std::int64_t now) const = 0;
  // The answer when what was read is safe: a 2xx with the body that the other side wants.
  virtual http::Response Accepted() const = 0;
  // The answer to what is authentic and will not be taken: kBusy (over a limit), kNotFound (no
  // channel has that number), or an error of Read. As if it had been taken, for others than people:
  // they would only send it again, or tell the telephone.
  virtual http::Response Declined(const Error& error) const {
    static_cast<void>(error);
    return Accepted();
  }
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_INTERFACE_H_
