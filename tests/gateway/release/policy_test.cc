#include "gateway/release/policy.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "gateway/release/access.h"
#include "tests/gateway/release/case_run.h"

namespace safeconduct::release {
namespace {

using namespace testing;  // NOLINT

// What the table of policy.h says of one author. Y: accepted; N: not for the post; U: nothing to do
// with the case.
struct Row {
  const char* who;
  std::function<const identity::Party&(const CaseRun&)> party;
  const char* before;  // what was done for the author first: assigned, granted, excluded, nothing
  const char* verdicts;
  SealedTo to = SealedTo::kIntake;  // with kIntakeByRelay, an answer waits: event 1
};

struct Action {
  const char* name;
  std::function<CaseRun::Fill(const CaseRun&)> fill;
};

const std::vector<Action>& Actions() {
  static const std::vector<Action> actions = {
      {"message", [](const CaseRun& r) { return Say(r.sample); }},
      {"status", [](const CaseRun&) { return SetStatus(); }},
      {"assign", [](const CaseRun& r) { return Assign(r.office.second_support); }},
      {"exclude", [](const CaseRun& r) { return Exclude(r.office.second_support); }},
      {"grant triage", [](const CaseRun& r) { return Give(r.office.second_intake, "triage"); }},
      {"grant identity",
       [](const CaseRun& r) { return Give(r.office.second_support, "identity"); }},
      {"revoke", [](const CaseRun& r) { return Revoke(r.office.second_intake); }},
      {"note", [](const CaseRun&) { return CaseRun::Fill(TakeNote); }},
      {"custody", [](const CaseRun&) { return CaseRun::Fill(RecordCustody); }},
      {"measures", [](const CaseRun&) { return CaseRun::Fill(RecordMeasures); }},
      {"link", [](const CaseRun&) { return CaseRun::Fill(LinkOther); }},
      {"dismiss", [](const CaseRun&) { return CaseRun::Fill(Dismiss); }},
      {"hold", [](const CaseRun&) { return CaseRun::Fill(HoldIt); }},
      {"request", [](const CaseRun&) { return Ask({"account"}); }},
      {"approve", [](const CaseRun&) { return Approve(std::string(32, 'r'), {"account"}); }},
      {"hand over", [](const CaseRun& r) { return HandOver(r.office.second_trustee); }},
      {"consent", [](const CaseRun& r) { return ChangeConsent(r.sample); }},
      {"erase", [](const CaseRun&) { return CaseRun::Fill(Erase); }},
      {"delivery", [](const CaseRun&) { return Deliver(1); }},
  };
  return actions;
}

char VerdictOf(const Status& status) {
  if (status.ok()) return 'Y';
  return status.error().code() == Code::kUnauthorized ? 'U' : 'N';
}

TEST(PolicyTest, EveryPostDoesWhatTheTableSays) {
  const auto of = [](const identity::Party Office::*party) {
    return [party](const CaseRun& run) -> const identity::Party& { return run.office.*party; };
  };
  const auto reporter = [](const CaseRun& run) -> const identity::Party& {
    return run.sample.reporter;
  };
  // message, status, assign, exclude, grant triage, grant identity, revoke, note, custody,
  // measures, link, dismiss, hold, request, approve, hand over, consent, erase, delivery
  const Row rows[] = {
      {"the reporter", reporter, "", "YNNNNNNNNNNNNNNNYNN"},
      {"intake", of(&Office::intake), "", "YYYYYYYYYYYYYNNNNNN"},
      {"intake, excluded", of(&Office::intake), "excluded", "UUUUUUUUUUUUUUUUUUU"},
      {"support", of(&Office::support), "", "NNNNNYNYYYNNNNNNNNN"},
      {"support, assigned", of(&Office::support), "assigned", "YNNNNYNYYYYNNNNNNNN"},
      {"support, excluded", of(&Office::support), "excluded", "UUUUUUUUUUUUUUUUUUU"},
      {"investigator", of(&Office::investigator), "", "UUUUUUUUUUUUUUUUUUU"},
      {"investigator, assigned", of(&Office::investigator), "assigned", "YYNNNNNYYYYNNNNNNNN"},
      {"investigator, granted", of(&Office::investigator), "granted", "NNNNNNNYYYNNNNNNNNN"},
      {"investigator, excluded", of(&Office::investigator), "excluded", "UUUUUUUUUUUUUUUUUUU"},
      {"trustee", of(&Office::trustee), "", "UUUUUUUUUUUUUUUUUUU"},
      {"auditor", of(&Office::auditor), "", "NNNYNNNNNNNNYNNNNNN"},
      {"auditor, excluded", of(&Office::auditor), "excluded", "UUUUUUUUUUUUUUUUUUU"},
      {"intake, by SMS", of(&Office::intake), "", "YYYYYYYYYYYYYNNNNNN", SealedTo::kIntakeByRelay},
      {"the reporter, by SMS", reporter, "", "YNNNNNNNNNNNNNNNYNN", SealedTo::kIntakeByRelay},
      {"its relay", of(&Office::relay), "", "NNNNNNNNNNNNNNNNNNY", SealedTo::kIntakeByRelay},
      {"its relay, excluded", of(&Office::relay), "excluded", "UUUUUUUUUUUUUUUUUUU",
       SealedTo::kIntakeByRelay},
      {"another relay", of(&Office::second_relay), "", "UUUUUUUUUUUUUUUUUUU",
       SealedTo::kIntakeByRelay},
      {"outsider", of(&Office::outsider), "", "UUUUUUUUUUUUUUUUUUU"},
  };
  for (const Row& row : rows) {
    ASSERT_EQ(std::string_view(row.verdicts).size(), Actions().size()) << row.who;
    for (std::size_t i = 0; i < Actions().size(); ++i) {
      CaseRun run(row.to);
      const identity::Party& boss = run.office.second_intake;
      if (row.to == SealedTo::kIntakeByRelay) {
        EXPECT_EQ(VerdictOf(run.Try(boss, Say(run.sample))), 'Y');
      }
      const identity::Party& party = row.party(run);
      const std::string_view before = row.before;
      if (before == "assigned") {
        EXPECT_EQ(VerdictOf(run.Try(boss, Assign(party))), 'Y');
      }
      if (before == "granted") {
        EXPECT_EQ(VerdictOf(run.Try(boss, Give(party, "account"))), 'Y');
      }
      // So that there is something to revoke.
      EXPECT_EQ(VerdictOf(run.Try(boss, Give(boss, "triage"))), 'Y');
      if (before == "excluded") {
        EXPECT_EQ(VerdictOf(run.Try(boss, Exclude(party))), 'Y');
      }
      const v1::StoredCase untouched = run.record;
      const Status status = run.Try(party, Actions()[i].fill(run));
      EXPECT_EQ(VerdictOf(status), row.verdicts[i]) << row.who << ": " << Actions()[i].name;
      if (status.ok()) {
        EXPECT_EQ(run.record.events(), untouched.events() + 1);
      } else {
        EXPECT_EQ(run.record.SerializeAsString(), untouched.SerializeAsString());
        EXPECT_STRNE(status.error().field(), "") << row.who << ": " << Actions()[i].name;
      }
    }
  }
}

TEST(PolicyTest, WorkBringsSightAndAGrantBringsReading) {
  CaseRun run;
  const auto& [intake, investigator] = std::tie(run.office.intake, run.office.investigator);
  EXPECT_FALSE(run.Sees("oios"));
  ASSERT_TRUE(run.Try(intake, Assign(investigator)).ok());
  EXPECT_TRUE(run.Sees("oios"));
  EXPECT_FALSE(run.Reads("oios", "triage"));
  ASSERT_TRUE(run.Try(intake, Give(investigator, "account", kNow + 60)).ok());
  EXPECT_TRUE(run.Reads("oios", "account"));
  EXPECT_FALSE(run.Reads("oios", "account", kNow + 60)) << "it expired";
  EXPECT_FALSE(run.Reads("oios", "identity"));
  ASSERT_TRUE(run.Try(intake, Assign(investigator, true)).ok());
  EXPECT_TRUE(run.Sees("oios")) << "what was granted stays until it is revoked";
  ASSERT_TRUE(run.Try(intake, Revoke(investigator, "account")).ok());
  EXPECT_FALSE(run.Sees("oios"));
  EXPECT_FALSE(run.Reads("oios", "account"));
}

TEST(PolicyTest, WhatWasGrantedIsNotGrantedOn) {
  CaseRun run;
  const Office& office = run.office;
  ASSERT_TRUE(run.Try(office.intake, Give(office.investigator, "account")).ok());
  const Status on = run.Try(office.investigator, Give(office.support, "account"));
  EXPECT_EQ(on.error().code(), Code::kRejected);
  EXPECT_STREQ(on.error().field(), "grant.headers.compartment");
  // Neither to posts that do not work on cases, nor what the case does not have.
  EXPECT_FALSE(run.Try(office.intake, Give(office.trustee, "account")).ok());
  EXPECT_FALSE(run.Try(office.intake, Give(office.auditor, "triage")).ok());
  EXPECT_FALSE(run.Try(office.intake, Give(office.outsider, "triage")).ok());
  EXPECT_FALSE(run.Try(office.intake, Give(office.investigator, "attachment-1")).ok());
  EXPECT_TRUE(run.Try(office.intake, Give(office.investigator, "attachment-0")).ok());
  EXPECT_FALSE(run.Try(office.intake, Give(office.investigator, "triage", kNow)).ok());
}

TEST(PolicyTest, OnlyIntakeTakesBackWhatOthersGranted) {
  CaseRun run;
  const Office& office = run.office;
  ASSERT_TRUE(run.Try(office.support, Give(office.second_support, "identity")).ok());
  EXPECT_EQ(run.Try(office.investigator, Revoke(office.second_support)).error().code(),
            Code::kUnauthorized);
  EXPECT_TRUE(run.Try(office.second_support, Revoke(office.second_support)).ok())
      << "whoever has it can give it up";
  ASSERT_TRUE(run.Try(office.support, Give(office.second_support, "identity")).ok());
  ASSERT_TRUE(run.Try(office.support, Revoke(office.second_support)).ok());
  EXPECT_EQ(run.Try(office.support, Revoke(office.second_support)).error().code(), Code::kRejected);
  ASSERT_TRUE(run.Try(office.support, Give(office.second_support, "identity")).ok());
  EXPECT_TRUE(run.Try(office.intake, Revoke(office.second_support)).ok());
}

TEST(PolicyTest, AConflictOfInterestEndsEverythingUntilItIsLifted) {
  CaseRun run;
  const Office& office = run.office;
  ASSERT_TRUE(run.Try(office.intake, Assign(office.investigator)).ok());
  ASSERT_TRUE(run.Try(office.intake, Give(office.investigator, "account")).ok());
  ASSERT_TRUE(run.Try(office.auditor, Exclude(office.investigator)).ok());
  EXPECT_FALSE(run.Sees("oios"));
  EXPECT_FALSE(run.Reads("oios", "account"));
  EXPECT_FALSE(run.Try(office.intake, Give(office.investigator, "triage")).ok());
  EXPECT_FALSE(run.Try(office.intake, Exclude(office.investigator)).ok()) << "is so already";
  EXPECT_FALSE(run.Try(office.investigator, Exclude(office.investigator, true)).ok());
  ASSERT_TRUE(run.Try(office.intake, Exclude(office.investigator, true)).ok());
  EXPECT_TRUE(run.Reads("oios", "account"));
}

TEST(PolicyTest, StatesAreEnteredAndLeftOnce) {
  CaseRun run;
  const identity::Party& intake = run.office.intake;
  const auto end = [](const CaseRun::Fill& fill) {
    return [fill](v1::Event& event) {
      fill(event);
      if (event.has_link()) event.mutable_link()->set_ended(true);
      if (event.has_dismissal()) event.mutable_dismissal()->set_ended(true);
      if (event.has_hold()) event.mutable_hold()->set_ended(true);
    };
  };
  for (const CaseRun::Fill& fill :
       {CaseRun::Fill(LinkOther), CaseRun::Fill(Dismiss), CaseRun::Fill(HoldIt)}) {
    EXPECT_EQ(run.Try(intake, end(fill)).error().code(), Code::kRejected);
    EXPECT_TRUE(run.Try(intake, fill).ok());
    EXPECT_EQ(run.Try(intake, fill).error().code(), Code::kRejected);
    EXPECT_TRUE(run.Try(intake, end(fill)).ok());
  }
  EXPECT_FALSE(run.Try(intake,
                       [&](v1::Event& event) {
                         event.mutable_link()->set_report_hash(run.record.report_hash());
                       })
                   .ok());
  EXPECT_FALSE(run.Try(intake, SetStatus(v1::CASE_STATUS_RECEIVED)).ok());
  EXPECT_TRUE(run.Try(intake, SetStatus(v1::CASE_STATUS_CLOSED)).ok());
  EXPECT_EQ(run.record.status(), v1::CASE_STATUS_CLOSED);
}

TEST(PolicyTest, NothingIsReplayedReorderedOrOfAnotherCharter) {
  CaseRun run;
  const report::CheckedEvent first = run.Next(run.office.intake, Dismiss);
  run.record = *Apply(first, run.record, *run.sample.charter, kNow);
  EXPECT_EQ(Apply(first, run.record, *run.sample.charter, kNow).error().code(), Code::kConflict);
  report::CheckedEvent other = run.Next(run.office.intake, HoldIt);
  other.event.set_previous(std::string(32, 'x'));
  EXPECT_STREQ(Apply(other, run.record, *run.sample.charter, kNow).error().field(), "previous");
  other = run.Next(run.office.intake, HoldIt);
  other.event.set_charter_version(2);
  EXPECT_STREQ(Apply(other, run.record, *run.sample.charter, kNow).error().field(),
               "charter_version");
}

TEST(PolicyTest, OfAPlainReportThereIsNothingToAnswerOrGrant) {
  CaseRun run;
  run.record.clear_mailbox();
  run.record.clear_event_key();
  run.record.clear_compartments();
  run.record.add_compartments()->set_name("plain");
  EXPECT_FALSE(run.Try(run.office.intake, Say(run.sample)).ok());
  EXPECT_FALSE(run.Try(run.office.intake, Give(run.office.investigator, "plain")).ok());
  EXPECT_TRUE(run.Try(run.office.intake, SetStatus()).ok());
  const Status nobody = run.Try(run.office.intake, [](v1::Event& event) {
    event.clear_author();
    Dismiss(event);
  });
  EXPECT_EQ(nobody.error().code(), Code::kUnauthorized)
      << "no author is not the absent reporter of a plain report";
}

TEST(PolicyTest, ACaseHasRoomForSoManyNames) {
  CaseRun run;
  for (int i = 0; i < kMaxNamed; ++i) *run.record.add_links() = std::string(32, char(i));
  EXPECT_EQ(run.Try(run.office.intake, LinkOther).error().code(), Code::kTooLarge);
  for (int i = 0; i < kMaxAccess; ++i) {
    run.record.add_access()->set_holder("holder " + std::to_string(i));
  }
  EXPECT_EQ(run.Try(run.office.intake, Give(run.office.investigator, "triage")).error().code(),
            Code::kTooLarge);
}

// Whoever reads something reads it by the channel's policy, or because one whom the policy lets
// read it gave it to him and nobody took it back: said a second time, over the accepted events.
TEST(PolicyTest, NoSequenceOfEventsGivesAnUngrantedHolderAnything) {
  const char* const labels[] = {"intake-1", "intake-2",  "support-1", "support-2",
                                "oios",     "trustee-1", "auditor"};
  const char* const compartments[] = {"triage", "account", "identity", "attachment-0"};
  std::mt19937 random(7);
  const auto draw = [&](std::size_t count) { return random() % count; };
  std::size_t accepted = 0;
  for (int round = 0; round < 60; ++round) {
    CaseRun run;
    const identity::Party* const parties[] = {
        &run.office.intake,         &run.office.second_intake, &run.office.support,
        &run.office.second_support, &run.office.investigator,  &run.office.trustee,
        &run.office.auditor,        &run.office.outsider,      &run.sample.reporter};
    std::map<std::pair<std::string, std::string>, std::int64_t> given;  // until
    std::set<std::string> excluded;
    std::int64_t now = kNow;
    for (int step = 0; step < 60; ++step) {
      now += static_cast<std::int64_t>(draw(20));
      const identity::Party& author = *parties[draw(std::size(parties))];
      const identity::Party& other = *parties[draw(std::size(parties))];
      const char* const compartment = compartments[draw(std::size(compartments))];
      const std::int64_t until = draw(2) == 0 ? 0 : now + 1 + static_cast<std::int64_t>(draw(50));
      const std::size_t kind = draw(6);
      const bool ended = draw(2) == 0;
      const CaseRun::Fill fill = kind < 2    ? Give(other, compartment, until)
                                 : kind == 2 ? Revoke(other)
                                 : kind == 3 ? Revoke(other, compartment)
                                 : kind == 4 ? Exclude(other, ended)
                                             : Assign(other, ended);
      if (!run.Try(author, fill, now).ok()) continue;
      ++accepted;
      const std::string key = EventKey(other);
      if (kind < 2) {
        const v1::Holder* const giver =
            run.sample.charter->FindByEventKey(ToArray<32>(AsBytes(EventKey(author))));
        ASSERT_TRUE(giver != nullptr &&
                    ReadsByPolicy(*giver, run.record, compartment, *run.sample.charter));
        given[{key, compartment}] = until;
      }
      if (kind == 2)
        std::erase_if(given, [&](const auto& each) { return each.first.first == key; });
      if (kind == 3) given.erase({key, compartment});
      if (kind == 4 && ended) excluded.erase(key);
      if (kind == 4 && !ended) excluded.insert(key);

      for (const char* const label : labels) {
        const v1::Holder& holder = *run.sample.charter->FindByLabel(label);
        for (const char* const name : compartments) {
          const auto found = given.find({holder.event_key(), name});
          const bool by_grant = found != given.end() && (found->second == 0 || now < found->second);
          const bool by_policy = ReadsByPolicy(holder, run.record, name, *run.sample.charter);
          EXPECT_EQ(run.Reads(label, name, now),
                    !excluded.contains(holder.event_key()) && (by_grant || by_policy))
              << label << " " << name;
        }
      }
    }
  }
  EXPECT_GT(accepted, 200u);
}

}  // namespace
}  // namespace safeconduct::release
