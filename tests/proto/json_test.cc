#include <gtest/gtest.h>

#include "proto/parse.h"
#include "safeconduct/v1/api.pb.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::proto {
namespace {

constexpr std::size_t kMax = 64 * 1024;

v1::Triage MakeTriage() {
  v1::Triage triage;
  triage.mutable_reporter()->set_request_key(std::string("\x00\xff\x10", 3));
  triage.mutable_consent()->set_contact(true);
  triage.set_language("fr");
  v1::Answer& answer = *triage.add_answers();
  answer.set_question("where");
  answer.add_values("pr\xc3\xa8s du march\xc3\xa9 \xe2\x80\x9cnord\xe2\x80\x9d \"<b>\"");
  return triage;
}

TEST(Json, IsReadBackAsItWasWritten) {
  const v1::Triage triage = MakeTriage();
  for (const JsonForm form : {JsonForm::kCompact, JsonForm::kComplete, JsonForm::kReadable}) {
    const auto json = ToJson(triage, form);
    ASSERT_TRUE(json.ok());
    const auto back = FromJson<v1::Triage>(*json, kMax, Unknown::kRefuse);
    ASSERT_TRUE(back.ok()) << *json;
    EXPECT_EQ(back->SerializeAsString(), triage.SerializeAsString());
  }
}

TEST(Json, HasTheFormsItNames) {
  v1::ApiError error;
  error.set_code("rejected");
  EXPECT_EQ(*ToJson(error), R"({"code":"rejected"})");
  EXPECT_EQ(*ToJson(error, JsonForm::kComplete), R"({"code":"rejected","message":"","field":""})");
  EXPECT_NE(ToJson(error, JsonForm::kReadable)->find("\n"), std::string::npos);
}

TEST(Json, EscapesWhatWouldEndAScript) {
  v1::ApiError error;
  error.set_message("</script>");
  EXPECT_EQ(ToJson(error)->find("</script>"), std::string::npos);
}

TEST(Json, RefusesToWriteTextThatIsNotUtf8) {
  v1::Triage triage;
  triage.set_language("\xff\xfe");
  EXPECT_EQ(ToJson(triage).error().code(), Code::kMalformed);
}

TEST(Json, ToleratesUnknownFieldsOnlyWhereSaid) {
  const std::string json = R"({"language":"en","new":{"a":[1,2]}})";
  EXPECT_EQ(FromJson<v1::Triage>(json, kMax, Unknown::kRefuse).error().code(), Code::kMalformed);
  const auto triage = FromJson<v1::Triage>(json, kMax, Unknown::kIgnore);
  ASSERT_TRUE(triage.ok());
  EXPECT_EQ(triage->language(), "en");
}

TEST(Json, TakesThePaddingOfPlaintexts) {
  const std::string padded = *ToJson(MakeTriage()) + std::string(5000, ' ') + "\n";
  const auto back = FromJson<v1::Triage>(padded, kMax, Unknown::kIgnore);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->SerializeAsString(), MakeTriage().SerializeAsString());
}

TEST(Json, RefusesWhatIsNoSuchMessage) {
  for (const std::string& json :
       {std::string(), std::string("nonsense"), std::string("[]"), std::string("{\"language\":1}"),
        std::string("{\"language\":\"en\"} {}"), std::string("{\"language\":\"en\""),
        std::string("{\"language\":\"\xff\"}"),
        std::string("{\"reporter\":{\"requestKey\":\"!\"}}")}) {
    EXPECT_EQ(FromJson<v1::Triage>(json, kMax, Unknown::kIgnore).error().code(), Code::kMalformed)
        << json;
  }
}

TEST(Json, RefusesEveryTruncation) {
  const std::string json = *ToJson(MakeTriage());
  for (std::size_t size = 0; size < json.size(); ++size) {
    EXPECT_FALSE(FromJson<v1::Triage>(json.substr(0, size), kMax, Unknown::kRefuse).ok()) << size;
  }
}

TEST(Json, BoundsBytesDepthAndParts) {
  const std::string json = R"({"answers":[{"question":"a"},{"question":"b"}]})";
  EXPECT_TRUE(FromJson<v1::Triage>(json, json.size(), Unknown::kRefuse).ok());
  EXPECT_EQ(FromJson<v1::Triage>(json, json.size() - 1, Unknown::kRefuse).error().code(),
            Code::kTooLarge);
  EXPECT_TRUE(FromJson<v1::Triage>(json, kMax, Unknown::kRefuse, 6).ok());
  EXPECT_EQ(FromJson<v1::Triage>(json, kMax, Unknown::kRefuse, 5).error().code(), Code::kTooLarge);

  std::string deep = "{\"x\":" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
  EXPECT_EQ(FromJson<v1::Triage>(deep, kMax, Unknown::kIgnore).error().code(), Code::kMalformed);
  // Brackets within strings do not count.
  const std::string text =
      "{\"language\":\"" + std::string(100, '[') + "\\\"" + std::string(100, ',') + "\"}";
  EXPECT_TRUE(FromJson<v1::Triage>(text, kMax, Unknown::kRefuse, 10).ok());
}

TEST(Json, SpellsWhatTheApiSpells) {
  v1::SubmitReply reply;
  reply.set_report_id("00ff");
  EXPECT_EQ(*ToJson(reply), R"({"reportId":"00ff"})");
  v1::CaseSummary summary;
  summary.set_size_bytes(1ull << 60);
  EXPECT_EQ(*ToJson(summary), R"({"sizeBytes":"1152921504606846976"})");
}

}  // namespace
}  // namespace safeconduct::proto
