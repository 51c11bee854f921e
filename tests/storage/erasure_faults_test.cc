// The disk fails, or power is lost, around an erasure: the case is there whole, or its tombstone
// is.
#include <set>

#include "tests/storage/conformance.h"
#include "tests/storage/fault_cases.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

// Cases of which one after the other is erased, and which of them may be and must be.
class Eraser {
 public:
  explicit Eraser(EnvelopeStore& store) {
    for (Sequence i = 0; i < 8; ++i) {
      reports_.push_back(SealedReportAt(1 + 10 * i));
      records_.push_back(reports_.back().record);
      SC_EXPECT_OK(CommitOne(store, reports_.back()));
      earlier_.push_back(NextEvent(reports_[i].sequence, records_[i], 5 + 10 * i));
      SC_EXPECT_OK(CommitOne(store, earlier_.back()));
    }
  }

  Status EraseNext(EnvelopeStore& store) {
    const std::size_t i = erasing_.size();
    erasing_.push_back(ErasingEvent(reports_[i].sequence, records_[i], 200 + i));
    const Status committed = CommitOne(store, erasing_[i]);
    if (committed.ok()) acknowledged_.insert(i);
    return committed;
  }
  bool done() const { return erasing_.size() == reports_.size(); }

  std::string Wrong(const EnvelopeStore& store) const {
    for (std::size_t i = 0; i < reports_.size(); ++i) {
      const bool erased = i < erasing_.size() && NotErased(store, reports_[i], erasing_[i]).empty();
      if (erased) continue;
      if (acknowledged_.contains(i)) return "an erasure was lost";
      const auto events = store.Events(reports_[i].sequence, 1, 10);
      if (!Missing(store, reports_[i]).empty() || events->size() != 1 ||
          events->front().signed_event != earlier_[i].signed_event) {
        return "a case is erased in part";
      }
    }
    return "";
  }

 private:
  std::vector<Report> reports_;
  std::vector<v1::StoredCase> records_;
  std::vector<CaseEvent> earlier_;
  std::vector<CaseEvent> erasing_;
  std::set<std::size_t> acknowledged_;
};

class ErasureFaults : public ::testing::TestWithParam<FaultCase> {};

TEST_P(ErasureFaults, LeaveItWholeOrNotThere) {
  const FaultCase& fault = GetParam();
  FaultDisk disk;
  const TempFolder folder;
  const TempFolder copy;
  auto store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  Eraser eraser(*store);
  SC_ASSERT_OK(eraser.EraseNext(*store));
  while (!eraser.done()) {
    disk.Set(fault.fault, fault.ending);
    (void)eraser.EraseNext(*store);  // its bytes may be taken away now, or not
    EXPECT_EQ(eraser.Wrong(*store), "") << "while the fault lasts";
    disk.CopyAfterPowerLoss(folder.path(), copy.path(), FaultDisk::Tail::kTorn, 7);
    FaultDisk whole;
    const auto again = OpenOn(whole, copy.path());
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(eraser.Wrong(*again), "") << "after a loss of power";
    EXPECT_TRUE(again->Verify()->damaged.empty());
    disk.Set(DiskFault::kNone);
    SC_ASSERT_OK(store->Recover());
    EXPECT_EQ(eraser.Wrong(*store), "") << "after it";
  }
  SC_ASSERT_OK(FinishErasures(*store));
  EXPECT_TRUE(store->Verify()->damaged.empty());
  store.reset();
  store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(eraser.Wrong(*store), "") << "after a new start";
}

INSTANTIATE_TEST_SUITE_P(All, ErasureFaults, ::testing::ValuesIn(kFaultCases),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

// Each write and sync of erasing, and of taking the bytes away, fails once.
TEST(ErasureFault, AnySingleFailureLeavesItWholeOrNotThere) {
  for (const DiskFault fault : {DiskFault::kSyncsFail, DiskFault::kWritesFail}) {
    for (std::uint64_t after = 0; after < 60; after += 3) {
      FaultDisk disk;
      const TempFolder folder;
      auto store = OpenOn(disk, folder.path());
      ASSERT_NE(store, nullptr);
      Eraser eraser(*store);
      disk.SetAfter(fault, after, 1);
      while (!eraser.done()) {
        if (!eraser.EraseNext(*store).ok()) SC_ASSERT_OK(store->Recover());
        if (!FinishErasures(*store).ok()) SC_ASSERT_OK(store->Recover());
        EXPECT_EQ(eraser.Wrong(*store), "") << after;
      }
      SC_ASSERT_OK(FinishErasures(*store));
      store.reset();
      disk.Set(DiskFault::kNone);
      store = OpenOn(disk, folder.path());
      ASSERT_NE(store, nullptr);
      EXPECT_EQ(eraser.Wrong(*store), "") << after;
      EXPECT_TRUE(store->Verify()->damaged.empty());
    }
  }
}

TEST(PowerLoss, LeavesAnErasureWholeOrNotThereWhereverItStrikes) {
  FaultDisk disk;
  const TempFolder folder;
  const TempFolder copy;
  auto store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  Eraser eraser(*store);
  std::uint64_t seed = 0;
  while (!eraser.done()) {
    SC_ASSERT_OK(eraser.EraseNext(*store));
    // At once, while the bytes are being taken away, and after that.
    for (int i = 0; i < 3; ++i) {
      if (i == 2) SC_ASSERT_OK(FinishErasures(*store));
      disk.CopyAfterPowerLoss(folder.path(), copy.path(), FaultDisk::Tail::kTorn, ++seed);
      FaultDisk whole;
      const auto again = OpenOn(whole, copy.path());
      ASSERT_NE(again, nullptr);
      EXPECT_EQ(eraser.Wrong(*again), "");
      SC_EXPECT_OK(FinishErasures(*again));
      EXPECT_TRUE(again->Verify()->damaged.empty());
    }
  }
}

}  // namespace
}  // namespace safeconduct::storage
