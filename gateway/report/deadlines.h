// What is due in a case by when: from the day on which it was received, its status and the
// channel's deadlines (proto/safeconduct/v1/charter.proto, Deadlines). Days are those of the
// calendar in UTC. The console computes the same (gateway/web/console/model/deadlines.ts);
// tests/vectors/deadlines holds both to one answer.
//
// What it does not give: whether somebody is in danger stands in the sealed triage, so only who
// opens that knows that the urgent times count.
//
// Thread-safety: free functions over values; no errors.
#ifndef SAFECONDUCT_GATEWAY_REPORT_DEADLINES_H_
#define SAFECONDUCT_GATEWAY_REPORT_DEADLINES_H_

#include <cstdint>
#include <vector>

#include "safeconduct/v1/api.pb.h"
#include "safeconduct/v1/charter.pb.h"
#include "safeconduct/v1/report.pb.h"
#include "safeconduct/v1/stored.pb.h"

namespace safeconduct::report {

enum class Duty : std::uint8_t { kAcknowledge, kAppoint, kFeedback, kConclude };
const char* DutyName(Duty duty);  // "acknowledge", "appoint", "feedback", "conclude"

enum class Urgency : std::uint8_t { kUsual, kUrgent };

struct Due {
  Duty duty = Duty::kAcknowledge;
  std::int64_t day = 0;        // Unix seconds of 00:00 UTC: to be done by the end of it
  std::int64_t days_left = 0;  // 0: today; below: overdue
};

// What counts of a case.
struct Standing {
  v1::CaseStatus status = v1::CASE_STATUS_UNSPECIFIED;
  std::int64_t received_day = 0;  // Unix seconds of 00:00 UTC
  bool settled = false;           // closed, dismissed or erased: nothing is due any more
};
Standing StandingOf(const v1::CaseSummary& summary);
Standing StandingOf(const v1::StoredCase& record);

// What is not done yet, the earliest first; of one day, in the order of Duty. `now`: Unix seconds.
std::vector<Due> DueOf(const Standing& standing, const v1::Deadlines& deadlines, Urgency urgency,
                       std::int64_t now);

// Monday to Friday, counted from the day after `day`.
std::int64_t AfterWorkingDays(std::int64_t day, std::uint32_t count);

// Urgent: a yes/no question of the triage whose id begins with `danger` is answered "yes".
Urgency UrgencyOf(const v1::Triage& triage, const v1::Channel& channel);
// Whether the channel has a time for urgent cases, so that a triage has to be opened to know it.
bool DependsOnUrgency(const v1::Deadlines& deadlines);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_DEADLINES_H_
