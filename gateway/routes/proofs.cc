// What the log has of a case: a proof for its report and for each of its events.
#include "gateway/report/report.h"
#include "gateway/routes/case_view.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/query.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {
namespace {

// A proof costs a quarter of a millisecond.
constexpr std::size_t kProofsAtOnce = 100;

// An empty one where the leaf is under no checkpoint, or was erased.
Status AddProof(const Services& services, std::uint64_t event, const v1::StoredLeaf& leaf,
                v1::CaseProofs& page) {
  v1::CaseProof& proof = *page.add_proofs();
  proof.set_event(event);
  Result<std::string> receipt = services.report_log.Receipt(leaf);
  if (receipt.ok()) {
    proof.set_proof(*std::move(receipt));
  } else if (receipt.error().code() != Code::kNotFound) {
    return receipt.error();
  }
  return {};
}

Result<v1::CaseProofs> ProofsOf(const Services& services, const storage::CaseRef& ref,
                                std::uint64_t after) {
  v1::CaseProofs page;
  if (after == 0) {
    SC_ASSIGN(const storage::Leaf leaf, services.store.FindLeaf(ref.record.leaf()));
    SC_TRY(AddProof(services, 0, leaf.record, page));
  }
  if (after >= ref.record.events()) return page;
  const std::size_t room = kProofsAtOnce - static_cast<std::size_t>(page.proofs_size());
  SC_ASSIGN(const std::vector<storage::StoredEvent> events,
            services.store.Events(ref.sequence, after + 1, room));
  for (const storage::StoredEvent& event : events) {
    SC_TRY(AddProof(services, event.number, event.leaf.record, page));
  }
  if (events.size() == room) page.set_next(std::to_string(events.back().number));
  return page;
}

}  // namespace

void ListProofs(const Services& services, CallPtr call) {
  SC_ANSWER_ASSIGN(*call, const std::uint64_t after, QueryAfter(call->head.query()));
  OnPool(services, call, [&services, after](Call& each) {
    SC_ANSWER_ASSIGN(each, const storage::CaseRef ref,
                     FindVisible(services, each.params[0], *each.holder, *each.charter->charter));
    SC_ANSWER_ASSIGN(each, const v1::CaseProofs page, ProofsOf(services, ref, after));
    each.SendMessage(200, page);
  });
}

}  // namespace safeconduct::routes
