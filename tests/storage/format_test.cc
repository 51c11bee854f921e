// storage/FORMAT.md, byte by byte, read with RocksDB itself; and stores of other formats.
#include <rocksdb/db.h>

#include <map>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "storage/rocksdb/open_store.h"
#include "tests/storage/conformance.h"
#include "tests/storage/fault_disk.h"
#include "tests/storage/raw_database.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = std::uint64_t{8} << 20;
  return settings;
}

std::string Number(std::uint64_t number) {
  Bytes bytes;
  AppendBigEndian64(bytes, number);
  return std::string(AsText(bytes));
}

std::string Hex(ByteView bytes) { return HexEncode(bytes); }
std::string Hex(const std::string& text) { return HexEncode(AsBytes(text)); }
std::string Text(ByteView bytes) { return std::string(AsText(bytes)); }

TEST(Format, IsAsDocumented) {
  const TempFolder folder;
  const Upload bound = UploadAt(0x11, kPieceBytes + 2);
  const Upload unbound = UploadAt(0x12, 3, 0x1234);
  Report sealed = SealedReportAt(0x0102030405060708, "north", {5, kPieceBytes + 1, 0});
  Attach(sealed, bound);
  sealed.record.set_relay(std::string(32, 'R'));
  const Report plain = PlainReportAt(0x0102030405060718, "south", 4);
  v1::StoredCase record = sealed.record;
  record.add_answers()->set_event(1);
  const CaseEvent event = NextEvent(sealed.sequence, record, 0x0102030405060728);
  const Bytes text = SomeBytes(1, 10);
  {
    auto opened = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(opened.ok());
    SC_ASSERT_OK((*opened)->PutCharter({1, "the note", {text}}));
    SC_ASSERT_OK(Store(**opened, bound));
    SC_ASSERT_OK(Store(**opened, unbound));
    SC_ASSERT_OK(CommitOne(**opened, sealed));
    SC_ASSERT_OK(CommitOne(**opened, plain));
    SC_ASSERT_OK(CommitOne(**opened, event));
    SC_ASSERT_OK((*opened)->PutMarks(HolderKey{0xab}, 0, AsBytes("first")));
    SC_ASSERT_OK((*opened)->PutMarks(HolderKey{0xab}, 1, AsBytes("sealed")));
  }
  const std::string one = "0102030405060708";
  const std::string two = "0102030405060718";
  const std::string north = "00056e6f727468";
  const std::string south = "0005736f757468";
  const std::string mega(AsText(ByteView(sealed.payloads[1]).first(kPieceBytes)));
  v1::StoredUpload bound_record = bound.At(kPieceBytes + 2).record;
  bound_record.set_bound(true);
  const std::map<std::string, std::string> expected = {
      {"default " + Hex("format"), Number(1)},
      {"default " + Hex("committed"), Number(event.leaf.sequence)},
      {"default " + Hex("upload-sequence"), Number(0x12)},
      {"cases " + one, Text(sealed.id) + record.SerializeAsString()},
      {"cases " + two, Text(plain.id) + plain.record.SerializeAsString()},
      {"envelopes " + one + "0000" + "00000000", Text(sealed.sealed)},
      {"envelopes " + one + "0001" + "00000000", Text(sealed.payloads[0])},
      {"envelopes " + one + "0002" + "00000000", mega},
      {"envelopes " + one + "0002" + "00000001", Text(ByteView(sealed.payloads[1]).last(1))},
      {"envelopes " + two + "0000" + "00000000", ""},
      {"envelopes " + two + "0001" + "00000000", Text(plain.payloads[0])},
      {"events " + one + "0000000000000001",
       Number(event.leaf.sequence) + Text(event.signed_event)},
      {"leaves 0102030405060709", sealed.leaf.record.SerializeAsString()},
      {"leaves 0102030405060719", plain.leaf.record.SerializeAsString()},
      {"leaves 0102030405060728", event.leaf.record.SerializeAsString()},
      {"lookup 69" + Hex(sealed.id), Number(sealed.sequence)},
      {"lookup 69" + Hex(plain.id), Number(plain.sequence)},
      {"lookup 6d" + Hex(sealed.mailbox), Number(sealed.sequence)},
      {"lookup 6f" + Hex(std::string(32, 'R')) + one, ""},
      {"channels " + north + one, ""},
      {"channels " + south + two, ""},
      {"uploads 720000000000000011", bound_record.SerializeAsString()},
      {"uploads 720000000000000012", unbound.At(3).record.SerializeAsString()},
      {"uploads 68" + Hex(bound.id_hash), Number(0x11)},
      {"uploads 68" + Hex(unbound.id_hash), Number(0x12)},
      {"uploads 6580000000000012340000000000000012", Number(3)},
      {"pieces 00000000000000110000000000000000", Text(bound.Piece(0))},
      {"pieces 00000000000000110000000000000001", Text(bound.Piece(1))},
      {"pieces 00000000000000120000000000000000", Text(unbound.Piece(0))},
      {"charters 760000000000000001", "the note"},
      {"charters 74" + Hex(Sha256(text)), Text(text)},
      {"marks ab" + std::string(62, '0'), Number(2) + "sealed"},
  };
  const auto all = RawDatabase(folder / "db").All();
  EXPECT_EQ(all.size(), expected.size());
  for (const auto& [key, value] : expected) {
    const auto found = all.find(key);
    ASSERT_NE(found, all.end()) << key;
    EXPECT_TRUE(found->second == value) << key;
  }

  const Bytes mark = ReadFile(folder / "mark");
  ASSERT_EQ(mark.size(), 512u + 64);
  std::string newest;
  for (const std::size_t offset : {std::size_t{0}, std::size_t{512}}) {
    const ByteView slot = ByteView(mark).subspan(offset, 64);
    EXPECT_EQ(Hex(slot.first(8)), "73636d61726b0001");
    EXPECT_EQ(Hex(slot.last(32)), Hex(Sha256(slot.first(32))));
    newest = std::max(newest, Text(slot.subspan(8, 24)));  // generation, write, committed
  }
  EXPECT_EQ(newest.substr(16), Number(event.leaf.sequence));
  EXPECT_EQ(std::filesystem::status(folder / "mark").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

// As it is until the bytes have left the disk: what the purger writes first cannot be written.
TEST(Format, OfAnErasedCaseIsAsDocumented) {
  const TempFolder folder;
  const TempFolder copy;
  FaultDisk disk;
  const Upload upload = UploadAt(0x11, kPieceBytes + 2);
  Report report = SealedReportAt(0x0102030405060708, "north", {5, kPieceBytes + 1, 0});
  Attach(report, upload);
  v1::StoredCase record = report.record;
  const CaseEvent event = NextEvent(report.sequence, record, 0x0102030405060728);
  const CaseEvent erasing = ErasingEvent(report.sequence, record, 0x0102030405060738);
  auto opened = OpenRocksDbOn(disk.env(), SettingsFor(folder.path()), nullptr);
  ASSERT_TRUE(opened.ok());
  SC_ASSERT_OK(Store(**opened, upload));
  SC_ASSERT_OK(CommitOne(**opened, report));
  SC_ASSERT_OK(CommitOne(**opened, event));
  disk.Set(DiskFault::kWritesFail, ".sst");
  SC_ASSERT_OK(CommitOne(**opened, erasing));
  EXPECT_FALSE(FinishErasures(**opened).ok());
  disk.CopyAsItIs(folder.path(), copy.path());

  const std::string one = "0102030405060708";
  std::map<std::string, std::string> expected = {
      {"default " + Hex("format"), Number(1)},
      {"default " + Hex("committed"), Number(erasing.leaf.sequence)},
      {"default " + Hex("upload-sequence"), Number(0x11)},
      {"default " + Hex("erasing") + one, Number(0x11)},
      {"cases " + one, Text(report.id) + record.SerializeAsString()},
      {"events " + one + "0000000000000001", Number(event.leaf.sequence)},
      {"events " + one + "0000000000000002",
       Number(erasing.leaf.sequence) + Text(erasing.signed_event)},
      {"leaves 0102030405060709", Emptied(report.leaf).record.SerializeAsString()},
      {"leaves 0102030405060728", Emptied(event.leaf).record.SerializeAsString()},
      {"leaves 0102030405060738", erasing.leaf.record.SerializeAsString()},
      {"lookup 69" + Hex(report.id), Number(report.sequence)},
      {"lookup 6d" + Hex(report.mailbox), Number(report.sequence)},
      {"channels 00056e6f727468" + one, ""},
  };
  EXPECT_EQ(RawDatabase(copy / "db").All(), expected);

  disk.Set(DiskFault::kNone);
  SC_ASSERT_OK((*opened)->Recover());
  SC_ASSERT_OK(FinishErasures(**opened));
  opened->reset();
  expected.erase("default " + Hex("erasing") + one);
  EXPECT_EQ(RawDatabase(folder / "db").All(), expected);
}

TEST(Format, AnOutboxThatDoesNotFitIsDamage) {
  const TempFolder folder;
  Report report = SealedReportAt(1);
  report.record.set_relay(std::string(32, 'R'));
  v1::StoredCase record = report.record;
  record.add_answers()->set_event(1);
  const auto damaged = [&] {
    auto opened = OpenRocksDb(SettingsFor(folder.path()));
    std::vector<std::string> names;
    const VerifyReport report_of = *(*opened)->Verify();
    for (const Damage& damage : report_of.damaged) names.push_back(damage.record);
    return names;
  };
  {
    auto opened = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(opened.ok());
    SC_ASSERT_OK(CommitOne(**opened, report));
    SC_ASSERT_OK(CommitOne(**opened, NextEvent(1, record, 10)));
  }
  EXPECT_TRUE(damaged().empty());
  const std::string entry = "o" + std::string(32, 'R') + Number(1);
  RawDatabase(folder / "db").Delete("lookup", entry);
  EXPECT_EQ(damaged(), std::vector<std::string>{"case " + Hex(report.id) + " index of outboxes"});
  RawDatabase(folder / "db").Put("lookup", entry, "");
  EXPECT_TRUE(damaged().empty());
  const std::vector<std::string> one = {"index of outboxes"};
  for (const std::string& stray : {"o" + std::string(32, 'R') + Number(2),
                                   "o" + std::string(32, 'S') + Number(1), std::string("oR")}) {
    RawDatabase(folder / "db").Put("lookup", stray, "");
    EXPECT_EQ(damaged(), one) << Hex(stray);
    RawDatabase(folder / "db").Delete("lookup", stray);
  }
  EXPECT_TRUE(damaged().empty());
}

TEST(Format, MarksThatCannotBeReadAreNamed) {
  const TempFolder folder;
  const HolderKey holder{0xab};
  const std::string key = Text(holder);
  {
    auto opened = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(opened.ok());
    SC_ASSERT_OK((*opened)->PutMarks(holder, 0, AsBytes("sealed")));
  }
  const std::string too_long = Number(1) + std::string(kMaxMarksBytes + 1, 's');
  for (const std::string& value : {std::string(), Number(1), Number(0) + "sealed", too_long}) {
    RawDatabase(folder / "db").Put("marks", key, value);
    auto opened = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(CodeOf((*opened)->Marks(holder)), Code::kCorrupted);
    EXPECT_EQ(CodeOf((*opened)->PutMarks(holder, 1, AsBytes("new"))), Code::kCorrupted);
    const auto report = (*opened)->Verify();
    ASSERT_EQ(report->damaged.size(), 1u);
    EXPECT_EQ(report->damaged[0].record, "read marks of " + Hex(holder));
  }
  RawDatabase(folder / "db").Put("marks", key, Number(1) + "sealed");
  RawDatabase(folder / "db").Put("marks", "short", Number(1) + "sealed");
  auto opened = OpenRocksDb(SettingsFor(folder.path()));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->Verify()->damaged.size(), 1u);
  // A charter takes with it what is of nobody.
  SC_ASSERT_OK((*opened)->PutCharter({1, "note", {}, {holder}}));
  EXPECT_TRUE((*opened)->Verify()->damaged.empty());
  EXPECT_EQ((*opened)->Marks(holder)->version, 1u);
}

// Of before there were read marks.
TEST(Format, AStoreWithoutTheirFamilyGetsIt) {
  const TempFolder folder;
  ASSERT_TRUE(OpenRocksDb(SettingsFor(folder.path())).ok());
  RawDatabase(folder / "db").DropFamily("marks");
  RocksDbSettings inspect = SettingsFor(folder.path());
  inspect.mode = OpenMode::kInspect;
  {
    const auto inspected = OpenRocksDb(inspect);
    ASSERT_TRUE(inspected.ok());
    EXPECT_EQ((*inspected)->Marks(HolderKey{1})->version, 0u);
    EXPECT_TRUE((*inspected)->Verify()->damaged.empty());
  }
  auto opened = OpenRocksDb(SettingsFor(folder.path()));
  ASSERT_TRUE(opened.ok());
  SC_EXPECT_OK((*opened)->PutMarks(HolderKey{1}, 0, AsBytes("sealed")));
}

void ExpectUnsupported(const std::string& folder) {
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder))), Code::kUnsupported);
  RocksDbSettings inspect = SettingsFor(folder);
  inspect.mode = OpenMode::kInspect;
  EXPECT_EQ(CodeOf(OpenRocksDb(inspect)), Code::kUnsupported);
}

TEST(Format, ANewerOneIsRefused) {
  const TempFolder folder;
  ASSERT_TRUE(OpenRocksDb(SettingsFor(folder.path())).ok());
  RawDatabase(folder / "db").Put("default", "format", Number(2));
  ExpectUnsupported(folder.path());
  RawDatabase(folder / "db").Put("default", "format", Number(1));
  EXPECT_TRUE(OpenRocksDb(SettingsFor(folder.path())).ok());
  RawDatabase(folder / "db").Put("default", "format", "new");
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder.path()))), Code::kCorrupted);
}

TEST(Format, AnUnknownFamilyIsOfANewerOne) {
  const TempFolder folder;
  ASSERT_TRUE(OpenRocksDb(SettingsFor(folder.path())).ok());
  RawDatabase(folder / "db").MakeFamily("tiles");
  ExpectUnsupported(folder.path());
}

TEST(Format, AMarkOfAnotherVersionIsRefused) {
  const TempFolder folder;
  ASSERT_TRUE(OpenRocksDb(SettingsFor(folder.path())).ok());
  Bytes mark = ReadFile(folder / "mark");
  for (const std::size_t offset : {std::size_t{0}, std::size_t{512}}) {
    mark[offset + 7] = 2;
    const Hash checksum = Sha256(ByteView(mark).subspan(offset, 32));
    std::copy(checksum.begin(), checksum.end(),
              mark.begin() + static_cast<std::ptrdiff_t>(offset) + 32);
  }
  WriteFile(folder / "mark", mark);
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder.path()))), Code::kUnsupported);
}

TEST(Format, AFolderOfAnotherDatabaseIsRefused) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "db");
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, folder / "db", &raw).ok());
  delete raw;
  EXPECT_EQ(CodeOf(OpenRocksDb(SettingsFor(folder.path()))), Code::kCorrupted);
}

}  // namespace
}  // namespace safeconduct::storage
