#include "gateway/sms/inbound/incoming.h"
#include "tests/crypto/testing.h"

namespace safeconduct::sms {
namespace {

using testing::Fails;
using testing::Succeeds;

TEST(ParseNumber, OneNumberHasOneForm) {
  for (const char* text : {"+41791234567", "+41 79 123 45 67", "0041791234567", "41791234567",
                           "0791234567", "079 123-45.67", "(079) 1234567", " +41/79/1234567 "}) {
    const Result<Number> number = ParseNumber(text, "41");
    ASSERT_TRUE(Succeeds(number)) << text;
    EXPECT_EQ(number->digits, "41791234567") << text;
  }
}

TEST(ParseNumber, WithoutACountryOnlyWholeNumbersAreTaken) {
  EXPECT_EQ(ParseNumber("+254711223344", "")->digits, "254711223344");
  EXPECT_EQ(ParseNumber("00254711223344", "")->digits, "254711223344");
  EXPECT_TRUE(Fails(ParseNumber("0711223344", ""), Code::kMalformed));
}

TEST(ParseNumber, WhatCannotBeAnsweredIsNone) {
  for (const char* text : {"", "+", "MyBank", "12345", "+123456", "+1234567890123456",
                           "+4179x234567", "++41791234567", "41+791234567", "000791234567",
                           "+0791234567", "tel:+41791234567", "+４１791234567", "\n"}) {
    EXPECT_TRUE(Fails(ParseNumber(text, "41"), Code::kMalformed)) << text;
  }
  EXPECT_TRUE(
      Fails(ParseNumber("+" + std::string(60, ' ') + "41791234567", "41"), Code::kMalformed));
  EXPECT_TRUE(Succeeds(ParseNumber("+1234567", "")));
  EXPECT_TRUE(Succeeds(ParseNumber("+123456789012345", "")));
}

}  // namespace
}  // namespace safeconduct::sms
