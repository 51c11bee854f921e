// A log that was cut or damaged before its last sync keeps the store from opening; after it,
// nothing is lost. Tried on copies of a store that is open, as a killed process leaves it.
#include <filesystem>
#include <optional>

#include "storage/rocksdb/mark_file.h"
#include "storage/rocksdb/open_store.h"
#include "storage/rocksdb/rocksdb_store.h"
#include "tests/storage/conformance.h"
#include "tests/storage/fault_disk.h"
#include "tests/storage/log_records.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

namespace fs = std::filesystem;

RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = std::uint64_t{8} << 20;
  return settings;
}

// A store that stopped dead, and what it had acknowledged.
class KilledStore {
 public:
  // Four commits, decoys, a charter and an upload, all synced; then a piece that is not.
  KilledStore() {
    auto opened = OpenRocksDb(SettingsFor(live_.path()));
    EXPECT_TRUE(opened.ok());
    EnvelopeStore& store = **opened;
    for (Sequence i = 0; i < 4; ++i) {
      reports_.push_back(SealedReportAt(1 + 2 * i, "north", {700, 40'000, 700}));
      SC_EXPECT_OK(CommitOne(store, reports_.back()));
    }
    const Bytes decoy = SomeBytes(7, 40'000);
    Batch decoys;
    decoys.decoys = {decoy, decoy};
    SC_EXPECT_OK(store.Commit(decoys));
    SC_EXPECT_OK(store.PutCharter({1, "note", {}}));
    SC_EXPECT_OK(Store(store, upload_));
    synced_end_ = fs::file_size(LogOf(live_.path()));
    SC_EXPECT_OK(store.WritePiece(upload_.ref, 0, upload_.Piece(0)));
    CopyFolder(live_.path(), copy_.path());
    opened->reset();
  }

  static std::string LogOf(const std::string& folder) {
    const std::vector<std::string> logs = FilesOf(folder + "/db", ".log");
    EXPECT_EQ(logs.size(), 1u);
    return logs.back();
  }

  // A fresh copy with the log replaced.
  std::string CopyWithLog(ByteView log) {
    CopyFolder(copy_.path(), work_.path());
    WriteFile(LogOf(work_.path()), log);
    return work_.path();
  }

  Bytes log() const { return ReadFile(LogOf(copy_.path())); }
  std::size_t synced_end() const { return synced_end_; }
  Mark mark() const { return **MarkFile::Read(copy_.path() + "/mark"); }

  void ExpectAllThere(const EnvelopeStore& store) const {
    for (const Report& report : reports_) EXPECT_EQ(Missing(store, report), "");
    EXPECT_EQ((*store.NewestCharter())->version, 1u);
    EXPECT_EQ(store.FindUpload(upload_.id_hash)->record.offset(), upload_.content.size());
    EXPECT_EQ(*store.UploadBytes(), upload_.content.size());
    EXPECT_TRUE(store.Verify()->damaged.empty());
  }

 private:
  std::vector<Report> reports_;
  const Upload upload_ = UploadAt(50, 90'000);
  std::size_t synced_end_ = 0;
  const TempFolder live_;
  const TempFolder copy_;
  const TempFolder work_;
};

void ExpectRefused(const std::string& folder, const KilledStore& killed, const std::string& what) {
  const Bytes log = ReadFile(KilledStore::LogOf(folder));
  for (int attempt = 0; attempt < 2; ++attempt) {  // a refused start leaves everything as it is
    OpenDiagnosis diagnosis;
    const auto opened = OpenRocksDb(SettingsFor(folder), &diagnosis);
    ASSERT_EQ(CodeOf(opened), Code::kCorrupted) << what;
    EXPECT_EQ(diagnosis.expected_write, killed.mark().write) << what;
    EXPECT_EQ(diagnosis.expected_sequence, killed.mark().sequence) << what;
    EXPECT_LT(diagnosis.last_write, diagnosis.expected_write) << what;
    EXPECT_LE(diagnosis.last_sequence, diagnosis.expected_sequence) << what;
    EXPECT_EQ(ReadFile(KilledStore::LogOf(folder)), log) << what;
  }
}

void ExpectWhole(const std::string& folder, const KilledStore& killed, const std::string& what) {
  OpenDiagnosis diagnosis;
  auto opened = OpenRocksDb(SettingsFor(folder), &diagnosis);
  ASSERT_TRUE(opened.ok()) << what << ": " << opened.error().message() << diagnosis.detail;
  killed.ExpectAllThere(**opened);
}

TEST(LogCut, IsNoticedBeforeTheLastSyncAndHarmlessAfterIt) {
  KilledStore killed;
  const Bytes log = killed.log();
  std::set<std::size_t> cuts = {0,
                                1,
                                killed.synced_end() - 1,
                                killed.synced_end(),
                                killed.synced_end() + 1,
                                log.size() - 1,
                                log.size()};
  const std::vector<LogRecord> records = RecordsOf(log);
  ASSERT_GE(records.size(), 9u);
  ASSERT_EQ(records.back().end, log.size());
  for (const LogRecord& record : records) {
    for (const std::size_t offset : {std::size_t{0}, std::size_t{3}, std::size_t{7}}) {
      cuts.insert(record.start + offset);
    }
    cuts.insert((record.start + record.end) / 2);
    cuts.insert(record.end - 1);
  }
  std::size_t refused = 0;
  for (const std::size_t cut : cuts) {
    const std::string folder = killed.CopyWithLog(ByteView(log).first(cut));
    const std::string what = "cut at " + std::to_string(cut) + " of " + std::to_string(log.size());
    if (cut < killed.synced_end()) {
      ExpectRefused(folder, killed, what);
      ++refused;
    } else {
      ExpectWhole(folder, killed, what);
    }
  }
  EXPECT_GT(refused, 25u);
  EXPECT_GT(cuts.size() - refused, 4u);
}

TEST(LogDamage, IsNoticedBeforeTheLastSyncAndHarmlessAfterIt) {
  KilledStore killed;
  const Bytes log = killed.log();
  for (const LogRecord& record : RecordsOf(log)) {
    const std::size_t middle = (record.start + record.end) / 2;
    for (const std::size_t at : {record.start, record.start + 4, record.start + 5, record.start + 6,
                                 record.start + 7, middle, record.end - 1}) {
      Bytes damaged = log;
      damaged[at] ^= static_cast<std::uint8_t>(1u << at % 8);
      const std::string folder = killed.CopyWithLog(damaged);
      const std::string what = "flipped at " + std::to_string(at);
      if (at < killed.synced_end()) {
        ExpectRefused(folder, killed, what);
      } else {
        ExpectWhole(folder, killed, what);
      }
    }
  }
}

TEST(LogCut, NamesWhatIsMissing) {
  KilledStore killed;
  const Bytes log = killed.log();
  const std::vector<LogRecord> records = RecordsOf(log);
  // The first record is the opening's, then come the four reports.
  const std::string folder = killed.CopyWithLog(ByteView(log).first(records[2].end));
  OpenDiagnosis diagnosis;
  ASSERT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder), &diagnosis)), Code::kCorrupted);
  EXPECT_EQ(diagnosis.last_sequence, 4u);      // of the second report's leaf
  EXPECT_EQ(diagnosis.expected_sequence, 8u);  // of the fourth's
  EXPECT_EQ(folder + "/db/" + diagnosis.log_file, KilledStore::LogOf(folder));
}

TEST(LogCut, ALogThatIsGoneIsNoticed) {
  KilledStore killed;
  const std::string folder = killed.CopyWithLog({});
  fs::remove(KilledStore::LogOf(folder));
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder))), Code::kCorrupted);
  fs::remove_all(folder + "/db");
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder))), Code::kCorrupted);
}

TEST(LogCut, InAnOlderLogIsNoticedAlthoughTheNewestIsWhole) {
  const TempFolder live;
  const TempFolder copy;
  const TempFolder work;
  RocksDbSettings settings = SettingsFor(live.path());
  settings.write_buffer_bytes = 1 << 20;  // so that payloads are flushed often, and logs change
  std::vector<Report> reports;
  {
    FaultDisk disk;
    auto opened = OpenRocksDbOn(disk.env(), settings, nullptr);
    ASSERT_TRUE(opened.ok());
    for (Sequence i = 0; i < 60; ++i) {
      reports.push_back(SealedReportAt(1 + 2 * i));
      SC_ASSERT_OK(CommitOne(**opened, reports.back()));
    }
    disk.CopyAsItIs(live.path(), copy.path());
    opened->reset();
  }
  const std::vector<std::string> logs = FilesOf(copy / "db", ".log");
  ASSERT_GE(logs.size(), 3u);
  const auto try_with = [&](const std::string& log, const std::optional<Bytes>& content) {
    CopyFolder(copy.path(), work.path());
    const std::string path = work / "db/" + fs::path(log).filename().string();
    fs::remove(path);
    if (content) WriteFile(path, *content);
    RocksDbSettings again = settings;
    again.folder = work.path();
    return OpenRocksDb(again);
  };
  for (const std::string& log : logs) {
    const Bytes content = ReadFile(log);
    const std::vector<LogRecord> records = RecordsOf(content);
    ASSERT_FALSE(records.empty());
    if (records.size() > 1) {
      const LogRecord& cut = records[records.size() / 2 - 1];
      EXPECT_EQ(
          CodeOf(try_with(
              log, Bytes(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(cut.end)))),
          Code::kCorrupted)
          << log;
    }
    Bytes flipped = content;
    flipped[records.back().end - 1] ^= 1;
    EXPECT_EQ(CodeOf(try_with(log, flipped)), Code::kCorrupted) << log;
    EXPECT_EQ(CodeOf(try_with(log, std::nullopt)), Code::kCorrupted) << log;
    EXPECT_EQ(CodeOf(try_with(log, Bytes())), Code::kCorrupted) << log;
    // Zeros, as a file system may leave after a loss of power.
    EXPECT_EQ(CodeOf(try_with(log, Bytes(content.size()))), Code::kCorrupted) << log;
  }
  const auto whole = try_with(logs.front(), ReadFile(logs.front()));
  ASSERT_TRUE(whole.ok());
  for (const Report& report : reports) EXPECT_EQ(Missing(**whole, report), "");
}

TEST(Mark, WithoutItAStoreIsRefused) {
  KilledStore killed;
  const std::string folder = killed.CopyWithLog(killed.log());
  fs::remove(folder + "/mark");
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder))), Code::kCorrupted);
  WriteFile(folder + "/mark", Bytes(1024));
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder))), Code::kCorrupted);
}

TEST(Mark, OneDamagedSlotIsNoLoss) {
  KilledStore killed;
  for (const std::size_t slot : {std::size_t{0}, std::size_t{512}}) {
    const std::string folder = killed.CopyWithLog(killed.log());
    Bytes mark = ReadFile(folder + "/mark");
    mark[slot + 20] ^= 1;
    WriteFile(folder + "/mark", mark);
    ExpectWhole(folder, killed, "slot at " + std::to_string(slot));
  }
}

TEST(Mark, AnOlderOneIsNoLoss) {  // what a loss of power leaves
  KilledStore killed;
  const std::string folder = killed.CopyWithLog(killed.log());
  ASSERT_TRUE(MarkFile::Open(folder + "/mark", {1, 0}).ok());
  ExpectWhole(folder, killed, "an older mark");
}

TEST(Making, ThatWasInterruptedIsDoneAgain) {
  const TempFolder folder;
  ASSERT_TRUE(MarkFile::Open(folder / "mark", {}).ok());
  fs::create_directory(folder / "db");
  WriteFile(folder / "db/000001.dbtmp", AsBytes("MANIFEST-000001"));
  auto opened = OpenRocksDb(SettingsFor(folder.path()));
  ASSERT_TRUE(opened.ok());
  SC_EXPECT_OK(CommitOne(**opened, SealedReportAt(1)));
}

}  // namespace
}  // namespace safeconduct::storage
