// What events do to who sees and reads a case, through the API.
#include <gtest/gtest.h>

#include "crypto/base/hash.h"
#include "gateway/report/event.h"
#include "tests/gateway/report/sample.h"
#include "tests/gateway/routes/acting.h"

namespace safeconduct::testing {
namespace {

class GrantsTest : public ::testing::Test {
 protected:
  GrantsTest() : chain(sample.sealed.hash) { Store(sample.sealed); }

  void Store(const report::Sealed& sealed) {
    const Answer answer = harness.Submit(sealed);
    if (answer.status != 201) throw std::runtime_error(answer.body);
  }

  Answer Send(const v1::SignedEvent& event, const identity::Party& sender) {
    return harness.Send({.method = "POST",
                         .target = Path() + "/events",
                         .headers = {{"content-type", "application/x-protobuf"}},
                         .body = AppendOf(event).SerializeAsString(),
                         .signer = &sender});
  }
  // The next event of the case; the chain follows when it was taken.
  Answer Do(v1::Event event, const identity::Party& author) {
    const v1::SignedEvent signed_event = SignBy(event, author);
    const Answer answer = Send(signed_event, author);
    if (answer.status == 201) chain.Follow(signed_event);
    return answer;
  }

  v1::Event Assignment(const identity::Party& author, const identity::Party& to) const {
    v1::Event event = chain.Next(author);
    event.mutable_assignment()->set_holder(KeyText(to, identity::Purpose::kEvent));
    return event;
  }
  // Of the account; intake has its file key.
  v1::Event Grant(const identity::Party& to, const char* label, std::int64_t expires = 0) const {
    const v1::Compartment account = sample.manifest().compartments(1);
    const auto key = report::OpenFileKey(account, harness.office.intake);
    const auto header = report::MakeGrantedHeader(AsBytes(account.header()), *key,
                                                  *sample.charter->FindByLabel(label));
    v1::Event event = chain.Next(harness.office.intake);
    event.mutable_grant()->set_grantee(KeyText(to, identity::Purpose::kEvent));
    event.mutable_grant()->set_expires(expires);
    v1::GrantedHeader& granted = *event.mutable_grant()->add_headers();
    granted.set_compartment("account");
    granted.set_header(std::string(AsText(*header)));
    return event;
  }
  v1::Event Revocation(const identity::Party& from) const {
    v1::Event event = chain.Next(harness.office.intake);
    event.mutable_revocation()->set_holder(KeyText(from, identity::Purpose::kEvent));
    return event;
  }

  std::string Path() const { return "/v1/cases/" + report::FormatId(sample.sealed.id); }
  Answer Account(const identity::Party& holder) {
    return harness.Get(Path() + "/compartments/account", &holder);
  }
  int Listed(const identity::Party& holder) {
    return harness.Get("/v1/cases", &holder).Message<v1::CaseList>().cases_size();
  }

  Harness harness;
  const Sample sample{15};
  Chain chain;
  const identity::Party& intake = harness.office.intake;
  const identity::Party& investigator = harness.office.investigator;
};

TEST_F(GrantsTest, AnAssignedCaseIsSeenAndNothingOfItRead) {
  const Answer absent = harness.Get(Path(), &investigator);
  EXPECT_EQ(absent.status, 404);
  EXPECT_EQ(Listed(investigator), 0);
  ASSERT_EQ(Do(Assignment(intake, investigator), intake).status, 201);
  const auto view = harness.Get(Path(), &investigator).Message<v1::CaseView>();
  EXPECT_TRUE(view.summary().assigned());
  EXPECT_TRUE(view.has_sealed()) << "to ask for its parts by their names";
  EXPECT_EQ(view.compartments_size(), 0);
  EXPECT_EQ(view.events_size(), 1);
  EXPECT_EQ(Listed(investigator), 1);
  EXPECT_EQ(Account(investigator), absent);
}

TEST_F(GrantsTest, WhatIsGrantedIsDownloadedWithTheGranteesOwnHeader) {
  ASSERT_EQ(Do(Grant(investigator, "oios"), intake).status, 201);
  const auto view = harness.Get(Path(), &investigator).Message<v1::CaseView>();
  ASSERT_TRUE(view.has_sealed()) << "the original headers travel along";
  ASSERT_EQ(view.compartments_size(), 1);
  EXPECT_EQ(view.compartments(0).grant(), 1U);
  const Answer file = Account(investigator);
  ASSERT_EQ(file.status, 200);
  EXPECT_EQ(file.body.size(), view.compartments(0).file_bytes());
  // A whole age file of the grantee's, which stock age opens.
  const age::Identity* const identities[] = {&investigator.age_identity()};
  const auto plaintext = age::Decrypt(identities, AsBytes(file.body));
  ASSERT_TRUE(plaintext.ok());
  EXPECT_NE(AsText(plaintext->Reveal()).find("Ils sont venus la nuit."), std::string_view::npos);
  // Its own header and everybody's payload: another file than intake's, by its name as well.
  const Answer original = Account(intake);
  EXPECT_NE(original.body, file.body);
  EXPECT_NE(original.Header("etag"), file.Header("etag"));
  EXPECT_EQ(harness.Get(Path() + "/compartments/triage", &investigator).status, 404);
}

TEST_F(GrantsTest, ExpiryAndRevocationEndDownloads) {
  const Answer absent = Account(investigator);
  ASSERT_EQ(absent.status, 404);
  const std::int64_t now = harness.clock.UnixSeconds();
  ASSERT_EQ(Do(Grant(investigator, "oios", now + 1000), intake).status, 201);
  EXPECT_EQ(Account(investigator).status, 200);
  harness.clock.Advance(1000);
  EXPECT_EQ(Account(investigator), absent);
  EXPECT_EQ(Listed(investigator), 0);
  ASSERT_EQ(Do(Grant(investigator, "oios"), intake).status, 201);
  EXPECT_EQ(Account(investigator).status, 200);
  ASSERT_EQ(Do(Revocation(investigator), intake).status, 201);
  EXPECT_EQ(Account(investigator), absent);
  EXPECT_EQ(Listed(investigator), 0);
}

TEST_F(GrantsTest, ARefusedEventLeavesNoTrace) {
  ASSERT_EQ(Do(Assignment(intake, investigator), intake).status, 201);
  const Answer before = harness.Get(Path(), &intake);
  // Out of role, replayed with another author's signature, forged, re-ordered.
  EXPECT_EQ(Do(Assignment(investigator, harness.office.support), investigator).status, 422);
  EXPECT_EQ(Do(Grant(harness.office.trustee, "trustee-1"), intake).status, 422);
  v1::SignedEvent forged = SignBy(Assignment(intake, harness.office.support), intake);
  forged.mutable_signature()->back() ^= 1;
  EXPECT_EQ(Send(forged, intake).status, 422);
  v1::Event later = Assignment(intake, harness.office.support);
  later.set_sequence(later.sequence() + 1);
  EXPECT_EQ(Send(SignBy(later, intake), intake).status, 409);
  EXPECT_EQ(harness.Get(Path(), &intake).body, before.body);
}

TEST_F(GrantsTest, TheSameEventAgainGetsTheSameAnswer) {
  const v1::SignedEvent event = SignBy(Assignment(intake, investigator), intake);
  const Answer first = Send(event, intake);
  ASSERT_EQ(first.status, 201);
  EXPECT_EQ(Send(event, intake), first) << "although that is so already";
}

TEST_F(GrantsTest, AHolderOfFewCasesPagesThroughThem) {
  std::vector<std::string> mine;
  for (std::uint8_t i = 0; i < 6; ++i) {
    const Sample other(0, static_cast<std::uint8_t>(120 + i));
    Store(other.sealed);
    if (i % 2 == 0) continue;
    v1::Event event = Chain(other.sealed.hash).Next(intake);
    event.mutable_assignment()->set_holder(KeyText(investigator, identity::Purpose::kEvent));
    const Answer answer =
        harness.Send({.method = "POST",
                      .target = "/v1/cases/" + report::FormatId(other.sealed.id) + "/events",
                      .headers = {{"content-type", "application/x-protobuf"}},
                      .body = AppendOf(SignBy(event, intake)).SerializeAsString(),
                      .signer = &intake});
    ASSERT_EQ(answer.status, 201) << answer.body;
    mine.insert(mine.begin(), report::FormatId(other.sealed.id));
  }
  std::vector<std::string> paged;
  std::string after;
  do {
    const auto page =
        harness.Get("/v1/cases?limit=2" + after, &investigator).Message<v1::CaseList>();
    for (const v1::CaseSummary& summary : page.cases()) paged.push_back(summary.report_id());
    after = page.next().empty() ? "" : "&after=" + page.next();
  } while (!after.empty());
  EXPECT_EQ(paged, mine);
  // Intake sees all, and what is assigned only once.
  EXPECT_EQ(Listed(intake), 7);
}

}  // namespace
}  // namespace safeconduct::testing
