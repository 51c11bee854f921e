#include "gateway/charter/retention.h"

#include <algorithm>

namespace safeconduct::charter {

bool IsUnannounced(const v1::Retention& before, const v1::Retention& after, std::int64_t now) {
  if (after.closed_days() == 0 || after.from_day() >= now + kAnnouncedDays * kDaySeconds) {
    return false;
  }
  const bool is_shorter = before.closed_days() == 0 || after.closed_days() < before.closed_days();
  // An announced day that is over may be left out.
  const bool is_brought_forward = before.from_day() > now && after.from_day() < before.from_day();
  return is_shorter || is_brought_forward;
}

std::vector<const v1::Channel*> UnannouncedRetentions(const v1::Charter& before,
                                                      const v1::Charter& after, std::int64_t now) {
  std::vector<const v1::Channel*> unannounced;
  for (const v1::Channel& channel : after.channels()) {
    const auto old = std::find_if(before.channels().begin(), before.channels().end(),
                                  [&](const auto& each) { return each.id() == channel.id(); });
    if (old != before.channels().end() &&
        IsUnannounced(old->retention(), channel.retention(), now)) {
      unannounced.push_back(&channel);
    }
  }
  return unannounced;
}

}  // namespace safeconduct::charter
