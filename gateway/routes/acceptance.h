// From a submission to its 2xx: the answer with its signed promise is made before the ledger is
// asked, on the submitting thread, and let go only when the ledger says that all is on disk.
//
// Thread-safety: free functions; the Done may be called on any thread.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_ACCEPTANCE_H_
#define SAFECONDUCT_GATEWAY_ROUTES_ACCEPTANCE_H_

#include <functional>
#include <string>

#include "gateway/ledger/ledger.h"
#include "gateway/report/report.h"
#include "gateway/routes/call.h"
#include "gateway/routes/services.h"

namespace safeconduct::routes {

// The promise for `leaf`, empty once its case was erased; signed under the log in use. Ed25519 is
// deterministic: the same leaf has the same promise as long as the log stays.
std::string PromiseFor(const Services& services, const CharterSnapshot& charter,
                       const v1::StoredLeaf& leaf);

// What whoever submits a report is answered.
http::Response AcceptedReport(const report::ReportId& id, std::string promise, Format format);

// The answer for a promise.
using MakeAnswer = std::function<http::Response(std::string promise)>;

// Answers `call` once the ledger is done. Bytes that were accepted before have an older leaf; then
// the answer is made anew from that one. `accepted`, if there is one, is called before an answer
// that says yes.
ledger::Done AnswerWhenStored(const Services& services, CallPtr call, const v1::StoredLeaf& leaf,
                              MakeAnswer make, std::function<void()> accepted = nullptr);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_ACCEPTANCE_H_
