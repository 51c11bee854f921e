#include "storage/memory/memory_store.h"

#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

class MemorySubject final : public Subject {
 public:
  EnvelopeStore& store() override { return store_; }

 private:
  MemoryStore store_;
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance,
                         ::testing::Values(Implementation{
                             "Memory", [] { return std::make_unique<MemorySubject>(); }}),
                         NameOf);

TEST(MemoryStore, AFullStoreRefusesAndServesAgainWhenSpaceIsFreed) {
  MemoryStore store(100'000);
  const Upload upload = UploadAt(1, 80'000);
  SC_ASSERT_OK(Store(store, upload));
  const Report report = SealedReportAt(2);
  EXPECT_EQ(CodeOf(CommitOne(store, report)), Code::kNoSpace);
  EXPECT_EQ(CodeOf(store.FindCase(report.id)), Code::kNotFound);
  EXPECT_EQ(*store.FreeBytes(), 20'000u);
  const Upload second = UploadAt(5, 30'000);
  SC_ASSERT_OK(store.CreateUpload(second.ref));
  EXPECT_EQ(CodeOf(store.WritePiece(second.ref, 0, second.Piece(0))), Code::kNoSpace);
  SC_ASSERT_OK(store.WritePiece(upload.ref, 0, upload.Piece(0)));  // replacing takes no more
  SC_ASSERT_OK(store.DeleteUpload(upload.ref));
  SC_ASSERT_OK(CommitOne(store, report));
  EXPECT_EQ(Missing(store, report), "");
}

TEST(MemoryStore, DecoysNeedRoomAndTakeNone) {
  MemoryStore store(100'000);
  const Bytes decoy = SomeBytes(1, 60'000);
  Batch batch;
  batch.decoys = {decoy};
  for (int i = 0; i < 3; ++i) SC_ASSERT_OK(store.Commit(batch));
  EXPECT_EQ(*store.FreeBytes(), 100'000u);
  batch.decoys = {decoy, decoy};
  EXPECT_EQ(CodeOf(store.Commit(batch)), Code::kNoSpace);
  EXPECT_EQ(*store.FreeBytes(), 100'000u);
}

TEST(MemoryStore, AnErasureFreesWhatTheCaseTook) {
  MemoryStore store(1'000'000);
  const Upload upload = UploadAt(1, 80'000);
  SC_ASSERT_OK(Store(store, upload));
  Report report = SealedReportAt(2);
  Attach(report, upload);
  SC_ASSERT_OK(CommitOne(store, report));
  v1::StoredCase record = report.record;
  SC_ASSERT_OK(CommitOne(store, NextEvent(2, record, 10)));
  const CaseEvent erasing = ErasingEvent(2, record, 11);
  SC_ASSERT_OK(CommitOne(store, erasing));
  EXPECT_EQ(*store.FreeBytes(), 1'000'000 - erasing.signed_event.size());
}

TEST(MemoryStore, ACloneIsIndependent) {
  MemoryStore store;
  const Report before = SealedReportAt(1);
  const Report after = SealedReportAt(3);
  SC_ASSERT_OK(CommitOne(store, before));
  const auto clone = store.Clone();
  SC_ASSERT_OK(CommitOne(store, after));
  EXPECT_EQ(Missing(*clone, before), "");
  EXPECT_EQ(CodeOf(clone->FindCase(after.id)), Code::kNotFound);
}

TEST(MemoryStore, HasNoBackups) {
  MemoryStore store;
  EXPECT_EQ(CodeOf(store.Backup("/nowhere")), Code::kUnsupported);
}

}  // namespace
}  // namespace safeconduct::storage
