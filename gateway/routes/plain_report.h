// A plain report on its way in, by the API or by the page for browsers without scripts.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_PLAIN_REPORT_H_
#define SAFECONDUCT_GATEWAY_ROUTES_PLAIN_REPORT_H_

#include <functional>
#include <string>
#include <string_view>

#include "gateway/report/report.h"
#include "gateway/routes/call.h"
#include "gateway/routes/services.h"

namespace safeconduct::routes {

// The answer for a report that was accepted.
using MakeReportAnswer =
    std::function<http::Response(const report::ReportId& id, std::string promise)>;

// Checks and stores it, and answers `call`: by `make` when it is on disk, else with the error. A
// charter must be in force. `channel` and `age_file` are read before this returns.
void SubmitPlain(const Services& services, const CallPtr& call, std::string_view channel,
                 std::string_view age_file, MakeReportAnswer make);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_PLAIN_REPORT_H_
