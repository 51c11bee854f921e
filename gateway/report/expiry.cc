#include "gateway/report/expiry.h"

#include <algorithm>

#include "crypto/tlog/tree.h"

namespace safeconduct::report {
namespace {

Error Wrong(Message message, Message field) { return {Code::kUnverified, message, field}; }

}  // namespace

Hash RootOfLeaves(std::vector<Hash> leaves) {
  std::sort(leaves.begin(), leaves.end());
  tlog::Frontier frontier;
  for (const Hash& leaf : leaves) frontier.Append(tlog::LeafHash(leaf));
  return frontier.Root();
}

Status CheckExpiry(const v1::Event& event, const charter::OpenCharter& charter) {
  const auto& logs = charter.logs();
  if (std::none_of(logs.begin(), logs.end(), [&](const note::VerifierKey& log) {
        return AsText(log.key) == event.author();
      })) {
    return Wrong("a case expires by the log, which did not sign this", "author");
  }
  if (event.charter_version() != charter.version()) return {};
  const charter::ChannelInfo* const channel = charter.FindChannel(event.expiry().channel());
  if (channel == nullptr ||
      channel->channel->retention().closed_days() != event.expiry().closed_days()) {
    return Wrong("the charter does not let it expire after so many days", "expiry.closed_days");
  }
  if (event.time() < channel->channel->retention().from_day()) {
    return Wrong("the charter lets nothing expire before a later day", "time");
  }
  return {};
}

Status CheckExpiryOfChain(const std::vector<CheckedEvent>& events) {
  bool held = false;
  std::int64_t closed = 0;  // the time of the event that closed it
  for (const CheckedEvent& checked : events) {
    const v1::Event& event = checked.event;
    if (event.has_hold()) held = !event.hold().ended();
    if (event.has_status()) {
      const bool closes = event.status().status() == v1::CASE_STATUS_CLOSED;
      if (!closes) closed = 0;
      if (closes && closed == 0) closed = event.time();
    }
    if (!event.has_expiry()) continue;
    if (&checked != &events.back()) {
      return Wrong("something was added to an expired case", "sequence");
    }
    if (held) return Wrong("the case expired under a legal hold", "expiry");
    if (closed == 0) return Wrong("the case expired while it was open", "expiry");
    // The gateway goes by when it took the event, which is no earlier than the day in it.
    if (event.expiry().closed_day() < closed - closed % charter::kDaySeconds) {
      return Wrong("the case was closed later than its expiry says", "expiry.closed_day");
    }
  }
  return {};
}

}  // namespace safeconduct::report
