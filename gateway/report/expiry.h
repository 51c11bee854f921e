// What an expiry says, and whether it may be so (design: "What a holder does becomes an event").
// Pure.
//
// What it gives: the gateway's log signed that the time of a closed case was over, under which
// channel's retention, since when, and which leaves went with it; and that this agrees with itself,
// with the charter, and with the case's events where one has them. What it does not: that the case
// was closed on that day, once its events are gone. Whoever kept them can tell.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_REPORT_EXPIRY_H_
#define SAFECONDUCT_GATEWAY_REPORT_EXPIRY_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "crypto/base/result.h"
#include "gateway/charter/charter.h"
#include "gateway/charter/retention.h"
#include "gateway/report/event.h"

namespace safeconduct::report {

// The day, Unix seconds, until which what was closed on `closed_day` is kept for so many days.
constexpr std::int64_t KeptUntil(std::int64_t closed_day, std::uint32_t closed_days) {
  return closed_day + std::int64_t{closed_days} * charter::kDaySeconds;
}

// The day, Unix seconds, on which what was closed on `closed_day` is kept no more by `retention`,
// which does erase: that day, or the one from which the channel erases, whichever is later.
inline std::int64_t ExpiresDay(std::int64_t closed_day, const v1::Retention& retention) {
  return std::max(KeptUntil(closed_day, retention.closed_days()), retention.from_day());
}

// Whether nothing of the case is left but this event.
inline bool Erases(const v1::Event& event) { return event.has_erasure() || event.has_expiry(); }

// The RFC 6962 root over the leaves in ascending order, so that whoever finds them in the log, in
// whatever order they stand there, gets the same.
Hash RootOfLeaves(std::vector<Hash> leaves);

// Of an event that CheckEvent took and that is an expiry: whether a log of the charter signed it,
// and, under that very charter, its channel's retention, from the day on which that begins.
// kUnverified, with the field.
Status CheckExpiry(const v1::Event& event, const charter::OpenCharter& charter);

// Whether the events of a whole chain, but the last, let the last one be an expiry: the case was
// closed when it says so, and not held. kUnverified, with the field; ok for a chain without one.
Status CheckExpiryOfChain(const std::vector<CheckedEvent>& events);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_EXPIRY_H_
