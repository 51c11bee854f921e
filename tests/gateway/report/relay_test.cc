// Reports and messages of reporters by SMS, through a relay that the charter names.
#include <gtest/gtest.h>

#include <functional>

#include "crypto/age/age.h"
#include "gateway/report/event.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::CharterFor;
using testing::kExpiry;
using testing::kNow;
using testing::MakeDraft;
using testing::MakeParty;
using testing::OpenCharterOf;
using testing::QuorumCharter;
using testing::RelayCharter;
using testing::RelayOf;
using testing::Sample;
using testing::SealedTo;
using testing::SignManifest;

const Sample& BySms() {
  static const Sample sample(0, 80, SealedTo::kIntakeByRelay);
  return sample;
}

struct Refusal {
  const char* name;
  std::function<void(v1::Relay&)> breaks;
  Code code;
  const char* field;
};

const Refusal kRefusals[] = {
    {"no holder", [](v1::Relay& r) { r.clear_holder(); }, Code::kMalformed, "relay.holder"},
    {"half a key", [](v1::Relay& r) { r.mutable_holder()->pop_back(); }, Code::kMalformed,
     "relay.holder"},
    {"no capsule", [](v1::Relay& r) { r.clear_capsule(); }, Code::kMalformed, "relay.capsule"},
    {"a long capsule", [](v1::Relay& r) { r.set_capsule(std::string(4097, 'c')); }, Code::kTooLarge,
     "relay.capsule"},
    {"a stranger", [](v1::Relay& r) { r = RelayOf(MakeParty(99)); }, Code::kRejected,
     "relay.holder"},
    {"an intake officer", [](v1::Relay& r) { r = RelayOf(BySms().office.intake); }, Code::kRejected,
     "relay.holder"},
};

TEST(RelayTest, StandsInTheManifest) {
  const Sample& sample = BySms();
  EXPECT_EQ(sample.manifest().relay().SerializeAsString(),
            RelayOf(sample.office.relay).SerializeAsString());
  EXPECT_TRUE(CheckReport(sample.sealed.report, *sample.charter).ok());
  for (const std::size_t bytes : {std::size_t{1}, kMaxCapsuleBytes}) {
    Draft draft = MakeDraft();
    draft.relay = RelayOf(sample.office.second_relay, std::string(bytes, 'c'));
    const Result<Sealed> sealed = SealReport(draft, *sample.charter, sample.reporter);
    ASSERT_TRUE(sealed.ok());
    EXPECT_TRUE(CheckReport(sealed->report, *sample.charter).ok());
  }
  EXPECT_FALSE(Sample().manifest().has_relay());
}

TEST(RelayTest, IsRefusedBySealerAndGatewayAlike) {
  const Sample& sample = BySms();
  for (const Refusal& refusal : kRefusals) {
    SCOPED_TRACE(refusal.name);
    v1::Manifest manifest = sample.manifest();
    refusal.breaks(*manifest.mutable_relay());
    const auto checked = CheckReport(SignManifest(manifest, sample.reporter), *sample.charter);
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().code(), refusal.code);
    EXPECT_STREQ(checked.error().field(), refusal.field);
    Draft draft = MakeDraft();
    draft.relay = manifest.relay();
    const auto sealed = SealReport(draft, *sample.charter, sample.reporter);
    ASSERT_FALSE(sealed.ok());
    EXPECT_EQ(sealed.error().code(), refusal.code);
    EXPECT_STREQ(sealed.error().field(), refusal.field);
  }
}

TEST(RelayTest, OfAnotherChannelIsRefused) {
  Draft draft = MakeDraft();
  draft.channel = "fraud";
  draft.relay = RelayOf(BySms().office.relay);  // of "mission" alone
  const auto sealed = SealReport(draft, *BySms().charter, BySms().reporter);
  ASSERT_FALSE(sealed.ok());
  EXPECT_STREQ(sealed.error().field(), "relay.holder");
  draft.relay = RelayOf(BySms().office.second_relay);  // of all
  EXPECT_TRUE(SealReport(draft, *BySms().charter, BySms().reporter).ok());
}

// --- Sealed under an earlier charter ----------------------------------------------------------

Error ErrorOf(const Result<Checked>& checked) {
  return checked.ok() ? Error(Code::kInternal, "it was taken", "") : checked.error();
}

TEST(EarlierCharterTest, OfAReportIsSaidWithoutChecking) {
  const Sample& sample = BySms();
  const auto second = OpenCharterOf(RelayCharter(sample.office), 2);
  EXPECT_EQ(EarlierCharterOf(sample.sealed.report, *second), 1u);
  EXPECT_EQ(EarlierCharterOf(sample.sealed.report, *sample.charter), 0u) << "it is in force";
  EXPECT_EQ(EarlierCharterOf(Sample().sealed.report, *second), 0u) << "no relay";
  v1::Manifest later = sample.manifest();
  later.set_charter_version(3);
  EXPECT_EQ(EarlierCharterOf(SignManifest(later, sample.reporter), *second), 0u);
  EXPECT_EQ(EarlierCharterOf(v1::SealedReport(), *second), 0u);
}

TEST(EarlierCharterTest, ARelaysReportIsCheckedAgainstTheOneItWasSealedUnder) {
  const Sample& sample = BySms();
  // In force is one of a quorum, under which its stanzas would be wrong.
  v1::Charter charter = QuorumCharter(sample.office);
  const v1::Charter with_relays = RelayCharter(sample.office);
  for (const v1::Holder& holder : with_relays.holders()) {
    if (holder.roles(0) == v1::ROLE_RELAY) *charter.add_holders() = holder;
  }
  const auto in_force = OpenCharterOf(charter, 2);
  EXPECT_EQ(ErrorOf(CheckReport(sample.sealed.report, *in_force)).code(), Code::kConflict);
  const auto checked = CheckEarlierReport(sample.sealed.report, *sample.charter, *in_force, kNow);
  ASSERT_TRUE(checked.ok()) << checked.error().message();
  EXPECT_EQ(checked->hash, sample.sealed.hash);
  EXPECT_EQ(checked->id, sample.sealed.id);
  EXPECT_TRUE(
      CheckEarlierReport(sample.sealed.report, *sample.charter, *in_force, kExpiry - 1).ok());

  // What is wrong under that one is wrong still.
  v1::Manifest manifest = sample.manifest();
  manifest.mutable_compartments(1)->set_header(manifest.compartments(0).header() + "x");
  EXPECT_STREQ(ErrorOf(CheckEarlierReport(SignManifest(manifest, sample.reporter), *sample.charter,
                                          *in_force, kNow))
                   .field(),
               "account.header");
  v1::SealedReport forged = sample.sealed.report;
  forged.mutable_signature()->back() ^= 1;
  EXPECT_EQ(ErrorOf(CheckEarlierReport(forged, *sample.charter, *in_force, kNow)).code(),
            Code::kUnverified);
}

TEST(EarlierCharterTest, ItIsRefusedWhenTheRelayOrTheChannelIsGone) {
  const Sample& sample = BySms();
  const v1::Charter charter = RelayCharter(sample.office);
  const int at = charter.holders_size() - 2;
  v1::Charter without_relay = charter;
  without_relay.mutable_holders()->DeleteSubrange(at, 1);
  v1::Charter other_channel = charter;
  other_channel.mutable_holders(at)->set_channels(0, "fraud");
  v1::Charter other_role = charter;
  other_role.mutable_holders(at)->set_roles(0, v1::ROLE_AUDITOR);
  v1::Charter without_channel = charter;
  without_channel.mutable_channels()->DeleteSubrange(0, 1);
  for (v1::Holder& holder : *without_channel.mutable_holders()) holder.clear_channels();
  v1::Charter became_holder = charter;
  *became_holder.add_holders() =
      testing::MakeHolder("new", sample.reporter, {v1::ROLE_INVESTIGATOR});
  const struct {
    const char* name;
    const v1::Charter& in_force;
    std::int64_t now;
    Code code;
    const char* field;
  } rows[] = {
      {"the relay left", without_relay, kNow, Code::kRejected, "relay.holder"},
      {"the relay went to another channel", other_channel, kNow, Code::kRejected, "relay.holder"},
      {"the relay is an auditor now", other_role, kNow, Code::kRejected, "relay.holder"},
      {"the channel was closed", without_channel, kNow, Code::kNotFound, "channel"},
      {"a holder has the reporter's keys", became_holder, kNow, Code::kRejected, "request_key"},
      {"the earlier charter has expired", charter, kExpiry, Code::kExpired, "charter_version"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const Error error = ErrorOf(CheckEarlierReport(sample.sealed.report, *sample.charter,
                                                   *OpenCharterOf(row.in_force, 2), row.now));
    EXPECT_EQ(error.code(), row.code);
    EXPECT_STREQ(error.field(), row.field);
  }
}

TEST(EarlierCharterTest, OnlyThatOneCountsAndOnlyForRelays) {
  const Sample& sample = BySms();
  const auto second = OpenCharterOf(RelayCharter(sample.office), 2);
  const auto third = OpenCharterOf(RelayCharter(sample.office), 3);
  EXPECT_EQ(ErrorOf(CheckEarlierReport(sample.sealed.report, *second, *third, kNow)).code(),
            Code::kConflict);
  EXPECT_EQ(
      ErrorOf(CheckEarlierReport(sample.sealed.report, *sample.charter, *sample.charter, kNow))
          .code(),
      Code::kConflict);
  const Sample without;
  EXPECT_EQ(
      ErrorOf(CheckEarlierReport(without.sealed.report, *without.charter, *second, kNow)).code(),
      Code::kConflict);
  // The relay has to have been one under that charter too.
  const auto before = OpenCharterOf(CharterFor(sample.office, SealedTo::kIntake), 1);
  EXPECT_STREQ(ErrorOf(CheckEarlierReport(sample.sealed.report, *before, *second, kNow)).field(),
               "relay.holder");
}

// --- Events -----------------------------------------------------------------------------------

v1::Event EventOf(std::uint64_t sequence) {
  v1::Event event;
  event.set_report_hash(std::string(32, 'h'));
  event.set_sequence(sequence);
  event.set_previous(std::string(32, 'p'));
  event.set_author(testing::KeyText(BySms().office.relay, identity::Purpose::kEvent));
  event.set_charter_version(1);
  event.set_time(kNow / 3600 * 3600);
  return event;
}

Status Check(const v1::Event& event) {
  const auto key = BySms().office.relay.Key(identity::Purpose::kEvent);
  const auto checked = CheckEvent(SignEvent(event, key));
  return checked.ok() ? Status() : Status(checked.error());
}

TEST(DeliveryTest, IsOfAnEarlierEventAndHasAState) {
  const struct {
    std::uint64_t message;
    int state;
    const char* field;  // null: taken
  } rows[] = {{1, 1, nullptr},
              {4, 5, nullptr},
              {4, 3, nullptr},
              {0, 1, "delivery.message"},
              {5, 1, "delivery.message"},
              {6, 1, "delivery.message"},
              {~std::uint64_t{0}, 1, "delivery.message"},
              {4, 0, "delivery.state"},
              {4, 6, "event"},
              {4, -1, "event"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(std::to_string(row.message) + " " + std::to_string(row.state));
    v1::Event event = EventOf(5);
    event.mutable_delivery()->set_message(row.message);
    event.mutable_delivery()->set_state(static_cast<v1::DeliveryState>(row.state));
    const Status status = Check(event);
    EXPECT_EQ(status.ok(), row.field == nullptr);
    if (row.field != nullptr) {
      EXPECT_STREQ(status.error().field(), row.field);
    }
  }
  EXPECT_STREQ(Check([] {
                 v1::Event event = EventOf(1);
                 event.mutable_delivery()->set_message(1);
                 event.mutable_delivery()->set_state(v1::DELIVERY_STATE_SENT);
                 return event;
               }())
                   .error()
                   .field(),
               "delivery.message")
      << "the first event has none before it";
}

TEST(MessageByRelayTest, MayBeSealedToAnyQuorumOrNone) {
  const Sample quorum(0, 80, SealedTo::kQuorum);
  const Sample intake;
  const auto message_to = [](const Sample& sample) {
    v1::MessageText text;
    *text.mutable_reporter() = sample.keys();
    const Bytes sealed = *SealMessage(text, sample.reporter.recipient(), {}, sample.channel());
    v1::Event event;
    event.mutable_message()->set_sealed(std::string(AsText(sealed)));
    return event;
  };
  const v1::Event to_quorum = message_to(quorum);
  const v1::Event to_intake = message_to(intake);
  EXPECT_FALSE(CheckStanzasFor(to_quorum, intake.channel()).ok());
  EXPECT_FALSE(CheckStanzasFor(to_intake, quorum.channel()).ok());
  EXPECT_TRUE(CheckStanzasByRelay(to_quorum).ok());
  EXPECT_TRUE(CheckStanzasByRelay(to_intake).ok());

  // Without the reporter's own stanza: only the quorum's is left.
  const auto parsed = age::ParseHeader(AsBytes(to_quorum.message().sealed()));
  ASSERT_TRUE(parsed.ok());
  age::Header header = parsed->header;
  header.stanzas.erase(header.stanzas.begin(), header.stanzas.end() - 1);
  v1::Event alone;
  alone.mutable_message()->set_sealed(std::string(AsText(age::SerializeHeader(header))) +
                                      to_quorum.message().sealed().substr(parsed->size));
  const Status status = CheckStanzasByRelay(alone);
  EXPECT_EQ(status.error().code(), Code::kRejected);
  EXPECT_STREQ(status.error().field(), "message.sealed");
}

}  // namespace
}  // namespace safeconduct::report
