// The whole of it, with its threads, against a gateway and telephones in memory.
#include "gateway/sms/relay/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "gateway/sms/relay/gateway_client.h"
#include "gateway/sms/relay/http_date.h"
#include "tests/gateway/sms/relay/world.h"

namespace safeconduct::sms {
namespace {

constexpr std::chrono::seconds kLong{60};

class Telephones final : public Provider {
 public:
  explicit Telephones(FakeGateway& gateway) : gateway_(gateway) {}
  SendResult Send(const Number& to, std::string_view, std::string_view text,
                  std::string_view token) override {
    const std::lock_guard lock(gateway_.mutex);
    sent().push_back(to.digits + " " + std::string(text));
    gateway_.changed.notify_all();
    return {Sending::kTaken, std::string(token)};
  }
  std::vector<std::string>& sent() { return all_; }

 private:
  static inline std::vector<std::string> all_;
  FakeGateway& gateway_;
};

class RelayTest : public ::testing::Test {
 protected:
  RelayTest() { Telephones(world.gateway).sent().clear(); }

  std::unique_ptr<Relay> Start() {
    // The fixture's own parts let go of the folder.
    world.desk.reset();
    world.outgoing.reset();
    world.store.reset();
    Relay::Parts parts{testing::RelayParty(),
                       [this] { return std::make_unique<Telephones>(world.gateway); },
                       world.gateway.Maker()};
    auto relay = Relay::Start(world.settings, std::move(parts), clock);
    EXPECT_TRUE(relay.ok()) << relay.error().message();
    return relay.ok() ? *std::move(relay) : nullptr;
  }
  template <typename Condition>
  bool WaitFor(const Condition& condition) {
    std::unique_lock lock(world.gateway.mutex);
    return world.gateway.changed.wait_for(lock, kLong, condition);
  }
  std::size_t Events() {
    std::size_t events = 0;
    for (const auto& [key, of] : world.gateway.cases) events += of.events.size();
    return events;
  }

  World world;
  work::SystemClock clock;
};

TEST_F(RelayTest, WhatWaitedGoesOutInOrderWhenTheGatewayIsBack) {
  world.gateway.away = true;
  auto relay = Start();
  constexpr int kNumbers = 8;
  constexpr int kMessages = 6;
  const auto number = [](int n) { return Number{"4179000000" + std::to_string(n)}; };
  std::vector<std::thread> threads;
  for (int n = 0; n < kNumbers; ++n) {
    threads.emplace_back([&, n] {
      for (int i = 0; i < kMessages; ++i) {
        const std::string text = "m" + std::to_string(i);
        EXPECT_TRUE(relay->desk().Take(Sms(std::to_string(n) + text, text, number(n))).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(relay->gauges().queued, kNumbers * kMessages);
  // Killed, as far as can be, and started again: the queue is on disk.
  relay.reset();
  relay = Start();
  EXPECT_EQ(relay->gauges().queued, kNumbers * kMessages);
  {
    const std::lock_guard lock(world.gateway.mutex);
    world.gateway.away = false;
    world.gateway.losing = 5;
  }
  ASSERT_TRUE(WaitFor([&] { return Events() == kNumbers * (kMessages - 1); }));
  relay->Stop();
  ASSERT_EQ(world.gateway.cases.size(), static_cast<std::size_t>(kNumbers));
  for (auto& [key, of] : world.gateway.cases) {
    EXPECT_EQ(world.AccountOf(of).narrative(), "m0");
    EXPECT_THAT(world.MessagesOf(of), ::testing::ElementsAre("m1", "m2", "m3", "m4", "m5"));
  }
}

TEST_F(RelayTest, AnAnswerGoesFromTheOutboxToThePhoneAndBack) {
  const auto relay = Start();
  ASSERT_TRUE(relay->desk().Take(Sms("1", "We are afraid of what they will do to us")).ok());
  ASSERT_TRUE(WaitFor([&] { return world.gateway.cases.size() == 1; }));
  {
    const std::lock_guard lock(world.gateway.mutex);
    *world.gateway.outbox.add_items() =
        world.Answer(world.gateway.only(), "We will come.", world.office.intake);
  }
  ASSERT_TRUE(WaitFor([&] { return !world.gateway.deliveries.empty(); }));
  const std::lock_guard lock(world.gateway.mutex);
  EXPECT_THAT(Telephones(world.gateway).sent(),
              ::testing::UnorderedElementsAre(
                  kNumber.digits + " " + std::string(PhraseIn(Phrase::kReceived, "en")),
                  kNumber.digits + " We will come."));
  EXPECT_EQ(world.gateway.deliveries[0].delivery().state(), v1::DELIVERY_STATE_SENT);
}

TEST_F(RelayTest, OneProcessAtATime) {
  const auto relay = Start();
  Relay::Parts parts{testing::RelayParty(),
                     [this] { return std::make_unique<Telephones>(world.gateway); },
                     world.gateway.Maker()};
  EXPECT_EQ(Relay::Start(world.settings, std::move(parts), clock).error().code(), Code::kBusy);
}

TEST(CheckSettings, SaysWhichIsWrong) {
  const Settings good = SettingsIn("/nowhere");
  EXPECT_TRUE(CheckSettings(good).ok());
  const auto field_of = [&](const std::function<void(Settings&)>& change) {
    Settings bad = good;
    change(bad);
    const Status checked = CheckSettings(bad);
    return checked.ok() ? std::string("ok") : std::string(checked.error().field());
  };
  EXPECT_EQ(field_of([](Settings& s) { s.channels.clear(); }), "channels");
  EXPECT_EQ(field_of([](Settings& s) { s.channels[1].id = "mission"; }), "channels.id");
  EXPECT_EQ(field_of([](Settings& s) { s.channels[1].to.clear(); }), "channels.to");
  EXPECT_EQ(field_of([](Settings& s) { s.channels[0].to = {"3030"}; }), "channels.to");
  EXPECT_EQ(field_of([](Settings& s) { s.epoch_days = 0; }), "epoch_days");
  EXPECT_EQ(field_of([](Settings& s) { s.reply_days = 367; }), "reply_days");
  EXPECT_EQ(field_of([](Settings& s) { s.courier_threads = 0; }), "threads");
  EXPECT_EQ(field_of([](Settings& s) { s.queue_entries = 0; }), "queue");
}

TEST(ParseGatewayAddress, TakesHttpsAndOnions) {
  const auto address = ParseGatewayAddress("https://Example.org:443/");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->url, "https://example.org");
  EXPECT_EQ(address->authority, "example.org");
  EXPECT_EQ(ParseGatewayAddress("https://localhost:8443")->authority, "localhost:8443");
  EXPECT_EQ(ParseGatewayAddress("http://abcdef.onion")->scheme, "http");
  EXPECT_EQ(ParseGatewayAddress("http://example.org").error().code(), Code::kRejected);
  EXPECT_EQ(ParseGatewayAddress("http://example.org:80").error().code(), Code::kRejected);
  for (const char* bad : {"", "example.org", "https://", "ftp://example.org", "https://a/b"}) {
    EXPECT_EQ(ParseGatewayAddress(bad).error().code(), Code::kMalformed) << bad;
  }
}

TEST(ParseHttpDate, TakesOneForm) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  EXPECT_FALSE(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT").has_value());
  EXPECT_FALSE(ParseHttpDate("").has_value());
}

}  // namespace
}  // namespace safeconduct::sms
