#include "gateway/report/deadlines.h"

#include <algorithm>
#include <string_view>

#include "gateway/charter/retention.h"

namespace safeconduct::report {
namespace {

using charter::kDaySeconds;

// Of the days of the week since Thursday, the first of January 1970.
constexpr std::int64_t kSaturday = 2;
constexpr std::int64_t kSunday = 3;

bool IsWeekend(std::int64_t day) {
  const std::int64_t weekday = day / kDaySeconds % 7;
  return weekday == kSaturday || weekday == kSunday;
}

template <typename Case>
Standing StandingFrom(const Case& from) {
  return {from.status(), from.received_day(),
          from.dismissed() || from.erased() || from.status() == v1::CASE_STATUS_CLOSED};
}

bool AsksOfDanger(const v1::Question& question) {
  return question.kind() == v1::QUESTION_KIND_YES_NO && question.id().starts_with("danger");
}

bool IsYes(const v1::Triage& triage, std::string_view question) {
  const auto& answers = triage.answers();
  return std::any_of(answers.begin(), answers.end(), [question](const v1::Answer& answer) {
    const auto& values = answer.values();
    return answer.question() == question &&
           std::find(values.begin(), values.end(), "yes") != values.end();
  });
}

}  // namespace

const char* DutyName(Duty duty) {
  switch (duty) {
    case Duty::kAcknowledge:
      return "acknowledge";
    case Duty::kAppoint:
      return "appoint";
    case Duty::kFeedback:
      return "feedback";
    case Duty::kConclude:
      return "conclude";
  }
  return "";
}

Standing StandingOf(const v1::CaseSummary& summary) { return StandingFrom(summary); }
Standing StandingOf(const v1::StoredCase& record) { return StandingFrom(record); }

std::int64_t AfterWorkingDays(std::int64_t day, std::uint32_t count) {
  while (count > 0) {
    day += kDaySeconds;
    if (!IsWeekend(day)) --count;
  }
  return day;
}

std::vector<Due> DueOf(const Standing& standing, const v1::Deadlines& deadlines, Urgency urgency,
                       std::int64_t now) {
  if (standing.settled) return {};
  const std::int64_t today = now - now % kDaySeconds;
  std::vector<Due> all;
  const auto add = [&](Duty duty, std::int64_t day) {
    all.push_back({duty, day, (day - today) / kDaySeconds});
  };
  const auto after = [&](std::uint32_t days) { return standing.received_day + days * kDaySeconds; };
  const auto quicker = [urgency](std::uint32_t usual, std::uint32_t if_urgent) {
    return urgency == Urgency::kUrgent && if_urgent > 0 ? if_urgent : usual;
  };
  const auto has_not = [&](v1::CaseStatus wanted) { return standing.status < wanted; };
  const std::uint32_t appoint = quicker(deadlines.appoint_investigator_working_days(),
                                        deadlines.appoint_investigator_urgent_working_days());
  const std::uint32_t conclude =
      quicker(deadlines.conclude_days(), deadlines.conclude_urgent_days());
  if (deadlines.acknowledge_days() > 0 && standing.status == v1::CASE_STATUS_RECEIVED) {
    add(Duty::kAcknowledge, after(deadlines.acknowledge_days()));
  }
  if (appoint > 0 && has_not(v1::CASE_STATUS_UNDER_INVESTIGATION)) {
    add(Duty::kAppoint, AfterWorkingDays(standing.received_day, appoint));
  }
  if (deadlines.feedback_days() > 0 && has_not(v1::CASE_STATUS_ACTION_TAKEN)) {
    add(Duty::kFeedback, after(deadlines.feedback_days()));
  }
  if (conclude > 0 && has_not(v1::CASE_STATUS_ACTION_TAKEN)) {
    add(Duty::kConclude, after(conclude));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Due& a, const Due& b) { return a.day < b.day; });
  return all;
}

Urgency UrgencyOf(const v1::Triage& triage, const v1::Channel& channel) {
  for (const v1::Step& step : channel.questionnaire().steps()) {
    for (const v1::Question& question : step.questions()) {
      if (AsksOfDanger(question) && IsYes(triage, question.id())) return Urgency::kUrgent;
    }
  }
  return Urgency::kUsual;
}

bool DependsOnUrgency(const v1::Deadlines& deadlines) {
  return deadlines.appoint_investigator_urgent_working_days() > 0 ||
         deadlines.conclude_urgent_days() > 0;
}

}  // namespace safeconduct::report
