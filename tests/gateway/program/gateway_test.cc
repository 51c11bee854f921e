// The composition root: a whole gateway on real sockets, over a store in memory.
#include "gateway/program/gateway.h"

#include <gtest/gtest.h>

#include "gateway/program/operator_client.h"
#include "storage/memory/memory_store.h"
#include "tests/gateway/program/installation.h"

namespace safeconduct::program {
namespace {

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() : config_(installation_.Config()) {
    auto logger = log::Logger::Open(config_.log);
    if (!logger.ok()) throw std::runtime_error("no log");
    logger_ = *std::move(logger);
  }

  OrRefusal<std::unique_ptr<Gateway>> Make(
      std::unique_ptr<storage::EnvelopeStore> store = std::make_unique<storage::MemoryStore>()) {
    auto keys = ReadOwnKeys(config_.log_key_file);
    auto trust = ReadTrust(config_.trust_file);
    if (!keys.ok() || !trust.ok()) throw std::runtime_error("no keys, or no trust");
    return Gateway::Make(config_, std::move(*trust), std::move(*keys), std::move(store),
                         std::nullopt, *logger_);
  }

  // A store whose charter names `log` as the holder of the log's key.
  std::unique_ptr<storage::EnvelopeStore> StoreWithCharter(const identity::Party& log,
                                                           std::string_view origin) {
    v1::Charter charter = testing::DemoCharter(installation_.office);
    charter.mutable_logs(0)->set_vkey(
        note::FormatVerifierKey(testing::NoteKey(log, testing::kLogOrigin)));
    const auto text = charter::MakeText(origin, 1, testing::kExpiry, charter);
    auto store = std::make_unique<storage::MemoryStore>();
    storage::CharterRecord record;
    record.version = 1;
    record.note = testing::SignNote(*text, {{"root-0", &installation_.office.roots[0]}});
    if (!store->PutCharter(record).ok()) throw std::runtime_error("no charter");
    return store;
  }

  Installation installation_;
  config::Config config_;
  std::unique_ptr<log::Logger> logger_;
};

TEST_F(GatewayTest, ServesOnEveryListenerAndStops) {
  auto gateway = Make();
  ASSERT_TRUE(gateway.ok()) << gateway.refusal().message;
  const auto refusal = (*gateway)->Start();
  ASSERT_FALSE(refusal.has_value()) << refusal->message;
  const std::vector<std::string> addresses = (*gateway)->Addresses();
  ASSERT_EQ(addresses.size(), 3U);
  EXPECT_TRUE(addresses[0].starts_with("https://127.0.0.1:"));
  EXPECT_FALSE(addresses[0].ends_with(":0"));
  EXPECT_EQ(addresses[1], "http://127.0.0.1:" + std::to_string(installation_.private_port));
  EXPECT_EQ(addresses[2], "unix:" + installation_.folder.File("onion.sock"));

  const SigningKey own = installation_.office.log.Key(identity::Purpose::kRequest);
  const auto verified = AskGateway(config_, own, "/verify", "");
  ASSERT_TRUE(verified.ok()) << verified.error().message();
  EXPECT_EQ(verified->status, 200);
  EXPECT_EQ(verified->body, "cases 0\nevents 0\npayload_bytes 0\n");
  const SigningKey other = installation_.office.intake.Key(identity::Purpose::kRequest);
  EXPECT_EQ(AskGateway(config_, other, "/verify", "")->status, 401);
  EXPECT_EQ(AskGateway(config_, own, "/v1/charter", "")->status, 404);

  EXPECT_EQ((*gateway)->Ready(), metrics::Readiness::kNoCharter);
  (*gateway)->Stop();
  (*gateway)->Stop();
  EXPECT_EQ(AskGateway(config_, own, "/verify", "").error().code(), Code::kUnavailable);
}

TEST_F(GatewayTest, TakesUpTheCharterThatWasInForce) {
  auto gateway = Make(StoreWithCharter(installation_.office.log, testing::kOrigin));
  ASSERT_TRUE(gateway.ok()) << gateway.refusal().message;
  ASSERT_FALSE((*gateway)->Start().has_value());
  const metrics::Snapshot figures = (*gateway)->Figures();
  EXPECT_EQ(figures.charter_version, 1U);
  EXPECT_EQ(figures.charter_expiry, testing::kExpiry);
  EXPECT_EQ(figures.started_at % 3600, 0);
}

TEST_F(GatewayTest, RefusesACharterThatIsNotItsOwn) {
  const auto other_log = Make(StoreWithCharter(installation_.office.outsider, testing::kOrigin));
  ASSERT_FALSE(other_log.ok());
  EXPECT_EQ(other_log.refusal().code, ExitCode::kConfiguration);
  const auto other_origin = Make(StoreWithCharter(installation_.office.log, "example.net/charter"));
  ASSERT_FALSE(other_origin.ok());
  EXPECT_EQ(other_origin.refusal().code, ExitCode::kConfiguration);
}

TEST_F(GatewayTest, RefusesAStoreBehindWhatItPublished) {
  {
    auto gateway = Make(StoreWithCharter(installation_.office.log, testing::kOrigin));
    ASSERT_TRUE(gateway.ok()) << gateway.refusal().message;
  }
  const auto behind = Make();
  ASSERT_FALSE(behind.ok());
  EXPECT_EQ(behind.refusal().code, ExitCode::kStore);
  const std::string& message = behind.refusal().message;
  EXPECT_NE(message.find("the store has 0 entries, and 1 were published"), std::string::npos)
      << message;
  EXPECT_NE(message.find(config_.HighWaterFile()), std::string::npos) << message;
  EXPECT_TRUE(Make(StoreWithCharter(installation_.office.log, testing::kOrigin)).ok());

  installation_.Write("store.high-water", "no checkpoint");
  const auto damaged = Make(StoreWithCharter(installation_.office.log, testing::kOrigin));
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.refusal().code, ExitCode::kStore);
}

TEST_F(GatewayTest, SaysWhenItCannotKeepWhatItPublishes) {
  config_.high_water_file = installation_.folder.File("absent/high-water");
  const auto refused = Make(StoreWithCharter(installation_.office.log, testing::kOrigin));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.refusal().code, ExitCode::kUnavailable);
  EXPECT_NE(refused.refusal().message.find("absent/high-water"), std::string::npos);
}

TEST_F(GatewayTest, SaysWhyItCannotListen) {
  auto first = Make();
  ASSERT_FALSE((*first)->Start().has_value());
  auto second = Make();  // the private port is taken
  const auto refusal = (*second)->Start();
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->code, ExitCode::kUnavailable);

  installation_.Write("tls.pem", "no certificate");
  auto third = Make();
  const auto bad = (*third)->Start();
  ASSERT_TRUE(bad.has_value());
  EXPECT_EQ(bad->code, ExitCode::kConfiguration);
}

TEST_F(GatewayTest, GoesOnWithTheOldCertificateWhenTheNewOneIsBad) {
  auto gateway = Make();
  ASSERT_FALSE((*gateway)->Start().has_value());
  installation_.Write("tls.pem", "no certificate");
  (*gateway)->Reload();
  const SigningKey own = installation_.office.log.Key(identity::Purpose::kRequest);
  EXPECT_EQ(AskGateway(config_, own, "/verify", "")->status, 200);
}

}  // namespace
}  // namespace safeconduct::program
