// What the kinds of providers share.
#ifndef SAFECONDUCT_GATEWAY_SMS_OUTBOUND_SENDING_H_
#define SAFECONDUCT_GATEWAY_SMS_OUTBOUND_SENDING_H_

#include <string_view>

#include "gateway/fetch/fetch.h"
#include "gateway/sms/outbound/providers.h"

namespace safeconduct::sms {

// kMalformed, with the setting as field.
Status CheckCommon(const CommonSendSettings& settings);
fetch::Settings FetchSettings(const CommonSendSettings& settings);

// What is certain when no answer came.
Sending WithoutAnswer(const Error& error, fetch::Reach reach);

// Whether it may stand in a header: nothing below a blank, no DEL.
bool IsHeaderValue(std::string_view text);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_OUTBOUND_SENDING_H_
