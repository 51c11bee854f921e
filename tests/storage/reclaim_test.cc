// The space of deleted uploads comes back, also where they lie between others that stay.

#include "storage/rocksdb/open_store.h"
#include "tests/storage/conformance.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = 16 << 20;
  settings.log_bytes = 8 << 20;
  settings.reclaim_bytes = 4 << 20;
  return settings;
}

std::uint64_t BlobBytes(const std::string& folder) {
  std::uint64_t bytes = 0;
  for (const std::string& path : FilesOf(folder + "/db", ".blob")) {
    bytes += std::filesystem::file_size(path);
  }
  return bytes;
}

TEST(Reclaim, FilesOfDeletedUploadsGo) {
  const TempFolder folder;
  auto opened = OpenRocksDb(SettingsFor(folder.path()));
  ASSERT_TRUE(opened.ok());
  EnvelopeStore& store = **opened;
  for (Sequence i = 1; i <= 20; ++i) SC_ASSERT_OK(Store(store, UploadAt(i, 2 * kPieceBytes)));
  for (Sequence i = 1; i <= 20; ++i) {
    SC_ASSERT_OK(store.DeleteUpload(UploadAt(i, 2 * kPieceBytes).ref));
  }
  WaitForReclaim(store);
  EXPECT_LT(BlobBytes(folder.path()), 4 * kPieceBytes);
}

TEST(Reclaim, UploadsThatStayBetweenDeletedOnesAreKept) {
  const TempFolder folder;
  auto opened = OpenRocksDb(SettingsFor(folder.path()));
  ASSERT_TRUE(opened.ok());
  EnvelopeStore& store = **opened;
  std::vector<Report> reports;
  for (Sequence i = 1; i <= 32; ++i) {
    const Upload upload = UploadAt(i, kPieceBytes + 100);
    SC_ASSERT_OK(Store(store, upload));
    if (i % 4 != 0) continue;
    reports.push_back(SealedReportAt(1000 + 2 * i));
    Attach(reports.back(), upload);
    SC_ASSERT_OK(CommitOne(store, reports.back()));
  }
  const auto expired = store.ExpiredUploads(2'000'000, 100);
  ASSERT_EQ(expired->size(), 24u);
  for (const UploadRef& upload : *expired) SC_ASSERT_OK(store.DeleteUpload(upload));
  WaitForReclaim(store);
  EXPECT_LT(BlobBytes(folder.path()), 14 * kPieceBytes);
  for (const Report& report : reports) EXPECT_EQ(Missing(store, report), "");
  EXPECT_TRUE(store.Verify()->damaged.empty());
}

TEST(Reclaim, ClosingDoesNotWaitForIt) {
  const TempFolder folder;
  std::vector<Report> reports;
  {
    auto opened = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(opened.ok());
    EnvelopeStore& store = **opened;
    for (Sequence i = 1; i <= 60; ++i) SC_ASSERT_OK(Store(store, UploadAt(i, 2 * kPieceBytes)));
    for (Sequence i = 1; i <= 60; ++i) {
      if (i % 3 == 0) continue;
      SC_ASSERT_OK(store.DeleteUpload(UploadAt(i, 2 * kPieceBytes).ref));
    }
  }
  const auto again = OpenRocksDb(SettingsFor(folder.path()));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*(*again)->UploadBytes(), 20 * 2 * kPieceBytes);
  EXPECT_TRUE((*again)->Verify()->damaged.empty());
}

}  // namespace
}  // namespace safeconduct::storage
