#include "gateway/routes/events.h"

#include <memory>
#include <optional>
#include <utility>

#include "gateway/release/policy.h"
#include "gateway/routes/acceptance.h"
#include "gateway/routes/case_view.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/query.h"

namespace safeconduct::routes {
namespace {

constexpr std::size_t kUsualPage = 100;
constexpr std::size_t kLargestPage = 1'000;
constexpr std::size_t kPageBytes = 4 * 1024 * 1024;
// Clocks differ, and the hour is rounded down already. What lies back is bound by the chain and
// the log, and the same bytes must be taken again later.
constexpr std::int64_t kClockSlackSeconds = 600;

Status CheckSender(const SentEvent& event, const storage::CaseRef& ref, std::string_view author) {
  if (event.checked.event.author() != author) {
    return Error(Code::kRejected, "an event is sent by its author", "author");
  }
  if (event.checked.event.report_hash() != ref.record.report_hash()) {
    return Error(Code::kRejected, "an event of another case", "report_hash");
  }
  return {};
}

// The case after the event; none for one whose place is taken or not there yet: the ledger knows
// whether it stands there already, and it cannot change anything more.
Result<std::optional<v1::StoredCase>> After(const Services& services, const SentEvent& event,
                                            const storage::CaseRef& ref,
                                            const charter::OpenCharter& charter) {
  if (event.checked.event.sequence() != ref.record.events() + 1) {
    return std::optional<v1::StoredCase>();
  }
  Result<v1::StoredCase> after =
      release::Apply(event.checked, ref.record, charter, services.clock.UnixSeconds());
  if (after.ok()) return std::optional<v1::StoredCase>(*std::move(after));
  // Who he is has been shown; it is his posts that do not allow it.
  if (after.error().code() == Code::kUnauthorized) {
    return Error(Code::kRejected, "this is not for this holder to do", "author");
  }
  return after.error();
}

ledger::EventEntry EntryFor(const Services& services, const CharterSnapshot& charter,
                            const storage::CaseRef& ref, const SentEvent& sent,
                            std::optional<v1::StoredCase> after) {
  const v1::Event& event = sent.checked.event;
  ledger::EventEntry entry;
  entry.case_id = ref.id;
  entry.number = event.sequence();
  entry.previous = ToArray<sizeof(Hash)>(AsBytes(event.previous()));
  entry.hash = sent.checked.hash;
  const std::string bytes = sent.signed_event.SerializeAsString();
  entry.signed_event.assign(bytes.begin(), bytes.end());
  entry.after = std::move(after);
  entry.leaf = report::MakeLeaf(report::LeafKind::kEvent, sent.checked.hash,
                                services.clock.UnixSeconds(), charter.log_interval_seconds);
  return entry;
}

// What is done once the event is on disk: the relay is told of an answer that it has to send.
std::function<void()> WhenStored(const Services& services, const v1::Event& event,
                                 const std::optional<v1::StoredCase>& after) {
  const bool is_answer = event.has_message() && after && !after->relay().empty() &&
                         event.author() != after->event_key();
  if (!is_answer) return nullptr;
  return [&services, relay = ToArray<sizeof(storage::HolderKey)>(AsBytes(after->relay()))] {
    services.outbox.Tell(relay);
  };
}

void List(const Services& services, Call& call, std::uint64_t after, std::size_t limit) {
  SC_ANSWER_ASSIGN(call, const storage::CaseRef ref,
                   FindVisible(services, call.params[0], *call.holder, *call.charter->charter));
  SC_ANSWER_ASSIGN(call, EventPage page,
                   ReadEvents(services.store, ref, after, {limit, kPageBytes}));
  v1::EventList list;
  for (v1::SignedEvent& event : page.events) *list.add_events() = std::move(event);
  if (page.last < ref.record.events()) list.set_next(std::to_string(page.last));
  call.SendMessage(200, list);
}

}  // namespace

Result<SentEvent> ParseEvent(const Services& services, const Call& call) {
  SC_ASSIGN(const Format format, RequestFormat(call.head));
  v1::AppendEvent request;
  SC_TRY(ParseMessage(format, call.body, request));
  SentEvent sent;
  sent.signed_event = std::move(*request.mutable_event());
  SC_ASSIGN(sent.checked, report::CheckEvent(sent.signed_event));
  if (sent.checked.event.time() > services.clock.UnixSeconds() + kClockSlackSeconds) {
    return Error(Code::kRejected, "an event does not lie in the future", "time");
  }
  return sent;
}

void AppendToCase(const Services& services, const CallPtr& call, const storage::CaseRef& ref,
                  SentEvent event, std::string_view author) {
  SC_ANSWER_ERROR(*call, CheckSender(event, ref, author));
  SC_ANSWER_ASSIGN(*call, std::optional<v1::StoredCase> after,
                   After(services, event, ref, *call->charter->charter));
  std::function<void()> stored = WhenStored(services, event.checked.event, after);
  ledger::EventEntry entry = EntryFor(services, *call->charter, ref, event, std::move(after));
  MakeAnswer make = [number = entry.number, format = call->format](std::string promise) {
    v1::AppendEventReply reply;
    reply.set_sequence(number);
    reply.set_promise(std::move(promise));
    return MessageResponse(201, reply, format);
  };
  ledger::Done done =
      AnswerWhenStored(services, call, entry.leaf, std::move(make), std::move(stored));
  services.ledger.SubmitEvent(std::move(entry), std::move(done));
}

void ListEvents(const Services& services, CallPtr call) {
  SC_ANSWER_ASSIGN(*call, const std::uint64_t after, QueryAfter(call->head.query()));
  SC_ANSWER_ASSIGN(*call, const std::size_t limit,
                   QueryLimit(call->head.query(), kUsualPage, kLargestPage));
  OnPool(services, call,
         [&services, after, limit](Call& each) { List(services, each, after, limit); });
}

void PostCaseEvent(const Services& services, CallPtr call) {
  SC_ANSWER_ASSIGN(*call, SentEvent sent, ParseEvent(services, *call));
  auto event = std::make_shared<SentEvent>(std::move(sent));
  OnPool(services, call, [&services, call, event](Call&) {
    SC_ANSWER_ASSIGN(
        *call, const storage::CaseRef ref,
        FindForEvent(services, call->params[0], *call->holder, *call->charter->charter));
    AppendToCase(services, call, ref, std::move(*event), call->holder->event_key());
  });
}

}  // namespace safeconduct::routes
