// Reports through a relay, also those that were sealed while it was cut off.
#include <gtest/gtest.h>

#include "tests/gateway/routes/acting.h"

namespace safeconduct::testing {
namespace {

const HarnessOptions kWithRelays{.with_relays = true};

report::Sealed SealedBy(const Harness& harness, std::uint8_t reporter, bool by_relay,
                        std::uint64_t version = 1) {
  report::Draft draft = MakeDraft();
  if (by_relay) draft.relay = RelayOf(harness.office.relay);
  return *report::SealReport(draft, *OpenCharterOf(harness.Charter(), version),
                             MakeParty(reporter));
}

TEST(RelayReportsTest, ArePutDownWithTheirRelay) {
  Harness harness(kWithRelays);
  const report::Sealed sealed = SealedBy(harness, 80, true);
  ASSERT_EQ(harness.Submit(sealed).status, 201);
  EXPECT_EQ(harness.store().FindCase(sealed.id)->record.relay(),
            KeyText(harness.office.relay, identity::Purpose::kEvent));
  const report::Sealed other = SealedBy(harness, 81, false);
  ASSERT_EQ(harness.Submit(other).status, 201);
  EXPECT_EQ(harness.store().FindCase(other.id)->record.relay(), "");
  const auto list = harness.Get("/v1/cases", &harness.office.intake).Message<v1::CaseList>();
  ASSERT_EQ(list.cases_size(), 2);
  for (const v1::CaseSummary& summary : list.cases()) {
    EXPECT_EQ(summary.by_sms(), summary.report_id() == report::FormatId(sealed.id));
  }
}

TEST(RelayReportsTest, ARelayThatTheCharterDoesNotNameIsRefused) {
  Harness harness;  // without relays
  report::Draft draft = MakeDraft();
  draft.relay = RelayOf(harness.office.relay);
  const report::Sealed sealed =
      *report::SealReport(draft, *OpenCharterOf(RelayCharter(harness.office)), MakeParty(80));
  const Answer answer = harness.Submit(sealed);
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.ErrorField(), "relay.holder");
}

TEST(RelayReportsTest, OfAnEarlierCharterAreTakenUnderIt) {
  Harness harness(kWithRelays);
  const report::Sealed waited = SealedBy(harness, 80, true);
  const report::Sealed without = SealedBy(harness, 81, false);
  // The channel goes over to a quorum meanwhile.
  v1::Charter next = harness.Charter();
  next.mutable_channels(0)->mutable_policy()->set_account(v1::ACCOUNT_RELEASE_QUORUM);
  next.mutable_channels(0)->mutable_policy()->set_quorum_threshold(2);
  next.mutable_channels(0)->mutable_policy()->set_quorum_organisations(1);
  *next.add_holders() = MakeHolder("trustee-2", harness.office.second_trustee, {v1::ROLE_TRUSTEE});
  *next.add_holders() = MakeHolder("trustee-3", harness.office.third_trustee, {v1::ROLE_TRUSTEE});
  ASSERT_EQ(harness.PutCharter(2, next), 204);

  const Answer refused = harness.Submit(without);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.ErrorField(), "charter_version");
  const Answer taken = harness.Submit(waited);
  ASSERT_EQ(taken.status, 201) << taken.body;
  EXPECT_EQ(harness.Submit(waited), taken) << "the same bytes again";
  const v1::StoredCase record = harness.store().FindCase(waited.id)->record;
  EXPECT_EQ(record.quorum_threshold(), 0u) << "as it was sealed";
  EXPECT_FALSE(record.relay().empty());

  ASSERT_EQ(harness.PutCharter(3, next), 204);
  ASSERT_EQ(harness.PutCharter(4, harness.Charter()), 204);
  EXPECT_EQ(harness.Submit(SealedBy(harness, 82, true)).status, 201) << "of three charters before";
  report::Draft draft = MakeDraft();
  draft.relay = RelayOf(harness.office.relay);
  const report::Sealed to_quorum =
      *report::SealReport(draft, *OpenCharterOf(next, 3), MakeParty(83));
  ASSERT_EQ(harness.Submit(to_quorum).status, 201);
  EXPECT_EQ(harness.store().FindCase(to_quorum.id)->record.quorum_threshold(), 2u);
  // Its structure is looked at as any report's.
  report::Sealed broken = SealedBy(harness, 84, true, 2);
  EXPECT_EQ(harness.Submit(broken).status, 422) << "of version 2, and not to its quorum";
  report::Sealed changed = SealedBy(harness, 85, true);
  changed.payloads[1][5] ^= 1;
  EXPECT_EQ(harness.Submit(changed).ErrorField(), "account.payload");
}

TEST(RelayReportsTest, OfAnEarlierCharterEndWithItAndWithTheRelaysPost) {
  Harness harness(kWithRelays);
  const report::Sealed waited = SealedBy(harness, 80, true);
  const report::Sealed later = SealedBy(harness, 81, true, 7);
  v1::Charter next = harness.Charter();
  next.mutable_holders()->DeleteSubrange(next.holders_size() - 2, 1);
  ASSERT_EQ(harness.PutCharter(2, next), 204);
  const Answer gone = harness.Submit(waited);
  EXPECT_EQ(gone.status, 422);
  EXPECT_EQ(gone.ErrorField(), "relay.holder");
  ASSERT_EQ(harness.PutCharter(3, harness.Charter()), 204);
  EXPECT_EQ(harness.Submit(later).status, 409) << "of a charter that there is not yet";
  harness.clock.Advance(kExpiry - kNow);
  const Answer expired = harness.Submit(waited);
  EXPECT_EQ(expired.status, 422);
  EXPECT_EQ(expired.ErrorCode(), "expired");
}

}  // namespace
}  // namespace safeconduct::testing
