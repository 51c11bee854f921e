#include "gateway/charter/retention.h"

#include <gtest/gtest.h>

#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::charter {
namespace {

using namespace safeconduct::testing;

constexpr std::int64_t kInTime = FirstAnnouncedDay(kNow);

v1::Retention Keeps(std::uint32_t closed_days, std::int64_t from_day = 0) {
  v1::Retention retention;
  retention.set_closed_days(closed_days);
  retention.set_from_day(from_day);
  return retention;
}

TEST(RetentionTest, TheFirstAnnouncedDayIsThirtyWholeDaysAhead) {
  EXPECT_EQ(kInTime % kDaySeconds, 0);
  EXPECT_GE(kInTime, kNow + kAnnouncedDays * kDaySeconds);
  EXPECT_LT(kInTime, kNow + (kAnnouncedDays + 1) * kDaySeconds);
  EXPECT_EQ(FirstAnnouncedDay(10 * kDaySeconds), (10 + kAnnouncedDays) * kDaySeconds);
}

TEST(RetentionTest, BeginsWithADayWhereAnythingIsErased) {
  struct Row {
    const char* what;
    v1::Retention retention;
    bool taken;
  };
  const Row rows[] = {
      {"no day", Keeps(30), true},
      {"a day", Keeps(30, 1'798'761'600), true},
      {"the last day of the year 9999", Keeps(30, 253'402'214'400), true},
      {"within a day", Keeps(30, 1'798'761'601), false},
      {"before 1970", Keeps(30, -kDaySeconds), false},
      {"in the year 10000", Keeps(30, 253'402'300'800), false},
      {"a day, and all is kept", Keeps(0, 1'798'761'600), false},
  };
  const Office office;
  for (const Row& row : rows) {
    v1::Charter charter = DemoCharter(office);
    *charter.mutable_channels(0)->mutable_retention() = row.retention;
    const Result<std::string> opened = MakeText(kOrigin, 1, kExpiry, charter);
    ASSERT_EQ(opened.ok(), row.taken) << row.what;
    if (opened.ok()) continue;
    EXPECT_EQ(opened.error().code(), Code::kRejected) << row.what;
    EXPECT_STREQ(opened.error().field(), "channels.retention.from_day") << row.what;
  }
}

TEST(RetentionTest, IsUnannouncedWhereItErasesSoonerAndWithinThirtyDays) {
  struct Row {
    const char* what;
    v1::Retention before;
    v1::Retention after;
    bool unannounced;
  };
  const std::int64_t too_soon = kInTime - kDaySeconds;
  const Row rows[] = {
      {"kept as before", Keeps(0), Keeps(0), false},
      {"not kept any more", Keeps(0), Keeps(3'650), true},
      {"announced", Keeps(0), Keeps(3'650, kInTime), false},
      {"announced a day late", Keeps(0), Keeps(3'650, too_soon), true},
      {"the same", Keeps(30), Keeps(30), false},
      {"longer", Keeps(30), Keeps(31), false},
      {"kept for ever", Keeps(30), Keeps(0), false},
      {"shorter", Keeps(31), Keeps(30), true},
      {"shorter, announced", Keeps(31), Keeps(30, kInTime), false},
      {"shorter, announced a day late", Keeps(31), Keeps(30, too_soon), true},
      {"postponed", Keeps(30, kNow), Keeps(30, too_soon), false},
      {"brought forward", Keeps(30, kInTime), Keeps(30, too_soon), true},
      {"brought forward, and no day at all", Keeps(30, kInTime), Keeps(30), true},
      {"brought forward, still in time", Keeps(30, kInTime + kDaySeconds), Keeps(30, kInTime),
       false},
      {"without the day that is over", Keeps(30, kNow - kNow % kDaySeconds), Keeps(30), false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(IsUnannounced(row.before, row.after, kNow), row.unannounced) << row.what;
  }
}

TEST(RetentionTest, OfACharterTheChannelsThatWereThereBefore) {
  const Office office;
  const v1::Charter before = DemoCharter(office);
  v1::Charter after = before;
  ASSERT_GE(after.channels_size(), 2);
  for (v1::Channel& channel : *after.mutable_channels()) *channel.mutable_retention() = Keeps(30);
  v1::Channel& added = *after.add_channels();
  added = after.channels(0);
  added.set_id("added");
  const std::vector<const v1::Channel*> found = UnannouncedRetentions(before, after, kNow);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0]->id(), before.channels(0).id());
  EXPECT_EQ(found[1]->id(), before.channels(1).id());
  after.mutable_channels(0)->mutable_retention()->set_from_day(kInTime);
  EXPECT_EQ(UnannouncedRetentions(before, after, kNow).size(), 1u);
  EXPECT_TRUE(UnannouncedRetentions(after, after, kNow).empty());
}

}  // namespace
}  // namespace safeconduct::charter
