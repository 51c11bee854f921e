// A disk that is really full: a small tmpfs. Needs the right to mount, as root or in a user
// namespace of its own; says so when it has neither.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "storage/rocksdb/open_store.h"
#include "tests/storage/canary.h"
#include "tests/storage/conformance.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

bool WriteText(const char* path, const std::string& text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  const bool written =
      file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return written;
}

// Once for the process, while it has one thread: mounts of its own, as root of a user namespace
// unless it is root already.
bool MayMount() {
  static const bool may = [] {
    if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0) return true;
    const uid_t user = geteuid();
    const gid_t group = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    return WriteText("/proc/self/setgroups", "deny") &&
           WriteText("/proc/self/uid_map", "0 " + std::to_string(user) + " 1") &&
           WriteText("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
  }();
  return may;
}

class SmallDisk {
 public:
  explicit SmallDisk(const char* size) {
    (void)mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    const std::string options = std::string("size=") + size;
    mounted_ = mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) (void)umount2(folder_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  std::string operator/(const std::string& name) const { return folder_ / name; }

  Status SetReadOnly(bool read_only) {
    unsigned long flags = MS_REMOUNT;
    if (read_only) flags |= MS_RDONLY;
    if (mount("tmpfs", folder_.path().c_str(), "tmpfs", flags, nullptr) == 0) return {};
    return Error(Code::kUnavailable, "not remounted");
  }

  // Leaves `bytes` free.
  void FillUpTo(std::uint64_t bytes) {
    std::FILE* const file = std::fopen((folder_ / "filler").c_str(), "wb");
    ASSERT_NE(file, nullptr);
    const std::vector<char> block(4096);
    while (std::filesystem::space(folder_.path()).available > bytes) {
      if (std::fwrite(block.data(), 1, block.size(), file) != block.size()) break;
      if (std::fflush(file) != 0) break;
    }
    (void)std::fclose(file);
  }
  void RemoveFiller() { std::filesystem::remove(folder_ / "filler"); }

 private:
  TempFolder folder_;
  bool mounted_ = false;
};

RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = 2 << 20;
  settings.log_bytes = 4 << 20;
  return settings;
}

#define SC_NEED_MOUNTS()                                                             \
  if (!MayMount()) {                                                                 \
    GTEST_SKIP() << "NOT TESTED: a really full disk. Needs root or user namespaces"; \
  }

TEST(FullDisk, RefusesThenServesAgainAndLosesNothing) {
  SC_NEED_MOUNTS();
  SmallDisk disk("48m");
  ASSERT_TRUE(disk.mounted());
  auto opened = OpenRocksDb(SettingsFor(disk / "store"));
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  EnvelopeStore& store = **opened;
  std::vector<Report> acknowledged;
  std::vector<Report> refused;
  Sequence next = 1;
  const auto commit = [&] {
    const Report report = SealedReportAt(next);
    next += 2;
    const Status committed = CommitOne(store, report);
    (committed.ok() ? acknowledged : refused).push_back(report);
    return committed;
  };
  for (int i = 0; i < 50; ++i) SC_ASSERT_OK(commit());
  for (int round = 0; round < 3; ++round) {
    disk.FillUpTo(200'000);
    Status failed;
    for (int i = 0; i < 2000 && failed.ok(); ++i) failed = commit();
    ASSERT_EQ(CodeOf(failed), Code::kNoSpace);
    EXPECT_LT(*store.FreeBytes(), 400'000u);
    Batch decoys;
    const Bytes decoy = SomeBytes(1, 1'000);
    decoys.decoys = {decoy};
    EXPECT_FALSE(store.Commit(decoys).ok());
    EXPECT_EQ(CodeOf(store.Recover()), Code::kNoSpace);
    for (const Report& report : acknowledged) ASSERT_EQ(Missing(store, report), "");
    disk.RemoveFiller();
    SC_ASSERT_OK(store.Recover());
    for (int i = 0; i < 20; ++i) SC_ASSERT_OK(commit());
  }
  for (const Report& report : refused) {
    EXPECT_TRUE(CodeOf(store.FindCase(report.id)) == Code::kNotFound ||
                Missing(store, report).empty());
  }
  opened->reset();
  const auto again = OpenRocksDb(SettingsFor(disk / "store"));
  ASSERT_TRUE(again.ok()) << again.error().message();
  for (const Report& report : acknowledged) ASSERT_EQ(Missing(**again, report), "");
  EXPECT_TRUE((*again)->Verify()->damaged.empty());
}

// RocksDB deletes the files that it rewrote on a thread of its own, some time afterwards.
bool BecomesFree(const EnvelopeStore& store, std::uint64_t bytes) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (*store.FreeBytes() <= bytes) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

// As the gateway does: uploads only while more than a reserve is free, which reports may use.
TEST(FullDisk, FilledByUploadsTakesReportsAndIsFreedByDeletingUploads) {
  SC_NEED_MOUNTS();
  constexpr std::uint64_t kReserve = 24 << 20;
  SmallDisk disk("128m");
  ASSERT_TRUE(disk.mounted());
  RocksDbSettings settings = SettingsFor(disk / "store");
  settings.reclaim_bytes = 8 << 20;
  auto opened = OpenRocksDb(settings);
  ASSERT_TRUE(opened.ok());
  EnvelopeStore& store = **opened;
  const std::uint64_t free_at_first = *store.FreeBytes();
  std::vector<Report> reports;
  Sequence next = 1;
  for (int round = 0; round < 3; ++round) {
    std::size_t uploads = 0;
    for (; *store.FreeBytes() > kReserve && uploads < 500; ++uploads) {
      SC_ASSERT_OK(Store(store, UploadAt(next++, 2 * kPieceBytes)));
    }
    EXPECT_GT(uploads, 25u) << "in round " << round;
    for (int i = 0; i < 50; ++i, next += 2) {
      reports.push_back(SealedReportAt(next));
      SC_ASSERT_OK(CommitOne(store, reports.back()));
    }
    const auto expired = store.ExpiredUploads(2'000'000, 1000);
    ASSERT_TRUE(expired.ok());
    EXPECT_EQ(expired->size(), uploads);
    for (const UploadRef& upload : *expired) SC_ASSERT_OK(store.DeleteUpload(upload));
    WaitForReclaim(store);
    EXPECT_TRUE(BecomesFree(store, free_at_first - (std::uint64_t{40} << 20))) << round;
  }
  for (const Report& report : reports) EXPECT_EQ(Missing(store, report), "");
  EXPECT_TRUE(store.Verify()->damaged.empty());
}

TEST(FullDisk, LetsErasedBytesWaitForRoomAndGoesOnTakingReports) {
  SC_NEED_MOUNTS();
  SmallDisk disk("96m");
  ASSERT_TRUE(disk.mounted());
  auto opened = OpenRocksDb(SettingsFor(disk / "store"));
  ASSERT_TRUE(opened.ok());
  EnvelopeStore& store = **opened;
  std::vector<Report> reports;
  for (Sequence i = 0; i < 100; ++i) {
    reports.push_back(SealedReportAt(1 + 2 * i));
    SC_ASSERT_OK(CommitOne(store, reports.back()));
  }
  Canary canary;
  canary.Add(reports[50]);
  disk.FillUpTo(12 << 20);
  v1::StoredCase record = reports[50].record;
  const CaseEvent erasing = ErasingEvent(reports[50].sequence, record, 1000);
  SC_ASSERT_OK(CommitOne(store, erasing));
  EXPECT_EQ(CodeOf(FinishErasures(store)), Code::kNoSpace);
  EXPECT_FALSE(canary.FilesWithIt(disk / "store").empty());
  SC_EXPECT_OK(CommitOne(store, SealedReportAt(2001)));
  disk.RemoveFiller();
  SC_ASSERT_OK(FinishErasures(store));
  EXPECT_TRUE(canary.FilesWithIt(disk / "store").empty());
  EXPECT_EQ(NotErased(store, reports[50], erasing), "");
  EXPECT_EQ(Missing(store, reports[51]), "");
}

TEST(ReadOnlyDisk, RefusesThenServesAgain) {
  SC_NEED_MOUNTS();
  SmallDisk disk("48m");
  ASSERT_TRUE(disk.mounted());
  const Report report = SealedReportAt(1);
  {
    auto opened = OpenRocksDb(SettingsFor(disk / "store"));
    ASSERT_TRUE(opened.ok());
    SC_ASSERT_OK(CommitOne(**opened, report));
  }
  SC_ASSERT_OK(disk.SetReadOnly(true));
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(disk / "store"))), Code::kUnavailable);
  {
    RocksDbSettings inspect = SettingsFor(disk / "store");
    inspect.mode = OpenMode::kInspect;
    const auto inspected = OpenRocksDb(inspect);
    ASSERT_TRUE(inspected.ok()) << inspected.error().message();
    EXPECT_EQ(Missing(**inspected, report), "");
  }
  SC_ASSERT_OK(disk.SetReadOnly(false));
  const auto again = OpenRocksDb(SettingsFor(disk / "store"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(Missing(**again, report), "");
}

}  // namespace
}  // namespace safeconduct::storage
