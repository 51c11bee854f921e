// Adding an event to a case, for a holder or a reporter who was let in already.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_EVENTS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_EVENTS_H_

#include <string_view>

#include "crypto/base/result.h"
#include "gateway/report/event.h"
#include "gateway/routes/call.h"
#include "gateway/routes/services.h"
#include "safeconduct/v1/api.pb.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {

struct SentEvent {
  v1::SignedEvent signed_event;
  report::CheckedEvent checked;
};
// What can be known of a request without the case: format, structure, the author's signature, a
// time that is not to come. Fit for the io thread.
Result<SentEvent> ParseEvent(const Services& services, const Call& call);

// Whether the event belongs to the case, is by `author` (an event key) and allowed; then hands it
// to the ledger, which checks its place, and answers the call.
void AppendToCase(const Services& services, const CallPtr& call, const storage::CaseRef& ref,
                  SentEvent event, std::string_view author);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_EVENTS_H_
