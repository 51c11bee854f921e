#include <algorithm>
#include <atomic>
#include <thread>

#include "crypto/base/hash.h"
#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

std::vector<Sequence> Sequences(const Result<std::vector<CaseRef>>& page) {
  std::vector<Sequence> sequences;
  EXPECT_TRUE(page.ok());
  if (!page.ok()) return sequences;
  for (const CaseRef& ref : *page) sequences.push_back(ref.sequence);
  return sequences;
}

TEST_P(StoreConformance, ANewStoreIsEmpty) {
  EXPECT_EQ(*store().LastSequence(), 0u);
  EXPECT_FALSE(store().NewestCharter()->has_value());
  EXPECT_EQ(CodeOf(store().Charter(1)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().FindCase(ReportId{})), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().FindMailbox(MailboxKey{})), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().Sealed(1)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().Events(1, 1, 10)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().FindLeaf(1)), Code::kNotFound);
  EXPECT_EQ(CodeOf(store().Text(Hash{})), Code::kNotFound);
  EXPECT_TRUE(store().ListCases("north", 0, 10)->empty());
  EXPECT_TRUE(store().Leaves(0, 10)->empty());
  EXPECT_EQ(*store().UploadBytes(), 0u);
  EXPECT_GT(*store().FreeBytes(), 0u);
}

TEST_P(StoreConformance, AReportIsThereAsItWasCommitted) {
  const Report report = SealedReportAt(1);
  SC_ASSERT_OK(CommitOne(store(), report));
  EXPECT_EQ(Missing(store(), report), "");
  EXPECT_EQ(*store().LastSequence(), report.leaf.sequence);
  Reopen();
  EXPECT_EQ(Missing(store(), report), "");
  EXPECT_EQ(*store().LastSequence(), report.leaf.sequence);
  EXPECT_EQ(store().FindCase(report.id)->record.SerializeAsString(),
            report.record.SerializeAsString());
}

TEST_P(StoreConformance, APlainReportHasNoMailboxAndAnEmptyManifest) {
  const Report report = PlainReportAt(1, "north", 3 * kPieceBytes + 77);
  SC_ASSERT_OK(CommitOne(store(), report));
  EXPECT_EQ(Missing(store(), report), "");
  EXPECT_TRUE(store().Sealed(1)->empty());
  EXPECT_EQ(CodeOf(store().FindMailbox(MailboxKey{})), Code::kNotFound);
}

TEST_P(StoreConformance, ABatchIsStoredWhole) {
  std::vector<Report> reports;
  for (Sequence i = 0; i < 20; ++i) reports.push_back(SealedReportAt(1 + 2 * i));
  v1::StoredCase record = reports[3].record;
  const CaseEvent first = NextEvent(reports[3].sequence, record, 100);
  const CaseEvent second = NextEvent(reports[3].sequence, record, 101);
  Batch batch;
  for (const Report& report : reports) batch.cases.push_back(report.View());
  batch.events = {first.View(), second.View()};
  SC_ASSERT_OK(store().Commit(batch));
  for (const Report& report : reports) EXPECT_EQ(Missing(store(), report), "");
  EXPECT_EQ(store().FindCase(reports[3].id)->record.events(), 2u);
  EXPECT_EQ(store().Events(reports[3].sequence, 1, 10)->size(), 2u);
  EXPECT_EQ(*store().LastSequence(), 101u);
}

TEST_P(StoreConformance, AnEmptyBatchIsOk) { SC_EXPECT_OK(store().Commit({})); }

TEST_P(StoreConformance, DecoysAreTakenAndLeaveNothing) {
  const Bytes small = SomeBytes(1, 100);
  const Bytes large = SomeBytes(2, 3 * kPieceBytes);
  Batch alone;
  alone.decoys = {small, large};
  SC_ASSERT_OK(store().Commit(alone));  // also as the first thing of all
  EXPECT_EQ(*store().LastSequence(), 0u);

  const Report report = SealedReportAt(1);
  v1::StoredCase record = report.record;
  const CaseEvent event = NextEvent(1, record, 10);
  Batch mixed;
  mixed.cases = {report.View()};
  mixed.events = {event.View()};
  mixed.decoys = {large, small, ByteView()};
  SC_ASSERT_OK(store().Commit(mixed));
  SC_ASSERT_OK(store().Commit(alone));
  EXPECT_EQ(*store().LastSequence(), 10u);
  // What comes later may not have a number that a report had, whatever came between.
  EXPECT_EQ(CodeOf(CommitOne(store(), SealedReportAt(9))), Code::kConflict);
  Batch bad;
  bad.cases = {SealedReportAt(5).View()};
  bad.decoys = {small};
  EXPECT_EQ(CodeOf(store().Commit(bad)), Code::kConflict);

  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(*store().LastSequence(), 10u);
    EXPECT_EQ(store().ListCases("north", 0, 10)->size(), 1u);
    EXPECT_EQ(store().Leaves(0, 10)->size(), 2u);
    EXPECT_EQ(store().Events(1, 1, 10)->size(), 1u);
    const auto verified = store().Verify();
    ASSERT_TRUE(verified.ok());
    EXPECT_TRUE(verified->damaged.empty());
    EXPECT_EQ(verified->cases, 1u);
    Reopen();
  }
  SC_EXPECT_OK(CommitOne(store(), SealedReportAt(11)));
}

TEST_P(StoreConformance, EventsAreReadInOrderAndByPage) {
  const Report report = SealedReportAt(1);
  SC_ASSERT_OK(CommitOne(store(), report));
  EXPECT_TRUE(store().Events(1, 1, 10)->empty());
  v1::StoredCase record = report.record;
  std::vector<CaseEvent> events;
  for (Sequence leaf = 10; leaf < 20; ++leaf) {
    events.push_back(NextEvent(1, record, leaf));
    SC_ASSERT_OK(CommitOne(store(), events.back()));
  }
  Reopen();
  const auto page = store().Events(1, 4, 3);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const StoredEvent& event = (*page)[i];
    EXPECT_EQ(event.number, i + 4);
    EXPECT_EQ(event.signed_event, events[i + 3].signed_event);
    EXPECT_EQ(event.leaf.sequence, events[i + 3].leaf.sequence);
    EXPECT_EQ(event.leaf.record.salt(), events[i + 3].leaf.record.salt());
  }
  EXPECT_EQ(store().Events(1, 10, 5)->size(), 1u);
  EXPECT_TRUE(store().Events(1, 11, 5)->empty());
  const auto found = store().FindMailbox(report.mailbox);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->record.SerializeAsString(), record.SerializeAsString());
}

TEST_P(StoreConformance, WhatDoesNotFitIsRefusedWhole) {
  const Report stored = SealedReportAt(11);
  SC_ASSERT_OK(CommitOne(store(), stored));
  const Report good = SealedReportAt(21);
  const auto refused = [&](const Report& bad) {
    Batch batch;
    batch.cases = {good.View(), bad.View()};
    const Code code = CodeOf(store().Commit(batch));
    EXPECT_EQ(CodeOf(store().FindCase(good.id)), Code::kNotFound) << "a part was stored";
    EXPECT_EQ(*store().LastSequence(), 12u);
    return code;
  };
  EXPECT_EQ(refused(SealedReportAt(21)), Code::kConflict);  // used twice in the batch
  EXPECT_EQ(refused(SealedReportAt(5)), Code::kConflict);   // not above the newest
  Report bad = SealedReportAt(31);
  bad.leaf.sequence = 12;
  EXPECT_EQ(refused(bad), Code::kConflict);
  bad = SealedReportAt(31);
  bad.payloads.pop_back();
  EXPECT_EQ(refused(bad), Code::kMalformed);
  bad = SealedReportAt(31);
  bad.payloads[1].push_back(0);
  EXPECT_EQ(refused(bad), Code::kMalformed);
  bad = SealedReportAt(31);
  bad.payloads.push_back(Bytes(1));
  EXPECT_EQ(refused(bad), Code::kMalformed);
  bad = SealedReportAt(31);
  bad.record.set_mailbox("short");
  EXPECT_EQ(refused(bad), Code::kMalformed);
  bad = SealedReportAt(31);
  bad.record.clear_report_hash();
  EXPECT_EQ(refused(bad), Code::kMalformed);
  bad = SealedReportAt(31, std::string(256, 'c'));
  EXPECT_EQ(refused(bad), Code::kMalformed);
  EXPECT_EQ(Missing(store(), stored), "");
}

TEST_P(StoreConformance, AnEventMustBeTheNextOfAStoredCase) {
  const Report report = SealedReportAt(1);
  SC_ASSERT_OK(CommitOne(store(), report));
  v1::StoredCase record = report.record;
  const CaseEvent first = NextEvent(1, record, 10);
  const CaseEvent second = NextEvent(1, record, 11);
  EXPECT_EQ(CodeOf(CommitOne(store(), second)), Code::kConflict);
  SC_ASSERT_OK(CommitOne(store(), first));
  CaseEvent again = first;
  again.leaf.sequence = 12;
  EXPECT_EQ(CodeOf(CommitOne(store(), again)), Code::kConflict);
  CaseEvent lost = second;
  lost.case_sequence = 9;
  EXPECT_EQ(CodeOf(CommitOne(store(), lost)), Code::kNotFound);
  EXPECT_EQ(store().Events(1, 1, 10)->size(), 1u);
  EXPECT_EQ(store().FindCase(report.id)->record.events(), 1u);
}

TEST_P(StoreConformance, CasesOfAChannelAreListedNewestFirstByPage) {
  Batch batch;
  std::vector<Report> reports;
  for (Sequence i = 0; i < 30; ++i) {
    reports.push_back(SealedReportAt(1 + 2 * i, i % 3 == 0 ? "south" : "north", {64, 64, 64}));
  }
  for (const Report& report : reports) batch.cases.push_back(report.View());
  SC_ASSERT_OK(store().Commit(batch));
  Reopen();
  EXPECT_EQ(Sequences(store().ListCases("south", 0, 4)), (std::vector<Sequence>{55, 49, 43, 37}));
  EXPECT_EQ(Sequences(store().ListCases("south", 37, 4)), (std::vector<Sequence>{31, 25, 19, 13}));
  EXPECT_EQ(Sequences(store().ListCases("south", 8, 4)), (std::vector<Sequence>{7, 1}));
  EXPECT_TRUE(store().ListCases("south", 1, 4)->empty());
  EXPECT_EQ(store().ListCases("north", 0, 100)->size(), 20u);
  EXPECT_TRUE(store().ListCases("nort", 0, 100)->empty());
  EXPECT_TRUE(store().ListCases("north-east", 0, 100)->empty());
  EXPECT_TRUE(store().ListCases("", 0, 100)->empty());
  const auto page = store().ListCases("north", 0, 1);
  ASSERT_EQ(page->size(), 1u);
  EXPECT_EQ(page->front().id, reports[29].id);
  EXPECT_EQ(page->front().record.SerializeAsString(), reports[29].record.SerializeAsString());
}

TEST_P(StoreConformance, CasesAreListedForThoseTheirEventsName) {
  std::vector<Report> reports;
  for (Sequence i = 0; i < 4; ++i) reports.push_back(SealedReportAt(1 + 2 * i));
  Batch batch;
  for (const Report& report : reports) batch.cases.push_back(report.View());
  SC_ASSERT_OK(store().Commit(batch));
  HolderKey worker{};
  worker.fill(0x77);
  HolderKey reader = worker;
  reader.back() = 0x78;
  Sequence leaf = 100;
  const auto append = [&](std::size_t index, v1::StoredCase& record) {
    const CaseEvent event = NextEvent(reports[index].sequence, record, ++leaf);
    return CommitOne(store(), event);
  };
  for (const std::size_t index : {std::size_t{0}, std::size_t{2}, std::size_t{3}}) {
    v1::StoredCase record = reports[index].record;
    record.add_assigned(std::string(AsText(worker)));
    if (index == 2) record.add_access()->set_holder(std::string(AsText(reader)));
    SC_ASSERT_OK(append(index, record));
    if (index == 3) {  // named no more, listed still: whoever lists looks at the record
      record.clear_assigned();
      SC_ASSERT_OK(append(index, record));
    }
  }
  Reopen();
  EXPECT_EQ(Sequences(store().ListCasesOf(worker, 0, 10)), (std::vector<Sequence>{7, 5, 1}));
  EXPECT_EQ(Sequences(store().ListCasesOf(worker, 7, 1)), (std::vector<Sequence>{5}));
  EXPECT_EQ(Sequences(store().ListCasesOf(worker, 5, 10)), (std::vector<Sequence>{1}));
  EXPECT_EQ(Sequences(store().ListCasesOf(reader, 0, 10)), (std::vector<Sequence>{5}));
  EXPECT_TRUE(store().ListCasesOf(HolderKey{}, 0, 10)->empty());
  const auto verified = store().Verify();
  ASSERT_TRUE(verified.ok());
  EXPECT_TRUE(verified->damaged.empty());
}

TEST_P(StoreConformance, PayloadsAreReadInSlices) {
  const std::size_t large = 2 * kPieceBytes + 1000;
  const Report report = SealedReportAt(1, "north", {100, large, 0});
  SC_ASSERT_OK(CommitOne(store(), report));
  const auto ref = store().FindCase(report.id);
  ASSERT_TRUE(ref.ok());
  const Bytes& whole = report.payloads[1];
  for (const std::size_t slice : {std::size_t{1'000'000}, std::size_t{65'536}, 3 * kPieceBytes}) {
    EXPECT_EQ(*ReadAll(store(), *ref, 1, slice), whole);
  }
  const auto middle = store().ReadPayload(*ref, 1, kPieceBytes - 10, 100);
  ASSERT_TRUE(middle.ok());
  ASSERT_GE(middle->size(), 10u);
  ASSERT_LE(middle->size(), 100u);
  EXPECT_TRUE(std::equal(middle->begin(), middle->end(), whole.begin() + kPieceBytes - 10));
  EXPECT_EQ(store().ReadPayload(*ref, 1, large - 1, 100)->size(), 1u);
  EXPECT_TRUE(store().ReadPayload(*ref, 1, large, 100)->empty());
  EXPECT_TRUE(store().ReadPayload(*ref, 1, ~std::uint64_t{0}, 100)->empty());
  EXPECT_TRUE(store().ReadPayload(*ref, 1, 0, 0)->empty());
  EXPECT_TRUE(store().ReadPayload(*ref, 2, 0, 100)->empty());
  EXPECT_EQ(CodeOf(store().ReadPayload(*ref, 3, 0, 100)), Code::kNotFound);
}

TEST_P(StoreConformance, LeavesAreReadInOrder) {
  const Report first = SealedReportAt(1);
  const Report second = SealedReportAt(3);
  SC_ASSERT_OK(CommitOne(store(), first));
  SC_ASSERT_OK(CommitOne(store(), second));
  v1::StoredCase record = first.record;
  SC_ASSERT_OK(CommitOne(store(), NextEvent(1, record, 300)));
  Reopen();
  const auto all = store().Leaves(0, 10);
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->size(), 3u);
  EXPECT_EQ((*all)[0].sequence, 2u);
  EXPECT_EQ((*all)[0].record.SerializeAsString(), first.leaf.record.SerializeAsString());
  EXPECT_EQ((*all)[1].sequence, 4u);
  EXPECT_EQ((*all)[2].sequence, 300u);
  EXPECT_EQ((*all)[2].record.kind(), 2u);
  EXPECT_EQ(store().Leaves(2, 1)->front().sequence, 4u);
  EXPECT_TRUE(store().Leaves(300, 10)->empty());
  EXPECT_TRUE(store().Leaves(~Sequence{0}, 10)->empty());
  EXPECT_EQ(store().FindLeaf(4)->record.salt(), second.leaf.record.salt());
}

TEST_P(StoreConformance, ChartersGoOnByOne) {
  const Bytes text = SomeBytes(1, 300'000);
  EXPECT_EQ(CodeOf(store().PutCharter({2, "second", {}})), Code::kConflict);
  SC_ASSERT_OK(store().PutCharter({1, "first", {text, Bytes{}}}));
  EXPECT_EQ(CodeOf(store().PutCharter({1, "again", {}})), Code::kConflict);
  EXPECT_EQ(CodeOf(store().PutCharter({3, "third", {}})), Code::kConflict);
  SC_ASSERT_OK(store().PutCharter({2, "second", {}}));
  Reopen();
  const auto newest = store().NewestCharter();
  ASSERT_TRUE(newest.ok() && newest->has_value());
  EXPECT_EQ((*newest)->version, 2u);
  EXPECT_EQ((*newest)->note, "second");
  for (const std::uint64_t version : {1u, 2u}) {
    const auto charter = store().Charter(version);
    ASSERT_TRUE(charter.ok()) << version;
    EXPECT_EQ(charter->version, version);
    EXPECT_EQ(charter->note, version == 1 ? "first" : "second");
    EXPECT_TRUE(charter->texts.empty());
  }
  for (const std::uint64_t version : {std::uint64_t{0}, std::uint64_t{3}, ~std::uint64_t{0}}) {
    EXPECT_EQ(CodeOf(store().Charter(version)), Code::kNotFound) << version;
  }
  EXPECT_EQ(*store().Text(Sha256(text)), text);
  EXPECT_TRUE(store().Text(Sha256(ByteView()))->empty());
  EXPECT_EQ(CodeOf(store().Text(Sha256(AsBytes("third")))), Code::kNotFound);
}

TEST_P(StoreConformance, ReadersSeeWholeReportsWhileOthersAreCommitted) {
  constexpr Sequence kReports = 60;
  std::vector<Report> reports;
  for (Sequence i = 0; i < kReports; ++i) {
    reports.push_back(SealedReportAt(1 + 2 * i, "north", {512, 8192, 512}));
  }
  std::atomic<Sequence> committed = 0;
  std::atomic<bool> failed = false;
  const auto read = [&](std::uint64_t seed) {
    while (committed < kReports && !failed) {
      const Sequence known = committed;
      for (Sequence i = seed % 3; i < known; i += 3) {
        if (!Missing(store(), reports[i]).empty()) failed = true;
      }
      const auto page = store().ListCases("north", 0, 10);
      if (!page.ok() || (known > 0 && page->front().sequence < reports[known - 1].sequence)) {
        failed = true;
      }
    }
  };
  std::thread first(read, 1);
  std::thread second(read, 2);
  for (const Report& report : reports) {
    if (!CommitOne(store(), report).ok()) failed = true;
    ++committed;
  }
  first.join();
  second.join();
  EXPECT_FALSE(failed);
}

}  // namespace
}  // namespace safeconduct::storage
