// The disk fails under RocksDB: nothing that was acknowledged is lost, what was not is there whole
// or not at all, reading goes on, and writing does again once the fault has ended.
#include <atomic>
#include <thread>

#include "tests/storage/conformance.h"
#include "tests/storage/fault_cases.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

// Commits reports until the store fails, and remembers which were acknowledged.
class Writer {
 public:
  explicit Writer(Sequence first = 1) : next_(first) {}

  Status Commit(EnvelopeStore& store) {
    const Report report = SealedReportAt(next_, "north", {4096, 16384, 4096});
    next_ += 2;
    const Status committed = CommitOne(store, report);
    (committed.ok() ? acknowledged_ : refused_).push_back(report);
    return committed;
  }

  // The first error among so many commits.
  Status CommitMany(EnvelopeStore& store, int count) {
    for (int i = 0; i < count; ++i) SC_TRY(Commit(store));
    return {};
  }

  std::string Lost(const EnvelopeStore& store) const {
    for (const Report& report : acknowledged_) {
      const std::string missing = Missing(store, report);
      if (!missing.empty()) return "an acknowledged report, " + missing;
    }
    for (const Report& report : refused_) {
      const auto found = store.FindCase(report.id);
      if (found.ok() ? !Missing(store, report).empty() : found.error().code() != Code::kNotFound) {
        return "a part of a refused report";
      }
    }
    return "";
  }

  std::size_t acknowledged() const { return acknowledged_.size(); }
  std::size_t refused() const { return refused_.size(); }

 private:
  Sequence next_;
  std::vector<Report> acknowledged_;
  std::vector<Report> refused_;
};

class DiskFaults : public ::testing::TestWithParam<FaultCase> {};

TEST_P(DiskFaults, StopWritingUntilTheyEnd) {
  const FaultCase& fault = GetParam();
  FaultDisk disk;
  const TempFolder folder;
  auto store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  Writer writer;
  SC_ASSERT_OK(writer.CommitMany(*store, 50));
  for (int round = 0; round < 2; ++round) {
    disk.Set(fault.fault, fault.ending);
    Status failed;
    for (int i = 0; i < 1000 && failed.ok(); ++i) failed = writer.Commit(*store);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code(), fault.code);
    EXPECT_GT(disk.failures(), 0u);
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(store->Recover().ok());
      EXPECT_FALSE(writer.Commit(*store).ok());
      EXPECT_EQ(writer.Lost(*store), "") << "while the fault lasts";
    }
    disk.Set(DiskFault::kNone);
    SC_ASSERT_OK(store->Recover());
    EXPECT_EQ(writer.Lost(*store), "") << "after it";
    SC_ASSERT_OK(writer.CommitMany(*store, 50));
  }
  EXPECT_TRUE(store->Verify()->damaged.empty());
  store.reset();
  store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(writer.Lost(*store), "") << "after a new start";
}

TEST_P(DiskFaults, LoseNothingWhenPowerGoesToo) {
  const FaultCase& fault = GetParam();
  FaultDisk disk;
  const TempFolder folder;
  const TempFolder copy;
  auto store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  Writer writer;
  SC_ASSERT_OK(writer.CommitMany(*store, 30));
  disk.Set(fault.fault, fault.ending);
  Status failed;
  for (int i = 0; i < 1000 && failed.ok(); ++i) failed = writer.Commit(*store);
  ASSERT_FALSE(failed.ok());
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    disk.CopyAfterPowerLoss(folder.path(), copy.path(), FaultDisk::Tail::kTorn, seed);
    FaultDisk whole;
    const auto again = OpenOn(whole, copy.path());
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(writer.Lost(*again), "");
  }
}

INSTANTIATE_TEST_SUITE_P(All, DiskFaults, ::testing::ValuesIn(kFaultCases),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

// Each write and sync of a busy stretch fails once, with each kind of fault.
TEST(DiskFault, AnySingleFailureIsSurvived) {
  for (const DiskFault fault : {DiskFault::kSyncsFail, DiskFault::kWritesFail, DiskFault::kFull}) {
    std::size_t refused = 0;
    for (std::uint64_t after = 0; after < 96; after += 6) {
      FaultDisk disk;
      const TempFolder folder;
      auto store = OpenOn(disk, folder.path());
      ASSERT_NE(store, nullptr);
      Writer writer;
      disk.SetAfter(fault, after, 1);
      for (int i = 0; i < 60; ++i) {
        if (!writer.Commit(*store).ok()) SC_ASSERT_OK(store->Recover());
      }
      EXPECT_EQ(writer.Lost(*store), "") << after;
      refused += writer.refused();
      store.reset();
      disk.Set(DiskFault::kNone);
      store = OpenOn(disk, folder.path());
      ASSERT_NE(store, nullptr);
      EXPECT_EQ(writer.Lost(*store), "") << after;
    }
    EXPECT_GT(refused, 10u);
  }
}

TEST(DiskFault, ReadersGoOnWhileTheStoreRecovers) {
  FaultDisk disk;
  const TempFolder folder;
  auto store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  const Report known = SealedReportAt(1);
  SC_ASSERT_OK(CommitOne(*store, known));
  Writer writer(3);
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> reads = 0;
  std::atomic<bool> wrong = false;
  const auto read = [&] {
    while (!stop) {
      const auto found = store->FindCase(known.id);
      const auto page = store->ListCases("north", 0, 3);
      if (found.ok()) {
        ++reads;
        const auto sealed = store->Sealed(found->sequence);
        if (sealed.ok() && *sealed != known.sealed) wrong = true;
        if (!sealed.ok() && sealed.error().code() != Code::kUnavailable) wrong = true;
      } else if (found.error().code() != Code::kUnavailable) {
        wrong = true;  // closed for a moment is all that a reader may see
      }
      if (page.ok() && page->empty()) wrong = true;
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (int round = 0; round < 6; ++round) {
    const std::uint64_t before = reads;
    disk.Set(round % 2 == 0 ? DiskFault::kSyncsFail : DiskFault::kWritesFail, ".log");
    EXPECT_FALSE(writer.Commit(*store).ok());
    while (reads < before + 10) std::this_thread::yield();
    disk.Set(DiskFault::kNone);
    SC_EXPECT_OK(store->Recover());
    SC_EXPECT_OK(writer.Commit(*store));
  }
  stop = true;
  first.join();
  second.join();
  EXPECT_FALSE(wrong);
  EXPECT_EQ(writer.Lost(*store), "");
}

TEST(DiskFault, UploadsKeepWhatWasSynced) {
  FaultDisk disk;
  const TempFolder folder;
  auto store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  const Upload upload = UploadAt(1, 4 * kPieceBytes);
  SC_ASSERT_OK(store->CreateUpload(upload.ref));
  SC_ASSERT_OK(store->WritePiece(upload.ref, 0, upload.Piece(0)));
  SC_ASSERT_OK(store->SyncUpload(upload.At(kPieceBytes)));
  disk.Set(DiskFault::kFull, ".log");
  EXPECT_EQ(CodeOf(store->WritePiece(upload.ref, 1, upload.Piece(1))), Code::kNoSpace);
  EXPECT_FALSE(store->SyncUpload(upload.At(2 * kPieceBytes)).ok());
  disk.Set(DiskFault::kNone);
  SC_ASSERT_OK(store->Recover());
  auto found = store->FindUpload(upload.id_hash);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->record.offset(), kPieceBytes);
  EXPECT_EQ(*store->UploadBytes(), upload.content.size());
  for (std::uint64_t i = 1; i < 4; ++i) {
    SC_ASSERT_OK(store->WritePiece(upload.ref, i, upload.Piece(i)));
    SC_ASSERT_OK(store->SyncUpload(upload.At((i + 1) * kPieceBytes)));
  }
  Report report = SealedReportAt(10);
  Attach(report, upload);
  SC_ASSERT_OK(CommitOne(*store, report));
  EXPECT_EQ(Missing(*store, report), "");
}

TEST_P(DiskFaults, LeaveMarksAsTheyWereOrAsTheyWerePut) {
  const FaultCase& fault = GetParam();
  FaultDisk disk;
  const TempFolder folder;
  const TempFolder copy;
  auto store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  const HolderKey holder{7};
  std::uint64_t acknowledged = 0;
  const auto put = [&] {
    return store->PutMarks(holder, acknowledged, SomeBytes(acknowledged + 1, 200'000));
  };
  disk.Set(fault.fault, fault.ending);
  Status failed;
  while (failed.ok() && acknowledged < 1000) {
    failed = put();
    if (failed.ok()) ++acknowledged;
  }
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), fault.code);
  const auto expect_whole = [&](const EnvelopeStore& of) {
    const auto marks = of.Marks(holder);
    ASSERT_TRUE(marks.ok());
    EXPECT_GE(marks->version, acknowledged);
    EXPECT_LE(marks->version, acknowledged + 1);
    EXPECT_EQ(marks->sealed, marks->version == 0 ? Bytes() : SomeBytes(marks->version, 200'000));
  };
  disk.CopyAfterPowerLoss(folder.path(), copy.path(), FaultDisk::Tail::kTorn, 1);
  {
    FaultDisk whole;
    const auto again = OpenOn(whole, copy.path());
    ASSERT_NE(again, nullptr);
    expect_whole(*again);
  }
  disk.Set(DiskFault::kNone);
  SC_ASSERT_OK(store->Recover());
  expect_whole(*store);
  acknowledged = store->Marks(holder)->version;
  SC_EXPECT_OK(put());
}

TEST(PowerLoss, KeepsEverythingAcknowledgedWhereverItStrikes) {
  FaultDisk disk;
  const TempFolder folder;
  const TempFolder copy;
  auto store = OpenOn(disk, folder.path());
  ASSERT_NE(store, nullptr);
  Writer writer;
  const Upload upload = UploadAt(100'000, 40 * kPieceBytes);
  SC_ASSERT_OK(store->CreateUpload(upload.ref));
  std::uint64_t synced = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    SC_ASSERT_OK(writer.CommitMany(*store, 3));
    SC_ASSERT_OK(store->WritePiece(upload.ref, i, upload.Piece(i)));
    if (i % 2 == 0) {
      SC_ASSERT_OK(store->SyncUpload(upload.At((i + 1) * kPieceBytes)));
      synced = (i + 1) * kPieceBytes;
    }
    if (i % 5 != 4) continue;
    for (const auto tail : {FaultDisk::Tail::kNone, FaultDisk::Tail::kTorn}) {
      disk.CopyAfterPowerLoss(folder.path(), copy.path(), tail, i);
      FaultDisk whole;
      const auto again = OpenOn(whole, copy.path());
      ASSERT_NE(again, nullptr);
      EXPECT_EQ(writer.Lost(*again), "");
      const auto found = again->FindUpload(upload.id_hash);
      ASSERT_TRUE(found.ok());
      EXPECT_GE(found->record.offset(), synced);
      for (std::uint64_t piece = 0; piece * kPieceBytes < synced; ++piece) {
        const ByteView expected = upload.Piece(piece);
        EXPECT_EQ(*again->ReadPiece(upload.ref, piece), Bytes(expected.begin(), expected.end()));
      }
      EXPECT_TRUE(again->Verify()->damaged.empty());
    }
  }
}

}  // namespace
}  // namespace safeconduct::storage
