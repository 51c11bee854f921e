// Whether a request of a form interface comes from whom the configuration says.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_FORM_AUTHENTICATION_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_FORM_AUTHENTICATION_H_

#include <cstdint>

#include "crypto/base/result.h"
#include "gateway/http/http.h"
#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/inbound/interfaces.h"

namespace safeconduct::sms {

// kMalformed, with the setting as field.
Status CheckSettings(const FormAuthentication& settings);

// kUnauthorized, kExpired. `query` is that of the URL; `body` the fields of the body, or none when
// it is not a form or an object.
Status Authenticate(const FormAuthentication& settings, const http::Request& request,
                    const Fields& query, const Fields& body, std::int64_t now);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_FORM_AUTHENTICATION_H_
