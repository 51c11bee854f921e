#include "tests/storage/faulty_store.h"

#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

class FaultySubject final : public Subject {
 public:
  EnvelopeStore& store() override { return store_; }
  // Everything that the suite expects after it was synced: a later sync is all that is needed.
  void Reopen() override {}

 private:
  FaultyStore store_;
};

INSTANTIATE_TEST_SUITE_P(Faulty, StoreConformance,
                         ::testing::Values(Implementation{
                             "Faulty", [] { return std::make_unique<FaultySubject>(); }}),
                         NameOf);

TEST(FaultyStore, AFailedCommitIsNeitherSeenNorDurableAndStopsWritesUntilRecover) {
  FaultyStore store;
  SC_ASSERT_OK(CommitOne(store, SealedReportAt(1)));
  store.Inject({.call = Call::kCommit, .times = 1});
  const Report failed = SealedReportAt(3);
  EXPECT_EQ(CodeOf(CommitOne(store, failed)), Code::kUnavailable);
  EXPECT_EQ(CodeOf(store.PutCharter({1, "note", {}})), Code::kUnavailable);
  EXPECT_EQ(CodeOf(store.FindCase(failed.id)), Code::kNotFound);
  SC_ASSERT_OK(store.Recover());
  EXPECT_EQ(CodeOf(store.FindCase(failed.id)), Code::kNotFound);
  SC_ASSERT_OK(CommitOne(store, failed));
  store.Crash();
  EXPECT_EQ(Missing(store, failed), "");
}

TEST(FaultyStore, AFailedSyncMayHaveReachedTheDisk) {
  FaultyStore store;
  store.Inject({.call = Call::kCommit, .times = 1, .left = Left::kEverything});
  const Report report = SealedReportAt(1);
  EXPECT_EQ(CodeOf(CommitOne(store, report)), Code::kUnavailable);
  EXPECT_EQ(CodeOf(store.FindCase(report.id)), Code::kNotFound);
  SC_ASSERT_OK(store.Recover());
  EXPECT_EQ(Missing(store, report), "");
  EXPECT_EQ(*store.LastSequence(), 2u);
  store.Crash();
  EXPECT_EQ(Missing(store, report), "");
}

TEST(FaultyStore, DecoysFailAsReportsDo) {
  FaultyStore store;
  store.Inject({.call = Call::kCommit, .times = 1, .left = Left::kEverything});
  Batch batch;
  {
    const Bytes decoy = SomeBytes(1, 1'000);
    batch.decoys = {decoy};
    EXPECT_EQ(CodeOf(store.Commit(batch)), Code::kUnavailable);
    EXPECT_EQ(CodeOf(store.Commit(batch)), Code::kUnavailable);
  }
  SC_ASSERT_OK(store.Recover());
  EXPECT_EQ(*store.LastSequence(), 0u);
  SC_ASSERT_OK(CommitOne(store, SealedReportAt(1)));
}

TEST(FaultyStore, AFaultThatGoesOnKeepsRecoverFromWorking) {
  FaultyStore store;
  store.Inject({.call = Call::kCommit, .error = Error(Code::kNoSpace, "full")});
  EXPECT_EQ(CodeOf(CommitOne(store, SealedReportAt(1))), Code::kNoSpace);
  EXPECT_EQ(CodeOf(store.Recover()), Code::kNoSpace);
  EXPECT_EQ(CodeOf(CommitOne(store, SealedReportAt(1))), Code::kNoSpace);
  store.EndFault();
  EXPECT_EQ(CodeOf(CommitOne(store, SealedReportAt(1))), Code::kNoSpace);
  SC_ASSERT_OK(store.Recover());
  SC_EXPECT_OK(CommitOne(store, SealedReportAt(1)));
}

TEST(FaultyStore, ACrashLosesWhatWasNotSyncedAndNothingElse) {
  FaultyStore store;
  const Upload early = UploadAt(1, 3000);
  const Upload late = UploadAt(2, 3000);
  SC_ASSERT_OK(Store(store, early));
  SC_ASSERT_OK(store.CreateUpload(late.ref));
  SC_ASSERT_OK(store.WritePiece(late.ref, 0, late.Piece(0)));
  store.Crash();
  EXPECT_EQ(store.FindUpload(early.id_hash)->record.offset(), 3000u);
  EXPECT_EQ(CodeOf(store.FindUpload(late.id_hash)), Code::kNotFound);

  SC_ASSERT_OK(store.CreateUpload(late.ref));
  SC_ASSERT_OK(store.WritePiece(late.ref, 0, late.Piece(0)));
  SC_ASSERT_OK(CommitOne(store, SealedReportAt(10)));  // syncs the pieces before it too
  SC_ASSERT_OK(store.DeleteUpload(early.ref));
  store.Crash();
  EXPECT_EQ(store.ReadPiece(late.ref, 0)->size(), 3000u);
  EXPECT_TRUE(store.FindUpload(early.id_hash).ok()) << "the deletion was not synced";
}

TEST(FaultyStore, MarksWhoseSyncFailedMayHaveReachedTheDisk) {
  for (const Left left : {Left::kNothing, Left::kEverything}) {
    FaultyStore store;
    const HolderKey holder{7};
    SC_ASSERT_OK(store.PutMarks(holder, 0, SomeBytes(1, 100)));
    store.Inject({.call = Call::kPutMarks, .times = 1, .left = left});
    EXPECT_EQ(CodeOf(store.PutMarks(holder, 1, SomeBytes(2, 100))), Code::kUnavailable);
    EXPECT_EQ(store.Marks(holder)->version, 1u);
    SC_ASSERT_OK(store.Recover());
    store.Crash();
    EXPECT_EQ(store.Marks(holder)->version, left == Left::kEverything ? 2u : 1u);
  }
}

TEST(FaultyStore, TheChosenCallFailsTheChosenNumberOfTimes) {
  FaultyStore store;
  store.Inject({.call = Call::kFindCase, .after = 2, .times = 3});
  std::string outcomes;
  for (int i = 0; i < 7; ++i) {
    outcomes += store.FindCase(ReportId{}).error().code() == Code::kNotFound ? '.' : 'x';
  }
  EXPECT_EQ(outcomes, "..xxx..");
  EXPECT_TRUE(store.LastSequence().ok());
  EXPECT_EQ(store.count(Call::kFindCase), 7u);
  EXPECT_EQ(store.count(Call::kAny), 8u);
  EXPECT_EQ(store.count(Call::kAnyWrite), 0u);

  store.Inject({.call = Call::kAnyWrite, .after = 1});
  const Upload upload = UploadAt(1, 10);
  SC_EXPECT_OK(store.CreateUpload(upload.ref));
  EXPECT_FALSE(store.WritePiece(upload.ref, 0, upload.Piece(0)).ok());
  EXPECT_TRUE(store.FindUpload(upload.id_hash).ok());
}

TEST(FaultyStore, TheHookSeesEachCallBeforeItTakesEffect) {
  FaultyStore store;
  const Report report = SealedReportAt(1);
  bool seen = false;
  store.OnCall([&](Call call) {
    if (call != Call::kCommit) return;
    seen = true;
    store.OnCall(nullptr);
    EXPECT_EQ(CodeOf(store.FindCase(report.id)), Code::kNotFound);
  });
  SC_ASSERT_OK(CommitOne(store, report));
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace safeconduct::storage
