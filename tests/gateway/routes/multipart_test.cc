#include "gateway/routes/multipart.h"

#include <gtest/gtest.h>

namespace safeconduct::routes {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=----x";

std::string Part(const std::string& headers, const std::string& value) {
  return "------x\r\n" + headers + "\r\n\r\n" + value + "\r\n";
}

TEST(MultipartTest, GivesFieldsAsBrowsersSendThem) {
  const std::string body =
      Part(
          "Content-Disposition: form-data; name=\"file\"; filename=\"a;name=b.age\"\r\n"
          "Content-Type: application/octet-stream",
          std::string("age\r\n--x\r\n\0bytes", 17)) +
      Part("content-disposition: form-data; name=text", "") + "------x--\r\n";
  const auto form = ParseForm(kType, body);
  ASSERT_TRUE(form.ok()) << form.error().message();
  ASSERT_EQ(form->size(), 2U);
  EXPECT_EQ(FieldValue(*form, "file"), std::string_view("age\r\n--x\r\n\0bytes", 17));
  EXPECT_EQ(FieldValue(*form, "text"), "");
  EXPECT_EQ(FieldValue(*form, "other"), std::nullopt);
}

TEST(MultipartTest, TakesABoundaryInQuotes) {
  const std::string body =
      "--a b\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nv\r\n--a b--";
  const auto form = ParseForm("multipart/form-data; charset=utf-8; boundary=\"a b\"", body);
  ASSERT_TRUE(form.ok());
  EXPECT_EQ(FieldValue(*form, "t"), "v");
}

TEST(MultipartTest, RefusesWhatIsNone) {
  const std::string part = Part("Content-Disposition: form-data; name=\"t\"", "v");
  const std::vector<std::string> bodies = {
      "",
      "v",
      part,
      part + "------",
      part + "------x",
      "------x\r\n\r\n\r\nv\r\n------x--",
      Part("Content-Disposition: form-data", "v") + "------x--",
      Part("Content-Disposition: attachment; name=\"t\"", "v") + "------x--",
      Part("Content-Type: text/plain", "v") + "------x--",
      " " + part + "------x--"};
  for (const std::string& body : bodies) {
    const auto form = ParseForm(kType, body);
    ASSERT_FALSE(form.ok()) << body;
    EXPECT_EQ(form.error().code(), Code::kMalformed) << body;
  }
  for (const char* type : {"", "multipart/form-data", "multipart/form-data; boundary=",
                           "multipart/form-data; boundary=\"", "multipart/form-data; boundary"}) {
    EXPECT_FALSE(ParseForm(type, part + "------x--").ok()) << type;
  }
}

TEST(MultipartTest, HasBounds) {
  std::string body;
  for (int i = 0; i < 17; ++i) body += Part("Content-Disposition: form-data; name=\"t\"", "v");
  EXPECT_EQ(ParseForm(kType, body + "------x--").error().code(), Code::kTooLarge);
  const std::string headers =
      "X: " + std::string(5'000, 'x') + "\r\nContent-Disposition: form-data; name=\"t\"";
  EXPECT_EQ(ParseForm(kType, Part(headers, "v") + "------x--").error().code(), Code::kTooLarge);
}

}  // namespace
}  // namespace safeconduct::routes
