#include "gateway/sms/relay/charter_keeper.h"

#include <gtest/gtest.h>

#include "tests/gateway/sms/relay/world.h"

namespace safeconduct::sms {
namespace {

class CharterKeeperTest : public ::testing::Test {
 protected:
  std::unique_ptr<CharterKeeper> Open() {
    return *CharterKeeper::Open(world.settings.trust_file, world.folder / "charter", world.relay,
                                world.clock);
  }
  Status Refresh(CharterKeeper& keeper) {
    const std::unique_ptr<Gateway> client = world.gateway.Connect();
    return keeper.Refresh(*client);
  }
  World world;
};

TEST_F(CharterKeeperTest, TheOneKeptIsThereWhileTheGatewayIsAway) {
  world.gateway.away = true;
  const auto keeper = Open();
  ASSERT_NE(keeper->Current(), nullptr);
  EXPECT_EQ(keeper->Current()->version(), 1U);
  EXPECT_EQ(Refresh(*keeper).error().code(), Code::kUnavailable);
  EXPECT_NE(keeper->Current(), nullptr);
}

TEST_F(CharterKeeperTest, AnOlderOneIsNotTaken) {
  world.gateway.charters.version = 3;
  const auto keeper = Open();
  ASSERT_TRUE(Refresh(*keeper).ok());
  world.gateway.charters.version = 2;
  EXPECT_EQ(Refresh(*keeper).error().code(), Code::kConflict);
  EXPECT_EQ(keeper->Current()->version(), 3U);
  EXPECT_EQ(Refresh(*Open()).error().code(), Code::kConflict) << "nor after a restart";
}

TEST_F(CharterKeeperTest, AnotherOneOfTheSameVersionIsNotTaken) {
  world.gateway.charters.message.mutable_holders(0)->set_organisation("Somebody else");
  EXPECT_EQ(Refresh(*world.keeper).error().code(), Code::kConflict);
}

TEST_F(CharterKeeperTest, AChangedFileIsAsGoodAsNone) {
  Bytes file = storage::ReadFile(world.folder / "charter");
  file[file.size() / 2] ^= 1;
  storage::WriteFile(world.folder / "charter", file);
  const auto keeper = Open();
  EXPECT_EQ(keeper->Current(), nullptr);
  EXPECT_TRUE(Refresh(*keeper).ok());
  EXPECT_NE(keeper->Current(), nullptr);
}

TEST_F(CharterKeeperTest, OneThatExpiredIsNoneAnyMore) {
  world.clock.Pass(364 * kDay);
  EXPECT_NE(world.keeper->Current(), nullptr);
  world.clock.Pass(kDay);
  EXPECT_EQ(world.keeper->Current(), nullptr);
  EXPECT_EQ(Open()->Current(), nullptr);
}

TEST_F(CharterKeeperTest, KnowsWhetherTheRelayIsOneOfTheChannel) {
  const CharterPtr charter = world.keeper->Current();
  ASSERT_NE(world.keeper->RelayOf(*charter, "mission"), nullptr);
  EXPECT_EQ(world.keeper->RelayOf(*charter, "mission")->label(), "relay");
  v1::Charter other = world.gateway.charters.message;
  v1::Holder& relay = *other.mutable_holders(other.holders_size() - 1);
  relay.add_channels("fraud");
  const auto elsewhere = testing::OpenCharterOf(other);
  EXPECT_EQ(world.keeper->RelayOf(*elsewhere, "mission"), nullptr);
  relay.clear_channels();
  relay.set_roles(0, v1::ROLE_AUDITOR);
  EXPECT_EQ(world.keeper->RelayOf(*testing::OpenCharterOf(other), "mission"), nullptr);
}

TEST_F(CharterKeeperTest, WithoutATrustFileItDoesNotStart) {
  EXPECT_STREQ(
      CharterKeeper::Open(world.folder / "none", "", world.relay, world.clock).error().field(),
      "trust_file");
}

}  // namespace
}  // namespace safeconduct::sms
