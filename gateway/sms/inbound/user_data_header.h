// The user data header of an SMS (3GPP TS 23.040, 9.2.3.24): of which message it is a part.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_USER_DATA_HEADER_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_USER_DATA_HEADER_H_

#include <optional>

#include "crypto/base/bytes.h"
#include "gateway/sms/inbound/incoming.h"

namespace safeconduct::sms {

// From a header with its length byte: elements 0x00 (reference of 8 bits) and 0x08 (16 bits).
// Others are passed over. None when there is no such element, the header is broken, or what it says
// is no part: the text then stands for itself.
std::optional<Part> PartFromUserDataHeader(ByteView header);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_USER_DATA_HEADER_H_
