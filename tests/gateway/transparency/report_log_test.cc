#include "gateway/transparency/report_log.h"

#include <map>
#include <set>

#include "crypto/tlog/cosignature.h"
#include "crypto/tlog/leaf.h"
#include "crypto/tlog/proof.h"
#include "tests/gateway/transparency/report_log_fixture.h"

namespace safeconduct::transparency {
namespace {

using testing::Fails;
using testing::Succeeds;

using ReportLogTest = ReportLogFixture;

TEST_F(ReportLogTest, BeginsWithTheCheckpointOfAnEmptyLog) {
  EXPECT_EQ(Checkpoint(), (tlog::Checkpoint{kOrigin, 0, tlog::EmptyRoot()}));
  EXPECT_EQ(mark_.kept, *log_->Checkpoint());
  EXPECT_TRUE(Fails(log_->Tile(*tlog::ParseTileName("0/000.p/1")), Code::kNotFound));
}

TEST_F(ReportLogTest, GrowsByWholeBlocksWhateverCame) {
  const std::size_t comes[] = {0, 5, 8, 9, 0, 1};
  const std::uint64_t sizes[] = {8, 16, 24, 40, 48, 56};
  for (std::size_t i = 0; i < std::size(comes); ++i) {
    for (std::size_t n = 0; n < comes[i]; ++n) AddReport();
    ASSERT_TRUE(Succeeds(Step()));
    EXPECT_EQ(log_->size(), sizes[i]);
    const tlog::Checkpoint checkpoint = Checkpoint();
    EXPECT_EQ(checkpoint.size, sizes[i]);
    EXPECT_EQ(checkpoint.root, NaiveRootNow());
    EXPECT_EQ(mark_.kept, *log_->Checkpoint());
  }
}

TEST_F(ReportLogTest, EveryLeafHasItsPlaceAndAReceipt) {
  std::vector<storage::Sequence> leaves;
  for (int step = 0; step < 40; ++step) {
    for (int n = 0; n < step % 4; ++n) leaves.push_back(AddReport());
    ASSERT_TRUE(Succeeds(Step()));
  }
  const std::vector<Hash> entries = Entries();
  std::set<std::uint64_t> places;
  for (const storage::Sequence sequence : leaves) {
    const v1::StoredLeaf leaf = LeafAt(sequence);
    ASSERT_TRUE(places.insert(leaf.place()).second);
    const Hash entry =
        *tlog::CommitLeaf(AsBytes(leaf.salt()), leaf.kind(), AsBytes(leaf.entry_hash()));
    EXPECT_EQ(entries.at(leaf.place() - 1), entry);
    const auto proof = tlog::ParseLogProof(*log_->Receipt(leaf));
    ASSERT_TRUE(Succeeds(proof));
    EXPECT_EQ(AsText(*proof->extra), leaf.salt());
    EXPECT_TRUE(Succeeds(tlog::CheckLogProof(*proof, entry, verifier(), {})));
  }
}

TEST_F(ReportLogTest, ALeafThatWaitsHasNoReceipt) {
  const storage::Sequence leaf = AddReport();
  EXPECT_TRUE(Fails(log_->Receipt(LeafAt(leaf)), Code::kNotFound));
  // In the store, but not let out.
  ASSERT_TRUE(Succeeds(log_->Grow([this] { return Draw(); })));
  EXPECT_TRUE(Fails(log_->Receipt(LeafAt(leaf)), Code::kNotFound));
  EXPECT_EQ(log_->size(), 0U);
  ASSERT_TRUE(Succeeds(log_->Keep()));
  EXPECT_TRUE(Fails(log_->Receipt(LeafAt(leaf)), Code::kNotFound));
  ASSERT_TRUE(Succeeds(log_->Publish()));
  EXPECT_TRUE(Succeeds(log_->Receipt(LeafAt(leaf))));
}

// One report in a block of eight: each place has to come up, about one time in eight.
TEST_F(ReportLogTest, WhereALeafStandsInItsBlockSaysNothing) {
  std::map<std::uint64_t, int> places;
  constexpr int kSteps = 800;
  for (int step = 0; step < kSteps; ++step) {
    const storage::Sequence leaf = AddReport();
    ASSERT_TRUE(Succeeds(Step()));
    ++places[(LeafAt(leaf).place() - 1) % kBlock];
  }
  ASSERT_EQ(places.size(), kBlock);
  // Six and a half standard deviations: by chance once in 10^9.
  for (const auto& [place, count] : places) EXPECT_NEAR(count, kSteps / 8, 61) << place;
}

TEST_F(ReportLogTest, ErasedLeavesStandAndSayNothing) {
  const storage::Report report = storage::SealedReportAt(Draw());
  Draw();
  ASSERT_TRUE(Succeeds(storage::CommitOne(store_, report)));
  v1::StoredCase record = report.record;
  const storage::CaseEvent erasing = storage::ErasingEvent(report.sequence, record, Draw());
  ASSERT_TRUE(Succeeds(storage::CommitOne(store_, erasing)));
  ASSERT_TRUE(Succeeds(Step()));
  const v1::StoredLeaf leaf = LeafAt(report.leaf.sequence);
  ASSERT_NE(leaf.place(), 0U);
  EXPECT_EQ(AsText(Entries().at(leaf.place() - 1)), leaf.erased_entry());
  EXPECT_TRUE(Fails(log_->Receipt(leaf), Code::kNotFound));
  EXPECT_TRUE(Succeeds(log_->Receipt(LeafAt(erasing.leaf.sequence))));
}

TEST_F(ReportLogTest, GoesOnAfterARestart) {
  const storage::Sequence leaf = AddReport();
  ASSERT_TRUE(Succeeds(Step()));
  const std::string before = *log_->Checkpoint();
  ASSERT_TRUE(Succeeds(Start()));
  EXPECT_EQ(*log_->Checkpoint(), before);
  EXPECT_TRUE(Succeeds(log_->Receipt(LeafAt(leaf))));
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_TRUE(Succeeds(log_->ProveConsistency(8, 16)));
  EXPECT_TRUE(Fails(log_->ProveConsistency(8, 17), Code::kMalformed));
}

TEST_F(ReportLogTest, HasItsCosignaturesAfterARestart) {
  ASSERT_TRUE(Succeeds(log_->Grow([this] { return Draw(); })));
  ASSERT_TRUE(Succeeds(log_->Keep()));
  note::Note note = *note::Parse(log_->Kept());
  ASSERT_TRUE(Succeeds(tlog::Cosign(note, "witness.example", key_, 1'700'000'000)));
  const std::string cosigned = note::Serialize(note);
  ASSERT_TRUE(Succeeds(log_->Publish(cosigned)));
  EXPECT_EQ(*log_->Checkpoint(), cosigned);
  EXPECT_EQ(mark_.kept, cosigned);
  ASSERT_TRUE(Succeeds(Start()));
  EXPECT_EQ(*log_->Checkpoint(), cosigned);
  EXPECT_NE(log_->Kept(), cosigned);  // witnesses are asked anew, with the log's own signature
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_EQ(log_->size(), 16U);
}

// Killed between the store and the mark: nothing was let out, and what is stored goes on.
TEST_F(ReportLogTest, AStepThatWasNotKeptIsKeptAtTheNextStart) {
  ASSERT_TRUE(Succeeds(Step()));
  ASSERT_TRUE(Succeeds(log_->Grow([this] { return Draw(); })));
  ASSERT_TRUE(Succeeds(Start()));
  EXPECT_EQ(log_->size(), 16U);
  EXPECT_EQ(mark_.kept, *log_->Checkpoint());
}

TEST_F(ReportLogTest, NothingIsLetOutThatTheMarkDoesNotHave) {
  ASSERT_TRUE(Succeeds(Step()));
  const std::string before = *log_->Checkpoint();
  ASSERT_TRUE(Succeeds(log_->Grow([this] { return Draw(); })));
  mark_.fault = Error(Code::kNoSpace, "full");
  EXPECT_TRUE(Fails(log_->Keep(), Code::kNoSpace));
  ASSERT_TRUE(Succeeds(log_->Publish()));
  EXPECT_EQ(*log_->Checkpoint(), before);
  mark_.fault.reset();
  ASSERT_TRUE(Succeeds(log_->Keep()));
  ASSERT_TRUE(Succeeds(log_->Publish()));
  EXPECT_EQ(log_->size(), 16U);
}

// SomeLeaf is promised for 1,700,000,000.
TEST_F(ReportLogTest, ALeafIsOverdueOnceItsIntervalHasEnded) {
  EXPECT_FALSE(*log_->Overdue(1'800'000'000, 100));
  AddReport();
  EXPECT_FALSE(*log_->Overdue(1'699'999'799, 100));
  EXPECT_TRUE(*log_->Overdue(1'699'999'800, 100));
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_FALSE(*log_->Overdue(1'800'000'000, 100));
}

TEST_F(ReportLogTest, AStoreThatWasSetBackIsRefused) {
  ASSERT_TRUE(Succeeds(Step()));
  const std::string earlier = mark_.kept;
  ASSERT_TRUE(Succeeds(Step()));
  storage::FaultyStore other;
  ReportLog back(other, key_, mark_, kBlock);
  EXPECT_TRUE(Fails(back.Use(kOrigin, diagnosis_), Code::kConflict));
  EXPECT_EQ(diagnosis_.stored, 0U);
  EXPECT_EQ(diagnosis_.kept, 16U);
  EXPECT_TRUE(Fails(back.Checkpoint(), Code::kNotFound));
  EXPECT_TRUE(Fails(back.Grow([this] { return Draw(); }), Code::kNotFound));

  // Of the same size, with other entries.
  mark_.kept.clear();
  ReportLog rebuilt(other, key_, mark_, kBlock);
  ASSERT_TRUE(Succeeds(rebuilt.Use(kOrigin, diagnosis_)));
  ASSERT_TRUE(Succeeds(rebuilt.Grow([this] { return Draw(); })));
  mark_.kept = earlier;
  ReportLog again(other, key_, mark_, kBlock);
  EXPECT_TRUE(Fails(again.Use(kOrigin, diagnosis_), Code::kConflict));
}

TEST_F(ReportLogTest, AMarkOrAStoreOfAnotherLogIsRefused) {
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_TRUE(Fails(Start("example.org/other"), Code::kConflict));
  ASSERT_TRUE(Succeeds(Start()));
  EXPECT_FALSE(log_->Takes("example.org/other"));
  EXPECT_TRUE(Fails(log_->Use("example.org/other", diagnosis_), Code::kConflict));
  mark_.kept = "not a note";
  EXPECT_TRUE(Fails(Start(), Code::kCorrupted));
}

TEST_F(ReportLogTest, AStoreThatFailsLeavesTheLogAsItWas) {
  const storage::Sequence leaf = AddReport();
  store_.Inject({.call = storage::Call::kGrowLog, .times = 1});
  EXPECT_TRUE(Fails(log_->Grow([this] { return Draw(); }), Code::kUnavailable));
  ASSERT_TRUE(Succeeds(store_.Recover()));
  EXPECT_EQ(LeafAt(leaf).place(), 0U);
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_EQ(log_->size(), 8U);
  EXPECT_EQ(Checkpoint().root, NaiveRootNow());
}

// A write that failed may be there all the same; the next step goes on from what is there.
TEST_F(ReportLogTest, AStepThatReachedTheDiskAfterAllIsNotMadeTwice) {
  const storage::Sequence leaf = AddReport();
  store_.Inject({.call = storage::Call::kGrowLog, .times = 1, .left = storage::Left::kEverything});
  EXPECT_TRUE(Fails(log_->Grow([this] { return Draw(); }), Code::kUnavailable));
  ASSERT_TRUE(Succeeds(store_.Recover()));
  const std::uint64_t place = LeafAt(leaf).place();
  EXPECT_NE(place, 0U);
  ASSERT_TRUE(Succeeds(Step()));
  EXPECT_EQ(log_->size(), 16U);
  EXPECT_EQ(LeafAt(leaf).place(), place);
  EXPECT_EQ(Checkpoint().root, NaiveRootNow());
}

}  // namespace
}  // namespace safeconduct::transparency
