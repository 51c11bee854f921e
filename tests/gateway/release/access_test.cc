#include "gateway/release/access.h"

#include <gtest/gtest.h>

#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::release {
namespace {

using testing::kNow;
using testing::Office;

bool MayRead(const v1::Holder& holder, const v1::StoredCase& record, std::string_view name,
             const charter::OpenCharter& charter) {
  return FindDownload(holder, record, name, charter, kNow).has_value();
}

v1::StoredCase SealedCase(std::string_view channel) {
  v1::StoredCase record;
  record.set_channel(std::string(channel));
  record.set_mailbox(std::string(32, 'm'));
  for (const char* name : {"triage", "account", "identity", "attachment-0"}) {
    record.add_compartments()->set_name(name);
  }
  return record;
}

v1::StoredCase PlainCase(std::string_view channel) {
  v1::StoredCase record;
  record.set_channel(std::string(channel));
  record.add_compartments()->set_name("plain");
  return record;
}

struct Row {
  const char* label;
  bool sees_sealed;
  bool sees_plain;
  std::vector<std::string> reads;  // of both cases
};

TEST(AccessTest, EveryPostSeesAndReadsWhatItShould) {
  const Office office;
  const auto charter = testing::OpenDemoCharter(office);
  const Row kTable[] = {
      {"intake-1", true, true, {"triage", "account", "identity", "attachment-0", "plain"}},
      {"intake-2", true, true, {"triage", "account", "identity", "attachment-0"}},
      {"support-1", true, false, {"identity"}},
      {"support-2", true, false, {"identity"}},
      {"oios", false, false, {}},
      {"trustee-1", false, false, {}},
      {"auditor", true, true, {}},
  };
  EXPECT_EQ(std::size(kTable), static_cast<std::size_t>(charter->message().holders_size()));
  const v1::StoredCase sealed = SealedCase("mission");
  const v1::StoredCase plain = PlainCase("mission");
  for (const Row& row : kTable) {
    const v1::Holder& holder = *charter->FindByLabel(row.label);
    EXPECT_EQ(MaySee(holder, sealed, *charter, kNow), row.sees_sealed) << row.label;
    EXPECT_EQ(MaySee(holder, plain, *charter, kNow), row.sees_plain) << row.label;
    // A trustee's cases may be of a time when the policy was another.
    EXPECT_EQ(SeesByPost(holder, *charter->FindChannel("mission")),
              row.sees_sealed || row.sees_plain || charter::HasRole(holder, v1::ROLE_TRUSTEE))
        << row.label;
    std::vector<std::string> reads;
    for (const char* name : {"triage", "account", "identity", "attachment-0", "plain", "other"}) {
      const bool of_plain = std::string_view(name) == "plain";
      if (MayRead(holder, of_plain ? plain : sealed, name, *charter)) reads.push_back(name);
      // A name of the other kind of case, too, is none of this one.
      EXPECT_FALSE(MayRead(holder, of_plain ? sealed : plain, name, *charter));
    }
    EXPECT_EQ(reads, row.reads) << row.label;
    EXPECT_EQ(MayReadManifest(holder, sealed, *charter, kNow), !row.reads.empty()) << row.label;
    EXPECT_FALSE(MayReadManifest(holder, plain, *charter, kNow)) << row.label;
  }
}

TEST(AccessTest, NobodySeesOtherChannels) {
  const Office office;
  const auto charter = testing::OpenDemoCharter(office);
  // Bound to the channel "mission" by the charter.
  const v1::Holder& bound = *charter->FindByLabel("support-2");
  EXPECT_TRUE(MaySee(bound, SealedCase("mission"), *charter, kNow));
  EXPECT_FALSE(MaySee(bound, SealedCase("fraud"), *charter, kNow));
  EXPECT_FALSE(MayRead(bound, SealedCase("fraud"), "identity", *charter));
  EXPECT_FALSE(SeesByPost(bound, *charter->FindChannel("fraud")));
  // A channel that the charter has no more belongs to nobody.
  for (const v1::Holder& holder : charter->message().holders()) {
    EXPECT_FALSE(MaySee(holder, SealedCase("closed"), *charter, kNow));
    EXPECT_FALSE(MayRead(holder, SealedCase("closed"), "triage", *charter));
  }
}

TEST(AccessTest, AGrantInForceGoesBeforeThePolicyAndEndsWithTheTimeThePostAndAConflict) {
  const Office office;
  const auto charter = testing::OpenDemoCharter(office);
  v1::StoredCase record = SealedCase("mission");
  const v1::Holder& investigator = *charter->FindByLabel("oios");
  v1::StoredAccess& access = *record.add_access();
  access.set_holder(investigator.event_key());
  access.set_compartment("account");
  access.set_event(7);
  access.set_expires(kNow + 10);
  const auto at = [&](std::string_view label, std::string_view name, std::int64_t now) {
    return FindDownload(*charter->FindByLabel(label), record, name, *charter, now);
  };
  ASSERT_TRUE(at("oios", "account", kNow));
  EXPECT_EQ(at("oios", "account", kNow)->index, 1u);
  EXPECT_EQ(at("oios", "account", kNow)->grant->event(), 7u);
  EXPECT_FALSE(at("oios", "triage", kNow));
  EXPECT_FALSE(at("oios", "account", kNow + 10));
  EXPECT_FALSE(MaySee(investigator, record, *charter, kNow + 10));
  EXPECT_TRUE(MayReadManifest(investigator, record, *charter, kNow));
  // Of a post that reads by policy, the grant's header, which opens for him in any case.
  access.set_holder(charter->FindByLabel("intake-2")->event_key());
  EXPECT_EQ(at("intake-2", "account", kNow)->grant->event(), 7u);
  EXPECT_EQ(at("intake-2", "account", kNow + 10)->grant, nullptr);
  // Excluded: nothing, by whatever way.
  record.add_excluded(charter->FindByLabel("intake-2")->event_key());
  EXPECT_FALSE(at("intake-2", "account", kNow));
  EXPECT_FALSE(at("intake-2", "triage", kNow));
  EXPECT_FALSE(MaySee(*charter->FindByLabel("intake-2"), record, *charter, kNow));
  // A post that holds cases no more.
  access.set_holder(charter->FindByLabel("trustee-1")->event_key());
  EXPECT_FALSE(at("trustee-1", "account", kNow));
  EXPECT_FALSE(MaySee(*charter->FindByLabel("trustee-1"), record, *charter, kNow));
}

}  // namespace
}  // namespace safeconduct::release
