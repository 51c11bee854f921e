// The report log: leaves get their places, covers come, parts are replaced, all in one write.
#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

Leaf Placed(Leaf leaf, std::uint64_t place) {
  leaf.record.set_place(place);
  return leaf;
}

Leaf CoverAt(Sequence sequence, std::uint64_t place) {
  Leaf cover = Placed(SomeLeaf(sequence, 3), place);
  cover.record.clear_entry_hash();
  cover.record.clear_promised_until();
  return cover;
}

LogGrowth GrowthOf(std::vector<Leaf> leaves, std::uint64_t before, Sequence placed) {
  LogGrowth growth;
  growth.size_before = before;
  growth.head = {before + leaves.size(), placed, "checkpoint " + std::to_string(before), 0, 0};
  growth.parts.push_back({0, 0, SomeBytes(before + 1, 32 * leaves.size())});
  growth.parts.push_back({1, 7, SomeBytes(before + 2, 40)});
  growth.leaves = std::move(leaves);
  return growth;
}

std::string Text(const Result<Leaf>& leaf) {
  return leaf.ok() ? leaf->record.SerializeAsString() : "none";
}

TEST_P(StoreConformance, ALogThatNeverGrewIsEmpty) {
  const auto log = store().Log();
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(log->size, 0u);
  EXPECT_EQ(log->placed, 0u);
  EXPECT_EQ(log->checkpoint, "");
  EXPECT_EQ(CodeOf(store().ReadLogPart(0, 0)), Code::kNotFound);
}

TEST_P(StoreConformance, TheLogGrowsInOneWrite) {
  const Report report = SealedReportAt(1);
  const Report later = SealedReportAt(3);
  SC_ASSERT_OK(CommitOne(store(), report));
  SC_ASSERT_OK(CommitOne(store(), later));
  const Leaf first = Placed(report.leaf, 2);
  const Leaf cover = CoverAt(9, 1);
  const LogGrowth growth = GrowthOf({cover, first}, 0, 2);
  SC_ASSERT_OK(store().GrowLog(growth));

  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(Text(store().FindLeaf(2)), first.record.SerializeAsString());
    EXPECT_EQ(Text(store().FindLeaf(9)), cover.record.SerializeAsString());
    EXPECT_EQ(Text(store().FindLeaf(4)), later.leaf.record.SerializeAsString());
    const auto log = store().Log();
    ASSERT_TRUE(log.ok());
    EXPECT_EQ(log->size, 2u);
    EXPECT_EQ(log->placed, 2u);
    EXPECT_EQ(log->checkpoint, growth.head.checkpoint);
    EXPECT_EQ(*store().ReadLogPart(0, 0), growth.parts[0].bytes);
    EXPECT_EQ(*store().ReadLogPart(1, 7), growth.parts[1].bytes);
    EXPECT_EQ(CodeOf(store().ReadLogPart(1, 0)), Code::kNotFound);
    EXPECT_EQ(*store().LastSequence(), 9u);
    EXPECT_TRUE(store().Verify()->damaged.empty());
  }
  const LogGrowth next = GrowthOf({CoverAt(12, 3)}, 2, 2);
  SC_ASSERT_OK(store().GrowLog(next));
  EXPECT_EQ(*store().ReadLogPart(0, 0), next.parts[0].bytes);
  EXPECT_EQ(store().Log()->checkpoint, next.head.checkpoint);
}

TEST_P(StoreConformance, TheLogTakesNoStepThatDoesNotFollow) {
  SC_ASSERT_OK(CommitOne(store(), SealedReportAt(1)));
  SC_ASSERT_OK(store().GrowLog(GrowthOf({CoverAt(9, 1)}, 0, 9)));
  LogGrowth wrong[] = {
      GrowthOf({CoverAt(10, 1)}, 0, 10),  // of another size
      GrowthOf({CoverAt(10, 3)}, 2, 10),
      GrowthOf({CoverAt(9, 2)}, 1, 10),  // a leaf that has its place
      GrowthOf({CoverAt(2, 2)}, 1, 10),
      GrowthOf({}, 1, 10),  // no growth
  };
  for (const LogGrowth& growth : wrong) {
    EXPECT_EQ(CodeOf(store().GrowLog(growth)), Code::kConflict);
  }
  Reopen();
  EXPECT_EQ(store().Log()->size, 1u);
  EXPECT_EQ(*store().ReadLogPart(0, 0), GrowthOf({CoverAt(9, 1)}, 0, 9).parts[0].bytes);
}

// A step may leave leaves waiting that are older than some that it places.
TEST_P(StoreConformance, LeavesGetTheirPlacesInAnyOrder) {
  SC_ASSERT_OK(CommitOne(store(), SealedReportAt(1)));
  const Report later = SealedReportAt(3);
  SC_ASSERT_OK(CommitOne(store(), later));
  SC_ASSERT_OK(store().GrowLog(GrowthOf({Placed(later.leaf, 1)}, 0, 0)));
  Reopen();
  EXPECT_EQ(store().Log()->placed, 0u);
  EXPECT_EQ(store().FindLeaf(2)->record.place(), 0u);
  EXPECT_EQ(CodeOf(store().GrowLog(GrowthOf({Placed(later.leaf, 2)}, 1, 4))), Code::kConflict);
  SC_ASSERT_OK(store().GrowLog(GrowthOf({Placed(SealedReportAt(1).leaf, 2)}, 1, 4)));
  EXPECT_TRUE(store().Verify()->damaged.empty());
  EXPECT_EQ(CodeOf(store().GrowLog(GrowthOf({CoverAt(9, 3)}, 2, 3))), Code::kConflict);
}

TEST_P(StoreConformance, ALogThatBeginsAnewIsEmptyAndEveryLeafWaits) {
  const Report report = SealedReportAt(1);
  SC_ASSERT_OK(CommitOne(store(), report));
  SC_ASSERT_OK(store().GrowLog(GrowthOf({CoverAt(9, 1), Placed(report.leaf, 2)}, 0, 9)));
  for (const std::uint32_t other : {0u, 2u}) {
    EXPECT_EQ(CodeOf(store().BeginLog(other, 1'700'000'000)), Code::kConflict);
  }
  SC_ASSERT_OK(store().BeginLog(1, 1'700'000'000));
  EXPECT_EQ(CodeOf(store().BeginLog(1, 1'700'000'000)), Code::kConflict);
  for (int round = 0; round < 2; ++round, Reopen()) {
    const auto log = store().Log();
    ASSERT_TRUE(log.ok());
    EXPECT_EQ(log->number, 1u);
    EXPECT_EQ(log->size, 0u);
    EXPECT_EQ(log->placed, 0u);
    EXPECT_EQ(log->checkpoint, "");
    EXPECT_EQ(log->begun, 1'700'000'000);
    EXPECT_EQ(CodeOf(store().ReadLogPart(0, 0)), Code::kNotFound);
    EXPECT_EQ(CodeOf(store().ReadLogPart(1, 7)), Code::kNotFound);
    EXPECT_EQ(store().Leaves(log->placed, 10)->size(), 2u);
    EXPECT_EQ(*store().LastSequence(), 9u);
    EXPECT_TRUE(store().Verify()->damaged.empty());
  }
  // Of the log before, and then of this one.
  LogGrowth growth = GrowthOf({Placed(report.leaf, 1), CoverAt(9, 2)}, 0, 9);
  EXPECT_EQ(CodeOf(store().GrowLog(growth)), Code::kConflict);
  growth.head.number = 1;
  for (Leaf& leaf : growth.leaves) leaf.record.set_log(1);
  SC_ASSERT_OK(store().GrowLog(growth));
  Reopen();
  EXPECT_EQ(store().Log()->number, 1u);
  EXPECT_EQ(store().Log()->begun, 1'700'000'000);
  EXPECT_EQ(store().FindLeaf(2)->record.place(), 1u);
  EXPECT_TRUE(store().Verify()->damaged.empty());
  // Leaves that had their turn and have no place but in a log of before.
  SC_ASSERT_OK(store().BeginLog(2, 1'700'000'000));
  LogGrowth next = GrowthOf({CoverAt(12, 1)}, 0, 12);
  next.head.number = 2;
  next.leaves[0].record.set_log(2);
  SC_ASSERT_OK(store().GrowLog(next));
  const auto verified = store().Verify();
  ASSERT_EQ(verified->damaged.size(), 2u);
  EXPECT_EQ(verified->damaged[0].record, "leaf 2");
  EXPECT_EQ(verified->damaged[1].record, "leaf 9");
}

// What is committed after a step is above its covers, whatever number it had in mind.
TEST_P(StoreConformance, NumbersOfCoversAreNotUsedAgain) {
  SC_ASSERT_OK(store().GrowLog(GrowthOf({CoverAt(9, 1)}, 0, 9)));
  EXPECT_EQ(CodeOf(CommitOne(store(), SealedReportAt(8))), Code::kConflict);
  SC_EXPECT_OK(CommitOne(store(), SealedReportAt(10)));
}

TEST_P(StoreConformance, ErasingKeepsTheEntryAndItsPlace) {
  const Report report = SealedReportAt(1);
  v1::StoredCase record = report.record;
  SC_ASSERT_OK(CommitOne(store(), report));
  SC_ASSERT_OK(store().GrowLog(GrowthOf({Placed(report.leaf, 1)}, 0, 2)));
  SC_ASSERT_OK(CommitOne(store(), NextEvent(1, record, 10)));
  SC_ASSERT_OK(CommitOne(store(), ErasingEvent(1, record, 11)));
  Reopen();
  EXPECT_EQ(Text(store().FindLeaf(2)), Emptied(Placed(report.leaf, 1)).record.SerializeAsString());
  EXPECT_EQ(store().FindLeaf(10)->record.salt(), "");
  EXPECT_EQ(store().FindLeaf(10)->record.erased_entry().size(), 32u);
  EXPECT_NE(store().FindLeaf(11)->record.salt(), "");
  EXPECT_TRUE(store().Verify()->damaged.empty());
}

TEST_P(StoreConformance, ACaseIsFoundByItsNumber) {
  const Report report = SealedReportAt(5);
  SC_ASSERT_OK(CommitOne(store(), report));
  EXPECT_EQ(store().CaseAt(5)->id, report.id);
  EXPECT_EQ(CodeOf(store().CaseAt(6)), Code::kNotFound);
}

}  // namespace
}  // namespace safeconduct::storage
