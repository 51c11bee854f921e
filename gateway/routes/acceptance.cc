#include "gateway/routes/acceptance.h"

#include <memory>
#include <utility>

#include "gateway/report/event.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {
namespace {

struct Pending {
  const Services& services;
  CallPtr call;
  std::string salt;  // of the leaf that the answer was made for
  http::Response answer;
  MakeAnswer make;
  std::function<void()> accepted;

  void AnswerAnew(const v1::StoredLeaf& leaf) {
    call->Send(make(PromiseFor(services, *call->charter, leaf)));
  }
};

}  // namespace

std::string PromiseFor(const Services& services, const CharterSnapshot& charter,
                       const v1::StoredLeaf& leaf) {
  if (leaf.salt().empty()) return {};
  const std::string& log = charter.charter->log().name;
  const std::int64_t begun = services.report_log.begun();
  const std::int64_t from_begin = report::PromisedUntil(begun, charter.log_interval_seconds);
  if (begun == 0 || leaf.promised_until() >= from_begin) {
    return report::MakePromise(leaf, log, services.log_key);
  }
  // Taken over from a log before, whose time may have passed.
  v1::StoredLeaf anew = leaf;
  anew.set_promised_until(from_begin);
  return report::MakePromise(anew, log, services.log_key);
}

http::Response AcceptedReport(const report::ReportId& id, std::string promise, Format format) {
  v1::SubmitReply reply;
  reply.set_report_id(report::FormatId(id));
  reply.set_promise(std::move(promise));
  return MessageResponse(201, reply, format);
}

ledger::Done AnswerWhenStored(const Services& services, CallPtr call, const v1::StoredLeaf& leaf,
                              MakeAnswer make, std::function<void()> accepted) {
  http::Response answer = make(PromiseFor(services, *call->charter, leaf));
  auto pending =
      std::make_shared<Pending>(Pending{services, std::move(call), leaf.salt(), std::move(answer),
                                        std::move(make), std::move(accepted)});
  return [pending = std::move(pending)](Result<ledger::Accepted> result) {
    if (!result.ok()) return pending->call->Fail(result.error());
    if (pending->accepted) pending->accepted();
    if (result->leaf.salt() == pending->salt) {
      return pending->call->Send(std::move(pending->answer));
    }
    // Signing is no work for the ledger's thread.
    const Status posted =
        pending->services.pool.Post([pending, leaf = result->leaf] { pending->AnswerAnew(leaf); });
    if (!posted.ok()) pending->call->Fail(posted.error());
  };
}

}  // namespace safeconduct::routes
