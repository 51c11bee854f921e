// How a flood gets into the log in steps, and what is damaged.
#include <set>

#include "crypto/tlog/checkpoint.h"
#include "crypto/tlog/leaf.h"
#include "crypto/tlog/proof.h"
#include "tests/gateway/transparency/report_log_fixture.h"

namespace safeconduct::transparency {
namespace {

using testing::Fails;
using testing::Succeeds;

class ReportLogStepsTest : public ReportLogFixture {
 protected:
  std::vector<storage::Sequence> AddReports(std::size_t count) {
    std::vector<storage::Sequence> leaves;
    for (std::size_t i = 0; i < count; ++i) leaves.push_back(AddReport());
    return leaves;
  }
  // Each leaf once, where its record says.
  void ExpectPlaced(const std::vector<storage::Sequence>& leaves) {
    const std::vector<Hash> entries = Entries();
    std::set<std::uint64_t> places;
    for (const storage::Sequence sequence : leaves) {
      const v1::StoredLeaf leaf = LeafAt(sequence);
      ASSERT_TRUE(log_->EntryOf(leaf).has_value()) << sequence;
      ASSERT_TRUE(places.insert(leaf.place()).second);
      EXPECT_EQ(entries.at(leaf.place() - 1),
                *tlog::CommitLeaf(AsBytes(leaf.salt()), leaf.kind(), AsBytes(leaf.entry_hash())));
    }
    EXPECT_EQ(std::count(entries.begin(), entries.end(), entries.front()), 1);
    EXPECT_EQ(Checkpoint().root, NaiveRootNow());
  }
  // A report whose leaf cannot be read any more.
  storage::Sequence AddDamagedReport() {
    const storage::Sequence sequence = Draw();
    storage::Report report = storage::SealedReportAt(sequence);
    Draw();
    report.leaf.record.set_salt("short");
    EXPECT_TRUE(Succeeds(storage::CommitOne(store_, report)));
    return report.leaf.sequence;
  }
};

constexpr std::size_t kFlood = 2 * ReportLog::kStep + 500;

TEST_F(ReportLogStepsTest, AFloodComesInStepsAndIsLetOutAtTheEnd) {
  const std::vector<storage::Sequence> leaves = AddReports(kFlood);
  ASSERT_TRUE(Succeeds(log_->Prepare()));
  std::vector<storage::Sequence> later;
  for (int step = 1; step <= 3; ++step) {
    ASSERT_TRUE(Succeeds(GrowOnce()));
    EXPECT_EQ(log_->more(), step < 3);
    EXPECT_EQ(log_->size(), 0U);
    EXPECT_EQ(store_.Log()->size, std::min(kFlood + 4, step * ReportLog::kStep));
    if (step < 3) later.push_back(AddReport());  // others are served in between
  }
  ASSERT_TRUE(Succeeds(log_->Keep()));
  ASSERT_TRUE(Succeeds(log_->Publish()));
  EXPECT_EQ(log_->size(), kFlood + 4);  // whole blocks of eight
  ExpectPlaced(leaves);
  for (const storage::Sequence leaf : later) EXPECT_EQ(LeafAt(leaf).place(), 0U);
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_EQ(log_->size(), kFlood + 4 + kBlock);
  ExpectPlaced(later);
  EXPECT_TRUE(store_.Verify()->damaged.empty());
}

// The order within an interval says nothing, although it is written in steps.
TEST_F(ReportLogStepsTest, OneShuffleIsOverAllSteps) {
  const std::vector<storage::Sequence> leaves = AddReports(kFlood);
  ASSERT_TRUE(Succeeds(Step()));
  std::size_t early = 0;  // of the first half, how many stand in the first half
  for (std::size_t i = 0; i < leaves.size() / 2; ++i) {
    if (LeafAt(leaves[i]).place() <= leaves.size() / 2) ++early;
  }
  // Half of them, give or take six and a half standard deviations.
  EXPECT_NEAR(static_cast<double>(early), static_cast<double>(leaves.size()) / 4, 82);
}

TEST_F(ReportLogStepsTest, WhatAFailureInTheMiddleLeavesGetsItsPlaceLater) {
  for (const storage::Left left : {storage::Left::kNothing, storage::Left::kEverything}) {
    const std::vector<storage::Sequence> leaves = AddReports(kFlood);
    store_.Inject({.call = storage::Call::kGrowLog, .after = 1, .times = 1, .left = left});
    ASSERT_TRUE(Succeeds(GrowOnce()));
    EXPECT_TRUE(Fails(GrowOnce(), Code::kUnavailable));
    ASSERT_TRUE(Succeeds(store_.Recover()));
    ASSERT_TRUE(Succeeds(Step()));
    ExpectPlaced(leaves);
    EXPECT_EQ(log_->size() % kBlock, 0U);
  }
  EXPECT_TRUE(store_.Verify()->damaged.empty());
}

TEST_F(ReportLogStepsTest, AStartInTheMiddleGoesOn) {
  const std::vector<storage::Sequence> leaves = AddReports(kFlood);
  ASSERT_TRUE(Succeeds(GrowOnce()));
  ASSERT_TRUE(Succeeds(Start()));
  EXPECT_EQ(log_->size(), ReportLog::kStep);
  EXPECT_TRUE(*log_->Overdue(1'700'000'000, 100));
  ASSERT_TRUE(Succeeds(Step()));
  ExpectPlaced(leaves);
  EXPECT_FALSE(*log_->Overdue(1'700'000'000, 100));
}

TEST_F(ReportLogStepsTest, ADamagedLeafKeepsNobodyElseOut) {
  std::vector<storage::Sequence> leaves = AddReports(3);
  const storage::Sequence damaged = AddDamagedReport();
  leaves.push_back(AddReport());
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_EQ(log_->size(), kBlock);
  EXPECT_EQ(log_->damaged(), 1U);
  ExpectPlaced(leaves);
  EXPECT_EQ(LeafAt(damaged).place(), 0U);
  EXPECT_TRUE(Fails(log_->Receipt(LeafAt(damaged)), Code::kNotFound));
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_EQ(log_->damaged(), 1U);  // it had its turn
  EXPECT_FALSE(*log_->Overdue(1'800'000'000, 100));
  EXPECT_EQ(store_.Verify()->damaged.size(), 1U);
}

// --- Under a new log ---------------------------------------------------------------------------

constexpr const char* kNewOrigin = "example.org/log-2";

class ReportLogAnewTest : public ReportLogStepsTest {
 protected:
  std::vector<RetiredLog> Retired(const std::string& last) const { return {{verifier(), last}}; }
  Status StartAnew(const std::string& last) {
    diagnosis_ = {};
    log_ = std::make_unique<ReportLog>(store_, new_key_, mark_, kBlock);
    return log_->Use(kNewOrigin, diagnosis_, Retired(last));
  }
  // A checkpoint of the old log, as it might have grown after the backup.
  std::string OldCheckpoint(std::uint64_t size, std::uint8_t root = 7) const {
    Hash hash{};
    hash.fill(root);
    return *tlog::SignCheckpoint({kOrigin, size, hash}, key_);
  }
  static SigningKey NewKey() {
    SecretArray<32> seed;
    seed.RevealMutable()[0] = 1;
    return SigningKey::FromSeed(seed);
  }
  const SigningKey new_key_ = NewKey();
};

TEST_F(ReportLogAnewTest, EveryLeafThatIsLeftGetsAPlaceInTheNewLog) {
  std::vector<storage::Sequence> leaves = AddReports(11);
  ASSERT_TRUE(Succeeds(Step()));
  const std::vector<Hash> before = Entries();
  const storage::Sequence waiting = AddReport();
  mark_.kept = OldCheckpoint(40);
  EXPECT_TRUE(Fails(Start(), Code::kConflict));
  ASSERT_TRUE(Succeeds(StartAnew(mark_.kept)));
  EXPECT_EQ(log_->size(), 0U);
  EXPECT_TRUE(Fails(log_->Receipt(LeafAt(leaves[0])), Code::kNotFound));
  EXPECT_TRUE(
      tlog::OpenCheckpoint(mark_.kept, *note::MakeVerifierKey(kNewOrigin, new_key_.public_key()))
          .ok());
  EXPECT_TRUE(*log_->Overdue(0, 1));  // it does not wait for the end of an interval
  ASSERT_TRUE(Succeeds(Step()));
  const std::vector<Hash> after = Entries();
  // Covers too, or the public would know which of the old entries were some.
  for (const Hash& entry : before) {
    EXPECT_EQ(std::count(after.begin(), after.end(), entry), 1);
  }
  EXPECT_EQ(after.size(), before.size() + kBlock);  // what had not been in the log, in whole blocks
  leaves.push_back(waiting);
  for (const storage::Sequence leaf : leaves) {
    const auto proof = tlog::ParseLogProof(*log_->Receipt(LeafAt(leaf)));
    ASSERT_TRUE(Succeeds(proof));
    EXPECT_TRUE(Succeeds(
        tlog::CheckLogProof(*proof, after.at(LeafAt(leaf).place() - 1),
                            *note::MakeVerifierKey(kNewOrigin, new_key_.public_key()), {})));
  }
  EXPECT_TRUE(store_.Verify()->damaged.empty());
}

TEST_F(ReportLogAnewTest, AnotherStartChangesNothing) {
  AddReports(3);
  ASSERT_TRUE(Succeeds(Step()));
  const std::string last = mark_.kept;
  ASSERT_TRUE(Succeeds(StartAnew(last)));
  ASSERT_TRUE(Succeeds(Step()));
  const std::string checkpoint = *log_->Checkpoint();
  ASSERT_TRUE(Succeeds(StartAnew(last)));
  EXPECT_EQ(*log_->Checkpoint(), checkpoint);
  EXPECT_EQ(store_.Log()->number, 1U);
}

// Killed, or the disk full, after any of the writes.
TEST_F(ReportLogAnewTest, AStartThatWasCutShortIsMadeAnew) {
  const std::vector<storage::Sequence> leaves = AddReports(3);
  ASSERT_TRUE(Succeeds(Step()));
  const std::string last = mark_.kept;
  store_.Inject({.call = storage::Call::kBeginLog, .times = 1});
  EXPECT_TRUE(Fails(StartAnew(last), Code::kUnavailable));
  ASSERT_TRUE(Succeeds(store_.Recover()));
  mark_.keep_fault = Error(Code::kNoSpace, "full");
  EXPECT_TRUE(Fails(StartAnew(last), Code::kNoSpace));
  EXPECT_EQ(store_.Log()->number, 1U);
  EXPECT_EQ(mark_.kept, last);
  mark_.keep_fault.reset();
  ASSERT_TRUE(Succeeds(StartAnew(last)));
  ASSERT_TRUE(Succeeds(GrowOnce()));
  ASSERT_TRUE(Succeeds(StartAnew(last)));
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_EQ(store_.Log()->number, 1U);
  for (const storage::Sequence leaf : leaves) EXPECT_TRUE(log_->EntryOf(LeafAt(leaf)).has_value());
}

TEST_F(ReportLogAnewTest, ALastCheckpointThatIsNotTheLastIsRefused) {
  AddReports(3);
  ASSERT_TRUE(Succeeds(Step()));
  const std::string first = mark_.kept;
  ASSERT_TRUE(Succeeds(Step()));
  const std::string newest = mark_.kept;
  EXPECT_TRUE(Fails(StartAnew(first), Code::kConflict));              // the mark says more
  EXPECT_TRUE(Fails(StartAnew(OldCheckpoint(16)), Code::kConflict));  // and something else
  mark_.kept.clear();
  EXPECT_TRUE(Fails(StartAnew(first), Code::kConflict));  // so does the store
  EXPECT_EQ(store_.Log()->number, 0U);
  EXPECT_EQ(store_.Log()->size, 16U);
  mark_.kept = newest;
  ASSERT_TRUE(Succeeds(StartAnew(OldCheckpoint(100))));  // a witness may have seen more
}

// The new log was in use; then an older backup yet was restored.
TEST_F(ReportLogAnewTest, AStoreThatWasSetBackToBeforeTheNewLogIsRefused) {
  AddReports(3);
  ASSERT_TRUE(Succeeds(Step()));
  const std::string last = mark_.kept;
  const auto number = store_.Log()->number;
  mark_.kept = *tlog::SignCheckpoint({kNewOrigin, 8, Hash{}}, new_key_);
  EXPECT_TRUE(Fails(StartAnew(last), Code::kConflict));
  EXPECT_EQ(diagnosis_.kept, 8U);
  EXPECT_EQ(store_.Log()->number, number);
  // Of nothing but its empty checkpoint there is nothing that could be lost.
  mark_.kept = *tlog::SignCheckpoint({kNewOrigin, 0, tlog::EmptyRoot()}, new_key_);
  EXPECT_TRUE(Succeeds(StartAnew(last)));
}

}  // namespace
}  // namespace safeconduct::transparency
