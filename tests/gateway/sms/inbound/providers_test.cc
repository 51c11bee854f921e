// The worked examples of gateway/sms/README.md: what RapidPro, Twilio, Vonage and Africa's Talking
// send, with signatures that they, or their libraries' tests, have published.
#include "crypto/base/hash.h"
#include "gateway/sms/inbound/fields.h"
#include "tests/gateway/sms/inbound/requests.h"

namespace safeconduct::sms {
namespace {

using testing::Fails;
using testing::Succeeds;
using Kind = FormAuthentication::Kind;
using Signed = FormAuthentication::Signed;

const std::vector<http::Header> kForm = {{"content-type", "application/x-www-form-urlencoded"}};

std::vector<http::Header> FormWith(std::string name, std::string value) {
  std::vector<http::Header> headers = kForm;
  headers.push_back({std::move(name), std::move(value)});
  return headers;
}

// --- Twilio -------------------------------------------------------------------------------------

FormSettings Twilio(const std::string& path, std::string_view key) {
  FormSettings s;
  s.name = "twilio";
  s.path = path;
  s.authentication.kind = Kind::kHmac;
  s.authentication.header = "x-twilio-signature";
  s.authentication.algorithm = FormAuthentication::Algorithm::kSha1;
  s.authentication.encoding = FormAuthentication::Encoding::kBase64;
  s.authentication.over = Signed::kUrlFields;
  s.authentication.public_url = "https://mycompany.com";
  s.authentication.secret = Secret(key);
  s.fields = {"MessageSid", "From", "To", "Body", "", "", ""};
  s.delivery = {
      "MessageSid", "token", "MessageStatus", {"delivered", "read"}, {"failed", "undelivered"}};
  s.answer_type = "text/xml";
  s.answer_body = "<Response/>";
  return s;
}

std::string TwilioSignature(const std::string& text, std::string_view key) {
  return Base64Encode(HmacSha1(AsBytes(key), AsBytes(text)));
}

// The example of Twilio's "Webhooks security": of a call, so it has no id of a message. Its token
// is shorter than any that is taken.
TEST(Twilio, ThePublishedSignature) {
  const std::string url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  const std::string fields =
      "CallSidCA1234567890ABCDECaller+12349013030Digits1234From+12349013030To+18005551212";
  EXPECT_EQ(TwilioSignature(url + fields, "12345"), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
}

TEST(Twilio, AMessage) {
  constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
  const auto twilio = *MakeInterface(Twilio("/twilio", kKey));
  const std::string body =
      "ToCountry=US&MessageSid=SM1&From=%2B12349013030&To=%2B18005551212&Body=Hello+%26+bye&"
      "NumMedia=0";
  const std::string signature = TwilioSignature(
      "https://mycompany.com/twilio?a=bBodyHello & byeFrom+12349013030MessageSidSM1NumMedia0"
      "To+18005551212ToCountryUS",
      kKey);
  const http::Request request =
      Post("/twilio?a=b", body, FormWith("x-twilio-signature", signature));
  const Incoming message = MessageOf(*twilio, request);
  EXPECT_EQ(message.id, "SM1");
  EXPECT_EQ(message.from.digits, "12349013030");
  EXPECT_EQ(message.to, "+18005551212");
  EXPECT_EQ(message.text, "Hello & bye");
  http::Request other = request;
  other.body += "&x=y";
  EXPECT_TRUE(Fails(twilio->Read(other, kNow), Code::kUnauthorized));
  other = request;
  other.head.target = "/twilio?a=c";
  EXPECT_TRUE(Fails(twilio->Read(other, kNow), Code::kUnauthorized));
  EXPECT_EQ(twilio->Accepted().body, "<Response/>");
}

TEST(Twilio, AStatusCallbackWithTheTokenInItsUrl) {
  constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
  const auto twilio = *MakeInterface(Twilio("/twilio", kKey));
  const std::string target = "/twilio/delivery?token=00112233445566778899aabbccddeeff";
  const auto report = [&](const std::string& status) {
    return Post(
        target, "MessageSid=SM2&MessageStatus=" + status,
        FormWith("x-twilio-signature", TwilioSignature("https://mycompany.com" + target +
                                                           "MessageSidSM2MessageStatus" + status,
                                                       kKey)));
  };
  const DeliveryReport delivered = ReportOf(*twilio, report("delivered"));
  EXPECT_EQ(delivered.token, "00112233445566778899aabbccddeeff");
  EXPECT_EQ(delivered.provider_id, "SM2");
  EXPECT_EQ(delivered.news, DeliveryNews::kDelivered);
  EXPECT_EQ(ReportOf(*twilio, report("undelivered")).news, DeliveryNews::kFailed);
  EXPECT_TRUE(IsNoNews(*twilio, report("sent")));
}

// --- Vonage -------------------------------------------------------------------------------------

FormSettings Vonage(FormAuthentication::Algorithm algorithm) {
  FormSettings s;
  s.name = "vonage";
  s.path = "/vonage";
  s.authentication.kind = Kind::kHmac;
  s.authentication.field = "sig";
  s.authentication.algorithm = algorithm;
  s.authentication.over = Signed::kFields;
  s.authentication.timestamp = "timestamp";
  s.authentication.window_seconds = 90'000;
  s.authentication.secret = Secret("my_secret_key_for_testing");
  s.fields = {"messageId", "msisdn", "to", "text", "concat-ref", "concat-part", "concat-total"};
  s.delivery = {
      "messageId", "client-ref", "status", {"delivered"}, {"failed", "rejected", "expired"}};
  return s;
}

// Of the tests of Vonage's own library for PHP (test/Client/SignatureTest.php).
TEST(Vonage, ThePublishedSignatures) {
  const std::string fields =
      "message-timestamp=2013-11-21+15%3A27%3A30&messageId=020000001B0FE827&msisdn=14843472194&"
      "text=Test+again&timestamp=1385047698&to=13239877404&type=text&sig=";
  const std::pair<FormAuthentication::Algorithm, std::string> rows[] = {
      {FormAuthentication::Algorithm::kSha1, "27D0D05C2876C7CB1720DBCDBA4D492E1E55C09A"},
      {FormAuthentication::Algorithm::kSha256,
       "DDB8397C2B90AAC7F3882D306475C9A5058C92322EEF43C92B298B6E0FC0D330"}};
  for (const auto& [algorithm, signature] : rows) {
    const auto vonage = *MakeInterface(Vonage(algorithm));
    for (const http::Request& request :
         {Post("/vonage", fields + signature, kForm), Get("/vonage?" + fields + signature)}) {
      const Incoming message = MessageOf(*vonage, request, 1385047698);
      EXPECT_EQ(message.id, "020000001B0FE827");
      EXPECT_EQ(message.from.digits, "14843472194");
      EXPECT_EQ(message.text, "Test again");
      EXPECT_FALSE(message.part.has_value());
      EXPECT_TRUE(Fails(vonage->Read(request, 1385047698 + 90'001), Code::kExpired));
    }
    std::string other = signature;
    other[3] = other[3] == '0' ? '1' : '0';
    EXPECT_TRUE(Fails(vonage->Read(Post("/vonage", fields + other, kForm), 1385047698),
                      Code::kUnauthorized));
    EXPECT_TRUE(
        Fails(vonage->Read(Post("/vonage", fields, kForm), 1385047698), Code::kUnauthorized));
  }
}

TEST(Vonage, APartInJsonWithWhatIsReplacedInSignatures) {
  const auto vonage = *MakeInterface(Vonage(FormAuthentication::Algorithm::kSha256));
  const std::string signed_text =
      "&concat=true&concat-part=2&concat-ref=108&concat-total=4&messageId=M1&msisdn=447700900001"
      "&text=a_b_c&timestamp=1800000000&to=447700900000&type=text";
  const std::string signature =
      HexEncode(HmacSha256(AsBytes("my_secret_key_for_testing"), AsBytes(signed_text)));
  const Incoming message = MessageOf(
      *vonage, Post("/vonage",
                    R"({"msisdn":"447700900001","to":"447700900000","messageId":"M1","text":"a&b=c",
               "type":"text","timestamp":"1800000000","concat":"true","concat-ref":"108",
               "concat-total":"4","concat-part":"2","sig":")" +
                        signature + "\"}",
                    {{"content-type", "application/json"}}));
  EXPECT_EQ(message.text, "a&b=c");
  ASSERT_TRUE(message.part.has_value());
  EXPECT_EQ(message.part->reference, 108U);
  EXPECT_EQ(message.part->index, 2U);
  EXPECT_EQ(message.part->count, 4U);
}

// --- Africa's Talking, which signs nothing
// --------------------------------------------------------

TEST(AfricasTalking, AMessageAndAReport) {
  FormSettings s;
  s.name = "at";
  s.path = "/at";
  s.authentication.query = "key";
  s.authentication.secret = Secret("0123456789abcdef");
  s.fields = {"id", "from", "to", "text", "", "", ""};
  s.delivery = {"id", "", "status", {"Success"}, {"Rejected", "Failed"}};
  const auto talking = *MakeInterface(std::move(s));
  const Incoming message = MessageOf(
      *talking,
      Post("/at?key=0123456789abcdef",
           "linkId=&text=Nahitaji+kuongea&to=22395&id=28a92cdf-2d63-4ee3-93df-4233d3de0356&"
           "date=2026-11-22T12%3A00%3A00Z&from=%2B254711223344&cost=None&networkCode=63902",
           kForm));
  EXPECT_EQ(message.id, "28a92cdf-2d63-4ee3-93df-4233d3de0356");
  EXPECT_EQ(message.from.digits, "254711223344");
  EXPECT_EQ(message.to, "22395");
  EXPECT_EQ(message.text, "Nahitaji kuongea");
  const auto report = [](const std::string& status) {
    return Post("/at/delivery?key=0123456789abcdef",
                "phoneNumber=%2B254711223344&failureReason=&retryCount=0&id=ATXid_1&status=" +
                    status + "&networkCode=63902",
                kForm);
  };
  EXPECT_EQ(ReportOf(*talking, report("Success")).provider_id, "ATXid_1");
  EXPECT_EQ(ReportOf(*talking, report("Rejected")).news, DeliveryNews::kFailed);
  EXPECT_TRUE(IsNoNews(*talking, report("Buffered")));
}

// --- RapidPro's external channel: the person's number is `to`, since RapidPro means to send
// ----------

TEST(RapidPro, WhatAFlowSendsToTheRelay) {
  FormSettings s;
  s.name = "rapidpro";
  s.path = "/rapidpro";
  s.authentication.header = "authorization";
  s.authentication.prefix = "Token ";
  s.authentication.secret = Secret("0123456789abcdef");
  s.fields = {"id", "to", "from", "text", "", "", ""};
  const auto rapidpro = *MakeInterface(std::move(s));
  const std::string form =
      "id=1241244&text=Love+is+patient.+%D8%AD%D8%A8&to=%2B250788123123&from=%2B250788000001&"
      "channel=8eb23e93-5ecb-45ba-b726-3b064e0c56ab";
  const Incoming message = MessageOf(
      *rapidpro, Post("/rapidpro", form, FormWith("authorization", "Token 0123456789abcdef")));
  EXPECT_EQ(message.id, "1241244");
  EXPECT_EQ(message.from.digits, "250788123123");
  EXPECT_EQ(message.to, "+250788000001");
  EXPECT_EQ(message.text, "Love is patient. حب");
  EXPECT_TRUE(Fails(rapidpro->Read(Post("/rapidpro", form, kForm), kNow), Code::kUnauthorized));
  EXPECT_EQ(rapidpro->Accepted().status, 200);
}

}  // namespace
}  // namespace safeconduct::sms
