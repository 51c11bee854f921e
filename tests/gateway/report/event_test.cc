#include "gateway/report/event.h"

#include <gtest/gtest.h>

#include <functional>

#include "crypto/base/hash.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::KeyText;
using testing::kNow;
using testing::MakeParty;
using testing::Sample;

constexpr std::int64_t kHourOfNow = kNow / 3600 * 3600;

class EventTest : public ::testing::Test {
 protected:
  v1::Event MakeEvent(const identity::Party& author, const Head& head) {
    v1::Event event;
    event.set_report_hash(std::string(AsText(sample.sealed.hash)));
    event.set_sequence(head.sequence + 1);
    event.set_previous(std::string(AsText(head.hash)));
    event.set_author(KeyText(author, identity::Purpose::kEvent));
    event.set_charter_version(sample.charter->version());
    event.set_time(kHourOfNow);
    return event;
  }
  v1::Event Status(const identity::Party& author, const Head& head,
                   v1::CaseStatus status = v1::CASE_STATUS_ACKNOWLEDGED) {
    v1::Event event = MakeEvent(author, head);
    event.mutable_status()->set_status(status);
    return event;
  }
  v1::Event Message(const identity::Party& author, const Head& head) {
    v1::Event event = MakeEvent(author, head);
    v1::MessageText text;
    text.set_text("We have received your report.");
    text.set_report_hash(event.report_hash());
    *text.mutable_reporter() = sample.keys();
    const auto sealed = SealMessage(text, sample.reporter.recipient(),
                                    AccountReaders(sample.channel()), sample.channel());
    EXPECT_TRUE(sealed.ok());
    event.mutable_message()->set_sealed(std::string(AsText(*sealed)));
    return event;
  }
  static v1::SignedEvent Sign(const v1::Event& event, const identity::Party& author) {
    return SignEvent(event, author.Key(identity::Purpose::kEvent));
  }

  const Sample sample{15};
  const Head start{0, sample.sealed.hash};
  const identity::Party& intake = sample.office.intake;
};

TEST_F(EventTest, IsReadBackAsItWasSigned) {
  const v1::SignedEvent signed_event = Sign(Status(intake, start), intake);
  const auto checked = CheckEvent(signed_event);
  ASSERT_TRUE(checked.ok()) << checked.error().message();
  EXPECT_EQ(checked->hash, Sha256(AsBytes(signed_event.event())));
  EXPECT_EQ(checked->event.status().status(), v1::CASE_STATUS_ACKNOWLEDGED);
  EXPECT_TRUE(CheckEvent(Sign(Message(intake, start), intake)).ok());
}

TEST_F(EventTest, RefusesEveryBrokenFieldAndNamesIt) {
  struct Row {
    const char* name;
    std::function<void(v1::Event&)> breaks;
    Code code;
    const char* field;
  };
  const std::string one_message = Message(intake, start).message().sealed();
  const auto set_sealed = [](v1::Event& e, const std::string& sealed) {
    e.mutable_message()->set_sealed(sealed);
  };
  const std::vector<Row> rows = {
      {"report_hash_short", [](auto& e) { e.mutable_report_hash()->pop_back(); }, Code::kMalformed,
       "report_hash"},
      {"sequence_0", [](auto& e) { e.set_sequence(0); }, Code::kMalformed, "sequence"},
      {"previous_missing", [](auto& e) { e.clear_previous(); }, Code::kMalformed, "previous"},
      {"author_long", [](auto& e) { e.mutable_author()->push_back('x'); }, Code::kMalformed,
       "author"},
      {"author_another",
       [](auto& e) { e.set_author(KeyText(MakeParty(2), identity::Purpose::kEvent)); },
       Code::kUnverified, "signature"},
      {"charter_version_0", [](auto& e) { e.set_charter_version(0); }, Code::kMalformed,
       "charter_version"},
      {"time_not_rounded", [](auto& e) { e.set_time(e.time() + 60); }, Code::kRejected, "time"},
      {"time_negative", [](auto& e) { e.set_time(-3600); }, Code::kRejected, "time"},
      {"time_0", [](auto& e) { e.set_time(0); }, Code::kRejected, "time"},
      {"no_body", [](auto& e) { e.clear_body(); }, Code::kMalformed, "body"},
      {"status_unspecified",
       [](auto& e) { e.mutable_status()->set_status(v1::CASE_STATUS_UNSPECIFIED); },
       Code::kMalformed, "status"},
      {"status_unknown",
       [](auto& e) { e.mutable_status()->set_status(static_cast<v1::CaseStatus>(99)); },
       Code::kUnsupported, "event"},
      {"message_empty", [](auto& e) { e.mutable_message(); }, Code::kMalformed, "message.sealed"},
      {"message_too_long", [&](auto& e) { set_sealed(e, std::string(kMaxMessageBytes + 1, 'x')); },
       Code::kTooLarge, "message.sealed"},
      {"message_no_age_file", [&](auto& e) { set_sealed(e, "hello"); }, Code::kMalformed,
       "message.sealed"},
      {"message_cut",
       [&](auto& e) { set_sealed(e, one_message.substr(0, one_message.size() - 1)); },
       Code::kRejected, "message.sealed"},
      {"message_header_only",
       [&](auto& e) {
         set_sealed(e, one_message.substr(0, age::ParseHeader(AsBytes(one_message))->size));
       },
       Code::kRejected, "message.sealed"},
      {"message_not_padded",
       [&](auto& e) {
         const auto recipient = age::ParseRecipient(intake.recipient());
         const age::Recipient* pointer = recipient->get();
         set_sealed(e, std::string(AsText(*age::Encrypt(std::span(&pointer, 1), AsBytes("x")))));
       },
       Code::kRejected, "message.sealed"},
      {"message_to_a_classic_key",
       [&](auto& e) {
         const auto recipient =
             age::ParseRecipient("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p");
         const age::Recipient* pointer = recipient->get();
         set_sealed(e, std::string(AsText(*age::Encrypt(std::span(&pointer, 1), Bytes(4096)))));
       },
       Code::kRejected, "message.sealed"},
      {"message_to_a_crowd",
       [&](auto& e) {
         age::ParsedHeader parsed = *age::ParseHeader(AsBytes(one_message));
         while (parsed.header.stanzas.size() <= kMaxRecordStanzas) {
           parsed.header.stanzas.push_back(parsed.header.stanzas.front());
         }
         set_sealed(e, std::string(AsText(age::SerializeHeader(parsed.header))) +
                           one_message.substr(parsed.size));
       },
       Code::kTooLarge, "message.sealed"},
  };
  for (const Row& row : rows) {
    v1::Event event = Status(intake, start);
    row.breaks(event);
    const auto checked = CheckEvent(Sign(event, intake));
    ASSERT_FALSE(checked.ok()) << row.name;
    EXPECT_EQ(checked.error().code(), row.code) << row.name << ": " << checked.error().message();
    EXPECT_STREQ(checked.error().field(), row.field)
        << row.name << ": " << checked.error().message();
  }
}

TEST_F(EventTest, RefusesUnknownFieldsTruncationAndBitFlips) {
  const v1::Event event = Status(intake, start);
  const auto key = intake.Key(identity::Purpose::kEvent);
  v1::SignedEvent unknown;
  unknown.set_event(event.SerializeAsString() + "\x98\x06\x01");
  unknown.set_signature(
      std::string(AsText(key.Sign(AsBytes("safeconduct/event/v1\n" + unknown.event())))));
  EXPECT_EQ(CheckEvent(unknown).error().code(), Code::kUnsupported);

  const v1::SignedEvent good = Sign(event, intake);
  for (std::size_t size = 0; size < good.event().size(); ++size) {
    v1::SignedEvent cut = good;
    cut.mutable_event()->resize(size);
    EXPECT_FALSE(CheckEvent(cut).ok()) << size;
  }
  for (std::size_t i = 0; i < (good.event().size() + 64) * 8; ++i) {
    v1::SignedEvent flipped = good;
    const std::size_t at = i / 8;
    char& byte = at < 64 ? (*flipped.mutable_signature())[at] : (*flipped.mutable_event())[at - 64];
    byte = static_cast<char>(byte ^ (1 << (i % 8)));
    EXPECT_FALSE(CheckEvent(flipped).ok()) << i;
  }
  v1::SignedEvent short_signature = good;
  short_signature.mutable_signature()->pop_back();
  EXPECT_STREQ(CheckEvent(short_signature).error().field(), "signature");
  v1::SignedEvent large;
  large.set_signature(std::string(64, 's'));
  large.set_event(std::string(kMaxEventBytes + 1, 'e'));
  EXPECT_EQ(CheckEvent(large).error().code(), Code::kTooLarge);
}

TEST_F(EventTest, IsNotSignedByWhatSignsReports) {
  v1::SignedEvent event = Sign(Status(intake, start), intake);
  const auto key = intake.Key(identity::Purpose::kEvent);
  for (const char* prefix : {"", "safeconduct/report/v1\n", "safeconduct/event/v2\n"}) {
    event.set_signature(std::string(AsText(key.Sign(AsBytes(prefix + event.event())))));
    EXPECT_EQ(CheckEvent(event).error().code(), Code::kUnverified) << prefix;
  }
}

TEST_F(EventTest, FormsAChain) {
  std::vector<v1::SignedEvent> events;
  Head head = start;
  for (int i = 0; i < 4; ++i) {
    const identity::Party& author = i % 2 == 0 ? intake : sample.reporter;
    events.push_back(Sign(i == 0 ? Status(author, head) : Message(author, head), author));
    const auto checked = CheckEvent(events.back());
    ASSERT_TRUE(checked.ok()) << checked.error().message();
    ASSERT_TRUE(CheckPlace(*checked, sample.sealed.hash, head).ok());
    head = {checked->event.sequence(), checked->hash};
  }
  const auto chain = VerifyChain(events, sample.sealed.hash);
  ASSERT_TRUE(chain.ok());
  ASSERT_EQ(chain->size(), 4u);
  EXPECT_EQ(chain->back().hash, head.hash);
  EXPECT_TRUE(VerifyChain({}, sample.sealed.hash)->empty());

  std::size_t bad = 99;
  auto missing = events;
  missing.erase(missing.begin() + 1);
  EXPECT_EQ(VerifyChain(missing, sample.sealed.hash, &bad).error().code(), Code::kConflict);
  EXPECT_EQ(bad, 1u);
  auto swapped = events;
  std::swap(swapped[2], swapped[3]);
  EXPECT_FALSE(VerifyChain(swapped, sample.sealed.hash, &bad).ok());
  EXPECT_EQ(bad, 2u);
  auto forged = events;
  forged[3].mutable_signature()->front() ^= 1;
  EXPECT_EQ(VerifyChain(forged, sample.sealed.hash, &bad).error().code(), Code::kUnverified);
  EXPECT_EQ(bad, 3u);
  EXPECT_FALSE(VerifyChain(events, Hash{}, &bad).ok());
  EXPECT_EQ(bad, 0u);
}

TEST_F(EventTest, HasOnePlace) {
  const auto place = [&](const v1::Event& event, const Head& head) {
    return CheckPlace(*CheckEvent(Sign(event, intake)), sample.sealed.hash, head);
  };
  const Head second{1, Sha256(AsBytes("the first event"))};
  EXPECT_TRUE(place(Status(intake, second), second).ok());
  EXPECT_STREQ(place(Status(intake, start), second).error().field(), "sequence");
  EXPECT_STREQ(place(Status(intake, second), start).error().field(), "sequence");
  const Head fork{1, Sha256(AsBytes("another first event"))};
  EXPECT_STREQ(place(Status(intake, fork), second).error().field(), "previous");
  v1::Event elsewhere = Status(intake, start);
  elsewhere.set_report_hash(std::string(32, 'r'));
  EXPECT_STREQ(place(elsewhere, start).error().field(), "report_hash");
  EXPECT_EQ(place(elsewhere, start).error().code(), Code::kConflict);
}

}  // namespace
}  // namespace safeconduct::report
