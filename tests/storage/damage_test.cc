// Bytes on the disk change: the records that they belong to are named, the others are served, and
// nothing damaged is ever given out.
#include <gmock/gmock.h>

#include <set>

#include "crypto/base/encoding.h"
#include "storage/rocksdb/rocksdb_store.h"
#include "tests/storage/conformance.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

RocksDbSettings SettingsFor(const std::string& folder, OpenMode mode = OpenMode::kServe) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.mode = mode;
  settings.write_buffer_bytes = std::uint64_t{8} << 20;
  return settings;
}

std::string NameOf(const Report& report) { return "case " + HexEncode(report.id); }

// Forty reports with an event each, ten of them with an attachment, and two uploads; all of it in
// table and blob files, none in the log.
class FlushedStore {
 public:
  FlushedStore() {
    auto opened = OpenRocksDb(SettingsFor(folder_.path()));
    EXPECT_TRUE(opened.ok());
    EnvelopeStore& store = **opened;
    SC_EXPECT_OK(store.PutCharter({1, "note", {SomeBytes(1, 500)}}));
    for (Sequence i = 0; i < 40; ++i) {
      const Upload upload = UploadAt(1 + i, 3000);
      Report report = SealedReportAt(100 + 2 * i, i % 2 == 0 ? "north" : "south");
      if (i % 4 == 0) {
        SC_EXPECT_OK(Store(store, upload));
        Attach(report, upload);
      }
      reports_.push_back(report);
      SC_EXPECT_OK(CommitOne(store, report));
    }
    SC_EXPECT_OK(Store(store, UploadAt(90, 3000)));
    for (Sequence i = 0; i < 40; ++i) {
      v1::StoredCase record = reports_[i].record;
      SC_EXPECT_OK(CommitOne(store, NextEvent(reports_[i].sequence, record, 1000 + i)));
    }
    opened->reset();
    // Opening writes what is in the log to files.
    auto again = OpenRocksDb(SettingsFor(folder_.path()));
    EXPECT_TRUE(again.ok());
    EXPECT_TRUE((*again)->Verify()->damaged.empty());
  }

  const std::vector<Report>& reports() const { return reports_; }
  std::string database() const { return folder_ / "db"; }

  // A fresh copy to damage.
  std::string Copy() {
    CopyFolder(folder_.path(), copy_.path());
    return copy_.path();
  }

 private:
  std::vector<Report> reports_;
  const TempFolder folder_;
  const TempFolder copy_;
};

FlushedStore& Flushed() {
  static auto* const store = new FlushedStore();
  return *store;
}

// Flips one bit at `at` of `path`.
void Flip(const std::string& path, std::size_t at) {
  Bytes bytes = ReadFile(path);
  ASSERT_LT(at, bytes.size());
  bytes[at] ^= 0x10;
  WriteFile(path, bytes);
}

// Where `needle` stands in a file of the folder with that ending.
std::pair<std::string, std::size_t> Find(const std::string& folder, const std::string& ending,
                                         ByteView needle) {
  for (const std::string& path : FilesOf(folder, ending)) {
    const Bytes bytes = ReadFile(path);
    const auto found = std::search(bytes.begin(), bytes.end(), needle.begin(), needle.end());
    if (found != bytes.end()) return {path, static_cast<std::size_t>(found - bytes.begin())};
  }
  ADD_FAILURE() << "not in any file";
  return {};
}

std::set<std::string> Named(const EnvelopeStore& store) {
  std::set<std::string> names;
  const auto report = store.Verify();
  EXPECT_TRUE(report.ok());
  if (report.ok()) {
    for (const Damage& damage : report->damaged) names.insert(damage.record);
  }
  return names;
}

TEST(Damage, ToAPayloadIsNamedAndTheOthersAreServed) {
  const std::string folder = Flushed().Copy();
  const Report& hit = Flushed().reports()[7];
  const auto [path, at] = Find(folder + "/db", ".blob", hit.payloads[1]);
  Flip(path, at + 5000);
  auto store = OpenRocksDb(SettingsFor(folder));
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(Named(**store), ::testing::ElementsAre(NameOf(hit) + " compartment account"));
  const auto ref = (*store)->FindCase(hit.id);
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(CodeOf((*store)->ReadPayload(*ref, 1, 0, 100)), Code::kCorrupted);
  EXPECT_EQ(*ReadAll(**store, *ref, 0), hit.payloads[0]);
  for (const Report& report : Flushed().reports()) {
    if (&report != &hit) {
      EXPECT_EQ(Missing(**store, report), "");
    }
  }
}

TEST(Damage, ToAManifestAnAttachmentOrAnUploadIsNamed) {
  const std::string folder = Flushed().Copy();
  const Report& manifest = Flushed().reports()[3];
  const Report& attached = Flushed().reports()[4];
  const auto flip = [&](ByteView needle) {
    const auto [path, at] = Find(folder + "/db", ".blob", needle);
    Flip(path, at + needle.size() / 2);
  };
  flip(manifest.sealed);
  flip(UploadAt(5, 3000).content);
  flip(UploadAt(90, 3000).content);
  auto store = OpenRocksDb(SettingsFor(folder));
  ASSERT_TRUE(store.ok());
  EXPECT_THAT(Named(**store),
              ::testing::UnorderedElementsAre(
                  NameOf(manifest) + " manifest",
                  NameOf(attached) + " compartment attachment-5 piece 0", "upload 90 piece 0"));
}

TEST(Damage, ToRecordsOfCasesIsNamedByIdAndTheOthersAreServed) {
  const std::string folder = Flushed().Copy();
  const Report& hit = Flushed().reports()[20];
  const auto [path, at] = Find(folder + "/db", ".sst", AsBytes(hit.record.event_key()));
  Flip(path, at);
  auto store = OpenRocksDb(SettingsFor(folder));
  ASSERT_TRUE(store.ok());
  // A block of a table holds several records: all of them are named, and no other.
  std::size_t lost = 0;
  const std::set<std::string> named = Named(**store);
  for (const Report& report : Flushed().reports()) {
    if (named.contains(NameOf(report))) {
      EXPECT_EQ(CodeOf((*store)->FindCase(report.id)), Code::kCorrupted);
      ++lost;
    } else {
      EXPECT_EQ(Missing(**store, report), "");
    }
  }
  EXPECT_TRUE(named.contains(NameOf(hit)));
  EXPECT_EQ(named.size(), lost);
  EXPECT_LT(lost, Flushed().reports().size());
  const auto north = (*store)->ListCases("north", 0, 100);
  const auto south = (*store)->ListCases("south", 0, 100);
  ASSERT_TRUE(north.ok() && south.ok());
  EXPECT_EQ(north->size() + south->size(), Flushed().reports().size() - lost);
}

// Wherever a bit flips in any file, the store either refuses to open and can be inspected, or
// opens; and then each report is whole, or Verify names it, or its index.
TEST(Damage, AnywhereIsFoundAndNothingWrongIsGivenOut) {
  std::vector<std::string> files = FilesOf(Flushed().database(), ".sst");
  for (const std::string& blob : FilesOf(Flushed().database(), ".blob")) files.push_back(blob);
  ASSERT_GE(files.size(), 8u);
  std::size_t opened = 0;
  std::size_t refused = 0;
  for (const std::string& original : files) {
    const std::size_t size = std::filesystem::file_size(original);
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t at = i * (size - 1) / 3;
      const std::string folder = Flushed().Copy();
      const std::string path = folder + original.substr(original.rfind("/db/"));
      Flip(path, at);
      const std::string what = path + " at " + std::to_string(at);
      auto store = OpenRocksDb(SettingsFor(folder));
      if (store.ok()) {
        ++opened;
      } else {
        EXPECT_EQ(store.error().code(), Code::kCorrupted) << what;
        ++refused;
        store = OpenRocksDb(SettingsFor(folder, OpenMode::kInspect));
        ASSERT_TRUE(store.ok()) << what << " " << store.error().message();
      }
      std::string all;
      for (const std::string& name : Named(**store)) all += name + "\n";
      std::size_t whole = 0;
      for (const Report& report : Flushed().reports()) {
        const std::string missing = Missing(**store, report);
        if (missing.empty()) {
          ++whole;
          continue;
        }
        EXPECT_NE(all.find(NameOf(report)), std::string::npos) << what << ": " << missing;
        const auto ref = (*store)->FindCase(report.id);
        if (ref.ok()) {
          for (std::size_t part = 0; part < 3; ++part) {
            const auto payload = ReadAll(**store, *ref, part);
            EXPECT_TRUE(!payload.ok() || *payload == report.payloads[part]) << what;
          }
        }
      }
      EXPECT_TRUE(!all.empty() || whole == Flushed().reports().size()) << what;
    }
  }
  EXPECT_GT(opened, files.size());
  EXPECT_GT(refused, 0u);
}

TEST(Damage, AMissingFileIsRefusedAndItsRecordsAreNamed) {
  const std::string folder = Flushed().Copy();
  const Report& hit = Flushed().reports()[7];
  const auto [path, at] = Find(folder + "/db", ".blob", hit.payloads[1]);
  std::filesystem::remove(path);
  auto store = OpenRocksDb(SettingsFor(folder));
  if (!store.ok()) {
    EXPECT_EQ(store.error().code(), Code::kCorrupted);
    store = OpenRocksDb(SettingsFor(folder, OpenMode::kInspect));
  }
  ASSERT_TRUE(store.ok()) << store.error().message();
  EXPECT_TRUE(Named(**store).contains(NameOf(hit) + " compartment account"));
}

TEST(Inspecting, ACutLogShowsWhatIsThere) {
  const TempFolder folder;
  const TempFolder copy;
  std::vector<Report> reports;
  {
    auto store = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(store.ok());
    for (Sequence i = 0; i < 4; ++i) {
      reports.push_back(SealedReportAt(1 + 2 * i));
      SC_ASSERT_OK(CommitOne(**store, reports.back()));
    }
    CopyFolder(folder.path(), copy.path());
  }
  const std::string log = FilesOf(copy / "db", ".log").back();
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 100);
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(copy.path()))), Code::kCorrupted);
  const auto store = OpenRocksDb(SettingsFor(copy.path(), OpenMode::kInspect));
  ASSERT_TRUE(store.ok());
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(Missing(**store, reports[i]), "");
  EXPECT_EQ(CodeOf((*store)->FindCase(reports[3].id)), Code::kNotFound);
}

// A block of leaves: those in it are said to be damaged, and the others are read.
TEST(Damage, ToLeavesKeepsNoneOfTheOthersBack) {
  constexpr Sequence kLeaves = 3'000;
  const TempFolder folder;
  {
    auto made = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(made.ok());
    LogGrowth growth;
    growth.head = {kLeaves, kLeaves, "checkpoint", 0, 0};
    for (Sequence i = 1; i <= kLeaves; ++i) {
      growth.leaves.push_back(SomeLeaf(i, 3));
      growth.leaves.back().record.set_place(i);
    }
    for (std::uint64_t i = 0; i <= kLeaves / 256; ++i) growth.parts.push_back({0, i, Bytes(8)});
    SC_ASSERT_OK((*made)->GrowLog(growth));
  }
  // Opening writes what is in the log to files.
  ASSERT_TRUE(OpenRocksDb(SettingsFor(folder.path())).ok());
  std::size_t hits = 0;
  for (const std::string& path : FilesOf(folder / "db", ".sst")) {
    const Bytes before = ReadFile(path);
    if (before.size() < 60'000) continue;  // no other family has as much
    Flip(path, before.size() / 2);
    auto store = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(store.ok());
    std::set<Sequence> damaged;
    std::size_t whole = 0;
    for (Sequence after = 0;;) {
      const auto page = (*store)->Leaves(after, 100);
      ASSERT_TRUE(page.ok());
      if (page->empty()) break;
      for (const Leaf& leaf : *page) {
        ASSERT_EQ(leaf.sequence, ++after);
        if (leaf.record.kind() == 0) {
          damaged.insert(leaf.sequence);
          EXPECT_EQ(CodeOf((*store)->FindLeaf(leaf.sequence)), Code::kCorrupted);
        } else {
          ++whole;
          EXPECT_EQ(leaf.record.place(), leaf.sequence);
        }
      }
    }
    EXPECT_EQ(whole + damaged.size(), kLeaves);
    EXPECT_GT(whole, kLeaves / 2);
    if (!damaged.empty()) ++hits;
    const std::set<std::string> named = Named(**store);
    for (const Sequence each : damaged) EXPECT_TRUE(named.contains("leaf " + std::to_string(each)));
    store->reset();
    WriteFile(path, before);
  }
  EXPECT_EQ(hits, 1U);
}

}  // namespace
}  // namespace safeconduct::storage
