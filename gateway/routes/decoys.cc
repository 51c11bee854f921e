#include "gateway/routes/decoys.h"

#include <memory>
#include <utility>
#include <vector>

#include "crypto/base/secret.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"
#include "gateway/routes/acceptance.h"

namespace safeconduct::routes {

void SubmitDecoy(const Services& services, const CallPtr& call, const v1::SubmitReport& request) {
  if (!services.take_decoys) {
    return call->Fail(Error(Code::kRejected, "this gateway takes no decoys", "decoy"));
  }
  if (request.uploads_size() > 0) {
    return call->Fail(Error(Code::kRejected, "there is one upload for each attachment", "uploads"));
  }
  const ByteView sealed = AsBytes(request.decoy());
  std::vector<ByteView> payloads;
  for (const std::string& payload : request.payloads()) payloads.push_back(AsBytes(payload));
  const charter::OpenCharter& charter = *call->charter->charter;
  SC_ANSWER_ERROR(*call, report::CheckDecoy(sealed, payloads, charter));

  ledger::DecoyEntry entry;
  entry.sealed.assign(sealed.begin(), sealed.end());
  for (const ByteView payload : payloads) {
    entry.payloads.emplace_back(payload.begin(), payload.end());
  }
  auto answer = std::make_shared<http::Response>(
      AcceptedReport(RandomArray<std::tuple_size_v<report::ReportId>>(),
                     report::MakeDecoyPromise(services.clock.UnixSeconds(),
                                              call->charter->log_interval_seconds, charter.log()),
                     call->format));
  services.ledger.SubmitDecoy(std::move(entry), [call, answer](Status written) {
    if (!written.ok()) return call->Fail(written.error());
    call->Send(std::move(*answer));
  });
}

}  // namespace safeconduct::routes
