// Any provider's HTTP interface: what is sent, what answers mean, and the worked examples of
// gateway/sms/README.md.
#include "gateway/sms/outbound/http.h"

#include "tests/gateway/http/test_server.h"
#include "tests/gateway/sms/outbound/outcomes.h"

namespace safeconduct::sms {
namespace {

using fetch::testing::BodyOf;
using fetch::testing::HeaderOf;
using testing::Fails;

HttpSendSettings Settings(const std::string& authority) {
  HttpSendSettings settings;
  settings.url = "http://" + authority + "/send";
  settings.allow_http = true;
  settings.timeout = std::chrono::seconds(1);
  settings.body = "to={to}&text={text}";
  return settings;
}

// Sends by settings that `change` makes, to a server that answers so.
struct Exchange {
  SendResult result;
  std::string request;
};
Exchange SendOver(const Reaction& reaction, const std::function<void(HttpSendSettings&)>& change,
                  std::string_view text = "Hello") {
  RawServer server([&](const std::string&) { return reaction; });
  HttpSendSettings settings = Settings("127.0.0.1:" + std::to_string(server.port()));
  change(settings);
  auto provider = MakeProvider(std::move(settings));
  EXPECT_TRUE(testing::Succeeds(provider));
  Exchange out;
  out.result = SendBy(**provider, text);
  out.request = server.requests().empty() ? "" : server.requests().at(0);
  return out;
}

TEST(HttpProvider, AForm) {
  const Exchange exchange = SendOver(
      Reaction::Answer(200, ""), [](HttpSendSettings&) {}, "a & b = c + é\n");
  EXPECT_EQ(exchange.result.state, Sending::kTaken);
  EXPECT_TRUE(exchange.request.starts_with("POST /send HTTP/1.1\r\n"));
  EXPECT_EQ(HeaderOf(exchange.request, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(BodyOf(exchange.request),
            "to=%2B41791234567&text=a%20%26%20b%20%3D%20c%20%2B%20%C3%A9%0A");
}

TEST(HttpProvider, AGetWithEverythingInTheUrl) {
  const Exchange exchange = SendOver(
      Reaction::Answer(200, ""),
      [](HttpSendSettings& s) {
        s.method = "GET";
        s.body = "";
        s.url += "/{to_digits}?from={from}&text={text}&ref={token}";
      },
      "x y&z");
  EXPECT_TRUE(exchange.request.starts_with(
      "GET /send/41791234567?from=8844&text=x%20y%26z&ref=00112233445566778899aabbccddeeff HTTP"))
      << exchange.request;
}

TEST(HttpProvider, JsonWithASecretInAHeader) {
  const Exchange exchange = SendOver(
      Reaction::Answer(201, R"({"data":{"messages":[{"id":"abc"}]}})"),
      [](HttpSendSettings& s) {
        s.content_type = "application/json";
        s.body = R"({"to":["{to}"],"body":"{text}"})";
        s.secret_header = "Authorization";
        s.secret_prefix = "Bearer ";
        s.secret = Secret("s3cret");
        s.headers = {{"X-Ref", "{token}"}};
        s.id = "data.messages.0.id";
      },
      "say \"hi\"\\");
  EXPECT_EQ(exchange.result.state, Sending::kTaken);
  EXPECT_EQ(exchange.result.provider_id, "abc");
  EXPECT_EQ(HeaderOf(exchange.request, "authorization"), "Bearer s3cret");
  EXPECT_EQ(HeaderOf(exchange.request, "x-ref"), kToken);
  EXPECT_EQ(BodyOf(exchange.request), R"({"to":["+41791234567"],"body":"say \"hi\"\\"})");
}

TEST(HttpProvider, AnIdInAHeaderAndNoneAtAll) {
  const auto by_header = [](HttpSendSettings& s) { s.id_header = "x-message-id"; };
  EXPECT_EQ(
      SendOver(Reaction::Answer(200, "", "X-Message-Id: 77\r\n"), by_header).result.provider_id,
      "77");
  EXPECT_EQ(SendOver(Reaction::Answer(200, ""), by_header).result.provider_id, "");
  const auto by_path = [](HttpSendSettings& s) { s.id = "id"; };
  for (const std::string& body :
       {std::string("no json"), std::string("{}"), "{\"id\":\"" + std::string(257, 'x') + "\"}"}) {
    const SendResult result = SendOver(Reaction::Answer(200, body), by_path).result;
    EXPECT_EQ(result.state, Sending::kTaken);  // the status alone counts here
    EXPECT_EQ(result.provider_id, "");
  }
}

TEST(HttpProvider, WhatAStatusMeans) {
  const auto state_of = [](int status) {
    return SendOver(Reaction::Answer(status, ""), [](HttpSendSettings& s) { s.later = {429}; })
        .result.state;
  };
  for (const int status : {200, 201, 202}) EXPECT_EQ(state_of(status), Sending::kTaken);
  for (const int status : {400, 401, 403, 404, 405, 415, 422}) {
    EXPECT_EQ(state_of(status), Sending::kRefused) << status;
  }
  EXPECT_EQ(state_of(429), Sending::kLater);
  for (const int status : {204, 301, 402, 408, 409, 500, 502, 503, 504}) {
    EXPECT_EQ(state_of(status), Sending::kUnsure) << status;
  }
}

TEST(HttpProvider, WithoutAnAnswer) {
  ExpectOutcomesWithoutAnswers(
      [](const std::string& authority) { return *MakeProvider(Settings(authority)); });
}

TEST(HttpProvider, OverTlsToTheNamedAuthorityAlone) {
  http::test::TestServer server;
  http::test::TestServer other;
  const auto send_with = [&](const std::string& ca_file) {
    HttpSendSettings settings = Settings("");
    settings.url = "https://localhost:" + std::to_string(server.server().port(0)) + "/send";
    settings.allow_http = false;
    settings.ca_file = ca_file;
    return SendBy(**MakeProvider(std::move(settings))).state;
  };
  EXPECT_EQ(send_with(server.certificate_file()), Sending::kTaken);
  EXPECT_EQ(send_with(other.certificate_file()), Sending::kLater);
  EXPECT_EQ(server.handler().handled().size(), 1U);
}

// --- the examples of the guide
// --------------------------------------------------------------------

TEST(Twilio, Messages) {
  const auto twilio = [](HttpSendSettings& s) {
    s.url += "/2010-04-01/Accounts/AC1/Messages.json";
    s.body =
        "To={to}&From={from}&Body={text}&StatusCallback="
        "https%3A%2F%2Fsms.example.org%2Ftwilio%2Fdelivery%3Ftoken%3D{token}";
    s.user = "AC1";
    s.secret = Secret("auth token");
    s.taken = {201};
    s.later = {429};
    s.id = "sid";
  };
  const Exchange exchange = SendOver(
      Reaction::Answer(201, R"({"sid":"SM9","status":"queued","error_code":null})"), twilio);
  EXPECT_EQ(exchange.result.state, Sending::kTaken);
  EXPECT_EQ(exchange.result.provider_id, "SM9");
  EXPECT_EQ(HeaderOf(exchange.request, "authorization"), "Basic QUMxOmF1dGggdG9rZW4=");
  EXPECT_EQ(BodyOf(exchange.request),
            "To=%2B41791234567&From=8844&Body=Hello&StatusCallback="
            "https%3A%2F%2Fsms.example.org%2Ftwilio%2Fdelivery%3Ftoken%3D" +
                std::string(kToken));
  EXPECT_EQ(SendOver(Reaction::Answer(400, R"({"code":21211})"), twilio).result.state,
            Sending::kRefused);
  EXPECT_EQ(SendOver(Reaction::Answer(429, ""), twilio).result.state, Sending::kLater);
}

TEST(Vonage, SaysInTheBodyWhatBecameOfEachPart) {
  const auto vonage = [](HttpSendSettings& s) {
    s.url += "/sms/json";
    s.content_type = "application/json";
    s.body = R"({"to":"{to_digits}","from":"{from}","text":"{text}","type":"unicode",)"
             R"("client-ref":"{token}"})";
    s.user = "key";
    s.secret = Secret("secret");
    s.taken = {200};
    s.outcome = "messages.*.status";
    s.outcome_taken = {"0"};
    s.outcome_later = {"1"};
    s.outcome_refused = {"2", "3", "4", "6", "7", "9", "15", "22", "29"};
    s.id = "messages.0.message-id";
  };
  const auto run = [&](const std::string& messages) {
    return SendOver(
               Reaction::Answer(200, "{\"message-count\":\"2\",\"messages\":[" + messages + "]}"),
               vonage)
        .result;
  };
  const std::string ok = R"({"to":"41791234567","message-id":"0A","status":"0"})";
  EXPECT_EQ(run(ok).state, Sending::kTaken);
  EXPECT_EQ(run(ok).provider_id, "0A");
  EXPECT_EQ(run(ok + "," + ok).state, Sending::kTaken);
  EXPECT_EQ(run(R"({"status":"1"})").state, Sending::kLater);
  EXPECT_EQ(run(R"({"status":"4","error-text":"Bad Credentials"})").state, Sending::kRefused);
  EXPECT_EQ(run(R"({"status":"5"})").state, Sending::kUnsure);
  EXPECT_EQ(run(ok + R"(,{"status":"1"})").state, Sending::kUnsure);
  EXPECT_EQ(run("").state, Sending::kUnsure);
  EXPECT_EQ(SendOver(Reaction::Answer(200, "<html>"), vonage).result.state, Sending::kUnsure);
}

TEST(AfricasTalking, SaysInTheBodyToo) {
  const auto talking = [](HttpSendSettings& s) {
    s.url += "/version1/messaging";
    s.body = "username=office&to={to}&from={from}&message={text}";
    s.secret_header = "apiKey";
    s.secret = Secret("key");
    s.headers = {{"Accept", "application/json"}};
    s.taken = {200, 201};
    s.outcome = "SMSMessageData.Recipients.*.statusCode";
    s.outcome_taken = {"100", "101", "102"};
    s.outcome_refused = {"402", "403", "404", "405", "406", "407", "409"};
    s.id = "SMSMessageData.Recipients.0.messageId";
  };
  const auto run = [&](const std::string& recipients) {
    return SendOver(
        Reaction::Answer(201, R"({"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[)" +
                                  recipients + "]}}"),
        talking);
  };
  const Exchange sent = run(R"({"statusCode":101,"number":"+41791234567","cost":"KES 0.8",
                                "status":"Success","messageId":"ATPid_1"})");
  EXPECT_EQ(sent.result.state, Sending::kTaken);
  EXPECT_EQ(sent.result.provider_id, "ATPid_1");
  EXPECT_EQ(HeaderOf(sent.request, "apikey"), "key");
  EXPECT_EQ(HeaderOf(sent.request, "accept"), "application/json");
  EXPECT_EQ(run(R"({"statusCode":403,"messageId":"None"})").result.state, Sending::kRefused);
  EXPECT_EQ(run(R"({"statusCode":500,"messageId":"None"})").result.state, Sending::kUnsure);
  EXPECT_EQ(run("").result.state, Sending::kUnsure);
}

TEST(RapidPro, TheRelaysWordsComeBackAsAMessageOfThePerson) {
  const Exchange exchange =
      SendOver(Reaction::Answer(200, R"({"message":"Accepted"})"), [](HttpSendSettings& s) {
        s.url += "/c/ex/8eb23e93/receive";
        s.body = "from={to}&text={text}";
      });
  EXPECT_EQ(exchange.result.state, Sending::kTaken);
  EXPECT_EQ(BodyOf(exchange.request), "from=%2B41791234567&text=Hello");
}

TEST(HttpProvider, SettingsThatCannotBeMeant) {
  const auto expect = [](const std::function<void(HttpSendSettings&)>& change, const char* field) {
    HttpSendSettings settings = Settings("127.0.0.1:1");
    change(settings);
    const auto made = MakeProvider(std::move(settings));
    ASSERT_TRUE(Fails(made, Code::kMalformed)) << field;
    EXPECT_STREQ(made.error().field(), field);
  };
  expect([](auto& s) { s.allow_http = false; }, "url");
  expect([](auto& s) { s.url = "http://{to}.example.org/"; }, "url");
  expect([](auto& s) { s.url = "http://example.org/{number}"; }, "url");
  expect([](auto& s) { s.body = "text={text}"; }, "body");
  expect([](auto& s) { s.body = "to={to}"; }, "body");
  expect([](auto& s) { s.body = "to={to}&text={text}&x={y}"; }, "body");
  expect([](auto& s) { s.method = "PUT"; }, "method");
  expect([](auto& s) { s.method = "GET"; }, "body");
  expect([](auto& s) { s.content_type = "text/plain"; }, "content_type");
  expect([](auto& s) { s.headers = {{"", "x"}}; }, "headers");
  expect([](auto& s) { s.headers = {{"X", "a\r\nb"}}; }, "headers");
  expect([](auto& s) { s.headers = {{"X", "{what}"}}; }, "headers");
  expect([](auto& s) { s.user = "u"; }, "secret_file");
  expect([](auto& s) { s.secret = Secret("x"); }, "secret_file");
  expect([](auto& s) { s.user = "u:v", s.secret = Secret("x"); }, "secret_file");
  expect([](auto& s) { s.user = "u", s.secret_header = "X", s.secret = Secret("x"); },
         "secret_header");
  expect([](auto& s) { s.taken = {}; }, "taken");
  expect([](auto& s) { s.taken = {200, 400}; }, "taken");
  expect([](auto& s) { s.outcome = "status"; }, "outcome_taken");
}

}  // namespace
}  // namespace safeconduct::sms
