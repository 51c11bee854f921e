// What each route does. All run on the io thread and hand on to the pool what may block; the call
// is answered in the end, whatever happens. route_table.cc says which belongs to which path.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_ENDPOINTS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_ENDPOINTS_H_

#include "gateway/http/http.h"
#include "gateway/routes/call.h"
#include "gateway/routes/route.h"
#include "gateway/routes/services.h"

namespace safeconduct::routes {

// charter.cc
void GetCharter(const Services& services, CallPtr call);
void PutCharter(const Services& services, CallPtr call);
void GetText(const Services& services, CallPtr call);
void GetChannel(const Services& services, CallPtr call);

// charter_log.cc
void GetCharterLogCheckpoint(const Services& services, CallPtr call);
void GetCharterLogTile(const Services& services, CallPtr call);

// report_log.cc
void GetReportLogCheckpoint(const Services& services, CallPtr call);
void GetReportLogTile(const Services& services, CallPtr call);
void GetReceipt(const Services& services, CallPtr call);
void GetOpenings(const Services& services, CallPtr call);

// witness.cc
void PostWitnessCheckpoint(const Services& services, CallPtr call);
void GetWitnessCheckpoint(const Services& services, CallPtr call);

// reports.cc
void PostReport(const Services& services, CallPtr call);

// challenge.cc
void GetChallenge(const Services& services, CallPtr call);
// Ok while the gateway is not under load, and for whoever solved a challenge, which is used up
// then. Else kBusy, about the field `proof-of-work`.
Status CheckWork(const Services& services, const http::RequestHead& head);

// uploads.cc
void DescribeUploads(const Services& services, CallPtr call);
void CreateUpload(const Services& services, CallPtr call);
void HeadUpload(const Services& services, CallPtr call);
void DeleteUpload(const Services& services, CallPtr call);
http::BodyPlan PlanCreation(const Services& services, Audience audience,
                            const http::RequestHead& head, const Params& params);
http::BodyPlan PlanAppend(const Services& services, Audience audience,
                          const http::RequestHead& head, const Params& params);

// cases.cc
void ListCases(const Services& services, CallPtr call);
void GetCase(const Services& services, CallPtr call);

// compartments.cc
void GetCompartment(const Services& services, CallPtr call);

// events.cc
void ListEvents(const Services& services, CallPtr call);
void ListProofs(const Services& services, CallPtr call);
void PostCaseEvent(const Services& services, CallPtr call);

// marks.cc
void GetMarks(const Services& services, CallPtr call);
void PutMarks(const Services& services, CallPtr call);

// outbox.cc
void GetOutbox(const Services& services, CallPtr call);

// mailbox.cc
void GetMailbox(const Services& services, CallPtr call);
void PostMailbox(const Services& services, CallPtr call);

// pages.cc
void GetRoot(const Services& services, CallPtr call);
void GetConsole(const Services& services, CallPtr call);
void GetStartPage(const Services& services, CallPtr call);
void GetPlainPage(const Services& services, CallPtr call);
void PostPlainPage(const Services& services, CallPtr call);
void GetAsset(const Services& services, CallPtr call);

// operator.cc
void GetHealth(const Services& services, CallPtr call);
void GetReadiness(const Services& services, CallPtr call);
void GetMetrics(const Services& services, CallPtr call);
void PostBackup(const Services& services, CallPtr call);
void PostVerify(const Services& services, CallPtr call);

// openapi.cc
void GetOpenApi(const Services& services, CallPtr call);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_ENDPOINTS_H_
