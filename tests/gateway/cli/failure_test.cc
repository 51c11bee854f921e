#include "gateway/cli/failure.h"

#include <gtest/gtest.h>

namespace safeconduct::cli {
namespace {

TEST(Failure, ExitCodesAreThoseThatScriptsRelyOn) {
  EXPECT_EQ(static_cast<int>(Exit::kOk), 0);
  EXPECT_EQ(static_cast<int>(Exit::kUsage), 2);
  EXPECT_EQ(static_cast<int>(Exit::kRefused), 3);
  EXPECT_EQ(static_cast<int>(Exit::kUnverified), 4);
  EXPECT_EQ(static_cast<int>(Exit::kNetwork), 5);
  EXPECT_EQ(static_cast<int>(Exit::kKey), 6);
}

TEST(Failure, EveryCodeHasAnExitCodeThatIsNoSuccess) {
  for (int code = 0; code <= static_cast<int>(Code::kInternal); ++code) {
    EXPECT_NE(ExitFor(static_cast<Code>(code)), Exit::kOk) << code;
  }
  EXPECT_EQ(ExitFor(Code::kWrongKey), Exit::kKey);
  EXPECT_EQ(ExitFor(Code::kUnverified), Exit::kUnverified);
  EXPECT_EQ(ExitFor(Code::kExpired), Exit::kUnverified);
  EXPECT_EQ(ExitFor(Code::kNotFound), Exit::kRefused);
  EXPECT_EQ(ExitFor(Code::kUnavailable), Exit::kNetwork);
  EXPECT_EQ(ExitFor(Code::kMalformed), Exit::kUsage);
}

TEST(Failure, ExplainSaysWhatWasBeingDoneAndWhere) {
  const Failure failure = Explain(Error(Code::kRejected, "too many", "holders"),
                                  "The draft cannot be signed", "Fewer.");
  EXPECT_EQ(failure.exit, Exit::kRefused);
  EXPECT_EQ(failure.message, "The draft cannot be signed: too many (holders)");
  EXPECT_EQ(failure.hint, "Fewer.");
  EXPECT_EQ(failure.field, "holders");
}

TEST(Failure, ExplainAsOverridesTheExitCodeOnly) {
  const Outcome<int> outcome =
      ExplainAs(Exit::kUnverified, Result<int>(Error(Code::kMalformed, "odd")), "It");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().exit, Exit::kUnverified);
  EXPECT_EQ(outcome.error().message, "It: odd");
  const Outcome<int> fine = ExplainAs(Exit::kUnverified, Result<int>(7), "It");
  ASSERT_TRUE(fine.ok());
  EXPECT_EQ(*fine, 7);
}

}  // namespace
}  // namespace safeconduct::cli
