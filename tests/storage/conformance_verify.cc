#include <gmock/gmock.h>

#include "crypto/base/encoding.h"
#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Damaged(const EnvelopeStore& store) {
  std::vector<std::string> names;
  const auto report = store.Verify();
  EXPECT_TRUE(report.ok());
  if (!report.ok()) return {"not verified"};
  for (const Damage& damage : report->damaged) {
    EXPECT_EQ(damage.error.code(), Code::kCorrupted);
    names.push_back(damage.record);
  }
  return names;
}

std::string NameOf(const Report& report) { return "case " + HexEncode(report.id); }

TEST_P(StoreConformance, VerifyCountsAndFindsNothingInAWholeStore) {
  SC_ASSERT_OK(store().PutCharter({1, "note", {SomeBytes(1, 100)}}));
  const Upload bound = UploadAt(1, kPieceBytes + 10);
  const Upload half = UploadAt(2, 3 * kPieceBytes);
  const Upload complete = UploadAt(3, kPieceBytes + 10);
  SC_ASSERT_OK(Store(store(), bound));
  SC_ASSERT_OK(Store(store(), complete));
  SC_ASSERT_OK(store().CreateUpload(half.ref));
  SC_ASSERT_OK(store().WritePiece(half.ref, 0, half.Piece(0)));
  SC_ASSERT_OK(store().WritePiece(half.ref, 1, half.Piece(1).first(100)));
  SC_ASSERT_OK(store().SyncUpload(half.At(kPieceBytes + 100)));
  Report sealed = SealedReportAt(10);
  Attach(sealed, bound);
  const Report plain = PlainReportAt(20, "south", 2 * kPieceBytes);
  SC_ASSERT_OK(CommitOne(store(), sealed));
  SC_ASSERT_OK(CommitOne(store(), plain));
  v1::StoredCase record = sealed.record;
  for (Sequence leaf = 30; leaf < 35; ++leaf) {
    SC_ASSERT_OK(CommitOne(store(), NextEvent(10, record, leaf)));
  }
  EXPECT_THAT(Damaged(store()), IsEmpty());
  Reopen();
  const auto report = store().Verify();
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(report->damaged, IsEmpty());
  EXPECT_EQ(report->cases, 2u);
  EXPECT_EQ(report->events, 5u);
  EXPECT_EQ(report->payload_bytes, 4096u + 16384 + 4096 + kPieceBytes + 10 + 2 * kPieceBytes);
}

// Stores take records as they are: what is wrong with them is found by Verify, whoever wrote it.
TEST_P(StoreConformance, VerifyNamesWhatDoesNotMatchItsDigest) {
  Report whole = SealedReportAt(1);
  Report payload = SealedReportAt(3);
  payload.payloads[1][7] ^= 1;
  Report manifest = SealedReportAt(5);
  manifest.sealed[30] ^= 1;
  Report named = SealedReportAt(7);
  named.id[0] ^= 1;
  Report leafless = SealedReportAt(9);
  leafless.record.set_leaf(11);
  for (Report* report : {&whole, &payload, &manifest, &named, &leafless}) {
    SC_ASSERT_OK(CommitOne(store(), *report));
  }
  const auto damaged = Damaged(store());
  EXPECT_EQ(damaged.size(), 4u);
  EXPECT_EQ(damaged[0], NameOf(payload) + " compartment account");
  EXPECT_EQ(damaged[1], NameOf(manifest) + " manifest");
  EXPECT_EQ(damaged[2], NameOf(named));
  EXPECT_THAT(damaged[3], ::testing::StartsWith(NameOf(leafless)));
}

TEST_P(StoreConformance, VerifyNamesBrokenChains) {
  const Report report = SealedReportAt(1);
  SC_ASSERT_OK(CommitOne(store(), report));
  v1::StoredCase record = report.record;
  SC_ASSERT_OK(CommitOne(store(), NextEvent(1, record, 10)));
  record.set_head(AsText(SomeBytes(1, 32)).data(), 32);
  SC_ASSERT_OK(CommitOne(store(), NextEvent(1, record, 11)));
  SC_ASSERT_OK(CommitOne(store(), NextEvent(1, record, 12)));
  EXPECT_THAT(Damaged(store()), ElementsAre(NameOf(report) + " event 2"));
  CaseEvent unreadable = NextEvent(1, record, 13);
  unreadable.signed_event = {0xff, 0xff};
  SC_ASSERT_OK(CommitOne(store(), unreadable));
  EXPECT_THAT(Damaged(store()),
              ElementsAre(NameOf(report) + " event 2", NameOf(report) + " event 4"));

  const Report cut = SealedReportAt(20);
  SC_ASSERT_OK(CommitOne(store(), cut));
  v1::StoredCase other = cut.record;
  CaseEvent event = NextEvent(20, other, 30);
  event.record.set_head(report.record.report_hash());
  SC_ASSERT_OK(CommitOne(store(), event));
  EXPECT_THAT(Damaged(store()),
              ElementsAre(NameOf(report) + " event 2", NameOf(report) + " event 4", NameOf(cut)));
}

TEST_P(StoreConformance, VerifyNamesUploadsWhoseBytesAreNotThere) {
  const Upload gap = UploadAt(1, 3 * kPieceBytes);
  SC_ASSERT_OK(store().CreateUpload(gap.ref));
  SC_ASSERT_OK(store().WritePiece(gap.ref, 0, gap.Piece(0)));
  SC_ASSERT_OK(store().WritePiece(gap.ref, 2, gap.Piece(2)));
  SC_ASSERT_OK(store().SyncUpload(gap.At(3 * kPieceBytes)));
  const Upload wrong = UploadAt(2, 2 * kPieceBytes);
  SC_ASSERT_OK(Store(store(), wrong));
  SC_ASSERT_OK(store().WritePiece(wrong.ref, 1, wrong.Piece(0)));
  SC_ASSERT_OK(store().SyncUpload(wrong.At(2 * kPieceBytes)));
  EXPECT_THAT(Damaged(store()), UnorderedElementsAre("upload 1 piece 1", "upload 2"));

  Report report = SealedReportAt(10);
  Attach(report, wrong);
  SC_ASSERT_OK(CommitOne(store(), report));
  Report second = SealedReportAt(12);
  Attach(second, gap);
  SC_ASSERT_OK(CommitOne(store(), second));
  EXPECT_THAT(Damaged(store()),
              UnorderedElementsAre(NameOf(report) + " compartment attachment-2",
                                   NameOf(second) + " compartment attachment-1 piece 1"));
}

}  // namespace
}  // namespace safeconduct::storage
