// What a holder has read, kept for the holder (marks.proto).
#include <utility>

#include "gateway/report/read_marks.h"
#include "gateway/routes/endpoints.h"
#include "safeconduct/v1/marks.pb.h"

namespace safeconduct::routes {
namespace {

// Relays read no case.
Status CheckReads(const v1::Holder& holder) {
  if (charter::HasRole(holder, v1::ROLE_RELAY)) {
    return Error(Code::kRejected, "a relay reads no case");
  }
  return {};
}

storage::HolderKey KeyOf(const v1::Holder& holder) {
  return ToArray<32>(AsBytes(holder.event_key()));
}

Result<ledger::MarksEntry> ParseMarks(const Call& call) {
  SC_ASSIGN(const Format format, RequestFormat(call.head));
  v1::PutMarks request;
  SC_TRY(ParseMessage(format, call.body, request));
  const ByteView sealed = AsBytes(request.sealed());
  if (sealed.size() > storage::kMaxMarksBytes) {
    return Error(Code::kTooLarge, "read marks are at most 1 MiB", "sealed");
  }
  SC_TRY(report::CheckReadMarks(sealed));
  return ledger::MarksEntry{
      KeyOf(*call.holder), request.replaces(), {sealed.begin(), sealed.end()}};
}

}  // namespace

void GetMarks(const Services& services, CallPtr call) {
  SC_ANSWER_ERROR(*call, CheckReads(*call->holder));
  OnPool(services, call, [&services](Call& each) {
    SC_ANSWER_ASSIGN(each, const storage::ReadMarks marks,
                     services.store.Marks(KeyOf(*each.holder)));
    v1::Marks answer;
    answer.set_version(marks.version);
    answer.set_sealed(std::string(AsText(marks.sealed)));
    each.SendMessage(200, answer);
  });
}

void PutMarks(const Services& services, CallPtr call) {
  SC_ANSWER_ERROR(*call, CheckReads(*call->holder));
  SC_ANSWER_ASSIGN(*call, ledger::MarksEntry entry, ParseMarks(*call));
  services.ledger.SubmitMarks(std::move(entry), [call](const Status& stored) {
    if (!stored.ok()) return call->Fail(stored.error());
    http::Response response;
    response.status = 204;
    call->Send(std::move(response));
  });
}

}  // namespace safeconduct::routes
