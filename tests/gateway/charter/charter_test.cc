#include "gateway/charter/charter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::charter {
namespace {

using ::safeconduct::testing::DemoCharter;
using ::safeconduct::testing::kExpiry;
using ::safeconduct::testing::kLogOrigin;
using ::safeconduct::testing::kNow;
using ::safeconduct::testing::kOrigin;
using ::safeconduct::testing::NoteKey;
using ::safeconduct::testing::Office;
using ::safeconduct::testing::OpenDemoCharter;
using ::safeconduct::testing::SignNote;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const v1::Charter& charter) {
  return std::string(kOrigin) + "\n1\n" + std::to_string(kExpiry) + "\n" +
         Base64Encode(AsBytes(charter.SerializeAsString())) + "\n";
}

TEST(OpenCharter, AnswersWhoDoesWhat) {
  const Office office;
  const auto charter = OpenDemoCharter(office);
  EXPECT_EQ(charter->origin(), kOrigin);
  EXPECT_EQ(charter->version(), 1u);
  EXPECT_EQ(charter->expiry(), kExpiry);
  EXPECT_EQ(charter->log(), NoteKey(office.log, kLogOrigin));
  ASSERT_EQ(charter->channels().size(), 2u);

  const ChannelInfo* mission = charter->FindChannel("mission");
  ASSERT_NE(mission, nullptr);
  ASSERT_EQ(mission->intake.size(), 2u);
  EXPECT_EQ(mission->intake[0]->label(), "intake-1");
  EXPECT_EQ(mission->intake[1]->label(), "intake-2");
  ASSERT_EQ(mission->support.size(), 2u);
  EXPECT_EQ(mission->support[1]->label(), "support-2");
  ASSERT_EQ(mission->trustees.size(), 1u);
  ASSERT_EQ(mission->plain_recipients.size(), 1u);
  EXPECT_EQ(mission->plain_recipients[0]->label(), "intake-1");

  const ChannelInfo* fraud = charter->FindChannel("fraud");
  ASSERT_NE(fraud, nullptr);
  EXPECT_EQ(fraud->support.size(), 1u) << "support-2 is on the channel mission only";
  EXPECT_TRUE(fraud->plain_recipients.empty());
  EXPECT_EQ(charter->FindChannel("nothing"), nullptr);
}

TEST(OpenCharter, FindsHoldersByKeyOfTheRightPurposeOnly) {
  const Office office;
  const auto charter = OpenDemoCharter(office);
  const PublicKey request = office.support.Key(identity::Purpose::kRequest).public_key();
  const PublicKey event = office.support.Key(identity::Purpose::kEvent).public_key();
  ASSERT_NE(charter->FindByRequestKey(request), nullptr);
  EXPECT_EQ(charter->FindByRequestKey(request)->label(), "support-1");
  ASSERT_NE(charter->FindByEventKey(event), nullptr);
  EXPECT_EQ(charter->FindByEventKey(event)->label(), "support-1");
  EXPECT_EQ(charter->FindByRequestKey(event), nullptr);
  EXPECT_EQ(charter->FindByEventKey(request), nullptr);
  ASSERT_NE(charter->FindByLabel("oios"), nullptr);
  EXPECT_EQ(charter->FindByLabel("nobody"), nullptr);
}

TEST(OpenCharter, TakesARetiredLogWithItsLastCheckpoint) {
  const Office office;
  v1::Charter charter = DemoCharter(office);
  const auto old_log = testing::MakeParty(30);
  v1::Log& old = *charter.add_logs();
  old.set_vkey(note::FormatVerifierKey(NoteKey(old_log, "example.org/old")));
  old.set_interval_seconds(3600);
  const std::string root = Base64Encode(Bytes(32));
  old.set_last_checkpoint(
      SignNote("example.org/old\n17\n" + root + "\n", {{"example.org/old", &old_log}}));
  const auto opened = OpenCharter::FromText(TextOf(charter));
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  ASSERT_EQ((*opened)->logs().size(), 2u);
  EXPECT_EQ((*opened)->log().name, kLogOrigin);

  for (const std::string& text :
       {"example.org/other\n17\n" + root + "\n", "example.org/old\n017\n" + root + "\n",
        std::string("example.org/old\n17\nAAAA\n"), std::string("example.org/old\n")}) {
    old.set_last_checkpoint(SignNote(text, {{"example.org/old", &old_log}}));
    EXPECT_FALSE(OpenCharter::FromText(TextOf(charter)).ok()) << text;
  }
  old.set_last_checkpoint(
      SignNote("example.org/old\n17\n" + root + "\n", {{"example.org/old", &office.log}}));
  EXPECT_FALSE(OpenCharter::FromText(TextOf(charter)).ok()) << "signed by another key";
}

TEST(OpenCharter, TakesOneSpellingOfItsText) {
  const Office office;
  const std::string body = Base64Encode(AsBytes(DemoCharter(office).SerializeAsString()));
  const auto open = [&](const std::string& text) { return OpenCharter::FromText(text); };
  ASSERT_TRUE(open("o\n1\n5\n" + body + "\n").ok());
  for (const std::string head :
       {"\n1\n5\n", "a b\n1\n5\n", "o\n0\n5\n", "o\n01\n5\n", "o\n+1\n5\n", "o\n1 \n5\n",
        "o\n-1\n5\n", "o\n\n5\n", "o\n9223372036854775808\n5\n", "o\n1\n05\n", "o\n1\n-5\n",
        "o\n1\n253402300800\n", "o\n1\n", "o\n1\n5\n\n", "o\r\n1\n5\n",
        "safeconduct/promise/v1\n1\n5\n"}) {
    EXPECT_FALSE(open(head + body + "\n").ok()) << head;
  }
  EXPECT_FALSE(open("o\n1\n5\n" + body).ok()) << "no final newline";
  EXPECT_FALSE(open("o\n1\n5\n" + body + "\nmore\n").ok());
  EXPECT_FALSE(open("o\n1\n5\n" + body + " \n").ok());
  EXPECT_FALSE(open("o\n1\n5\n\n").ok()) << "an empty charter has no channel";
  EXPECT_EQ(open(std::string(2'000'000, 'x')).error().code(), Code::kTooLarge);
}

TEST(OpenCharter, RefusesEveryTruncation) {
  const Office office;
  const std::string text = TextOf(DemoCharter(office));
  for (std::size_t size = 0; size < text.size(); ++size) {
    ASSERT_FALSE(OpenCharter::FromText(std::string_view(text).substr(0, size)).ok()) << size;
  }
}

TEST(Warnings, SayWhatAnOperatorShouldKnow) {
  const Office office;
  EXPECT_THAT(Warnings(*OpenDemoCharter(office), kNow),
              Not(Contains(HasSubstr("Channel mission: only"))));

  v1::Charter charter = DemoCharter(office);
  charter.mutable_holders()->DeleteSubrange(1, 1);  // intake-2
  charter.mutable_holders(0)->add_roles(v1::ROLE_SUPPORT);
  charter.set_witness_threshold(0);
  charter.clear_texts();
  charter.mutable_next_roots()->add_vkeys(
      note::FormatVerifierKey(NoteKey(office.new_roots[0], "root")));
  charter.mutable_next_roots()->set_threshold(1);
  const auto opened = OpenCharter::FromText(TextOf(charter));
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const auto warnings = Warnings(**opened, kExpiry - 3 * 86'400);
  EXPECT_THAT(warnings, Contains(HasSubstr("expires in 3 days")));
  EXPECT_THAT(warnings, Contains(HasSubstr("only intake-1 can open triage and account")));
  EXPECT_THAT(warnings, Contains(HasSubstr("intake-1 gives support and also receives")));
  EXPECT_THAT(warnings, Contains(HasSubstr("plain reports are read by intake-1 alone")));
  EXPECT_THAT(warnings, Contains(HasSubstr("No witness is required")));
  EXPECT_THAT(warnings, Contains(HasSubstr("One root key alone")));
  EXPECT_THAT(warnings, Contains(HasSubstr("no texts")));
  EXPECT_THAT(Warnings(**opened, kExpiry), Contains(HasSubstr("has expired")));
}

TEST(Warnings, SayHowAQuorumCanFail) {
  const Office office;
  v1::Charter charter = testing::QuorumCharter(office);
  const auto warnings_of = [](const v1::Charter& message) {
    return Warnings(*testing::OpenCharterOf(message), kNow);
  };
  EXPECT_THAT(warnings_of(charter), Not(Contains(HasSubstr("trustees are needed"))));
  charter.mutable_channels(0)->mutable_policy()->set_quorum_threshold(3);
  EXPECT_THAT(warnings_of(charter),
              Contains(HasSubstr("Channel mission: all 3 trustees are needed for a release")));
  charter = testing::QuorumCharter(office);
  charter.mutable_holders(5)->add_roles(v1::ROLE_INVESTIGATOR);
  EXPECT_THAT(warnings_of(charter),
              Contains(HasSubstr("trustee-1 is a trustee and also works on cases")));
  charter = testing::QuorumCharter(office);
  charter.mutable_holders(7)->set_organisation("Conduct and Discipline");  // trustee-2
  EXPECT_THAT(warnings_of(charter), Contains(HasSubstr("alone hold enough shares")));
  charter = testing::QuorumCharter(office);
  charter.mutable_holders(1)->set_roles(0, v1::ROLE_AUDITOR);  // the second intake officer
  EXPECT_THAT(warnings_of(charter), Contains(HasSubstr("only intake-1 can open the triage")));
}

TEST(Warnings, NameAChannelWithoutSupport) {
  const Office office;
  v1::Charter charter = DemoCharter(office);
  charter.mutable_holders()->DeleteSubrange(2, 2);
  const auto opened = OpenCharter::FromText(TextOf(charter));
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  EXPECT_THAT(Warnings(**opened, kNow), Contains(HasSubstr("Channel mission: no support officer")));
}

TEST(Warnings, NameARelayWithAnotherPost) {
  v1::Charter charter = testing::RelayCharter(Office());
  const auto of_relays = Contains(HasSubstr("is a relay for SMS and has another post too"));
  EXPECT_THAT(Warnings(*testing::OpenCharterOf(charter), kNow), Not(of_relays));
  charter.mutable_holders(charter.holders_size() - 1)->add_roles(v1::ROLE_INVESTIGATOR);
  EXPECT_THAT(Warnings(*testing::OpenCharterOf(charter), kNow), of_relays);
}

}  // namespace
}  // namespace safeconduct::charter
