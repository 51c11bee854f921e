#include "crypto/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>

namespace safeconduct {
namespace {

// No text that is made at run time can become a message.
static_assert(!std::is_constructible_v<Message, std::string>);
static_assert(!std::is_constructible_v<Message, const char*>);
static_assert(!std::is_constructible_v<Error, Code, std::string>);

Result<int> Half(int number) {
  if (number % 2 != 0) return Error(Code::kMalformed, "odd");
  return number / 2;
}

Status CheckEven(int number) {
  SC_TRY(Half(number));
  return {};
}

Result<int> Quarter(int number) {
  SC_ASSIGN(const int half, Half(number));
  SC_ASSIGN(int quarter, Half(half));
  return quarter;
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> value = Half(4);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value, 2);
  const Result<int> error = Half(3);
  ASSERT_FALSE(error.ok());
  EXPECT_EQ(error.error().code(), Code::kMalformed);
  EXPECT_STREQ(error.error().message(), "odd");
  EXPECT_STREQ(error.error().field(), "");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 7);
}

TEST(Result, TryLeavesWithTheError) {
  EXPECT_TRUE(CheckEven(2).ok());
  EXPECT_EQ(CheckEven(3).error().code(), Code::kMalformed);
}

TEST(Result, AssignLeavesWithTheFirstError) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_FALSE(Quarter(6).ok());
  EXPECT_FALSE(Quarter(7).ok());
}

TEST(Result, TheFirstFieldNamedStays) {
  const Error plain(Code::kTooLarge, "too large");
  const Error named = plain.In("text");
  EXPECT_STREQ(named.field(), "text");
  EXPECT_STREQ(named.In("other").field(), "text");
  EXPECT_STREQ(plain.field(), "");
}

TEST(ResultDeathTest, ReadingWhatIsNotThereAborts) {
  const Result<int> error = Half(3);
  const Result<int> value = Half(2);
  EXPECT_DEATH((void)*error, "");
  EXPECT_DEATH((void)value.error(), "");
  EXPECT_DEATH((void)Status().error(), "");
}

}  // namespace
}  // namespace safeconduct
