// Cover traffic (design: "Anonymity"): what looks to the network like a report without attachments.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_DECOYS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_DECOYS_H_

#include "gateway/routes/call.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {

// Answers a request that has a decoy as a report would be answered, once the batch that it was
// written with is on disk: as long in every format, with the same headers, and worth nothing.
// There must be a charter. Errors: of report::CheckDecoy and the ledger; kRejected where the
// configuration wants no decoys, or with uploads.
void SubmitDecoy(const Services& services, const CallPtr& call, const v1::SubmitReport& request);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_DECOYS_H_
