// What the reporter consents to decides who opens the identity and what is said later.
#include <gtest/gtest.h>

#include "gateway/report/consent.h"
#include "tests/gateway/report/quorum_case.h"

namespace safeconduct::report {
namespace {

using testing::KeyText;
using testing::Office;
using testing::QuorumCase;

constexpr int kInvestigators = 4;  // the consents, by number
constexpr int kNational = 8;
constexpr int kSupport = 2;

TEST(QuorumConsent, ConsentDecidesWhoOpensTheIdentityAndDoesNotShow) {
  std::size_t length = 0;
  for (const int consent : {0, kSupport, kInvestigators, kNational, 15}) {
    QuorumCase each(consent);
    const Office& office = each.sample.office;
    const CheckedEvent request = each.Ask(office.investigator, {"identity"});
    for (const auto& [trustee, index] :
         {std::pair(&office.trustee, 1u), std::pair(&office.second_trustee, 2u)}) {
      each.Approve(*trustee, index, request, each.Share(*trustee, "identity", request, "oios"));
    }
    const Combined combined =
        CombineReleased(each.Part("identity"), request, each.events, office.investigator);
    EXPECT_TRUE(combined.bad.empty());
    EXPECT_EQ(combined.file_key.has_value(), (consent & (kInvestigators | kNational)) != 0)
        << consent;
    EXPECT_EQ(OpenFileKey(each.checked.manifest.compartments(2), office.support).ok(),
              (consent & kSupport) != 0);
    const std::size_t size = each.sample.sealed.report.manifest().size();
    EXPECT_TRUE(length == 0 || size == length) << consent;
    length = size;
  }
}

TEST(QuorumConsent, TheConsentSaysWhoMayKnowTheIdentity) {
  const Office office;
  const auto charter = testing::OpenCharterOf(testing::QuorumCharter(office));
  const struct {
    const char* label;
    int needs;
  } rows[] = {{"support-1", kSupport}, {"oios", kInvestigators}, {"national", kNational}};
  for (const auto& row : rows) {
    for (int consent = 0; consent < testing::kConsents; ++consent) {
      EXPECT_EQ(MayKnowIdentity(*charter->FindByLabel(row.label), testing::ConsentNumber(consent)),
                (consent & row.needs) != 0);
    }
  }
}

TEST(QuorumConsent, MessagesAndANewIdentityAreReleasedAsTheAccountIs) {
  QuorumCase one;
  const Office& office = one.sample.office;
  v1::MessageText text;
  *text.mutable_reporter() = one.sample.keys();
  text.set_report_hash(std::string(AsText(one.checked.hash)));
  text.set_text("They came back.");
  v1::Event said;
  const Bytes sealed =
      *SealMessage(text, one.sample.reporter.recipient(), {}, one.sample.channel());
  said.mutable_message()->set_sealed(sealed.data(), sealed.size());
  one.Add(one.sample.reporter, said);
  v1::Event changed;
  v1::Consent consent;
  consent.set_investigators(true);
  *changed.mutable_consent() =
      *SealConsentChange(consent, {testing::MakeAnswer("name", "C. D.")}, one.sample.keys(),
                         one.checked.hash, one.sample.channel(), *one.sample.charter);
  one.Add(one.sample.reporter, changed);
  EXPECT_TRUE(CheckStanzasFor(one.events[0].event, one.sample.channel()).ok());
  EXPECT_TRUE(CheckStanzasFor(one.events[1].event, one.sample.channel()).ok());

  const CheckedEvent request = one.Ask(office.investigator, {"event-1", "event-2"});
  v1::Event grant;
  grant.mutable_grant()->set_grantee(KeyText(office.investigator, identity::Purpose::kEvent));
  for (const std::string name : {"event-1", "event-2"}) {
    one.Approve(office.trustee, 1, request, one.Share(office.trustee, name, request, "oios"));
    one.Approve(office.third_trustee, 3, request,
                one.Share(office.third_trustee, name, request, "oios"));
    const Combined combined =
        CombineReleased(one.Part(name), request, one.events, office.investigator);
    ASSERT_TRUE(combined.file_key) << name;
    v1::GrantedHeader& header = *grant.mutable_grant()->add_headers();
    header.set_compartment(name);
    header.set_header(
        std::string(AsText(*MakeGrantedHeader(one.Part(name).header_bytes, *combined.file_key,
                                              *one.sample.charter->FindByLabel("oios")))));
  }
  one.Add(office.investigator, grant);
  const auto key = GrantedKeyOf(one.events, one.events[0].event, office.investigator);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(OpenMessage(sealed, *key, one.checked.hash)->text(), "They came back.");
  const auto identity_key = GrantedKeyOf(one.events, one.events[1].event, office.investigator);
  ASSERT_TRUE(identity_key.ok());
  EXPECT_EQ(OpenNewIdentity(SealedInEvent(one.events[1].event), *identity_key, one.checked)
                ->answers(0)
                .values(0),
            "C. D.");
  EXPECT_EQ(GrantedKeyOf(one.events, one.events[0].event, office.intake).error().code(),
            Code::kWrongKey);
  // Who has to know the consent reads it; whoever has not does not.
  for (const identity::Party* party : {&office.intake, &office.support, &office.trustee}) {
    const auto newest = NewestConsent(one.events, *party, one.checked);
    ASSERT_TRUE(newest.ok() && newest->has_value());
    EXPECT_FALSE((*newest)->support_services());
    EXPECT_TRUE((*newest)->investigators());
  }
  EXPECT_EQ(NewestConsent(one.events, office.investigator, one.checked).error().code(),
            Code::kWrongKey);
  // Somebody else's word for the reporter's counts for nothing.
  *changed.mutable_consent() =
      *SealConsentChange(testing::ConsentNumber(15), {}, one.sample.keys(), one.checked.hash,
                         one.sample.channel(), *one.sample.charter);
  const std::string forged =
      "event-" + std::to_string(one.Add(office.intake, changed).event.sequence());
  EXPECT_FALSE((*NewestConsent(one.events, office.trustee, one.checked))->support_services());
  EXPECT_EQ(FindQuorumPart(one.checked, one.events, forged).error().code(), Code::kNotFound);
  EXPECT_EQ(OpenNewIdentity(SealedInEvent(one.events[1].event), office.support, one.checked)
                .error()
                .code(),
            Code::kWrongKey)
      << "withdrawn from support services";
}

}  // namespace
}  // namespace safeconduct::report
