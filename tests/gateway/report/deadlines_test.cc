// What is due by when: by the vectors that the console is held to as well, and by danger.
#include "gateway/report/deadlines.h"

#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

#include "proto/parse.h"

namespace safeconduct::report {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

const Value& Member(const Value& of, const char* name) {
  return of.struct_value().fields().at(name);
}
std::uint32_t Number(const Value& of, const char* name) {
  return static_cast<std::uint32_t>(Member(of, name).number_value());
}

// "2027-01-06", or with a time after it.
std::int64_t TimeOf(const std::string& text) {
  std::tm time = {};
  const bool whole = text.size() > 10;
  strptime(text.c_str(), whole ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d", &time);
  return timegm(&time);
}

Struct Vectors() {
  const char* const tests = std::getenv("SAFECONDUCT_TESTS_DIR");
  std::ifstream file(std::string(tests != nullptr ? tests : ".") + "/vectors/deadlines/cases.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  Result<Struct> read =
      proto::FromJson<Struct>(text, 1'000'000, proto::Unknown::kRefuse, 1'000'000);
  return read.ok() ? *std::move(read) : Struct();
}

v1::CaseStatus StatusOf(const std::string& name) {
  const char* const names[] = {"received", "acknowledged", "assessment", "investigation",
                               "referred", "action",       "closed"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if (name == names[i]) return static_cast<v1::CaseStatus>(i + 1);
  }
  return v1::CASE_STATUS_UNSPECIFIED;
}

v1::Deadlines DeadlinesOf(const Value& value) {
  v1::Deadlines out;
  out.set_acknowledge_days(Number(value, "acknowledge"));
  out.set_feedback_days(Number(value, "feedback"));
  out.set_appoint_investigator_working_days(Number(value, "appoint"));
  out.set_appoint_investigator_urgent_working_days(Number(value, "appointUrgent"));
  out.set_conclude_days(Number(value, "conclude"));
  out.set_conclude_urgent_days(Number(value, "concludeUrgent"));
  return out;
}

TEST(Deadlines, AreThoseOfTheVectors) {
  const Struct vectors = Vectors();
  ASSERT_TRUE(vectors.fields().contains("cases"));
  const auto& cases = vectors.fields().at("cases").list_value().values();
  ASSERT_GT(cases.size(), 100);
  for (const Value& each : cases) {
    SCOPED_TRACE(each.ShortDebugString());
    const Standing standing = {StatusOf(Member(each, "status").string_value()),
                               TimeOf(Member(each, "received").string_value()),
                               Member(each, "settled").bool_value()};
    const Urgency urgency =
        Member(each, "urgent").bool_value() ? Urgency::kUrgent : Urgency::kUsual;
    const std::vector<Due> due = DueOf(standing, DeadlinesOf(Member(each, "deadlines")), urgency,
                                       TimeOf(Member(each, "now").string_value()));
    const auto& expected = Member(each, "due").list_value().values();
    ASSERT_EQ(due.size(), static_cast<std::size_t>(expected.size()));
    for (std::size_t i = 0; i < due.size(); ++i) {
      const Value& wanted = expected[static_cast<int>(i)];
      EXPECT_EQ(DutyName(due[i].duty), Member(wanted, "duty").string_value());
      EXPECT_EQ(due[i].day, TimeOf(Member(wanted, "day").string_value()));
      EXPECT_EQ(static_cast<double>(due[i].days_left), Member(wanted, "daysLeft").number_value());
    }
  }
}

template <typename Case>
void ExpectStanding(Case record) {
  record.set_status(v1::CASE_STATUS_IN_ASSESSMENT);
  record.set_received_day(86'400);
  EXPECT_FALSE(StandingOf(record).settled);
  EXPECT_EQ(StandingOf(record).received_day, 86'400);
  record.set_dismissed(true);
  EXPECT_TRUE(StandingOf(record).settled);
  record.set_dismissed(false);
  record.set_erased(true);
  EXPECT_TRUE(StandingOf(record).settled);
  record.set_erased(false);
  record.set_status(v1::CASE_STATUS_CLOSED);
  EXPECT_TRUE(StandingOf(record).settled);
}

TEST(Deadlines, WhatIsClosedDismissedOrErasedIsSettled) {
  ExpectStanding(v1::StoredCase());
  ExpectStanding(v1::CaseSummary());
}

TEST(Deadlines, OnlyAYesToAQuestionAboutDangerIsUrgent) {
  v1::Channel channel;
  const auto ask = [&channel](const char* id, v1::QuestionKind kind) {
    v1::Question& question = *channel.mutable_questionnaire()->add_steps()->add_questions();
    question.set_id(id);
    question.set_kind(kind);
  };
  ask("danger-now", v1::QUESTION_KIND_YES_NO);
  ask("danger-what", v1::QUESTION_KIND_LONG_TEXT);
  ask("still-happening", v1::QUESTION_KIND_YES_NO);
  const auto urgency = [&channel](const char* question, const char* value) {
    v1::Triage triage;
    v1::Answer& answer = *triage.add_answers();
    answer.set_question(question);
    answer.add_values(value);
    return UrgencyOf(triage, channel);
  };
  EXPECT_EQ(urgency("danger-now", "yes"), Urgency::kUrgent);
  EXPECT_EQ(urgency("danger-now", "no"), Urgency::kUsual);
  EXPECT_EQ(urgency("danger-what", "yes"), Urgency::kUsual);
  EXPECT_EQ(urgency("still-happening", "yes"), Urgency::kUsual);
  EXPECT_EQ(urgency("danger-elsewhere", "yes"), Urgency::kUsual);  // no question of the channel
  EXPECT_EQ(UrgencyOf(v1::Triage(), channel), Urgency::kUsual);
}

}  // namespace
}  // namespace safeconduct::report
