#include "storage/rocksdb/rocksdb_store.h"

#include "tests/storage/canary.h"
#include "tests/storage/conformance.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = std::uint64_t{8} << 20;
  return settings;
}

class RocksDbSubject final : public Subject {
 public:
  RocksDbSubject() { Open(); }
  EnvelopeStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    Open();
  }

 private:
  void Open() {
    auto opened = OpenRocksDb(SettingsFor(folder_.path()));
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    store_ = *std::move(opened);
  }

  TempFolder folder_;
  std::unique_ptr<EnvelopeStore> store_;
};

INSTANTIATE_TEST_SUITE_P(RocksDb, StoreConformance,
                         ::testing::Values(Implementation{
                             "RocksDb", [] { return std::make_unique<RocksDbSubject>(); }}),
                         NameOf);

TEST(RocksDbStore, TwoStoresOnOneFolderAreRefused) {
  const TempFolder folder;
  auto first = OpenRocksDb(SettingsFor(folder.path()));
  ASSERT_TRUE(first.ok());
  const auto second = OpenRocksDb(SettingsFor(folder.path()));
  EXPECT_EQ(CodeOf(second), Code::kBusy);
  EXPECT_STREQ(second.error().message(), "another process has the store's folder open");
  RocksDbSettings inspect = SettingsFor(folder.path());
  inspect.mode = OpenMode::kInspect;
  EXPECT_EQ(CodeOf(OpenRocksDb(inspect)), Code::kBusy);
  first->reset();
  SC_EXPECT_OK(OpenRocksDb(SettingsFor(folder.path())));
}

TEST(RocksDbStore, NeedsAFolderThatCanBeMade) {
  const TempFolder folder;
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder / "no/such"))), Code::kUnavailable);
  RocksDbSettings inspect = SettingsFor(folder / "absent");
  inspect.mode = OpenMode::kInspect;
  EXPECT_EQ(CodeOf(OpenRocksDb(inspect)), Code::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder / "absent"));
}

TEST(RocksDbStore, InspectingReadsEverythingAndChangesNothing) {
  const TempFolder folder;
  const Report report = SealedReportAt(1);
  {
    auto store = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(store.ok());
    SC_ASSERT_OK(CommitOne(**store, report));
  }
  const auto names = [&] {
    std::vector<std::string> all = FilesOf(folder.path(), "");
    for (const std::string& file : FilesOf(folder / "db", "")) {
      all.push_back(file + " " + std::to_string(std::filesystem::file_size(file)));
    }
    return all;
  };
  const std::vector<std::string> before = names();
  {
    RocksDbSettings inspect = SettingsFor(folder.path());
    inspect.mode = OpenMode::kInspect;
    auto store = OpenRocksDb(inspect);
    ASSERT_TRUE(store.ok());
    EXPECT_EQ(Missing(**store, report), "");
    EXPECT_EQ((*store)->Verify()->cases, 1u);
    EXPECT_FALSE(CommitOne(**store, SealedReportAt(3)).ok());
    EXPECT_FALSE((*store)->Backup(folder / "backup").ok());
  }
  EXPECT_EQ(names(), before);
}

TEST(RocksDbStore, DecoysAreGoneWithTheLogAndNeverFillTheDisk) {
  const TempFolder folder;
  RocksDbSettings settings = SettingsFor(folder.path());
  settings.log_bytes = 4 << 20;
  const auto bytes_in_folder = [&] {
    std::uint64_t bytes = 0;
    for (const std::string& file : FilesOf(folder / "db", "")) {
      bytes += std::filesystem::file_size(file);
    }
    return bytes;
  };
  Canary canary;
  {
    auto store = OpenRocksDb(settings);
    ASSERT_TRUE(store.ok());
    for (std::uint64_t n = 0; n < 64; ++n) {
      const Bytes decoy = SomeBytes(n, kPieceBytes);
      canary.Add(decoy);
      Batch batch;
      batch.decoys = {decoy};
      SC_ASSERT_OK((*store)->Commit(batch));
    }
    EXPECT_LT(bytes_in_folder(), std::uint64_t{24} << 20);
  }
  ASSERT_TRUE(OpenRocksDb(settings).ok());  // what a log holds goes into tables, or nowhere
  EXPECT_EQ(canary.FilesWithIt(folder.path()), std::vector<std::string>());
  EXPECT_LT(bytes_in_folder(), kPieceBytes);
}

TEST(RocksDbStore, LogFilesHoldNoKeysAndStaySmall) {
  const TempFolder folder;
  const Report report = SealedReportAt(1);
  const Upload upload = UploadAt(50, 3 * kPieceBytes);
  for (int i = 0; i < 3; ++i) {
    RocksDbSettings settings = SettingsFor(folder.path());
    settings.write_buffer_bytes = 4 << 20;
    settings.reclaim_bytes = 1;
    auto store = OpenRocksDb(settings);
    ASSERT_TRUE(store.ok());
    if (i == 0) SC_ASSERT_OK(CommitOne(**store, report));
    SC_ASSERT_OK(Store(**store, upload));
    SC_ASSERT_OK((*store)->DeleteUpload(upload.ref));
    for (Sequence n = 0; n < 100; ++n) {
      SC_ASSERT_OK(
          CommitOne(**store, SealedReportAt(1000 * (static_cast<Sequence>(i) + 1) + 2 * n)));
    }
  }
  std::uint64_t bytes = 0;
  int files = 0;
  for (const std::string& path : FilesOf(folder / "db", "")) {
    if (path.find("/LOG") == std::string::npos) continue;
    ++files;
    const Bytes log = ReadFile(path);
    bytes += log.size();
    const std::string_view text = AsText(log);
    for (const ByteView secret : {ByteView(report.id), ByteView(report.mailbox),
                                  ByteView(report.payloads[0]).first(16), AsBytes("north")}) {
      EXPECT_EQ(text.find(AsText(secret)), std::string_view::npos) << path;
      std::string hex;
      for (const std::uint8_t byte : secret.first(5)) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02X", byte);
        hex += digits;
      }
      EXPECT_EQ(text.find(hex), std::string_view::npos) << path;
    }
  }
  EXPECT_GT(files, 0);
  EXPECT_LE(files, 3);
  EXPECT_LT(bytes, 3u << 20);
}

TEST(RocksDb, VerifyNamesEachPartOfTheLogThatIsMissing) {
  const TempFolder folder;
  const auto store = OpenRocksDb(SettingsFor(folder.path()));
  ASSERT_TRUE(store.ok());
  LogGrowth growth;
  growth.head = {600, 1, "checkpoint", 0, 0};
  growth.leaves = {SomeLeaf(1, 3)};
  growth.leaves[0].record.set_place(1);
  growth.parts = {{0, 1, SomeBytes(1, 8192)}};
  SC_ASSERT_OK((*store)->GrowLog(growth));
  const auto report = (*store)->Verify();
  ASSERT_EQ(report->damaged.size(), 2U);
  EXPECT_EQ(report->damaged[0].record, "part 0 of the report log");
  EXPECT_EQ(report->damaged[1].record, "part 2 of the report log");
}

}  // namespace
}  // namespace safeconduct::storage
