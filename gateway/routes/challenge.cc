#include "gateway/proof_of_work/issuer.h"
#include "gateway/routes/endpoints.h"

namespace safeconduct::routes {
namespace {

// One refusal whatever was wrong with a solution: what helps is the same.
constexpr Error kWorkNeeded(
    Code::kBusy,
    "the gateway is busy: solve a challenge from /v1/challenge and send its "
    "solution as the header altcha",
    "proof-of-work");

}  // namespace

void GetChallenge(const Services& services, CallPtr call) {
  call->SendMessage(200, services.work_issuer.Make(services.clock.UnixSeconds()));
}

Status CheckWork(const Services& services, const http::RequestHead& head) {
  if (services.ledger.waiting_entries() < services.work_from_entries) return {};
  if (head.Count("altcha") != 1) return kWorkNeeded;
  const Status redeemed =
      services.work_issuer.Redeem(head.Find("altcha"), services.clock.UnixSeconds());
  return redeemed.ok() ? Status() : Status(kWorkNeeded);
}

}  // namespace safeconduct::routes
