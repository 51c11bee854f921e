#include "storage/rocksdb/mark_file.h"

#include "tests/storage/conformance.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

Mark MarkOf(const Result<std::optional<Mark>>& read) {
  EXPECT_TRUE(read.ok() && read->has_value());
  return read.ok() && read->has_value() ? **read : Mark{};
}

TEST(MarkFile, IsAbsentUntilItIsMade) {
  const TempFolder folder;
  const auto read = MarkFile::Read(folder / "mark");
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->has_value());
  EXPECT_FALSE(MarkFile::Open(folder / "no/mark", {}).ok());
}

TEST(MarkFile, WhatAKillLeftOfMakingItIsNotInTheWay) {
  const TempFolder folder;
  WriteFile(folder / "mark.new", Bytes(700, 0x5a));
  const auto absent = MarkFile::Read(folder / "mark");
  ASSERT_TRUE(absent.ok());
  EXPECT_FALSE(absent->has_value());
  ASSERT_TRUE(MarkFile::Open(folder / "mark", {5, 2}).ok());
  EXPECT_EQ(MarkOf(MarkFile::Read(folder / "mark")).write, 5u);
  EXPECT_EQ(ReadFile(folder / "mark").size(), 512u + 64);
}

TEST(MarkFile, TellsTheNewestAdvanceAtOnceAndAfterwards) {
  const TempFolder folder;
  {
    auto mark = MarkFile::Open(folder / "mark", {3, 1});
    ASSERT_TRUE(mark.ok());
    EXPECT_EQ(MarkOf(MarkFile::Read(folder / "mark")).write, 3u);
    for (std::uint64_t i = 10; i < 200; ++i) {
      SC_ASSERT_OK((*mark)->Advance({i, i / 2}));
      const Mark read = MarkOf(MarkFile::Read(folder / "mark"));
      EXPECT_EQ(read.write, i);
      EXPECT_EQ(read.sequence, i / 2);
    }
    SC_ASSERT_OK((*mark)->Advance({50, 500}));  // late: an older write
    EXPECT_EQ((*mark)->current().write, 199u);
    SC_ASSERT_OK((*mark)->Advance({300, 0}));  // an upload's: it has no sequence number
    EXPECT_EQ((*mark)->current().sequence, 99u);
  }
  EXPECT_EQ(MarkOf(MarkFile::Read(folder / "mark")).write, 300u);
}

TEST(MarkFile, AnyDamageToOneSlotLeavesTheOther) {
  const TempFolder folder;
  {
    auto mark = MarkFile::Open(folder / "mark", {});
    ASSERT_TRUE(mark.ok());
    SC_ASSERT_OK((*mark)->Advance({7, 1}));
    SC_ASSERT_OK((*mark)->Advance({8, 1}));
  }
  const Bytes whole = ReadFile(folder / "mark");
  ASSERT_EQ(whole.size(), 512u + 64);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes damaged = whole;
    damaged[i] ^= 0x40;
    WriteFile(folder / "mark", damaged);
    const std::uint64_t write = MarkOf(MarkFile::Read(folder / "mark")).write;
    EXPECT_TRUE(write == 7 || write == 8) << i;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    WriteFile(folder / "mark", ByteView(whole).first(size));
    const auto read = MarkFile::Read(folder / "mark");
    if (size < 64) {
      EXPECT_EQ(CodeOf(read), Code::kCorrupted) << size;
    } else {
      EXPECT_GE(MarkOf(read).write, 7u) << size;
    }
  }
}

TEST(MarkFile, GoesOnAfterDamageToTheNewestSlot) {
  const TempFolder folder;
  {
    auto mark = MarkFile::Open(folder / "mark", {});
    ASSERT_TRUE(mark.ok());
    SC_ASSERT_OK((*mark)->Advance({7, 1}));
  }
  {
    auto mark = MarkFile::Open(folder / "mark", MarkOf(MarkFile::Read(folder / "mark")));
    ASSERT_TRUE(mark.ok());
    SC_ASSERT_OK((*mark)->Advance({9, 2}));
  }
  EXPECT_EQ(MarkOf(MarkFile::Read(folder / "mark")).write, 9u);
}

}  // namespace
}  // namespace safeconduct::storage
