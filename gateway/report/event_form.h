// The form of an event, whoever made it. Not for others.
#ifndef SAFECONDUCT_GATEWAY_REPORT_EVENT_FORM_H_
#define SAFECONDUCT_GATEWAY_REPORT_EVENT_FORM_H_

#include "crypto/base/result.h"
#include "safeconduct/v1/event.pb.h"

namespace safeconduct::report {

// What event.proto says beside each field. kMalformed, kTooLarge, kRejected, kUnsupported, each
// with its field.
Status CheckEventForm(const v1::Event& event);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_EVENT_FORM_H_
