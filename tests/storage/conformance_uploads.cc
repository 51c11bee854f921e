#include <atomic>
#include <thread>

#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

Report WithAttachment(Sequence sequence, const Upload& upload) {
  Report report = SealedReportAt(sequence);
  Attach(report, upload);
  return report;
}

TEST_P(StoreConformance, AnUploadIsThereAsItWasSynced) {
  const Upload upload = UploadAt(5, 2 * kPieceBytes + 500);
  SC_ASSERT_OK(store().CreateUpload(upload.ref));
  EXPECT_EQ(store().FindUpload(upload.id_hash)->record.offset(), 0u);
  EXPECT_EQ(*store().UploadBytes(), upload.content.size());
  EXPECT_EQ(*store().LastSequence(), 5u);

  SC_ASSERT_OK(store().WritePiece(upload.ref, 0, upload.Piece(0)));
  SC_ASSERT_OK(store().WritePiece(upload.ref, 1, upload.Piece(1).first(1000)));
  SC_ASSERT_OK(store().SyncUpload(upload.At(kPieceBytes + 1000)));
  Reopen();
  const auto half = store().FindUpload(upload.id_hash);
  ASSERT_TRUE(half.ok());
  EXPECT_EQ(half->sequence, 5u);
  EXPECT_EQ(half->record.offset(), kPieceBytes + 1000);
  EXPECT_EQ(half->record.subtree_roots_size(), 1);
  EXPECT_EQ(store().ReadPiece(*half, 1)->size(), 1000u);
  EXPECT_EQ(*store().UploadBytes(), upload.content.size());
  EXPECT_EQ(*store().LastSequence(), 5u);

  SC_ASSERT_OK(store().WritePiece(*half, 1, upload.Piece(1)));  // replaces the short one
  SC_ASSERT_OK(store().WritePiece(*half, 2, upload.Piece(2)));
  SC_ASSERT_OK(store().SyncUpload(upload.At(upload.content.size())));
  for (std::uint64_t i = 0; i < 3; ++i) {
    const ByteView piece = upload.Piece(i);
    EXPECT_EQ(*store().ReadPiece(*half, i), Bytes(piece.begin(), piece.end()));
  }
  EXPECT_EQ(CodeOf(store().ReadPiece(*half, 3)), Code::kNotFound);
}

TEST_P(StoreConformance, AnUploadIsMadeOnceAndKeepsItsLength) {
  const Upload upload = UploadAt(5, 1000);
  SC_ASSERT_OK(store().CreateUpload(upload.ref));
  EXPECT_EQ(CodeOf(store().CreateUpload(upload.ref)), Code::kExists);
  Upload same_id = UploadAt(6, 1000);
  same_id.ref.record.set_id_hash(upload.ref.record.id_hash());
  EXPECT_EQ(CodeOf(store().CreateUpload(same_id.ref)), Code::kExists);
  Upload nameless = UploadAt(7, 1000);
  nameless.ref.record.set_id_hash("short");
  EXPECT_EQ(CodeOf(store().CreateUpload(nameless.ref)), Code::kMalformed);
  EXPECT_EQ(CodeOf(store().CreateUpload(UploadAt(0, 1000).ref)), Code::kMalformed);

  EXPECT_EQ(CodeOf(store().WritePiece(upload.ref, 0, Bytes(1001))), Code::kTooLarge);
  EXPECT_EQ(CodeOf(store().WritePiece(upload.ref, 0, {})), Code::kTooLarge);
  EXPECT_EQ(CodeOf(store().WritePiece(upload.ref, 1, Bytes(1))), Code::kTooLarge);
  EXPECT_EQ(CodeOf(store().WritePiece(upload.ref, ~std::uint64_t{0}, Bytes(1))), Code::kTooLarge);
  const Upload large = UploadAt(8, 3 * kPieceBytes);
  SC_ASSERT_OK(store().CreateUpload(large.ref));
  EXPECT_EQ(CodeOf(store().WritePiece(large.ref, 0, Bytes(kPieceBytes + 1))), Code::kTooLarge);

  UploadRef longer = upload.ref;
  longer.record.set_length(2000);
  longer.record.set_offset(1500);
  EXPECT_EQ(CodeOf(store().SyncUpload(longer)), Code::kMalformed);
  longer.record.set_offset(500);
  longer.record.set_bound(true);
  SC_ASSERT_OK(store().SyncUpload(longer));
  const auto stored = store().FindUpload(upload.id_hash);
  EXPECT_EQ(stored->record.length(), 1000u);
  EXPECT_EQ(stored->record.offset(), 500u);
  EXPECT_FALSE(stored->record.bound());
}

TEST_P(StoreConformance, WhatIsDeletedIsGone) {
  const Upload upload = UploadAt(5, 2 * kPieceBytes);
  EXPECT_EQ(CodeOf(store().DeleteUpload(upload.ref)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().WritePiece(upload.ref, 0, Bytes(1))), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().SyncUpload(upload.ref)), Code::kNotFound);
  SC_ASSERT_OK(Store(store(), upload));
  SC_ASSERT_OK(store().DeleteUpload(upload.ref));
  EXPECT_EQ(CodeOf(store().FindUpload(upload.id_hash)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().ReadPiece(upload.ref, 0)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().WritePiece(upload.ref, 0, Bytes(1))), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().DeleteUpload(upload.ref)), Code::kNotFound);
  EXPECT_EQ(*store().UploadBytes(), 0u);
  EXPECT_TRUE(store().ExpiredUploads(2'000'000, 10)->empty());
  EXPECT_EQ(*store().LastSequence(), 5u);
  Reopen();
  EXPECT_EQ(CodeOf(store().FindUpload(upload.id_hash)), Code::kNotFound);
  EXPECT_EQ(*store().LastSequence(), 5u) << "a number would be used twice";
}

TEST_P(StoreConformance, UploadsExpireInOrderUnlessTheyAreProlonged) {
  const std::int64_t times[] = {300, 100, -5, 200};
  std::vector<Upload> uploads;
  for (Sequence i = 0; i < 4; ++i) {
    uploads.push_back(UploadAt(i + 1, 100, times[i]));
    SC_ASSERT_OK(Store(store(), uploads.back()));
  }
  const auto expired = [&](std::int64_t now, std::size_t limit) {
    std::vector<Sequence> sequences;
    const auto found = store().ExpiredUploads(now, limit);
    EXPECT_TRUE(found.ok());
    for (const UploadRef& ref : *found) sequences.push_back(ref.sequence);
    return sequences;
  };
  EXPECT_EQ(expired(-6, 10), (std::vector<Sequence>{}));
  EXPECT_EQ(expired(199, 10), (std::vector<Sequence>{3, 2}));
  EXPECT_EQ(expired(200, 10), (std::vector<Sequence>{3, 2, 4}));
  EXPECT_EQ(expired(1000, 2), (std::vector<Sequence>{3, 2}));
  UploadRef prolonged = uploads[1].At(100);
  prolonged.record.set_expires(900);
  SC_ASSERT_OK(store().SyncUpload(prolonged));
  Reopen();
  EXPECT_EQ(expired(500, 10), (std::vector<Sequence>{3, 4, 1}));
  EXPECT_EQ(expired(900, 10), (std::vector<Sequence>{3, 4, 1, 2}));
}

TEST_P(StoreConformance, AReportBindsItsUploadsForGood) {
  const Upload upload = UploadAt(1, 2 * kPieceBytes + 5);
  SC_ASSERT_OK(Store(store(), upload));
  const Report report = WithAttachment(2, upload);
  SC_ASSERT_OK(CommitOne(store(), report));
  EXPECT_EQ(*store().UploadBytes(), 0u);
  Reopen();
  EXPECT_EQ(*store().UploadBytes(), 0u);
  EXPECT_EQ(Missing(store(), report), "");
  EXPECT_EQ(*ReadAll(store(), *store().FindCase(report.id), 3), upload.content);
  EXPECT_TRUE(store().ExpiredUploads(2'000'000, 10)->empty());
  const auto bound = store().FindUpload(upload.id_hash);
  EXPECT_TRUE(bound->record.bound());
  EXPECT_EQ(CodeOf(store().DeleteUpload(upload.ref)), Code::kRejected);
  EXPECT_EQ(CodeOf(store().WritePiece(upload.ref, 0, upload.Piece(0))), Code::kRejected);
  EXPECT_EQ(CodeOf(store().SyncUpload(upload.ref)), Code::kRejected);
  EXPECT_EQ(CodeOf(CommitOne(store(), WithAttachment(20, upload))), Code::kRejected);
}

TEST_P(StoreConformance, AReportIsRefusedWithUploadsThatDoNotFit) {
  const Upload unfinished = UploadAt(1, 2000);
  SC_ASSERT_OK(store().CreateUpload(unfinished.ref));
  SC_ASSERT_OK(store().WritePiece(unfinished.ref, 0, unfinished.Piece(0).first(1500)));
  SC_ASSERT_OK(store().SyncUpload(unfinished.At(1500)));
  const Upload whole = UploadAt(2, 2000);
  SC_ASSERT_OK(Store(store(), whole));

  const Report early = WithAttachment(10, unfinished);
  EXPECT_EQ(CodeOf(CommitOne(store(), early)), Code::kRejected);
  EXPECT_EQ(CodeOf(store().FindCase(early.id)), Code::kNotFound);
  EXPECT_EQ(CodeOf(CommitOne(store(), WithAttachment(10, UploadAt(3, 2000)))), Code::kRejected);
  Report shorter = WithAttachment(10, whole);
  shorter.record.mutable_compartments(3)->set_payload_bytes(1999);
  EXPECT_EQ(CodeOf(CommitOne(store(), shorter)), Code::kRejected);

  const Report one = WithAttachment(10, whole);
  const Report two = WithAttachment(12, whole);
  Batch batch;
  batch.cases = {one.View(), two.View()};
  EXPECT_EQ(CodeOf(store().Commit(batch)), Code::kRejected);
  EXPECT_FALSE(store().FindUpload(whole.id_hash)->record.bound());
  EXPECT_EQ(*store().UploadBytes(), 4000u);
  SC_EXPECT_OK(CommitOne(store(), one));
  EXPECT_EQ(*store().UploadBytes(), 2000u);
}

TEST_P(StoreConformance, UploadsGoOnBesideEachOtherAndTheLedger) {
  constexpr Sequence kUploads = 4;
  std::atomic<int> failures = 0;
  const auto expect = [&](const Status& status) {
    if (!status.ok()) ++failures;
  };
  std::vector<Upload> uploads;
  for (Sequence i = 0; i < kUploads; ++i) uploads.push_back(UploadAt(i + 1, 5 * kPieceBytes + 9));
  std::vector<std::thread> threads;
  for (const Upload& upload : uploads) {
    threads.emplace_back([&] {
      expect(store().CreateUpload(upload.ref));
      for (std::uint64_t i = 0; i < upload.Pieces(); ++i) {
        expect(store().WritePiece(upload.ref, i, upload.Piece(i)));
        const std::uint64_t done =
            std::min<std::uint64_t>((i + 1) * kPieceBytes, upload.content.size());
        expect(store().SyncUpload(upload.At(done)));
      }
    });
  }
  for (Sequence i = 0; i < 30; ++i) expect(CommitOne(store(), SealedReportAt(100 + 2 * i)));
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(failures, 0);
  Reopen();
  Report report = SealedReportAt(1000);
  for (const Upload& upload : uploads) Attach(report, upload);
  SC_ASSERT_OK(CommitOne(store(), report));
  for (std::size_t i = 0; i < kUploads; ++i) {
    EXPECT_EQ(*ReadAll(store(), *store().FindCase(report.id), 3 + i), uploads[i].content);
  }
  EXPECT_EQ(*store().UploadBytes(), 0u);
}

}  // namespace
}  // namespace safeconduct::storage
