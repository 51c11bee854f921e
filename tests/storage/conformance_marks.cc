// What holders have read: one sealed record each, replaced version by version.
#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

HolderKey KeyOf(std::uint8_t byte) {
  HolderKey key{};
  key.fill(byte);
  return key;
}

std::uint64_t VersionOf(const EnvelopeStore& store, const HolderKey& holder) {
  const auto marks = store.Marks(holder);
  EXPECT_TRUE(marks.ok());
  return marks.ok() ? marks->version : ~std::uint64_t{0};
}

TEST_P(StoreConformance, MarksThatWereNeverPutAreNone) {
  const auto marks = store().Marks(KeyOf(1));
  ASSERT_TRUE(marks.ok());
  EXPECT_EQ(marks->version, 0u);
  EXPECT_TRUE(marks->sealed.empty());
}

TEST_P(StoreConformance, MarksAreTheNewestOfTheirHolder) {
  const Bytes first = SomeBytes(1, 5'000);
  const Bytes second = SomeBytes(2, 300'000);
  const Bytes others = SomeBytes(3, 1);
  SC_ASSERT_OK(store().PutMarks(KeyOf(1), 0, first));
  SC_ASSERT_OK(store().PutMarks(KeyOf(2), 0, others));
  EXPECT_EQ(store().Marks(KeyOf(1))->sealed, first);
  SC_ASSERT_OK(store().PutMarks(KeyOf(1), 1, second));
  for (int opened = 0; opened < 2; ++opened, Reopen()) {
    const auto marks = store().Marks(KeyOf(1));
    ASSERT_TRUE(marks.ok());
    EXPECT_EQ(marks->version, 2u);
    EXPECT_EQ(marks->sealed, second);
    EXPECT_EQ(VersionOf(store(), KeyOf(2)), 1u);
    EXPECT_EQ(store().Marks(KeyOf(2))->sealed, others);
    EXPECT_EQ(VersionOf(store(), KeyOf(3)), 0u);
    EXPECT_TRUE(store().Verify()->damaged.empty());
  }
  // They draw no sequence number.
  EXPECT_EQ(*store().LastSequence(), 0u);
  SC_EXPECT_OK(CommitOne(store(), SealedReportAt(1)));
}

TEST_P(StoreConformance, MarksReplaceOnlyThoseThatTheyGoOnFrom) {
  const Bytes kept = SomeBytes(1, 4'096);
  const Bytes other = SomeBytes(2, 4'096);
  EXPECT_EQ(CodeOf(store().PutMarks(KeyOf(1), 1, other)), Code::kConflict);
  SC_ASSERT_OK(store().PutMarks(KeyOf(1), 0, other));
  SC_ASSERT_OK(store().PutMarks(KeyOf(1), 1, kept));
  for (const std::uint64_t replaces : {0u, 1u, 3u}) {
    EXPECT_EQ(CodeOf(store().PutMarks(KeyOf(1), replaces, other)), Code::kConflict);
  }
  EXPECT_EQ(CodeOf(store().PutMarks(KeyOf(1), ~std::uint64_t{0}, other)), Code::kConflict);
  Reopen();
  EXPECT_EQ(VersionOf(store(), KeyOf(1)), 2u);
  EXPECT_EQ(store().Marks(KeyOf(1))->sealed, kept);
}

TEST_P(StoreConformance, MarksAreBounded) {
  const Bytes largest = SomeBytes(1, kMaxMarksBytes);
  EXPECT_EQ(CodeOf(store().PutMarks(KeyOf(1), 0, {})), Code::kMalformed);
  EXPECT_EQ(CodeOf(store().PutMarks(KeyOf(1), 0, Bytes(kMaxMarksBytes + 1))), Code::kTooLarge);
  EXPECT_EQ(VersionOf(store(), KeyOf(1)), 0u);
  SC_ASSERT_OK(store().PutMarks(KeyOf(1), 0, largest));
  Reopen();
  EXPECT_EQ(store().Marks(KeyOf(1))->sealed, largest);
  EXPECT_TRUE(store().Verify()->damaged.empty());
}

TEST_P(StoreConformance, ACharterForgetsTheMarksOfThoseWhomItDoesNotName) {
  for (std::uint8_t holder = 1; holder <= 3; ++holder) {
    SC_ASSERT_OK(store().PutMarks(KeyOf(holder), 0, SomeBytes(holder, 4'096)));
  }
  CharterRecord charter{1, "note", {}, {KeyOf(3), KeyOf(1), KeyOf(9)}};
  SC_ASSERT_OK(store().PutCharter(charter));
  // One that is refused forgets nothing.
  charter.holders.clear();
  EXPECT_EQ(CodeOf(store().PutCharter(charter)), Code::kConflict);
  for (int opened = 0; opened < 2; ++opened, Reopen()) {
    EXPECT_EQ(VersionOf(store(), KeyOf(1)), 1u);
    EXPECT_EQ(VersionOf(store(), KeyOf(2)), 0u);
    EXPECT_EQ(store().Marks(KeyOf(3))->sealed, SomeBytes(3, 4'096));
  }
  SC_EXPECT_OK(store().PutMarks(KeyOf(2), 0, SomeBytes(4, 4'096)));
}

}  // namespace
}  // namespace safeconduct::storage
