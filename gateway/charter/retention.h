// How a channel's retention may change from one charter to the next: what erases sooner than before
// is announced, so that whoever works on a closed case still has time to put a hold on it.
// Pure; the clock is the caller's.
//
// What it does not give: a rule that a charter has to keep. Whoever holds the root keys can also
// name people who erase at once, so there is nobody to be kept from it; it is a mistake that has to
// be found before it is signed. A signed charter whose day came near while signatures were gathered
// goes into force all the same, with all that it says of keys.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_CHARTER_RETENTION_H_
#define SAFECONDUCT_GATEWAY_CHARTER_RETENTION_H_

#include <cstdint>
#include <vector>

#include "safeconduct/v1/charter.pb.h"

namespace safeconduct::charter {

inline constexpr std::int64_t kDaySeconds = 86'400;
inline constexpr std::int64_t kAnnouncedDays = 30;

// The first `from_day` that announces what is signed at `now`, Unix seconds.
constexpr std::int64_t FirstAnnouncedDay(std::int64_t now) {
  return (now + kDaySeconds - 1) / kDaySeconds * kDaySeconds + kAnnouncedDays * kDaySeconds;
}

// Whether `after` erases what `before` keeps, or earlier than that, and begins to within
// kAnnouncedDays of `now`.
bool IsUnannounced(const v1::Retention& before, const v1::Retention& after, std::int64_t now);

// The channels of both charters whose retention in `after` is unannounced, in their order there. A
// channel that `before` does not have has no cases yet.
std::vector<const v1::Channel*> UnannouncedRetentions(const v1::Charter& before,
                                                      const v1::Charter& after, std::int64_t now);

}  // namespace safeconduct::charter

#endif  // SAFECONDUCT_GATEWAY_CHARTER_RETENTION_H_
