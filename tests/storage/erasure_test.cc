// What was erased is in no file of the store once FinishErasures says so: not in its log, tables or
// blob files, wherever it lay and whatever lay beside it.
#include <gmock/gmock.h>

#include <map>

#include "crypto/base/encoding.h"
#include "storage/rocksdb/open_store.h"
#include "tests/storage/canary.h"
#include "tests/storage/conformance.h"
#include "tests/storage/fault_disk.h"
#include "tests/storage/raw_database.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = 2 << 20;
  settings.log_bytes = 4 << 20;
  return settings;
}

std::unique_ptr<EnvelopeStore> MustOpen(const std::string& folder) {
  auto opened = OpenRocksDb(SettingsFor(folder));
  EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message());
  return opened.ok() ? *std::move(opened) : nullptr;
}

// Cases with events and attachments in turn, all of which can be erased.
class Office {
 public:
  void AddCase(EnvelopeStore& store) {
    const Sequence sequence = NextSequence();
    const Upload upload = UploadAt(sequence, 300'000);
    SC_ASSERT_OK(Store(store, upload));
    Report report = SealedReportAt(sequence + 1, "north", {1000, 16'384, 4096});
    Attach(report, upload);
    SC_ASSERT_OK(CommitOne(store, report));
    contents_[cases_.size()].Add(report);
    contents_[cases_.size()].Add(upload.content);
    records_.push_back(report.record);
    cases_.push_back(std::move(report));
    events_.emplace_back();
  }

  void AddEvent(EnvelopeStore& store, std::size_t index) {
    events_[index].push_back(NextEvent(cases_[index].sequence, records_[index], NextSequence()));
    contents_[index].Add(events_[index].back().signed_event);
    contents_[index].AddUnique(events_[index].back().leaf.record.salt());
    SC_ASSERT_OK(CommitOne(store, events_[index].back()));
  }

  void Erase(EnvelopeStore& store, std::size_t index) {
    events_[index].push_back(ErasingEvent(cases_[index].sequence, records_[index], NextSequence()));
    SC_ASSERT_OK(CommitOne(store, events_[index].back()));
  }

  const Canary& content(std::size_t index) const { return contents_.at(index); }
  std::size_t size() const { return cases_.size(); }

  void ExpectAllAsItShouldBe(const EnvelopeStore& store) const {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      if (records_[i].erased()) {
        EXPECT_EQ(NotErased(store, cases_[i], events_[i].back()), "") << i;
        continue;
      }
      EXPECT_EQ(Missing(store, cases_[i]), "") << i;
      const auto events = store.Events(cases_[i].sequence, 1, 1000);
      ASSERT_EQ(events->size(), events_[i].size());
      for (std::size_t n = 0; n < events->size(); ++n) {
        EXPECT_EQ((*events)[n].signed_event, events_[i][n].signed_event);
      }
    }
    EXPECT_TRUE(store.Verify()->damaged.empty());
  }

 private:
  // In steps at which no two contents are made of the same seed.
  Sequence NextSequence() { return last_ += 10; }

  Sequence last_ = 5;
  std::vector<Report> cases_;
  std::vector<v1::StoredCase> records_;
  std::vector<std::vector<CaseEvent>> events_;
  std::map<std::size_t, Canary> contents_;
};

TEST(Erasure, TakesBytesFromTheLogTheyWereJustWrittenTo) {
  const TempFolder folder;
  const auto store = MustOpen(folder.path());
  ASSERT_NE(store, nullptr);
  Office office;
  for (int i = 0; i < 3; ++i) office.AddCase(*store);
  office.AddEvent(*store, 1);
  office.AddEvent(*store, 2);
  ASSERT_THAT(office.content(1).FilesWithIt(folder.path()), Not(IsEmpty()));
  office.Erase(*store, 1);
  SC_ASSERT_OK(FinishErasures(*store));
  EXPECT_THAT(office.content(1).FilesWithIt(folder.path()), IsEmpty());
  EXPECT_THAT(office.content(2).FilesWithIt(folder.path()), Not(IsEmpty()));
  office.ExpectAllAsItShouldBe(*store);
}

// Flushed, compacted, and in blob files that hold other cases too.
TEST(Erasure, TakesBytesFromBetweenThoseOfOthers) {
  const TempFolder folder;
  Office office;
  const std::size_t erased[] = {0, 20, 21, 39};
  {
    const auto store = MustOpen(folder.path());
    ASSERT_NE(store, nullptr);
    for (int i = 0; i < 40; ++i) office.AddCase(*store);
    for (int round = 0; round < 12; ++round) {
      for (std::size_t i = 0; i < office.size(); ++i) office.AddEvent(*store, i);
    }
  }
  const auto store = MustOpen(folder.path());
  ASSERT_NE(store, nullptr);
  for (std::size_t i = 0; i < office.size(); i += 3) office.AddEvent(*store, i);
  for (const std::size_t index : erased) {
    EXPECT_GT(office.content(index).FilesWithIt(folder.path()).size(), 2u);
    office.Erase(*store, index);
    SC_ASSERT_OK(FinishErasures(*store));
    EXPECT_THAT(office.content(index).FilesWithIt(folder.path()), IsEmpty()) << index;
  }
  office.ExpectAllAsItShouldBe(*store);
}

TEST(Erasure, OfManyCasesAtOnceGoesOnBesideWriters) {
  const TempFolder folder;
  Office office;
  const auto store = MustOpen(folder.path());
  ASSERT_NE(store, nullptr);
  for (int i = 0; i < 40; ++i) office.AddCase(*store);
  Canary erased;
  for (std::size_t i = 0; i < 20; ++i) {
    office.AddEvent(*store, i);
    office.Erase(*store, i);
    erased.Add(office.content(i));
    office.AddEvent(*store, i + 20);
    office.AddCase(*store);
  }
  SC_ASSERT_OK(FinishErasures(*store));
  EXPECT_THAT(erased.FilesWithIt(folder.path()), IsEmpty());
  office.ExpectAllAsItShouldBe(*store);
}

TEST(Erasure, IsFinishedByTheNextOpeningWhenTheStoreWasClosedBefore) {
  const TempFolder folder;
  Office office;
  {
    const auto store = MustOpen(folder.path());
    ASSERT_NE(store, nullptr);
    for (int i = 0; i < 20; ++i) office.AddCase(*store);
  }
  Canary erased;
  for (std::size_t i = 0; i < 20; i += 2) {
    const auto store = MustOpen(folder.path());
    ASSERT_NE(store, nullptr);
    office.AddEvent(*store, i);
    office.Erase(*store, i);
    erased.Add(office.content(i));
  }
  const auto store = MustOpen(folder.path());
  ASSERT_NE(store, nullptr);
  SC_ASSERT_OK(FinishErasures(*store));
  EXPECT_THAT(erased.FilesWithIt(folder.path()), IsEmpty());
  office.ExpectAllAsItShouldBe(*store);
}

class FailingDisk : public ::testing::TestWithParam<const char*> {};

// The disk fails while the bytes are taken away: nobody says that they are gone, the erasure
// stands, and they go once the fault has ended, or at the next start.
TEST_P(FailingDisk, DoesNotKeepBytesForEver) {
  FaultDisk disk;
  const TempFolder folder;
  const TempFolder copy;
  auto opened = OpenRocksDbOn(disk.env(), SettingsFor(folder.path()), nullptr);
  ASSERT_TRUE(opened.ok());
  EnvelopeStore& store = **opened;
  Office office;
  for (int i = 0; i < 6; ++i) office.AddCase(store);
  for (std::size_t i = 0; i < office.size(); ++i) office.AddEvent(store, i);
  disk.Set(DiskFault::kWritesFail, GetParam());
  office.Erase(store, 2);
  EXPECT_EQ(CodeOf(FinishErasures(store)), Code::kUnavailable);
  EXPECT_THAT(office.content(2).FilesWithIt(folder.path()), Not(IsEmpty()));
  office.ExpectAllAsItShouldBe(store);

  disk.CopyAsItIs(folder.path(), copy.path());
  const auto again = MustOpen(copy.path());
  ASSERT_NE(again, nullptr);
  SC_ASSERT_OK(FinishErasures(*again));
  EXPECT_THAT(office.content(2).FilesWithIt(copy.path()), IsEmpty());
  office.ExpectAllAsItShouldBe(*again);

  disk.Set(DiskFault::kNone);
  SC_ASSERT_OK(store.Recover());
  SC_ASSERT_OK(FinishErasures(store));
  EXPECT_THAT(office.content(2).FilesWithIt(folder.path()), IsEmpty());
  office.ExpectAllAsItShouldBe(store);
}

INSTANTIATE_TEST_SUITE_P(Erasure, FailingDisk, ::testing::Values(".sst", ".blob"),
                         [](const auto& chosen) { return std::string(chosen.param + 1); });

TEST(Erasure, IsUnknownToAStoreThatIsInspected) {
  const TempFolder folder;
  ASSERT_NE(MustOpen(folder.path()), nullptr);
  RocksDbSettings inspect = SettingsFor(folder.path());
  inspect.mode = OpenMode::kInspect;
  const auto store = OpenRocksDb(inspect);
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(CodeOf(FinishErasures(**store)), Code::kUnsupported);
}

std::string Key(std::initializer_list<std::uint64_t> numbers) {
  Bytes key;
  for (const std::uint64_t number : numbers) AppendBigEndian64(key, number);
  return std::string(AsText(key));
}

TEST(Verify, NamesWhatIsLeftOfAnErasedCase) {
  const TempFolder folder;
  Report report = SealedReportAt(10);
  const Upload pieces = UploadAt(1, 3000);
  const Upload record = UploadAt(2, 3000);
  v1::StoredCase erased;
  {
    const auto store = MustOpen(folder.path());
    ASSERT_NE(store, nullptr);
    for (const Upload* upload : {&pieces, &record}) {
      SC_ASSERT_OK(Store(*store, *upload));
      Attach(report, *upload);
    }
    SC_ASSERT_OK(CommitOne(*store, report));
    erased = report.record;
    for (Sequence leaf = 20; leaf < 23; ++leaf) {
      SC_ASSERT_OK(CommitOne(*store, NextEvent(10, erased, leaf)));
    }
    SC_ASSERT_OK(CommitOne(*store, ErasingEvent(10, erased, 23)));
    SC_ASSERT_OK(FinishErasures(*store));
    EXPECT_TRUE(store->Verify()->damaged.empty());
  }
  {
    RawDatabase raw(folder / "db");
    const std::string sealed = Key({10}) + std::string(6, '\0');
    std::string account = sealed;
    account[9] = 2;
    raw.Put("envelopes", sealed, "sealed");
    raw.Put("envelopes", account, "payload");
    raw.Put("events", Key({10, 2}), Key({21}) + "event");
    raw.Put("pieces", Key({1, 0}), "piece");
    raw.Put("uploads", "r" + Key({2}), record.ref.record.SerializeAsString());
  }
  const auto store = MustOpen(folder.path());
  ASSERT_NE(store, nullptr);
  std::vector<std::string> named;
  const auto verified = store->Verify();
  ASSERT_TRUE(verified.ok());
  for (const Damage& damage : verified->damaged) named.push_back(damage.record);
  const std::string name = "case " + HexEncode(report.id);
  EXPECT_THAT(named, UnorderedElementsAre(name + " manifest", name + " compartment account",
                                          name + " event 2", name + " compartment attachment-1",
                                          name + " compartment attachment-2"));
}

}  // namespace
}  // namespace safeconduct::storage
