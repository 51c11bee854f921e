// Requests, approvals, erasures: who may do them, and what they do, under a quorum of 2 of 3
// trustees of 3 organisations, of which 2 have to approve.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "gateway/release/access.h"
#include "gateway/release/policy.h"
#include "tests/gateway/release/case_run.h"

namespace safeconduct::release {
namespace {

using namespace testing;  // NOLINT

class QuorumPolicyTest : public ::testing::Test {
 protected:
  Code CodeOf(const Status& status) const { return status.error().code(); }
  const char* FieldOf(const Status& status) const { return status.error().field(); }
  // Assigned, and asked for by the investigator; the hash of the request.
  std::string Requested(std::vector<std::string> parts = {"account"}, std::int64_t expires = 0) {
    if (!IsAssigned(*run.sample.charter->FindByLabel("oios"), run.record)) {
      EXPECT_TRUE(run.Try(office.intake, Assign(office.investigator)).ok());
    }
    EXPECT_TRUE(run.Try(office.investigator, Ask(std::move(parts), expires)).ok());
    return run.record.head();
  }
  void Released(const std::string& request) {
    EXPECT_TRUE(run.Try(office.trustee, Approve(request, {"account"})).ok());
    EXPECT_TRUE(run.Try(office.second_trustee, Approve(request, {"account"})).ok());
    EXPECT_TRUE(run.Reads("oios", "account"));
  }

  CaseRun run{SealedTo::kQuorum};
  const Office& office = run.office;
};

TEST_F(QuorumPolicyTest, NobodyReadsAnAccountByPostAndTrusteesSeeTheCaseOnly) {
  for (const v1::Holder& holder : run.sample.charter->message().holders()) {
    EXPECT_FALSE(run.Reads(holder.label().c_str(), "account")) << holder.label();
    EXPECT_FALSE(run.Reads(holder.label().c_str(), "attachment-0")) << holder.label();
    EXPECT_EQ(run.Reads(holder.label().c_str(), "identity"),
              charter::HasRole(holder, v1::ROLE_SUPPORT));
  }
  const v1::Holder& trustee = *run.sample.charter->FindByLabel("trustee-1");
  EXPECT_TRUE(run.Sees("trustee-1"));
  EXPECT_TRUE(MayReadManifest(trustee, run.record, *run.sample.charter, kNow));
  EXPECT_FALSE(run.Reads("trustee-1", "triage"));
}

TEST_F(QuorumPolicyTest, OneApprovalGivesNothingAndTheSecondReleases) {
  const std::string request = Requested({"account", "attachment-0"});
  EXPECT_EQ(WaitingRequests(*run.sample.charter->FindByLabel("trustee-1"), run.record,
                            *run.sample.charter, kNow),
            1u);
  ASSERT_TRUE(run.Try(office.trustee, Approve(request, {"account", "attachment-0"})).ok());
  EXPECT_FALSE(run.Reads("oios", "account"));
  EXPECT_EQ(WaitingRequests(*run.sample.charter->FindByLabel("trustee-1"), run.record,
                            *run.sample.charter, kNow),
            0u);
  EXPECT_EQ(CodeOf(run.Try(office.trustee, Approve(request, {"account"}))), Code::kRejected);
  ASSERT_TRUE(run.Try(office.second_trustee, Approve(request, {"account"})).ok());
  EXPECT_TRUE(run.Reads("oios", "account"));
  EXPECT_FALSE(run.Reads("oios", "attachment-0")) << "only one approved that";
  EXPECT_FALSE(run.Reads("oios-2", "account"));
  EXPECT_TRUE(run.Try(office.third_trustee, Approve(request, {"account"})).ok())
      << "one more share helps where another is bad";
}

TEST_F(QuorumPolicyTest, TwoOfOneOrganisationAreNotEnough) {
  v1::Charter message = QuorumCharter(office);
  for (v1::Holder& holder : *message.mutable_holders()) {
    if (holder.label() == "trustee-2") holder.set_organisation("Conduct and Discipline");
  }
  const auto charter = OpenCharterOf(message);
  const std::string request = Requested();
  const auto approve = [&](const identity::Party& trustee) {
    const auto after =
        Apply(run.Next(trustee, Approve(request, {"account"})), run.record, *charter, kNow);
    ASSERT_TRUE(after.ok());
    run.record = *after;
  };
  approve(office.trustee);
  approve(office.second_trustee);
  EXPECT_FALSE(run.Reads("oios", "account"));
  approve(office.third_trustee);
  EXPECT_TRUE(run.Reads("oios", "account"));
}

TEST_F(QuorumPolicyTest, ATrusteeWhoLostThePostCountsNoMore) {
  const std::string request = Requested();
  ASSERT_TRUE(run.Try(office.trustee, Approve(request, {"account"})).ok());
  v1::Charter message = QuorumCharter(office);
  message.mutable_holders(5)->set_roles(0, v1::ROLE_AUDITOR);  // trustee-1
  message.mutable_channels(0)->mutable_policy()->set_quorum_threshold(2);
  const auto charter = OpenCharterOf(message);
  const auto after = Apply(run.Next(office.second_trustee, Approve(request, {"account"})),
                           run.record, *charter, kNow);
  ASSERT_TRUE(after.ok());
  EXPECT_FALSE(
      FindDownload(*charter->FindByLabel("oios"), *after, "account", *charter, kNow).has_value());
  EXPECT_EQ(Apply(run.Next(office.trustee, Approve(request, {"account"})), *after, *charter, kNow)
                .error()
                .code(),
            Code::kConflict);
}

TEST_F(QuorumPolicyTest, AReportKeepsTheQuorumItWasSealedTo) {
  run.record.set_quorum_threshold(3);  // under an older charter
  const std::string request = Requested();
  ASSERT_TRUE(run.Try(office.trustee, Approve(request, {"account"})).ok());
  ASSERT_TRUE(run.Try(office.second_trustee, Approve(request, {"account"})).ok());
  EXPECT_FALSE(run.Reads("oios", "account"));
  ASSERT_TRUE(run.Try(office.third_trustee, Approve(request, {"account"})).ok());
  EXPECT_TRUE(run.Reads("oios", "account"));
}

TEST_F(QuorumPolicyTest, AMalformedShareIsAnAnswerAndNoApproval) {
  const std::string request = Requested();
  ASSERT_TRUE(run.Try(office.trustee, Approve(request, {"account"})).ok());
  ASSERT_TRUE(run.Try(office.second_trustee, Approve(request, {"account"}, true)).ok());
  EXPECT_FALSE(run.Reads("oios", "account"));
}

TEST_F(QuorumPolicyTest, OnlyTheAssignedAndIntakeAskAndOnlyTrusteesAnswer) {
  EXPECT_EQ(CodeOf(run.Try(office.investigator, Ask({"account"}))), Code::kUnauthorized);
  EXPECT_EQ(CodeOf(run.Try(office.support, Ask({"account"}))), Code::kRejected);
  EXPECT_EQ(CodeOf(run.Try(office.trustee, Ask({"account"}))), Code::kRejected);
  EXPECT_STREQ(FieldOf(run.Try(office.intake, Ask({"attachment-1"}))), "request.compartments");
  EXPECT_STREQ(FieldOf(run.Try(office.intake, Ask({"event-1"}))), "request.compartments");
  EXPECT_STREQ(FieldOf(run.Try(office.intake, Ask({"account"}, kNow))), "request.expires");
  const std::string request = Requested();
  for (const identity::Party* party :
       {&office.intake, &office.support, &office.investigator, &office.auditor}) {
    EXPECT_EQ(CodeOf(run.Try(*party, Approve(request, {"account"}))), Code::kRejected);
    EXPECT_EQ(CodeOf(run.Try(*party, Refuse(request))), Code::kRejected);
    EXPECT_EQ(CodeOf(run.Try(*party, HandOver(office.third_trustee))), Code::kRejected);
  }
  EXPECT_STREQ(FieldOf(run.Try(office.trustee, Approve(std::string(32, 'x'), {"account"}))),
               "approval.request");
  EXPECT_STREQ(FieldOf(run.Try(office.trustee, Approve(request, {"identity"}))),
               "approval.shares.compartment")
      << "not asked for";
  EXPECT_TRUE(run.Try(office.trustee, HandOver(office.third_trustee)).ok());
  EXPECT_FALSE(run.Try(office.trustee, HandOver(office.trustee)).ok());
  EXPECT_FALSE(run.Try(office.trustee, HandOver(office.investigator)).ok());
}

TEST_F(QuorumPolicyTest, NobodyApprovesWhatHeAskedFor) {
  v1::Charter message = QuorumCharter(office);
  message.mutable_holders(0)->add_roles(v1::ROLE_TRUSTEE);  // intake-1
  const auto charter = OpenCharterOf(message);
  const auto asked = Apply(run.Next(office.intake, Ask({"account"})), run.record, *charter, kNow);
  ASSERT_TRUE(asked.ok());
  run.record = *asked;
  const auto own = Apply(run.Next(office.intake, Approve(run.record.head(), {"account"})),
                         run.record, *charter, kNow);
  EXPECT_EQ(own.error().code(), Code::kRejected);
  EXPECT_STREQ(own.error().field(), "approval.request");
}

TEST_F(QuorumPolicyTest, ARefusalIsAnAnswerThatCanBeChangedToAnApprovalOnly) {
  const std::string request = Requested();
  ASSERT_TRUE(run.Try(office.trustee, Refuse(request)).ok());
  EXPECT_EQ(CodeOf(run.Try(office.trustee, Refuse(request))), Code::kRejected);
  ASSERT_TRUE(run.Try(office.trustee, Approve(request, {"account"})).ok());
  EXPECT_EQ(CodeOf(run.Try(office.trustee, Refuse(request))), Code::kRejected);
}

TEST_F(QuorumPolicyTest, WhatWasReleasedGetsAHeaderOfItsOwnAndNothingMore) {
  const std::string request = Requested({"account"}, kNow + 100);
  EXPECT_FALSE(run.Try(office.investigator, Give(office.investigator, "account")).ok());
  Released(request);
  const v1::Holder& oios = *run.sample.charter->FindByLabel("oios");
  EXPECT_EQ(FindDownload(oios, run.record, "account", *run.sample.charter, kNow)->grant->event(),
            0u)
      << "the reporter's header until then";
  EXPECT_FALSE(run.Try(office.investigator, Give(office.investigator, "account")).ok())
      << "for longer than it was released";
  ASSERT_TRUE(run.Try(office.investigator, Give(office.investigator, "account", kNow + 100)).ok());
  EXPECT_EQ(FindDownload(oios, run.record, "account", *run.sample.charter, kNow)->grant->event(),
            run.record.events());
  EXPECT_FALSE(run.Try(office.investigator, Give(office.second_investigator, "account")).ok());
  EXPECT_FALSE(run.Try(office.investigator, Give(office.investigator, "identity")).ok());
  EXPECT_FALSE(run.Reads("oios", "account", kNow + 100)) << "it ended";
}

TEST_F(QuorumPolicyTest, ReleasesAndRequestsAreTakenBack) {
  std::string request = Requested();
  Released(request);
  EXPECT_FALSE(run.Try(office.support, Revoke(office.investigator)).ok());
  ASSERT_TRUE(run.Try(office.third_trustee, Revoke(office.investigator)).ok());
  EXPECT_FALSE(run.Reads("oios", "account"));
  EXPECT_FALSE(run.Try(office.third_trustee, Approve(request, {"account"})).ok())
      << "the request went with it";
  EXPECT_FALSE(run.Try(office.investigator, Give(office.investigator, "account")).ok());
  request = Requested();
  ASSERT_TRUE(run.Try(office.investigator, Revoke(office.investigator)).ok()) << "withdrawn";
  EXPECT_FALSE(run.Try(office.trustee, Approve(request, {"account"})).ok());
}

TEST_F(QuorumPolicyTest, ARequestEndsWithItsTimeItsAuthorsPostAndAConflict) {
  const std::string request = Requested({"account"}, kNow + 10);
  EXPECT_STREQ(FieldOf(run.Try(office.trustee, Approve(request, {"account"}), kNow + 10)),
               "approval.request");
  ASSERT_TRUE(run.Try(office.auditor, Exclude(office.investigator)).ok());
  EXPECT_STREQ(FieldOf(run.Try(office.trustee, Approve(request, {"account"}))), "approval.request");
  ASSERT_TRUE(run.Try(office.auditor, Exclude(office.trustee)).ok());
  EXPECT_EQ(CodeOf(run.Try(office.trustee, Approve(request, {"account"}))), Code::kUnauthorized);
}

TEST_F(QuorumPolicyTest, MessagesAndConsentAreSealedToTheQuorum) {
  EXPECT_TRUE(run.Try(run.sample.reporter, Say(run.sample)).ok());
  EXPECT_TRUE(run.Try(run.sample.reporter, ChangeConsent(run.sample)).ok());
  EXPECT_EQ(CodeOf(run.Try(office.intake, ChangeConsent(run.sample))), Code::kRejected);
  const Sample small(15);  // a channel without a quorum
  EXPECT_STREQ(FieldOf(run.Try(run.sample.reporter, Say(small))), "message.sealed");
  EXPECT_STREQ(FieldOf(run.Try(run.sample.reporter, ChangeConsent(small))), "consent.identity");
  CaseRun other;
  EXPECT_STREQ(FieldOf(other.Try(other.sample.reporter, Say(run.sample))), "message.sealed");
  ASSERT_TRUE(run.Try(office.intake, Ask({"event-1", "event-2"})).ok());
  const std::string request = run.record.head();
  ASSERT_TRUE(run.Try(office.trustee, Approve(request, {"event-1"})).ok());
  ASSERT_TRUE(run.Try(office.third_trustee, Approve(request, {"event-1"})).ok());
  EXPECT_TRUE(run.Try(office.intake, Give(office.intake, "event-1")).ok());
  EXPECT_FALSE(run.Try(office.intake, Give(office.intake, "event-2")).ok());
}

TEST_F(QuorumPolicyTest, ErasingTakesTwoPeopleAnEndAndNoHold) {
  EXPECT_STREQ(FieldOf(run.Try(office.intake, Erase)), "erasure") << "it is open";
  ASSERT_TRUE(run.Try(office.intake, SetStatus(v1::CASE_STATUS_CLOSED)).ok());
  EXPECT_EQ(CodeOf(run.Try(office.intake, Erase)), Code::kRejected) << "who closed it";
  EXPECT_EQ(CodeOf(run.Try(office.support, Erase)), Code::kRejected);
  ASSERT_TRUE(run.Try(office.auditor, HoldIt).ok());
  EXPECT_EQ(CodeOf(run.Try(office.second_intake, Erase)), Code::kRejected);
  ASSERT_TRUE(
      run.Try(office.auditor, [](v1::Event& event) { event.mutable_hold()->set_ended(true); })
          .ok());
  ASSERT_TRUE(run.Try(office.second_intake, Erase).ok());
  EXPECT_TRUE(run.record.erased());
  EXPECT_TRUE(run.Sees("intake-1"));
  EXPECT_FALSE(run.Reads("intake-1", "triage"));
  EXPECT_FALSE(MayReadManifest(*run.sample.charter->FindByLabel("intake-1"), run.record,
                               *run.sample.charter, kNow));
  EXPECT_EQ(CodeOf(run.Try(office.intake, TakeNote)), Code::kRejected);
  EXPECT_EQ(CodeOf(run.Try(run.sample.reporter, Say(run.sample))), Code::kRejected);
}

TEST_F(QuorumPolicyTest, ACaseHasRoomForSoManyRequests) {
  for (int i = 0; i < kMaxNamed; ++i) {
    ASSERT_TRUE(run.Try(office.intake, Ask({"account"}, i == 0 ? kNow + 10 : 0)).ok());
  }
  EXPECT_EQ(CodeOf(run.Try(office.intake, Ask({"account"}))), Code::kTooLarge);
  EXPECT_TRUE(run.Try(office.intake, Ask({"account"}), kNow + 10).ok()) << "one has ended";
}

// Whoever reads an account was released it: by shares of two trustees of two organisations, for his
// own request, which nobody took back. Said a second time, over the accepted events.
TEST_F(QuorumPolicyTest, NoSequenceOfEventsReleasesWithoutTheQuorum) {
  std::mt19937 random(11);
  const auto draw = [&](std::size_t count) { return random() % count; };
  std::size_t accepted = 0;
  std::size_t released = 0;
  for (int round = 0; round < 40; ++round) {
    CaseRun each(SealedTo::kQuorum);
    const Office& people = each.office;
    const identity::Party* const parties[] = {
        &people.intake,        &people.investigator,   &people.second_investigator,
        &people.trustee,       &people.second_trustee, &people.third_trustee,
        &people.auditor,       &people.support,        &people.outsider,
        &each.sample.reporter, &people.second_intake};
    struct Request {
      std::string author;
      std::set<std::string> trustees;
      bool released = false;
    };
    std::map<std::string, Request> requests;
    std::set<std::string> excluded;
    for (int step = 0; step < 80; ++step) {
      const identity::Party& author = *parties[draw(std::size(parties))];
      const identity::Party& other = *parties[draw(std::size(parties))];
      const std::size_t kind = draw(8);
      const bool ended = draw(3) == 0;
      std::string hash(32, 'n');
      if (!requests.empty()) {
        hash =
            std::next(requests.begin(), static_cast<std::ptrdiff_t>(draw(requests.size())))->first;
      }
      const CaseRun::Fill fill = kind < 1    ? Assign(other, ended)
                                 : kind < 3  ? Ask({"account"})
                                 : kind < 5  ? Approve(hash, {"account"})
                                 : kind == 5 ? Revoke(other)
                                 : kind == 6 ? Exclude(other, ended)
                                             : Give(other, "account");
      if (!each.Try(author, fill).ok()) continue;
      ++accepted;
      const std::string own = EventKey(author);
      const std::string key = EventKey(other);
      if (kind >= 1 && kind < 3) requests[each.record.head()] = {own, {}, false};
      if (kind >= 3 && kind < 5) {
        Request& request = requests.at(hash);
        request.trustees.insert(own);
        request.released = request.released || request.trustees.size() >= 2;
      }
      if (kind == 5) {
        std::erase_if(requests, [&](const auto& entry) { return entry.second.author == key; });
      }
      if (kind == 6 && ended) excluded.erase(key);
      if (kind == 6 && !ended) excluded.insert(key);
      if (kind == 7) {
        ASSERT_EQ(own, key) << "nobody grants an account on";
      }
      for (const v1::Holder& holder : each.sample.charter->message().holders()) {
        const bool entitled = std::any_of(requests.begin(), requests.end(), [&](const auto& entry) {
          return entry.second.author == holder.event_key() && entry.second.released;
        });
        const bool reads = each.Reads(holder.label().c_str(), "account");
        EXPECT_EQ(reads, entitled && !excluded.contains(holder.event_key())) << holder.label();
        released += reads ? 1 : 0;
      }
    }
  }
  EXPECT_GT(accepted, 300u);
  EXPECT_GT(released, 20u);
}

}  // namespace
}  // namespace safeconduct::release
