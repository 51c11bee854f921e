// What the telephone side is answered: with which status, and so whether it sends again.
#include "gateway/sms/program/telephone_side.h"

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/base/hash.h"
#include "tests/gateway/sms/inbound/requests.h"

namespace safeconduct::sms {
namespace {

constexpr std::string_view kToken = "0123456789abcdef";
constexpr std::string_view kSecret = "a secret of at least thirty-two bytes";

class FakeDesk final : public Desk {
 public:
  Status Take(const Incoming& message) override {
    messages.push_back(message.text);
    return says;
  }
  Status Take(const DeliveryReport& report) override {
    reports.push_back(report.token);
    return says;
  }
  Status says;
  std::vector<std::string> messages;
  std::vector<std::string> reports;
};

class FixedClock final : public work::Clock {
 public:
  std::int64_t UnixSeconds() const override { return kNow; }
  std::chrono::steady_clock::time_point Steady() const override { return {}; }
};

class Catcher final : public http::Responder::Target {
 public:
  void Send(http::Response response) override { response_.set_value(std::move(response)); }
  http::Response Get() { return response_.get_future().get(); }

 private:
  std::promise<http::Response> response_;
};

class TelephoneSideTest : public ::testing::Test {
 protected:
  static std::vector<std::unique_ptr<Interface>> Interfaces() {
    KannelSettings kannel;
    kannel.name = "kannel";
    kannel.path = "/kannel";
    kannel.secret = Secret(kToken);
    WebhookSettings webhook;
    webhook.name = "own";
    webhook.path = "/sms";
    webhook.secret = Secret(kSecret);
    std::vector<std::unique_ptr<Interface>> all;
    all.push_back(*MakeInterface(std::move(kannel)));
    all.push_back(*MakeInterface(std::move(webhook)));
    return all;
  }

  http::Response Ask(http::Request request) {
    const auto catcher = std::make_shared<Catcher>();
    http::BodyPlan plan = side_.Plan(request.head);
    if (plan.kind == http::BodyPlan::Kind::kAnswer) return std::move(plan.answer);
    side_.Handle(std::move(request), http::Responder(catcher));
    return catcher->Get();
  }
  int AskPrivate(std::string path, std::string* body = nullptr) {
    http::Request request = Get(std::move(path));
    request.head.listener = http::Listener::kPrivate;
    http::Response response = Ask(std::move(request));
    if (body != nullptr) *body = response.body;
    return response.status;
  }
  static http::Request FromKannel(std::string_view text, std::string_view secret = kToken) {
    return Get("/kannel?secret=" + std::string(secret) + "&id=1&from=41791234567&to=8844&text=" +
               std::string(text) + "&coding=0&charset=UTF-8");
  }
  static http::Request FromWebhook(std::string body) {
    const std::string time = std::to_string(kNow);
    const std::string mac = HexEncode(HmacSha256(AsBytes(kSecret), AsBytes(time + "." + body)));
    return Post("/sms", std::move(body),
                {{"x-safeconduct-timestamp", time}, {"x-safeconduct-signature", mac}});
  }
  static http::Request FromWebhook() {
    return FromWebhook(R"({"id":"m-1","from":"+254711223344","to":"8844","text":"Habari"})");
  }

  FixedClock clock_;
  FakeDesk desk_;
  work::WorkerPool pool_{1, 16};
  bool ready_ = false;
  TelephoneSide side_{Interfaces(),
                      desk_,
                      pool_,
                      clock_,
                      {[this] { return ready_; }, [] { return std::string("figures\n"); }}};
};

TEST_F(TelephoneSideTest, WhatIsSafeIsAnsweredAsEachWantsIt) {
  const http::Response kannel = Ask(FromKannel("Hello"));
  EXPECT_EQ(kannel.status, 200);
  EXPECT_EQ(kannel.body, "") << "Kannel would send it to the telephone";
  EXPECT_EQ(Ask(FromWebhook()).status, 200);
  EXPECT_EQ(desk_.messages, (std::vector<std::string>{"Hello", "Habari"}));
  EXPECT_EQ(
      Ask(FromWebhook(
              R"({"delivery":{"token":"00112233445566778899aabbccddeeff","status":"delivered"}})"))
          .status,
      200);
  EXPECT_EQ(desk_.reports, std::vector<std::string>{"00112233445566778899aabbccddeeff"});
}

TEST_F(TelephoneSideTest, WhoDoesNotShowWhereItComesFromIsAStranger) {
  EXPECT_EQ(Ask(FromKannel("Hello", "0123456789abcdeX")).status, 401);
  EXPECT_EQ(Ask(Post("/sms", "{}")).status, 401);
  EXPECT_EQ(side_.strangers(), 2U);
  EXPECT_EQ(side_.unusable(), 0U);
  EXPECT_TRUE(desk_.messages.empty());
}

TEST_F(TelephoneSideTest, APathThatNoInterfaceHas) {
  EXPECT_EQ(Ask(Get("/")).status, 404);
  EXPECT_EQ(Ask(Get("/kannels?secret=0123456789abcdef")).status, 404);
  EXPECT_EQ(Ask(Get("/metrics")).status, 404) << "only the private listener has it";
}

// Kannel would only send it again; what calls a webhook was written by somebody who reads.
TEST_F(TelephoneSideTest, WhatIsNotTakenIsSaidToTheWebhookAlone) {
  desk_.says = Error(Code::kBusy, "more than is taken of one number, or of all");
  EXPECT_EQ(Ask(FromKannel("a")).status, 200);
  EXPECT_EQ(Ask(FromWebhook()).status, 429);
  desk_.says = Error(Code::kNotFound, "no channel answers this number", "to");
  EXPECT_EQ(Ask(FromKannel("a")).status, 200);
  const http::Response nobody = Ask(FromWebhook());
  EXPECT_EQ(nobody.status, 404);
  EXPECT_EQ(nobody.body, "to: no channel answers this number\n");
  EXPECT_EQ(side_.unusable(), 0U);
}

TEST_F(TelephoneSideTest, WhatIsOfNoUseIsCounted) {
  EXPECT_EQ(Ask(Get("/kannel?secret=0123456789abcdef&id=1&from=BANK&to=8844&text=a")).status, 200);
  EXPECT_EQ(Ask(FromWebhook(R"({"id":"m-1","from":"BANK","to":"8844","text":"a"})")).status, 400);
  EXPECT_EQ(side_.unusable(), 2U);
  EXPECT_EQ(side_.strangers(), 0U);
  EXPECT_TRUE(desk_.messages.empty());
}

TEST_F(TelephoneSideTest, WhatIsNotKeptIsToBeSentAgain) {
  for (const Code code : {Code::kNoSpace, Code::kUnavailable, Code::kInternal}) {
    desk_.says = Error(code, "not now");
    for (const http::Response& response : {Ask(FromKannel("a")), Ask(FromWebhook())}) {
      EXPECT_EQ(response.status, 503);
      EXPECT_EQ(response.body, "");
    }
  }
  desk_.says = {};
  pool_.Stop();
  EXPECT_EQ(Ask(FromWebhook()).status, 503);
}

TEST_F(TelephoneSideTest, BodiesAreBounded) {
  const http::Request request = FromWebhook();
  const http::BodyPlan plan = side_.Plan(request.head);
  EXPECT_EQ(plan.kind, http::BodyPlan::Kind::kBuffer);
  EXPECT_EQ(plan.max_bytes, kMaxTelephoneBody);
  EXPECT_EQ(side_.Plan(FromKannel("a").head).kind, http::BodyPlan::Kind::kNone);
}

TEST_F(TelephoneSideTest, ThePrivateListenerIsTheOperators) {
  EXPECT_EQ(AskPrivate("/healthz"), 200);
  EXPECT_EQ(AskPrivate("/readyz"), 503);
  ready_ = true;
  EXPECT_EQ(AskPrivate("/readyz"), 200);
  std::string body;
  EXPECT_EQ(AskPrivate("/metrics", &body), 200);
  EXPECT_EQ(body, "figures\n");
  EXPECT_EQ(AskPrivate("/kannel?secret=0123456789abcdef&id=1&from=41791234567&to=8844&text=a"),
            404);
  EXPECT_TRUE(desk_.messages.empty());
}

}  // namespace
}  // namespace safeconduct::sms
