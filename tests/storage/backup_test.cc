#include <atomic>
#include <thread>

#include "storage/rocksdb/open_store.h"
#include "tests/storage/canary.h"
#include "tests/storage/conformance.h"
#include "tests/storage/fault_disk.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

namespace fs = std::filesystem;

RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = 2 << 20;
  return settings;
}

std::unique_ptr<EnvelopeStore> MustOpen(const std::string& folder) {
  auto opened = OpenRocksDb(SettingsFor(folder));
  EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message());
  return opened.ok() ? *std::move(opened) : nullptr;
}

std::uintmax_t BytesIn(const std::string& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

// Commits reports `from` to before `to`, with their sequence numbers from those.
std::vector<Report> CommitRange(EnvelopeStore& store, Sequence from, Sequence to) {
  std::vector<Report> reports;
  for (Sequence i = from; i < to; ++i) {
    reports.push_back(SealedReportAt(1 + 2 * i));
    SC_EXPECT_OK(CommitOne(store, reports.back()));
  }
  return reports;
}

TEST(Backup, RestoresWhatWasThereAndGoesOn) {
  const TempFolder folder;
  const TempFolder backup;
  const TempFolder target;
  std::vector<Report> before;
  std::vector<Report> after;
  const Upload upload = UploadAt(10'000, 3 * kPieceBytes);
  {
    const auto store = MustOpen(folder.path());
    ASSERT_NE(store, nullptr);
    before = CommitRange(*store, 0, 60);
    SC_ASSERT_OK(store->PutCharter({1, "note", {SomeBytes(1, 10)}}));
    SC_ASSERT_OK(Store(*store, upload));
    SC_ASSERT_OK(store->PutMarks(HolderKey{1}, 0, SomeBytes(2, 5'000)));
    SC_ASSERT_OK(store->Backup(backup / "all"));
    after = CommitRange(*store, 60, 70);
    SC_ASSERT_OK(store->PutMarks(HolderKey{1}, 1, SomeBytes(3, 5'000)));
  }
  SC_ASSERT_OK(RestoreBackup(backup / "all", target / "store"));
  const auto store = MustOpen(target / "store");
  ASSERT_NE(store, nullptr);
  for (const Report& report : before) EXPECT_EQ(Missing(*store, report), "");
  for (const Report& report : after) {
    EXPECT_EQ(CodeOf(store->FindCase(report.id)), Code::kNotFound);
  }
  EXPECT_EQ((*store->NewestCharter())->version, 1u);
  EXPECT_EQ(store->Marks(HolderKey{1})->version, 1u);
  EXPECT_EQ(store->Marks(HolderKey{1})->sealed, SomeBytes(2, 5'000));
  EXPECT_EQ(store->FindUpload(upload.id_hash)->record.offset(), upload.content.size());
  EXPECT_EQ(*store->UploadBytes(), upload.content.size());
  EXPECT_EQ(*store->LastSequence(), 10'000u);
  EXPECT_TRUE(store->Verify()->damaged.empty());
  SC_EXPECT_OK(CommitOne(*store, SealedReportAt(20'000)));
}

TEST(Backup, IsIncrementalAndKeepsTheNewestOnes) {
  const TempFolder folder;
  const TempFolder backup;
  RocksDbSettings settings = SettingsFor(folder.path());
  settings.backups_kept = 2;
  auto opened = OpenRocksDb(settings);
  ASSERT_TRUE(opened.ok());
  EnvelopeStore& store = **opened;
  CommitRange(store, 0, 200);
  SC_ASSERT_OK(store.Backup(backup / "all"));
  const std::uintmax_t first = BytesIn(backup.path());
  EXPECT_GT(first, 200u * 30'000);
  for (Sequence i = 0; i < 4; ++i) {
    CommitRange(store, 200 + 2 * i, 202 + 2 * i);
    SC_ASSERT_OK(store.Backup(backup / "all"));
  }
  EXPECT_LT(BytesIn(backup.path()), first + first / 2);
  EXPECT_EQ(FilesOf(backup / "all/meta", "").size(), 2u);
}

TEST(Backup, MadeWhileReportsArriveHoldsAllThatWereAcknowledgedBefore) {
  const TempFolder folder;
  const TempFolder backup;
  const TempFolder target;
  const auto store = MustOpen(folder.path());
  ASSERT_NE(store, nullptr);
  std::vector<Report> reports = CommitRange(*store, 0, 50);
  std::atomic<bool> stop = false;
  std::atomic<Sequence> committed = 50;
  std::thread writer([&] {
    while (!stop) {
      const Sequence next = committed;
      if (!CommitOne(*store, SealedReportAt(1 + 2 * next)).ok()) return;
      committed = next + 1;
    }
  });
  for (int i = 0; i < 3; ++i) {
    const Sequence known = committed;
    while (committed < known + 5) std::this_thread::yield();
    const Sequence before = committed;
    SC_EXPECT_OK(store->Backup(backup / "all"));
    fs::remove_all(target / "store");
    SC_EXPECT_OK(RestoreBackup(backup / "all", target / "store"));
    const auto restored = MustOpen(target / "store");
    if (restored == nullptr) break;
    for (Sequence n = 0; n < before; ++n) {
      EXPECT_EQ(Missing(*restored, SealedReportAt(1 + 2 * n)), "");
    }
    EXPECT_TRUE(restored->Verify()->damaged.empty());
  }
  stop = true;
  writer.join();
}

TEST(Backup, MadeAfterAnErasureHoldsNothingOfIt) {
  const TempFolder folder;
  const TempFolder backup;
  const TempFolder target;
  const auto store = MustOpen(folder.path());
  ASSERT_NE(store, nullptr);
  const std::vector<Report> reports = CommitRange(*store, 0, 20);
  Canary canary;
  canary.Add(reports[7]);
  v1::StoredCase record = reports[7].record;
  const CaseEvent erasing = ErasingEvent(reports[7].sequence, record, 1000);
  SC_ASSERT_OK(CommitOne(*store, erasing));
  SC_ASSERT_OK(store->Backup(backup / "all"));
  EXPECT_EQ(canary.FilesWithIt(backup.path()), std::vector<std::string>());
  SC_ASSERT_OK(RestoreBackup(backup / "all", target / "store"));
  const auto restored = MustOpen(target / "store");
  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(NotErased(*restored, reports[7], erasing), "");
  EXPECT_EQ(Missing(*restored, reports[8]), "");
}

// FORMAT.md says so: an operator who restores erases again, and deletes old backups in time.
TEST(Backup, MadeBeforeAnErasureBringsTheCaseBackUntilItIsDeleted) {
  const TempFolder folder;
  const TempFolder backup;
  const TempFolder target;
  RocksDbSettings settings = SettingsFor(folder.path());
  settings.backups_kept = 2;
  auto opened = OpenRocksDb(settings);
  ASSERT_TRUE(opened.ok());
  EnvelopeStore& store = **opened;
  const std::vector<Report> reports = CommitRange(store, 0, 20);
  Canary canary;
  canary.Add(reports[7]);
  SC_ASSERT_OK(store.Backup(backup / "all"));
  v1::StoredCase record = reports[7].record;
  SC_ASSERT_OK(CommitOne(store, ErasingEvent(reports[7].sequence, record, 1000)));
  SC_ASSERT_OK(FinishErasures(store));
  {
    SC_ASSERT_OK(RestoreBackup(backup / "all", target / "store"));
    const auto restored = MustOpen(target / "store");
    ASSERT_NE(restored, nullptr);
    EXPECT_EQ(Missing(*restored, reports[7]), "");
  }
  SC_ASSERT_OK(store.Backup(backup / "all"));
  EXPECT_NE(canary.FilesWithIt(backup.path()), std::vector<std::string>());
  SC_ASSERT_OK(store.Backup(backup / "all"));  // the first one is deleted now
  EXPECT_EQ(canary.FilesWithIt(backup.path()), std::vector<std::string>());
}

TEST(Restore, RefusesATargetThatIsNotEmptyAndABackupThatIsNone) {
  const TempFolder folder;
  const TempFolder backup;
  const TempFolder target;
  {
    const auto store = MustOpen(folder.path());
    ASSERT_NE(store, nullptr);
    CommitRange(*store, 0, 3);
    SC_ASSERT_OK(store->Backup(backup / "all"));
  }
  WriteFile(target / "something", AsBytes("x"));
  EXPECT_EQ(CodeOf(RestoreBackup(backup / "all", target.path())), Code::kExists);
  EXPECT_EQ(CodeOf(RestoreBackup(backup / "all", folder.path())), Code::kExists);
  EXPECT_EQ(CodeOf(RestoreBackup(backup / "none", target / "new")), Code::kNotFound);
  EXPECT_EQ(CodeOf(RestoreBackup(folder.path(), target / "newer")), Code::kNotFound);
  ASSERT_NE(MustOpen(folder.path()), nullptr);
}

TEST(Restore, OfADamagedBackupIsRefusedAndLeavesNoStore) {
  const TempFolder folder;
  const TempFolder backup;
  const TempFolder target;
  {
    const auto store = MustOpen(folder.path());
    ASSERT_NE(store, nullptr);
    CommitRange(*store, 0, 100);
    SC_ASSERT_OK(store->Backup(backup / "all"));
  }
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(backup / "all")) {
    if (entry.is_regular_file() && entry.file_size() > 0) files.push_back(entry.path().string());
  }
  ASSERT_GT(files.size(), 10u);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Bytes whole = ReadFile(files[i]);
    Bytes damaged = whole;
    damaged[damaged.size() / 2] ^= 4;
    WriteFile(files[i], damaged);
    const std::string place = target / std::to_string(i);
    const Status restored = RestoreBackup(backup / "all", place);
    if (restored.ok()) {  // a file that says nothing, such as the options
      const auto store = MustOpen(place);
      ASSERT_NE(store, nullptr) << files[i];
      EXPECT_TRUE(store->Verify()->damaged.empty()) << files[i];
    } else {
      ++refused;
      EXPECT_FALSE(fs::exists(place + "/mark"));
      RocksDbSettings settings = SettingsFor(place);
      if (fs::exists(place + "/db")) {
        EXPECT_EQ(CodeOf(OpenRocksDb(settings)), Code::kCorrupted) << files[i];
      }
    }
    WriteFile(files[i], whole);
    fs::remove_all(place);
  }
  EXPECT_GT(refused, files.size() / 2);
}

TEST(Backup, ToAFolderThatCannotBeMadeFailsAndTheStoreGoesOn) {
  const TempFolder folder;
  const auto store = MustOpen(folder.path());
  ASSERT_NE(store, nullptr);
  WriteFile(folder / "file", AsBytes("x"));
  EXPECT_FALSE(store->Backup(folder / "file/backup").ok());
  SC_EXPECT_OK(CommitOne(*store, SealedReportAt(1)));
}

TEST(Backup, OnAFullDiskFailsAndTheNextOneIsWhole) {
  FaultDisk disk;
  const TempFolder folder;
  const TempFolder backup;
  const TempFolder target;
  auto opened = OpenRocksDbOn(disk.env(), SettingsFor(folder.path()), nullptr);
  ASSERT_TRUE(opened.ok());
  const std::vector<Report> reports = CommitRange(**opened, 0, 50);
  disk.Set(DiskFault::kFull, ".blob.tmp");
  EXPECT_EQ(CodeOf((*opened)->Backup(backup / "all")), Code::kNoSpace);
  disk.Set(DiskFault::kNone);
  SC_EXPECT_OK((*opened)->Backup(backup / "all"));
  SC_ASSERT_OK(RestoreBackup(backup / "all", target / "store"));
  const auto store = MustOpen(target / "store");
  ASSERT_NE(store, nullptr);
  for (const Report& report : reports) EXPECT_EQ(Missing(*store, report), "");
}

}  // namespace
}  // namespace safeconduct::storage
