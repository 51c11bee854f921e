#include "gateway/routes/outbox.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/base/text.h"
#include "gateway/release/access.h"
#include "gateway/routes/case_view.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/outbox_waiters.h"
#include "gateway/routes/query.h"

namespace safeconduct::routes {
namespace {

constexpr int kMostItems = 100;
constexpr std::size_t kMostBytes = 4 * 1024 * 1024;
constexpr std::size_t kCasesAtOnce = 32;
constexpr std::uint64_t kLongestWaitSeconds = 30;

Status AddCase(const storage::EnvelopeStore& store, const storage::CaseRef& ref,
               v1::Outbox& outbox) {
  CaseFiles files(store, ref);
  SC_ASSIGN(const Manifest* const manifest, files.TheManifest());
  for (const v1::StoredAnswer& answer : ref.record.answers()) {
    if (answer.state() != v1::DELIVERY_STATE_UNSPECIFIED) continue;
    if (outbox.items_size() == kMostItems || outbox.ByteSizeLong() > kMostBytes) return {};
    SC_ASSIGN(v1::SignedEvent message, ReadEvent(store, ref, answer.event()));
    v1::OutboxItem& item = *outbox.add_items();
    item.set_report_id(report::FormatId(ref.id));
    item.set_report_hash(ref.record.report_hash());
    item.set_channel(ref.record.channel());
    item.set_capsule(manifest->message.relay().capsule());
    *item.mutable_message() = std::move(message);
    item.set_sequence(ref.record.events());
    item.set_head(ref.record.head());
  }
  return {};
}

// A relay that waits for something to send.
struct Waiting {
  const Services& services;
  CallPtr call;
  storage::HolderKey relay;
  OutboxWaiters::Time deadline;
};

// On the pool.
void Look(const Waiting& waiting) {
  const Services& services = waiting.services;
  Call& call = *waiting.call;
  const std::uint64_t seen = services.outbox.NewsOf(waiting.relay);
  SC_ANSWER_ASSIGN(call, const v1::Outbox outbox,
                   ReadOutbox(services.store, *call.holder, *call.charter->charter));
  if (outbox.items_size() > 0 || services.clock.Steady() >= waiting.deadline) {
    return call.SendMessage(200, outbox);
  }
  services.outbox.Park(waiting.relay, seen, waiting.deadline, [waiting](OutboxWaiters::Wake wake) {
    if (wake == OutboxWaiters::Wake::kOver) {
      return waiting.call->SendMessage(200, v1::Outbox());
    }
    OnPool(waiting.services, waiting.call, [waiting](Call&) { Look(waiting); });
  });
}

Result<std::chrono::seconds> QueryWait(std::string_view query) {
  const std::optional<std::string_view> text = QueryValue(query, "wait");
  if (!text) return std::chrono::seconds(0);
  const Result<std::uint64_t> number = ParseDecimal(*text, kLongestWaitSeconds);
  if (!number.ok()) {
    return Error(Code::kMalformed, "a relay waits for 0 to 30 seconds", "wait");
  }
  return std::chrono::seconds(*number);
}

}  // namespace

Result<v1::Outbox> ReadOutbox(const storage::EnvelopeStore& store, const v1::Holder& relay,
                              const charter::OpenCharter& charter) {
  const storage::HolderKey key = ToArray<32>(AsBytes(relay.event_key()));
  v1::Outbox outbox;
  storage::Sequence after = 0;
  while (true) {
    SC_ASSIGN(const std::vector<storage::CaseRef> cases,
              store.ListOutbox(key, after, kCasesAtOnce));
    for (const storage::CaseRef& ref : cases) {
      if (!release::Relays(relay, ref.record, charter)) continue;
      const Status added = AddCase(store, ref, outbox);
      // Erased since it was listed.
      if (!added.ok() && added.error().code() != Code::kNotFound) return added.error();
      if (outbox.items_size() == kMostItems || outbox.ByteSizeLong() > kMostBytes) return outbox;
    }
    if (cases.size() < kCasesAtOnce) return outbox;
    after = cases.back().sequence;
  }
}

void GetOutbox(const Services& services, CallPtr call) {
  SC_ANSWER_ASSIGN(*call, const std::chrono::seconds wait, QueryWait(call->head.query()));
  if (!charter::HasRole(*call->holder, v1::ROLE_RELAY)) {
    return call->Fail(Error(Code::kRejected, "only a relay has an outbox"));
  }
  const Waiting waiting{services, call, ToArray<32>(AsBytes(call->holder->event_key())),
                        services.clock.Steady() + wait};
  OnPool(services, std::move(call), [waiting](Call&) { Look(waiting); });
}

}  // namespace safeconduct::routes
