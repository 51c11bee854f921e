// The audit: an honest log passes, and each way of hiding something raises an alarm.
#include "gateway/cli/log_openings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "crypto/base/hash.h"
#include "gateway/report/expiry.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::uint32_t kInterval = 3'600;
constexpr std::int64_t kOld = kNow - 30 * 86'400;

std::string Salt(std::size_t number) {
  return std::string(AsText(Sha256(AsBytes("salt " + std::to_string(number)))));
}
Hash Named(const std::string& name) { return Sha256(AsBytes(name)); }

Hash LeafOf(const v1::LogOpening& opening) {
  const ByteArray<1> kind = {static_cast<std::uint8_t>(opening.kind())};
  const std::string hash = opening.kind() == 3 ? std::string(32, '\0') : opening.entry_hash();
  return Sha256({AsBytes("safeconduct/leaf/v1"), AsBytes(opening.salt()), kind, AsBytes(hash)});
}

// Two cases, of which "b" has two events, and "c", which was erased by its third; and two covers.
class Auditing : public ::testing::Test {
 protected:
  Auditing() {
    audit.interval_seconds = kInterval;
    audit.now = kNow;
    AddCase("a", 0);
    AddCase("b", 2);
    AddErased("c", 3);
    AddCover();
    AddCover();
  }

  std::size_t Add(std::uint32_t kind, const std::string& id, std::string_view hash) {
    v1::LogOpening opening;
    opening.set_entry(audit.entries.size());
    opening.set_kind(kind);
    opening.set_salt(Salt(audit.entries.size()));
    opening.set_report_id(id);
    opening.set_entry_hash(std::string(hash));
    audit.entries.push_back(LeafOf(opening));
    audit.openings.push_back(opening);
    return audit.entries.size() - 1;
  }
  void AddCover() { Add(3, "", ""); }

  AuditedCase& AddCase(const std::string& name, std::uint64_t events) {
    AuditedCase added;
    added.report_hash = Named(name);
    added.report_id = report::FormatId(report::IdOf(added.report_hash));
    const std::size_t entry = Add(1, added.report_id, AsText(added.report_hash));
    added.promise = {audit.entries[entry], kOld};
    for (std::uint64_t i = 1; i <= events; ++i) {
      added.events.push_back({Named(name + std::to_string(i)), i, kOld, false});
      Add(2, added.report_id, AsText(added.events.back().hash));
    }
    audit.cases.push_back(added);
    return audit.cases.back();
  }

  void AddErased(const std::string& name, std::uint64_t number) {
    const std::size_t first = audit.openings.size();
    AuditedCase& added = AddCase(name, number);
    added.erased = true;
    added.events.erase(added.events.begin(), added.events.end() - 1);
    added.events[0].erases = true;
    for (std::size_t i = first; i + 1 < audit.openings.size(); ++i) {
      Erase(i, added.events[0].hash);
    }
  }
  void Erase(std::size_t at, const Hash& by) {
    audit.openings[at].clear_salt();
    audit.openings[at].clear_entry_hash();
    audit.openings[at].set_erased_by(std::string(AsText(by)));
  }

  AuditedCase& Case(const std::string& name) {
    const std::string id = report::FormatId(report::IdOf(Named(name)));
    return *std::find_if(audit.cases.begin(), audit.cases.end(),
                         [&](const AuditedCase& each) { return each.report_id == id; });
  }
  void RemoveCase(const std::string& name) {
    audit.cases.erase(audit.cases.begin() + (&Case(name) - audit.cases.data()));
  }
  // Of the openings, that of entry number `entry`.
  void RemoveOpening(std::uint64_t entry) {
    std::erase_if(audit.openings, [&](const auto& each) { return each.entry() == entry; });
  }

  void ExpectAlarms(std::size_t count, const std::string& word) {
    const AuditResult result = AuditLog(audit);
    EXPECT_EQ(result.alarms.size(), count);
    const bool said =
        std::any_of(result.alarms.begin(), result.alarms.end(),
                    [&](const auto& each) { return each.find(word) != std::string::npos; });
    EXPECT_TRUE(said) << word;
    for (const std::string& alarm : result.alarms) SCOPED_TRACE(alarm);
  }

  Audit audit;
};

TEST_F(Auditing, AnHonestLogRaisesNoAlarm) {
  const AuditResult result = AuditLog(audit);
  EXPECT_EQ(result.alarms, std::vector<std::string>());
  EXPECT_EQ(result.reports, 2u);
  EXPECT_EQ(result.events, 3u);
  EXPECT_EQ(result.covers, 2u);
  EXPECT_EQ(result.erased, 3u);
  EXPECT_EQ(result.waiting, 0u);
  std::reverse(audit.openings.begin(), audit.openings.end());
  EXPECT_EQ(AuditLog(audit).alarms, std::vector<std::string>()) << "in whatever order they come";
}

TEST_F(Auditing, AnExpiryNamesTheEntriesThatWentWithIt) {
  std::vector<Hash> leaves;
  for (const v1::LogOpening& opening : audit.openings) {
    if (!opening.erased_by().empty()) leaves.push_back(audit.entries[opening.entry()]);
  }
  ASSERT_EQ(leaves.size(), 3u);
  std::swap(leaves.front(), leaves.back());
  Case("c").events[0].leaves = report::RootOfLeaves(leaves);
  EXPECT_EQ(AuditLog(audit).alarms, std::vector<std::string>());
  leaves.back() = Named("another");
  Case("c").events[0].leaves = report::RootOfLeaves(leaves);
  ExpectAlarms(1, "not those that its expiry names");
}

TEST_F(Auditing, AnEntryWithoutAnOpening) {
  for (std::uint64_t entry = 0; entry < audit.entries.size(); ++entry) {
    const Audit whole = audit;
    RemoveOpening(entry);
    const AuditResult result = AuditLog(audit);
    ASSERT_FALSE(result.alarms.empty()) << entry;
    EXPECT_NE(result.alarms[0].find("Entry " + std::to_string(entry) + " has no opening"),
              std::string::npos);
    audit = whole;
  }
}

TEST_F(Auditing, AnEntryThatWasChanged) {
  audit.entries[0][0] ^= 1;
  ExpectAlarms(2, "Entry 0 is not what its opening says");
}

TEST_F(Auditing, AnOpeningOfAnotherLeaf) {
  audit.openings[1].set_salt(audit.openings[2].salt());
  ExpectAlarms(2, "Entry 1 is not what its opening says");
}

TEST_F(Auditing, ACoverThatIsAReport) {
  v1::LogOpening& opening = audit.openings[0];
  opening.set_kind(3);
  opening.clear_entry_hash();
  opening.clear_report_id();
  RemoveCase("a");
  ExpectAlarms(1, "Entry 0 is not what its opening says");
}

TEST_F(Auditing, ALeafThatIsOpenedTwice) {
  v1::LogOpening second = audit.openings[1];
  audit.openings.push_back(second);
  ExpectAlarms(1, "Entry 1 is opened twice");
  audit.openings.back().set_kind(3);
  ExpectAlarms(1, "Entry 1 is opened twice");
}

TEST_F(Auditing, OneReportOrEventInTwoEntries) {
  Add(1, Case("a").report_id, AsText(Case("a").report_hash));
  ExpectAlarms(1, "a second time");
  Add(2, Case("b").report_id, AsText(Case("b").events[0].hash));
  ExpectAlarms(2, "in the log already");
}

TEST_F(Auditing, AReportThatIsNotAmongTheCases) {
  RemoveCase("a");
  ExpectAlarms(1, "which is not among the cases: it is hidden");
}

TEST_F(Auditing, ACaseWithEventsThatIsNotAmongTheCases) {
  RemoveCase("b");
  ExpectAlarms(3, "it is hidden");
}

TEST_F(Auditing, AReportThatIsNotInTheLog) {
  AuditedCase hidden;
  hidden.report_hash = Named("d");
  hidden.report_id = report::FormatId(report::IdOf(hidden.report_hash));
  hidden.promise = {Named("leaf"), kNow - 1};
  audit.cases.push_back(hidden);
  ExpectAlarms(1, "The report of case " + hidden.report_id + " is not in the log");
  audit.cases.back().promise.until = kNow + 1;
  const AuditResult result = AuditLog(audit);
  EXPECT_TRUE(result.alarms.empty());
  EXPECT_EQ(result.waiting, 1u);
}

TEST_F(Auditing, AnEventThatIsNotInTheLog) {
  // Times are rounded down to the hour, and promised for two intervals after the next whole one.
  const std::int64_t last = kNow - 3'600 - 3 * kInterval;
  Case("b").events.push_back({Named("late"), 3, last - 1, false});
  ExpectAlarms(1, "Event 3 of case " + Case("b").report_id + " is not in the log");
  Case("b").events.back().time = last;
  EXPECT_TRUE(AuditLog(audit).alarms.empty());
  EXPECT_EQ(AuditLog(audit).waiting, 1u);
}

TEST_F(Auditing, AnEventThatIsNotInItsChain) {
  Case("b").events.pop_back();
  ExpectAlarms(1, "that is not in its chain");
}

TEST_F(Auditing, AReportUnderAnotherCase) {
  audit.openings[0].set_report_id(Case("b").report_id);
  ExpectAlarms(2, "is said to be of case");
}

TEST_F(Auditing, AnotherLeafThanThePromisedOne) {
  Case("a").promise.leaf = Named("promised");
  ExpectAlarms(1, "not the leaf that its reporter was promised");
}

TEST_F(Auditing, AnErasedLeafWithoutAnErasure) {
  Erase(0, Named("nothing"));
  ExpectAlarms(2, "by an event that there is not");
}

TEST_F(Auditing, AnErasureOfAnotherCase) {
  Erase(0, Case("c").events[0].hash);
  ExpectAlarms(2, "by an event that there is not");
}

TEST_F(Auditing, AnEventThatErasesNothing) {
  Erase(0, Case("b").events[0].hash);
  audit.openings[0].set_report_id(Case("b").report_id);
  ExpectAlarms(2, "by an event that there is not");
}

TEST_F(Auditing, MoreErasedLeavesThanTheErasureCovers) {
  Erase(0, Case("c").events[0].hash);
  audit.openings[0].set_report_id(Case("c").report_id);
  RemoveCase("a");
  ExpectAlarms(1, "others hide among them");
}

TEST_F(Auditing, FewerErasedLeavesThanTheErasureCovers) {
  Case("c").events[0].sequence = 4;
  ExpectAlarms(1, "are not in the log");
  Case("c").events[0].time = kNow;
  EXPECT_TRUE(AuditLog(audit).alarms.empty());
  EXPECT_EQ(AuditLog(audit).waiting, 1u);
}

TEST_F(Auditing, AnErasureThatIsNotInTheLogItself) {
  const std::string erasure(AsText(Case("c").events[0].hash));
  const auto opening = std::find_if(audit.openings.begin(), audit.openings.end(),
                                    [&](const auto& each) { return each.entry_hash() == erasure; });
  const std::uint64_t entry = opening->entry();
  RemoveOpening(entry);
  ExpectAlarms(2, "is not in the log, though its time has passed");
}

TEST_F(Auditing, AnErasedOpeningThatIsStillOne) {
  audit.openings[0].set_erased_by(std::string(AsText(Case("c").events[0].hash)));
  ExpectAlarms(2, "but its opening has not been");
}

TEST_F(Auditing, OpeningsThatHaveNotTheirForm) {
  const std::vector<std::function<void(v1::LogOpening&)>> changes = {
      [](v1::LogOpening& opening) { opening.set_kind(0); },
      [](v1::LogOpening& opening) { opening.set_kind(4); },
      [](v1::LogOpening& opening) { opening.clear_salt(); },
      [](v1::LogOpening& opening) { opening.mutable_salt()->push_back('x'); },
      [](v1::LogOpening& opening) { opening.clear_entry_hash(); },
      [](v1::LogOpening& opening) { opening.clear_report_id(); },
  };
  for (const auto& change : changes) {
    const v1::LogOpening kept = audit.openings[0];
    change(audit.openings[0]);
    ExpectAlarms(2, "Entry 0 is not what its opening says");
    audit.openings[0] = kept;
  }
}

TEST_F(Auditing, OpeningsOfALaterCheckpointWait) {
  AddCase("new", 1);
  Case("new").promise.until = kNow + 1;
  Case("new").events[0].time = kNow;
  audit.entries.resize(audit.entries.size() - 2);
  const AuditResult result = AuditLog(audit);
  EXPECT_EQ(result.alarms, std::vector<std::string>());
  EXPECT_EQ(result.waiting, 2u);
}

TEST_F(Auditing, OneChannelOfAnotherLog) {
  // The channel has a, and no opening of what belongs to others.
  audit.scope = Scope::kChannel;
  RemoveCase("b");
  RemoveCase("c");
  std::erase_if(audit.openings, [](const auto& each) { return each.entry() != 0; });
  EXPECT_EQ(AuditLog(audit).alarms, std::vector<std::string>());
  RemoveCase("a");
  ExpectAlarms(1, "which is not among the cases");
}

TEST_F(Auditing, ACaseThatIsListedTwice) {
  audit.cases.push_back(audit.cases[0]);
  ExpectAlarms(1, "is listed twice");
}

// --- An auditor of some channels, of whose cases "a" is one --------------------------------------

class AuditingSomeChannels : public Auditing {
 protected:
  AuditingSomeChannels() {
    audit.scope = Scope::kSomeChannels;
    Hide("b");
    Hide("c");
  }
  // The case is of another channel.
  void Hide(const std::string& name) {
    const std::string id = Case(name).report_id;
    RemoveCase(name);
    for (v1::LogOpening& opening : audit.openings) {
      if (opening.report_id() == id) opening.clear_report_id();
    }
  }
};

TEST_F(AuditingSomeChannels, WhatIsOfOtherChannelsIsNoAlarm) {
  const AuditResult result = AuditLog(audit);
  EXPECT_EQ(result.alarms, std::vector<std::string>());
  EXPECT_EQ(result.reports, 1u);
  EXPECT_EQ(result.events, 0u);
  EXPECT_EQ(result.covers, 2u);
  EXPECT_EQ(result.elsewhere, 7u);  // a report with two events; three erased, and what erased them
  EXPECT_EQ(result.waiting, 0u);
  // Who sees all channels is not told less.
  audit.scope = Scope::kEverything;
  EXPECT_GE(AuditLog(audit).alarms.size(), 7u);
}

TEST_F(AuditingSomeChannels, WhatIsNotWhatItIsSaidToBeIsAnAlarmEverywhere) {
  audit.openings[1].set_salt(Salt(99));
  ExpectAlarms(1, "is not what its opening says");
  audit.openings[1].set_salt(Salt(1));
  audit.openings[1].set_kind(3);
  ExpectAlarms(1, "is not what its opening says");
  RemoveOpening(1);
  ExpectAlarms(1, "has no opening");
}

TEST_F(AuditingSomeChannels, ACaseOfTheirOwnThatIsSaidToBeAnothersIsAnAlarm) {
  audit.openings[0].clear_report_id();
  ExpectAlarms(2, "is said to be of another channel");  // and the report is not in the log
}

TEST_F(AuditingSomeChannels, WhatIsErasedByAnEventThatIsNotThereWaits) {
  audit.openings[4].set_erased_by(std::string(AsText(Named("nothing"))));
  const AuditResult result = AuditLog(audit);
  EXPECT_EQ(result.alarms, std::vector<std::string>());
  EXPECT_EQ(result.waiting, 1u);
  audit.openings[4].set_salt(Salt(4));
  ExpectAlarms(1, "but its opening has not been");
}

}  // namespace
}  // namespace safeconduct::cli
