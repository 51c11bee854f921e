#include "gateway/cli/time_text.h"

#include <gtest/gtest.h>

namespace safeconduct::cli {
namespace {

TEST(TimeText, TakesDatesAndTimesInUtc) {
  EXPECT_EQ(*ParseTime("2027-01-31"), 1801353600);
  EXPECT_EQ(*ParseTime("2027-01-31T12:30:05Z"), 1801353600 + 12 * 3600 + 30 * 60 + 5);
  EXPECT_EQ(Rfc3339(1801353600), "2027-01-31T00:00:00Z");
}

TEST(TimeText, RefusesWhatIsNoDate) {
  for (const char* text : {"", "soon", "2027-02-31", "2027-13-01", "2027-01-31 12:00",
                           "2027-01-31T12:00", "2027-01-31x", "31.1.2027"}) {
    const Outcome<std::int64_t> time = ParseTime(text);
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_EQ(time.error().exit, Exit::kUsage);
  }
}

}  // namespace
}  // namespace safeconduct::cli
