#include "gateway/routes/access.h"

#include <gtest/gtest.h>

#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::routes {
namespace {

using testing::Office;

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
    EXPECT_EQ(MaySee(holder, sealed, *charter), row.sees_sealed) << row.label;
    EXPECT_EQ(MaySee(holder, plain, *charter), row.sees_plain) << row.label;
    EXPECT_EQ(MaySeeSome(holder, *charter->FindChannel("mission")),
              row.sees_sealed || row.sees_plain)
        << row.label;
    std::vector<std::string> reads;
    for (const char* name : {"triage", "account", "identity", "attachment-0", "plain", "other"}) {
      const bool of_plain = std::string_view(name) == "plain";
      if (MayRead(holder, of_plain ? plain : sealed, name, *charter)) reads.push_back(name);
      // A name of the other kind of case, too, is none of this one.
      EXPECT_FALSE(MayRead(holder, of_plain ? sealed : plain, name, *charter));
    }
    EXPECT_EQ(reads, row.reads) << row.label;
    EXPECT_EQ(MayReadManifest(holder, sealed, *charter), !row.reads.empty()) << row.label;
    EXPECT_FALSE(MayReadManifest(holder, plain, *charter)) << row.label;
  }
}

TEST(AccessTest, NobodySeesOtherChannels) {
  const Office office;
  const auto charter = testing::OpenDemoCharter(office);
  // Bound to the channel "mission" by the charter.
  const v1::Holder& bound = *charter->FindByLabel("support-2");
  EXPECT_TRUE(MaySee(bound, SealedCase("mission"), *charter));
  EXPECT_FALSE(MaySee(bound, SealedCase("fraud"), *charter));
  EXPECT_FALSE(MayRead(bound, SealedCase("fraud"), "identity", *charter));
  EXPECT_FALSE(MaySeeSome(bound, *charter->FindChannel("fraud")));
  // A channel that the charter has no more belongs to nobody.
  for (const v1::Holder& holder : charter->message().holders()) {
    EXPECT_FALSE(MaySee(holder, SealedCase("closed"), *charter));
    EXPECT_FALSE(MayRead(holder, SealedCase("closed"), "triage", *charter));
  }
}

}  // namespace
}  // namespace safeconduct::routes
