// What needs an order: duplicates, mailboxes, chains of events, charters; alone and in one batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/ledger/entries.h"
#include "tests/gateway/ledger/scripted_store.h"

namespace safeconduct::ledger {
namespace {

using testing::ElementsAre;

// Runs each test's entries in two ways: one after another, each in a batch of its own, and all
// together in one batch, which forms behind a commit that is held.
class OrderTest : public testing::TestWithParam<bool> {
 protected:
  // Entries submitted after this and before Settle are one batch, if the parameter says so.
  void Begin() {
    ledger_ = StartLedger(store_);
    if (!GetParam()) return;
    store_.Hold();
    plug_ = Submit(*ledger_, Report("plug"));
    store_.AwaitHeld();
  }

  template <typename Entry>
  void Add(Entry entry) {
    answers_.push_back(Submit(*ledger_, std::move(entry)));
    if (!GetParam()) answers_.back().wait();
  }

  std::vector<Result<Accepted>> Settle() {
    if (GetParam()) {
      store_.Release();
      EXPECT_TRUE(Wait(std::move(plug_)).ok());
    }
    std::vector<Result<Accepted>> out;
    for (Answer& answer : answers_) out.push_back(Wait(std::move(answer)));
    answers_.clear();
    return out;
  }

  // A stored report to which events can be added.
  storage::CaseRef Stored(const std::string& content) {
    auto ledger = StartLedger(store_);
    EXPECT_TRUE(Wait(Submit(*ledger, Report(content))).ok());
    return *store_.FindCase(IdOf(content));
  }

  ScriptedStore store_;
  std::unique_ptr<Ledger> ledger_;
  Answer plug_;
  std::vector<Answer> answers_;
};

Hash HeadOf(const storage::CaseRef& ref) { return ToArray<32>(AsBytes(ref.record.head())); }

TEST_P(OrderTest, TheSameReportAgainGetsTheSameAnswer) {
  Begin();
  Add(Report("a"));
  Add(Report("a"));
  Add(Report("a"));
  const auto results = Settle();
  for (const auto& result : results) {
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->id, IdOf("a"));
    EXPECT_EQ(result->event_number, 0U);
    EXPECT_EQ(result->leaf.salt(), results[0]->leaf.salt());
    EXPECT_EQ(result->leaf.entry_hash(), Report("a").leaf.entry_hash());
  }
  const auto stored = store_.FindCase(IdOf("a"));
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(store_.FindLeaf(stored->record.leaf())->record.salt(), results[0]->leaf.salt());
}

TEST_P(OrderTest, AnIdThatStandsForAnotherReportIsAConflict) {
  Begin();
  Add(Report("a"));
  ReportEntry other = Report("b");
  other.id = IdOf("a");
  Add(std::move(other));
  const auto results = Settle();
  EXPECT_TRUE(results[0].ok());
  ASSERT_FALSE(results[1].ok());
  EXPECT_EQ(results[1].error().code(), Code::kConflict);
}

TEST_P(OrderTest, AMailboxTakesOneReport) {
  Begin();
  Add(Report("a", "one mailbox"));
  Add(Report("b", "one mailbox"));
  Add(Report("a", "one mailbox"));
  Add(Report("c", "another mailbox"));
  const auto results = Settle();
  EXPECT_TRUE(results[0].ok());
  ASSERT_FALSE(results[1].ok());
  EXPECT_EQ(results[1].error().code(), Code::kConflict);
  EXPECT_TRUE(results[2].ok());
  EXPECT_TRUE(results[3].ok());
  EXPECT_EQ(store_.FindCase(IdOf("b")).error().code(), Code::kNotFound);
}

TEST_P(OrderTest, PlainReportsHaveNoMailboxToShare) {
  Begin();
  Add(Report("a", ""));
  Add(Report("b", ""));
  for (const auto& result : Settle()) EXPECT_TRUE(result.ok());
}

TEST_P(OrderTest, AnUploadBelongsToOneReport) {
  storage::UploadRef upload;
  upload.sequence = 1;
  upload.record.set_id_hash(Text(Sha256(AsBytes("upload"))));
  upload.record.set_length(5);
  upload.record.set_offset(5);
  ASSERT_TRUE(store_.CreateUpload(upload).ok());
  ASSERT_TRUE(store_.WritePiece(upload, 0, AsBytes("bytes")).ok());
  ASSERT_TRUE(store_.SyncUpload(upload).ok());

  Begin();
  for (const char* content : {"a", "b"}) {
    ReportEntry entry = Report(content);
    v1::StoredCompartment* attachment = entry.record.add_compartments();
    attachment->set_name("attachment-1");
    attachment->set_payload_bytes(5);
    attachment->set_upload(1);
    Add(std::move(entry));
  }
  const auto results = Settle();
  EXPECT_TRUE(results[0].ok());
  EXPECT_FALSE(results[1].ok());
  EXPECT_TRUE(store_.FindUpload(Sha256(AsBytes("upload")))->record.bound());
}

TEST_P(OrderTest, EventsMakeAChain) {
  const storage::CaseRef ref = Stored("case");
  const EventEntry first = EventAt(ref.id, 1, HeadOf(ref), "first", ref.record);
  EventEntry second = EventAt(ref.id, 2, first.hash, "second", ref.record);
  second.after->set_status(v1::CASE_STATUS_ACKNOWLEDGED);
  const EventEntry third = EventAt(ref.id, 3, second.hash, "third", *second.after);
  Begin();
  Add(first);
  Add(second);
  Add(third);
  const auto results = Settle();
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(results[i].ok());
    EXPECT_EQ(results[i]->id, ref.id);
    EXPECT_EQ(results[i]->event_number, i + 1);
  }
  const auto after = store_.FindCase(ref.id);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->record.events(), 3U);
  EXPECT_EQ(HeadOf(*after), third.hash);
  EXPECT_EQ(after->record.status(), v1::CASE_STATUS_ACKNOWLEDGED);
  EXPECT_EQ(after->record.leaf(), ref.record.leaf());
  const auto events = store_.Events(ref.sequence, 1, 10);
  ASSERT_EQ(events->size(), 3U);
  EXPECT_EQ(AsText((*events)[2].signed_event), "signed third");
}

// It was looked at before the one before it was there, so nobody knows what it makes of the case.
TEST_P(OrderTest, AnEventThatWasNotTheNextWhenItCameIsNotAppended) {
  const storage::CaseRef ref = Stored("case");
  EventEntry first = EventAt(ref.id, 1, HeadOf(ref), "first", ref.record);
  first.after.reset();
  Begin();
  Add(first);
  EXPECT_EQ(Settle()[0].error().code(), Code::kConflict);
  EXPECT_EQ(store_.FindCase(ref.id)->record.events(), 0U);
}

TEST_P(OrderTest, TheSameEventAgainGetsTheSameAnswer) {
  const storage::CaseRef ref = Stored("case");
  const EventEntry first = EventAt(ref.id, 1, HeadOf(ref), "first", ref.record);
  EventEntry again = EventAt(ref.id, 1, HeadOf(ref), "first", ref.record);
  ASSERT_NE(again.leaf.salt(), first.leaf.salt());
  Begin();
  Add(first);
  Add(EventAt(ref.id, 2, first.hash, "second", ref.record));
  Add(again);
  const auto results = Settle();
  ASSERT_TRUE(results[2].ok());
  EXPECT_EQ(results[2]->event_number, 1U);
  EXPECT_EQ(results[2]->leaf.salt(), first.leaf.salt());
  EXPECT_EQ(store_.Events(ref.sequence, 1, 10)->size(), 2U);
}

TEST_P(OrderTest, AnEventOutOfItsPlaceIsAConflict) {
  const storage::CaseRef ref = Stored("case");
  const EventEntry first = EventAt(ref.id, 1, HeadOf(ref), "first", ref.record);
  Begin();
  Add(first);
  Add(EventAt(ref.id, 1, HeadOf(ref), "another first", ref.record));
  Add(EventAt(ref.id, 2, HeadOf(ref), "second, of the old head", ref.record));
  Add(EventAt(ref.id, 3, first.hash, "third, without a second", ref.record));
  Add(EventAt(ref.id, 0, HeadOf(ref), "none", ref.record));
  const auto results = Settle();
  EXPECT_TRUE(results[0].ok());
  for (std::size_t i = 1; i < results.size(); ++i) {
    ASSERT_FALSE(results[i].ok()) << i;
    EXPECT_EQ(results[i].error().code(), Code::kConflict) << i;
  }
  EXPECT_EQ(store_.FindCase(ref.id)->record.events(), 1U);
}

TEST_P(OrderTest, AnEventOfNoCaseIsNotFound) {
  Begin();
  Add(EventAt(IdOf("nowhere"), 1, {}, "first", Report("nowhere").record));
  const auto results = Settle();
  ASSERT_FALSE(results[0].ok());
  EXPECT_EQ(results[0].error().code(), Code::kNotFound);
}

TEST_P(OrderTest, EventsOfDifferentCasesDoNotMeet) {
  const storage::CaseRef a = Stored("a");
  const storage::CaseRef b = Stored("b");
  Begin();
  Add(EventAt(a.id, 1, HeadOf(a), "of a", a.record));
  Add(EventAt(b.id, 1, HeadOf(b), "of b", b.record));
  for (const auto& result : Settle()) EXPECT_TRUE(result.ok());
  EXPECT_EQ(store_.FindCase(a.id)->record.events(), 1U);
  EXPECT_EQ(store_.FindCase(b.id)->record.events(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Batches, OrderTest, testing::Bool(), [](const auto& test) {
  return std::string(test.param ? "InOneBatch" : "OneByOne");
});

TEST(LedgerOrder, SequencesRiseInTheOrderOfArrival) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  store.Hold();
  std::vector<Answer> answers;
  answers.push_back(Submit(*ledger, Report("0")));
  store.AwaitHeld();
  for (int i = 1; i < 20; ++i) answers.push_back(Submit(*ledger, Report(std::to_string(i))));
  store.Release();
  for (Answer& answer : answers) ASSERT_TRUE(Wait(std::move(answer)).ok());
  storage::Sequence before = 0;
  for (int i = 0; i < 20; ++i) {
    const auto ref = store.FindCase(IdOf(std::to_string(i)));
    ASSERT_TRUE(ref.ok());
    EXPECT_GT(ref->sequence, before);
    EXPECT_GT(ref->record.leaf(), before);
    before = std::max(ref->sequence, ref->record.leaf());
  }
  EXPECT_THAT(store.Writes(), ElementsAre("1r 0e", "19r 0e"));
}

TEST(LedgerOrder, NumbersGoOnAfterTheLastOfTheStore) {
  ScriptedStore store;
  storage::Sequence last = 0;
  {
    const auto ledger = StartLedger(store);
    ASSERT_TRUE(Wait(Submit(*ledger, Report("a"))).ok());
    last = *store.LastSequence();
  }
  const auto ledger = StartLedger(store);
  EXPECT_GT(ledger->NextSequence(), last);
  ASSERT_TRUE(Wait(Submit(*ledger, Report("b"))).ok());
  EXPECT_GT(store.FindCase(IdOf("b"))->sequence, last + 1);
}

TEST(LedgerOrder, ACharterStandsBetweenWhatCameBeforeAndAfter) {
  ScriptedStore store;
  const auto ledger = StartLedger(store);
  store.Hold();
  auto plug = Submit(*ledger, Report("plug"));
  store.AwaitHeld();
  auto before = Submit(*ledger, Report("before"));
  auto first = Submit(*ledger, storage::CharterRecord{1, "note", {}});
  auto skipped = Submit(*ledger, storage::CharterRecord{3, "note", {}});
  auto second = Submit(*ledger, storage::CharterRecord{2, "note two", {}});
  auto after = Submit(*ledger, Report("after"));
  store.Release();
  EXPECT_TRUE(Wait(std::move(plug)).ok());
  EXPECT_TRUE(Wait(std::move(before)).ok());
  EXPECT_TRUE(Wait(std::move(first)).ok());
  EXPECT_EQ(Wait(std::move(skipped)).error().code(), Code::kConflict);
  EXPECT_TRUE(Wait(std::move(second)).ok());
  EXPECT_TRUE(Wait(std::move(after)).ok());
  EXPECT_THAT(store.Writes(),
              ElementsAre("1r 0e", "1r 0e", "charter 1", "charter 3", "charter 2", "1r 0e"));
  EXPECT_EQ((*store.NewestCharter())->note, "note two");
}

}  // namespace
}  // namespace safeconduct::ledger
