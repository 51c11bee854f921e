// Reports sealed to a quorum: what trustees, grantees and attackers can do with them.
#include "gateway/report/quorum_part.h"

#include <gtest/gtest.h>

#include "crypto/age/native.h"
#include "tests/gateway/report/quorum_case.h"

namespace safeconduct::report {
namespace {

using testing::EventKeyOf;
using testing::KeyText;
using testing::kNow;
using testing::Office;
using testing::QuorumCase;
class QuorumPartTest : public ::testing::Test {
 protected:
  QuorumCase one;
  const Office& office = one.sample.office;
};

TEST_F(QuorumPartTest, AReportIsAcceptedAndNobodyOpensItsAccountAlone) {
  ASSERT_TRUE(CheckReport(one.sample.sealed.report, *one.sample.charter).ok());
  const std::vector<std::string> parts = {"account", "identity"};
  EXPECT_EQ(QuorumParts(one.checked, one.events), parts);
  const identity::Party* const parties[] = {
      &office.intake,         &office.support,       &office.investigator, &office.trustee,
      &office.second_trustee, &office.third_trustee, &one.sample.reporter};
  for (const identity::Party* party : parties) {
    EXPECT_EQ(OpenFileKey(one.checked.manifest.compartments(1), *party).error().code(),
              Code::kWrongKey);
  }
  EXPECT_TRUE(OpenFileKey(one.checked.manifest.compartments(0), office.intake).ok());
  EXPECT_TRUE(OpenFileKey(one.checked.manifest.compartments(2), office.support).ok());
  EXPECT_EQ(OpenFileKey(one.checked.manifest.compartments(2), office.intake).error().code(),
            Code::kWrongKey);
}

TEST_F(QuorumPartTest, TwoSharesOpenItForTheGranteeAndNobodyElse) {
  const CheckedEvent request = one.Ask(office.investigator, {"account"});
  one.Approve(office.trustee, 1, request, one.Share(office.trustee, "account", request, "oios"));
  Combined combined =
      CombineReleased(one.Part("account"), request, one.events, office.investigator);
  EXPECT_FALSE(combined.file_key) << "one gives nothing";
  EXPECT_EQ(combined.good, 1u);
  one.Approve(office.third_trustee, 3, request,
              one.Share(office.third_trustee, "account", request, "oios"));
  combined = CombineReleased(one.Part("account"), request, one.events, office.investigator);
  ASSERT_TRUE(combined.file_key);
  const auto account = OpenAccount(one.checked, one.sample.sealed.payloads[1], *combined.file_key);
  ASSERT_TRUE(account.ok());
  EXPECT_EQ(account->narrative(), "Ils sont venus la nuit.");
  for (const identity::Party* party :
       {&office.second_investigator, &office.trustee, &office.intake}) {
    combined = CombineReleased(one.Part("account"), request, one.events, *party);
    EXPECT_FALSE(combined.file_key);
    EXPECT_EQ(combined.good, 0u);
  }
  // The grantee's own header opens with stock age, and is compared with the reporter's.
  combined = CombineReleased(one.Part("account"), request, one.events, office.investigator);
  const Bytes header = *MakeGrantedHeader(one.Part("account").header_bytes, *combined.file_key,
                                          *one.sample.charter->FindByLabel("oios"));
  Bytes file = header;
  Append(file, one.sample.sealed.payloads[1]);
  const age::Identity* identity = &office.investigator.age_identity();
  EXPECT_TRUE(age::Decrypt(std::span(&identity, 1), file).ok());
}

TEST_F(QuorumPartTest, ATrusteesBadShareIsNamedAndAnotherHelps) {
  const CheckedEvent request = one.Ask(office.investigator, {"account"});
  v1::SealedShare bad = one.Share(office.trustee, "account", request, "oios");
  (*bad.mutable_sealed())[1'160] ^= 1;
  one.Approve(office.trustee, 1, request, bad);
  // The third gives his share under the first one's place.
  one.Approve(office.third_trustee, 2, request,
              one.Share(office.third_trustee, "account", request, "oios"));
  one.Approve(office.second_trustee, 2, request,
              one.Share(office.second_trustee, "account", request, "oios"));
  Combined combined =
      CombineReleased(one.Part("account"), request, one.events, office.investigator);
  EXPECT_FALSE(combined.file_key);
  EXPECT_FALSE(combined.sealers_fault);
  ASSERT_EQ(combined.bad.size(), 2u);
  EXPECT_EQ(combined.bad[0].trustee, EventKeyOf(office.trustee));
  EXPECT_EQ(combined.bad[1].trustee, EventKeyOf(office.third_trustee));
  one.Approve(office.third_trustee, 3, request,
              one.Share(office.third_trustee, "account", request, "oios"));
  EXPECT_TRUE(
      CombineReleased(one.Part("account"), request, one.events, office.investigator).file_key);
}

TEST_F(QuorumPartTest, AShareOfOneRequestIsOfNoUseInAnother) {
  const CheckedEvent first = one.Ask(office.investigator, {"account"});
  const CheckedEvent second = one.Ask(office.second_investigator, {"account"});
  one.Approve(office.trustee, 1, second, one.Share(office.trustee, "account", second, "oios-2"));
  one.Approve(office.second_trustee, 2, second,
              one.Share(office.second_trustee, "account", first, "oios"));
  const Combined combined =
      CombineReleased(one.Part("account"), second, one.events, office.second_investigator);
  EXPECT_FALSE(combined.file_key);
  ASSERT_EQ(combined.bad.size(), 1u);
  EXPECT_EQ(combined.bad[0].trustee, EventKeyOf(office.second_trustee));
}

// Somebody's account under another reporter's signature: trustees refuse to open their shares,
// which are bound to the reporter's key, and no grantee gets a text.
TEST_F(QuorumPartTest, AnAccountCopiedIntoAnotherReportIsRefusedByTrustees) {
  QuorumCase copy(15, 81);
  v1::Manifest manifest = copy.sample.manifest();
  *manifest.mutable_compartments(1) = one.sample.manifest().compartments(1);
  const v1::SealedReport forged = testing::SignManifest(manifest, copy.sample.reporter);
  ASSERT_TRUE(CheckReport(forged, *copy.sample.charter).ok()) << "the gateway cannot see it";
  copy.checked = *VerifyReport(forged, IdOf(ReportHash(AsBytes(forged.manifest()))));
  for (const identity::Party* trustee :
       {&office.trustee, &office.second_trustee, &office.third_trustee}) {
    EXPECT_EQ(FindOwnShare(copy.Part("account"), copy.events, *trustee, 1).error().code(),
              Code::kWrongKey);
  }
  // And with a key from elsewhere, the plaintext names another reporter.
  const CheckedEvent request = one.Ask(office.investigator, {"account"});
  for (const auto& [trustee, index] :
       {std::pair(&office.trustee, 1u), std::pair(&office.second_trustee, 2u)}) {
    one.Approve(*trustee, index, request, one.Share(*trustee, "account", request, "oios"));
  }
  const Combined combined =
      CombineReleased(one.Part("account"), request, one.events, office.investigator);
  EXPECT_EQ(
      OpenAccount(copy.checked, one.sample.sealed.payloads[1], *combined.file_key).error().code(),
      Code::kUnverified);
}

// One payload that opens to two contents under two keys: the header for the second is refused,
// because the reporter's header has another MAC.
TEST_F(QuorumPartTest, AHeaderForAnotherContentIsCaughtByTheReportersMac) {
  const auto recipient = age::ParseRecipient(office.investigator.recipient());
  const age::Recipient* const recipients[] = {recipient->get()};
  const Bytes forged = age::SerializeHeader(*age::WrapHeader(age::FileKey::Random(), recipients));
  EXPECT_EQ(OpenGrantedHeader(one.Part("account").header_bytes, forged, office.investigator)
                .error()
                .code(),
            Code::kUnverified);
  EXPECT_EQ(MakeGrantedHeader(one.Part("account").header_bytes, age::FileKey::Random(),
                              *one.sample.charter->FindByLabel("oios"))
                .error()
                .code(),
            Code::kUnverified);
}

TEST_F(QuorumPartTest, AReportersBadShareBlamesNoTrustee) {
  // The reporter commits to something else than what is sealed to the first trustee.
  v1::Manifest manifest = one.sample.manifest();
  age::Header header = age::ParseHeader(AsBytes(manifest.compartments(1).header()))->header;
  header.stanzas.back().body[32] ^= 1;
  manifest.mutable_compartments(1)->set_header(std::string(AsText(age::SerializeHeader(header))));
  const v1::SealedReport sealed = testing::SignManifest(manifest, one.sample.reporter);
  ASSERT_TRUE(CheckReport(sealed, *one.sample.charter).ok());
  one.checked = *VerifyReport(sealed, IdOf(ReportHash(AsBytes(sealed.manifest()))));
  const auto own = FindOwnShare(one.Part("account"), one.events, office.trustee, 1);
  ASSERT_TRUE(own.ok());
  EXPECT_FALSE(own->share);
  const CheckedEvent request = one.Ask(office.investigator, {"account"});
  const v1::SealedShare answer = one.Share(office.trustee, "account", request, "oios");
  EXPECT_TRUE(answer.sealed().empty());
  one.Approve(office.trustee, 1, request, answer);
  const auto combine = [&] {
    return CombineReleased(one.Part("account"), request, one.events, office.investigator);
  };
  EXPECT_EQ(combine().malformed, 1u);
  EXPECT_TRUE(combine().bad.empty());
  // With the others' good shares the key comes out; the header's MAC was broken by the reporter.
  one.Approve(office.second_trustee, 2, request,
              one.Share(office.second_trustee, "account", request, "oios"));
  one.Approve(office.third_trustee, 3, request,
              one.Share(office.third_trustee, "account", request, "oios"));
  EXPECT_FALSE(combine().file_key);
  EXPECT_TRUE(combine().sealers_fault);
  EXPECT_TRUE(combine().bad.empty());
}

TEST_F(QuorumPartTest, ASuccessorReleasesWhatWasHandedOver) {
  const auto own = FindOwnShare(one.Part("account"), one.events, office.trustee, 1);
  const v1::Holder& successor = *one.sample.charter->FindByLabel("oios-2");  // any key will do
  EXPECT_EQ(
      FindOwnShare(one.Part("account"), one.events, office.second_investigator, 1).error().code(),
      Code::kWrongKey);
  v1::Event event;
  event.mutable_handover()->set_successor(successor.event_key());
  event.mutable_handover()->set_index(1);
  *event.mutable_handover()->add_shares() =
      *HandOverShare(one.Part("account"), *own, EventKeyOf(office.trustee), successor);
  one.Add(office.trustee, event);
  const CheckedEvent request = one.Ask(office.investigator, {"account"});
  one.Approve(office.second_investigator, 1, request,
              one.Share(office.second_investigator, "account", request, "oios"));
  one.Approve(office.second_trustee, 2, request,
              one.Share(office.second_trustee, "account", request, "oios"));
  EXPECT_TRUE(
      CombineReleased(one.Part("account"), request, one.events, office.investigator).file_key);
}

TEST_F(QuorumPartTest, EnoughApprovalsProveWhoReadsTheConversation) {
  const auto grantees = [&](std::int64_t now = kNow) {
    return AccountGrantees(one.events, one.sample.channel(), *one.sample.charter, now);
  };
  const std::vector<const v1::Holder*> oios = {one.sample.charter->FindByLabel("oios")};
  const CheckedEvent request = one.Ask(office.investigator, {"account"});
  v1::Event grant;  // to himself, which alone proves nothing
  grant.mutable_grant()->set_grantee(KeyText(office.investigator, identity::Purpose::kEvent));
  v1::GrantedHeader& header = *grant.mutable_grant()->add_headers();
  header.set_compartment("account");
  const auto recipient = age::ParseRecipient(office.investigator.recipient());
  const age::Recipient* const recipients[] = {recipient->get()};
  header.set_header(std::string(
      AsText(age::SerializeHeader(*age::WrapHeader(age::FileKey::Random(), recipients)))));
  one.Add(office.investigator, grant);
  EXPECT_TRUE(grantees().empty());
  one.Approve(office.trustee, 1, request, one.Share(office.trustee, "account", request, "oios"));
  EXPECT_TRUE(grantees().empty());
  // An approval by one who is no trustee, and the same trustee again, do not count.
  one.Approve(office.intake, 2, request, one.Share(office.trustee, "account", request, "oios"));
  one.Approve(office.trustee, 1, request, one.Share(office.trustee, "account", request, "oios"));
  EXPECT_TRUE(grantees().empty());
  one.Approve(office.second_trustee, 2, request,
              one.Share(office.second_trustee, "account", request, "oios"));
  EXPECT_EQ(grantees(), oios);
  v1::Event revoked;
  revoked.mutable_revocation()->set_holder(KeyText(office.investigator, identity::Purpose::kEvent));
  one.Add(office.trustee, revoked);
  EXPECT_TRUE(grantees().empty());
}

}  // namespace
}  // namespace safeconduct::report
