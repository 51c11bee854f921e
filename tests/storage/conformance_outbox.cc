// What a relay has to send.
#include <algorithm>

#include "tests/storage/conformance.h"

namespace safeconduct::storage {
namespace {

HolderKey KeyOf(std::uint8_t byte) {
  HolderKey key{};
  key.fill(byte);
  return key;
}

Report ByRelay(Sequence sequence, const HolderKey& relay) {
  Report report = SealedReportAt(sequence);
  report.record.set_relay(std::string(AsText(relay)));
  return report;
}

std::vector<Sequence> Outbox(const EnvelopeStore& store, const HolderKey& relay, Sequence after = 0,
                             std::size_t limit = 10) {
  std::vector<Sequence> sequences;
  const auto page = store.ListOutbox(relay, after, limit);
  EXPECT_TRUE(page.ok());
  if (!page.ok()) return sequences;
  for (const CaseRef& ref : *page) sequences.push_back(ref.sequence);
  return sequences;
}

void ExpectNoDamage(const EnvelopeStore& store) {
  const auto report = store.Verify();
  ASSERT_TRUE(report.ok());
  for (const Damage& damage : report->damaged) ADD_FAILURE() << damage.record;
}

// Adds the next event to a case, after `change` of its record.
template <typename Change>
void Append(EnvelopeStore& store, Sequence sequence, v1::StoredCase& record, Change change) {
  change(record);
  const Sequence leaf = std::max<Sequence>(100, *store.LastSequence() + 1);
  SC_ASSERT_OK(CommitOne(store, NextEvent(sequence, record, leaf)));
}

void AddAnswer(v1::StoredCase& record) { record.add_answers()->set_event(record.events() + 1); }
void FirstIsSent(v1::StoredCase& record) {
  record.mutable_answers(0)->set_state(v1::DELIVERY_STATE_SENT);
}
void NoAnswers(v1::StoredCase& record) { record.clear_answers(); }
void Nothing(v1::StoredCase&) {}

TEST_P(StoreConformance, AnOutboxHasTheCasesOfWhichTheRelaySaidNothing) {
  const HolderKey relay = KeyOf(0x51);
  const HolderKey other = KeyOf(0x52);
  std::vector<Report> reports = {ByRelay(1, relay), ByRelay(3, other), ByRelay(5, relay),
                                 ByRelay(7, relay), SealedReportAt(9)};
  std::vector<v1::StoredCase> records;
  for (const Report& report : reports) {
    SC_ASSERT_OK(CommitOne(store(), report));
    records.push_back(report.record);
  }
  EXPECT_TRUE(Outbox(store(), relay).empty());
  for (const std::size_t i : {3, 1, 0, 2}) {
    Append(store(), reports[i].sequence, records[i], AddAnswer);
  }
  for (int opened = 0; opened < 2; ++opened, Reopen()) {
    EXPECT_EQ(Outbox(store(), relay), (std::vector<Sequence>{1, 5, 7}));
    EXPECT_EQ(Outbox(store(), relay, 0, 2), (std::vector<Sequence>{1, 5}));
    EXPECT_EQ(Outbox(store(), relay, 5), (std::vector<Sequence>{7}));
    EXPECT_TRUE(Outbox(store(), relay, 7).empty());
    EXPECT_TRUE(Outbox(store(), relay, ~Sequence{0}).empty());
    EXPECT_EQ(Outbox(store(), other), (std::vector<Sequence>{3}));
    EXPECT_TRUE(Outbox(store(), HolderKey{}).empty());
    EXPECT_EQ(store().ListOutbox(other, 0, 10)->front().record.SerializeAsString(),
              records[1].SerializeAsString());
    ExpectNoDamage(store());
  }
  // Sent, or done with: there is nothing to send any more, until there is another answer.
  Append(store(), 1, records[0], FirstIsSent);
  Append(store(), 5, records[2], NoAnswers);
  EXPECT_EQ(Outbox(store(), relay), (std::vector<Sequence>{7}));
  Append(store(), 1, records[0], Nothing);
  Append(store(), 1, records[0], AddAnswer);
  Append(store(), 7, records[3], AddAnswer);
  Append(store(), 7, records[3], FirstIsSent);  // the second waits
  Reopen();
  EXPECT_EQ(Outbox(store(), relay), (std::vector<Sequence>{1, 7}));
  ExpectNoDamage(store());
}

TEST_P(StoreConformance, AnOutboxIsWhatABatchLeaves) {
  const HolderKey relay = KeyOf(0x51);
  const Report answered = ByRelay(1, relay);
  const Report waiting = ByRelay(3, relay);
  v1::StoredCase record = answered.record;
  AddAnswer(record);
  const CaseEvent message = NextEvent(1, record, 10);
  NoAnswers(record);
  const CaseEvent delivery = NextEvent(1, record, 11);
  v1::StoredCase other = waiting.record;
  AddAnswer(other);
  const CaseEvent second = NextEvent(3, other, 12);
  Batch batch;
  batch.cases = {answered.View(), waiting.View()};
  batch.events = {message.View(), delivery.View(), second.View()};
  SC_ASSERT_OK(store().Commit(batch));
  EXPECT_EQ(Outbox(store(), relay), (std::vector<Sequence>{3}));
  ExpectNoDamage(store());
}

TEST_P(StoreConformance, AnErasedCaseIsInNoOutbox) {
  const HolderKey relay = KeyOf(0x51);
  const Report report = ByRelay(1, relay);
  SC_ASSERT_OK(CommitOne(store(), report));
  v1::StoredCase record = report.record;
  Append(store(), 1, record, AddAnswer);
  EXPECT_EQ(Outbox(store(), relay).size(), 1u);
  SC_ASSERT_OK(CommitOne(store(), ErasingEvent(1, record, 200)));
  EXPECT_TRUE(Outbox(store(), relay).empty());
  Reopen();
  EXPECT_TRUE(Outbox(store(), relay).empty());
  ExpectNoDamage(store());
}

TEST_P(StoreConformance, ARelaysKeyHas32Bytes) {
  Report report = SealedReportAt(1);
  report.record.set_relay("short");
  EXPECT_EQ(CodeOf(CommitOne(store(), report)), Code::kMalformed);
}

}  // namespace
}  // namespace safeconduct::storage
