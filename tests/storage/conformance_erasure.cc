#include <atomic>
#include <thread>

#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

constexpr std::size_t kManyPieces = 2 * kPieceBytes + 100;

void ExpectNoDamage(const EnvelopeStore& store) {
  const auto report = store.Verify();
  ASSERT_TRUE(report.ok());
  for (const Damage& damage : report->damaged) ADD_FAILURE() << damage.record;
}

TEST_P(StoreConformance, AnErasedCaseLeavesItsTombstoneAndNothingElse) {
  const Upload uploads[] = {UploadAt(1, kManyPieces), UploadAt(2, 3000), UploadAt(3, 5000)};
  for (const Upload& upload : uploads) SC_ASSERT_OK(Store(store(), upload));
  Report erased = SealedReportAt(10, "north", {4096, kManyPieces, 0});
  Attach(erased, uploads[0]);
  Attach(erased, uploads[1]);
  const Report before = SealedReportAt(5);
  Report after = SealedReportAt(20);
  Attach(after, uploads[2]);
  for (const Report& report : {before, erased, after}) SC_ASSERT_OK(CommitOne(store(), report));
  v1::StoredCase other = after.record;
  const CaseEvent kept = NextEvent(20, other, 30);
  SC_ASSERT_OK(CommitOne(store(), kept));
  v1::StoredCase record = erased.record;
  HolderKey worker{};
  worker.fill(0x77);
  record.add_assigned(std::string(AsText(worker)));
  for (Sequence leaf = 31; leaf < 35; ++leaf) {
    SC_ASSERT_OK(CommitOne(store(), NextEvent(10, record, leaf)));
  }
  const CaseEvent erasing = ErasingEvent(10, record, 40);
  SC_ASSERT_OK(CommitOne(store(), erasing));

  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(NotErased(store(), erased, erasing), "");
    EXPECT_EQ(Missing(store(), before), "");
    EXPECT_EQ(Missing(store(), after), "");
    EXPECT_EQ(store().Events(20, 1, 10)->front().signed_event, kept.signed_event);
    EXPECT_EQ(store().ListCasesOf(worker, 0, 10)->size(), 1u);
    EXPECT_EQ(store().Leaves(0, 100)->size(), 9u);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(CodeOf(store().FindUpload(uploads[i].id_hash)), Code::kNotFound);
      EXPECT_EQ(CodeOf(store().ReadPiece(uploads[i].ref, 0)), Code::kNotFound);
    }
    EXPECT_EQ(*store().UploadBytes(), 0u);
    EXPECT_TRUE(store().ExpiredUploads(2'000'000, 10)->empty());
    ExpectNoDamage(store());
    EXPECT_EQ(store().Verify()->cases, 3u);
    EXPECT_EQ(store().Verify()->events, 6u);
  }
  Upload again = UploadAt(50, 100);
  again.ref.record.set_id_hash(uploads[0].ref.record.id_hash());
  SC_EXPECT_OK(store().CreateUpload(again.ref));
}

TEST_P(StoreConformance, APlainCaseIsErasedByItsFirstEvent) {
  const Report report = PlainReportAt(1, "north", kManyPieces);
  SC_ASSERT_OK(CommitOne(store(), report));
  v1::StoredCase record = report.record;
  record.mutable_compartments(0)->clear_header();
  const CaseEvent erasing = ErasingEvent(1, record, 10);
  SC_ASSERT_OK(CommitOne(store(), erasing));
  Reopen();
  EXPECT_EQ(NotErased(store(), report, erasing), "");
  ExpectNoDamage(store());
}

TEST_P(StoreConformance, ACaseIsErasedInTheBatchOfItsOtherEvents) {
  const Upload upload = UploadAt(1, kManyPieces);
  SC_ASSERT_OK(Store(store(), upload));
  const Report older = SealedReportAt(3);
  SC_ASSERT_OK(CommitOne(store(), older));
  v1::StoredCase older_record = older.record;
  SC_ASSERT_OK(CommitOne(store(), NextEvent(3, older_record, 9)));
  Report fresh = SealedReportAt(11);
  Attach(fresh, upload);
  const Report neighbour = SealedReportAt(13);
  v1::StoredCase fresh_record = fresh.record;
  const CaseEvent events[] = {NextEvent(3, older_record, 20), NextEvent(11, fresh_record, 21),
                              NextEvent(3, older_record, 22), NextEvent(11, fresh_record, 23)};
  const CaseEvent ends[] = {ErasingEvent(3, older_record, 24), ErasingEvent(11, fresh_record, 25)};
  Batch batch;
  batch.cases = {fresh.View(), neighbour.View()};
  for (const CaseEvent& event : events) batch.events.push_back(event.View());
  for (const CaseEvent& event : ends) batch.events.push_back(event.View());
  SC_ASSERT_OK(store().Commit(batch));
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(NotErased(store(), older, ends[0]), "");
    EXPECT_EQ(NotErased(store(), fresh, ends[1]), "");
    EXPECT_EQ(Missing(store(), neighbour), "");
    EXPECT_EQ(CodeOf(store().FindUpload(upload.id_hash)), Code::kNotFound);
    EXPECT_EQ(*store().UploadBytes(), 0u);
    ExpectNoDamage(store());
  }
}

TEST_P(StoreConformance, NothingIsDoneWithAnErasedCase) {
  const Report erased = SealedReportAt(1);
  const Report open = SealedReportAt(3);
  SC_ASSERT_OK(CommitOne(store(), erased));
  SC_ASSERT_OK(CommitOne(store(), open));
  v1::StoredCase record = erased.record;
  const CaseEvent erasing = ErasingEvent(1, record, 10);
  const CaseEvent next = NextEvent(1, record, 12);
  v1::StoredCase other = open.record;
  const CaseEvent good = NextEvent(3, other, 11);

  const auto refused = [&](const std::vector<const CaseEvent*>& events) {
    Batch batch;
    for (const CaseEvent* event : events) batch.events.push_back(event->View());
    EXPECT_EQ(CodeOf(store().Commit(batch)), Code::kConflict);
    EXPECT_EQ(store().FindCase(open.id)->record.events(), 0u) << "a part was stored";
  };
  refused({&good, &erasing, &next});
  EXPECT_EQ(Missing(store(), erased), "");
  SC_ASSERT_OK(CommitOne(store(), erasing));
  refused({&good, &next});
  CaseEvent revived = next;
  revived.record.set_erased(false);
  refused({&good, &revived});
  v1::StoredCase twice = record;
  const CaseEvent again = ErasingEvent(1, twice, 13);
  refused({&good, &again});
  EXPECT_EQ(NotErased(store(), erased, erasing), "");

  Report born = SealedReportAt(21);
  born.record.set_erased(true);
  EXPECT_EQ(CodeOf(CommitOne(store(), born)), Code::kMalformed);
  EXPECT_EQ(CodeOf(store().FindCase(born.id)), Code::kNotFound);
  SC_EXPECT_OK(CommitOne(store(), good));
}

TEST_P(StoreConformance, AnUploadThatWasErasedCannotBeAttached) {
  const Upload upload = UploadAt(1, 3000);
  SC_ASSERT_OK(Store(store(), upload));
  Report erased = SealedReportAt(10);
  Attach(erased, upload);
  SC_ASSERT_OK(CommitOne(store(), erased));
  v1::StoredCase record = erased.record;
  SC_ASSERT_OK(CommitOne(store(), ErasingEvent(10, record, 20)));
  Report thief = SealedReportAt(30);
  Attach(thief, upload);
  EXPECT_EQ(CodeOf(CommitOne(store(), thief)), Code::kRejected);
}

TEST_P(StoreConformance, ReadersSeeTheCaseOrItsTombstoneWhileItIsErased) {
  constexpr Sequence kCases = 40;
  std::vector<Report> reports;
  for (Sequence i = 0; i < kCases; ++i) {
    reports.push_back(SealedReportAt(1 + 2 * i, "north", {512, 8192, 512}));
    SC_ASSERT_OK(CommitOne(store(), reports.back()));
  }
  std::atomic<bool> stop = false;
  std::atomic<bool> wrong = false;
  std::thread reader([&] {
    while (!stop) {
      for (const Report& report : reports) {
        const CaseRef ref{report.sequence, report.id, report.record};
        const auto payload = ReadAll(store(), ref, 1, 3000);
        const auto sealed = store().Sealed(report.sequence);
        if (payload.ok() ? *payload != report.payloads[1]
                         : payload.error().code() != Code::kNotFound) {
          wrong = true;
        }
        if (sealed.ok() ? *sealed != report.sealed : sealed.error().code() != Code::kNotFound) {
          wrong = true;
        }
      }
      const auto verified = store().Verify();
      if (!verified.ok() || !verified->damaged.empty()) wrong = true;
    }
  });
  for (Sequence i = 0; i < kCases; ++i) {
    v1::StoredCase record = reports[i].record;
    SC_EXPECT_OK(CommitOne(store(), NextEvent(reports[i].sequence, record, 1000 + 2 * i)));
    SC_EXPECT_OK(CommitOne(store(), ErasingEvent(reports[i].sequence, record, 1001 + 2 * i)));
  }
  stop = true;
  reader.join();
  EXPECT_FALSE(wrong);
}

}  // namespace
}  // namespace safeconduct::storage
