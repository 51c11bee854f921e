// Following a log: what a monitor takes, and every way in which a log can go back on what it
// signed.
#include "gateway/cli/log_mirror.h"

#include <gtest/gtest.h>

#include "tests/gateway/cli/fake_log.h"

namespace safeconduct::cli {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

struct Follower {
  Outcome<Look> LookAt(FakeLog& log, std::int64_t now = kNow) {
    std::vector<std::string> given = taken;
    Outcome<Look> look = LookAtLog(log, log.key(), Tiles::kCompared, now, seen,
                                   [&given](std::uint64_t index, ByteView entry) -> Done {
                                     EXPECT_EQ(index, given.size());
                                     given.emplace_back(AsText(entry));
                                     return {};
                                   });
    if (look.ok() && look->step) taken = given;
    return look;
  }
  // One look that finds nothing wrong.
  void Take(FakeLog& log) {
    const Outcome<Look> look = LookAt(log);
    ASSERT_TRUE(look.ok()) << look.error().message;
    ASSERT_FALSE(look->contradiction) << look->contradiction->what;
    EXPECT_EQ(taken, log.entries);
  }

  SeenLog seen;
  std::vector<std::string> taken;
};

TEST(LookAtLog, TakesEachEntryOnceWhateverTheSizes) {
  FakeLog log;
  Follower follower;
  for (const std::size_t grows : {0u, 1u, 254u, 0u, 1u, 1u, 255u, 256u, 3u, 600u}) {
    log.Grow(grows);
    follower.Take(log);
    EXPECT_EQ(follower.seen.bundles.size(), log.entries.size() / 256 * 256);
  }
}

TEST(LookAtLog, ReadsOnlyWhatItDoesNotHave) {
  FakeLog log;
  Follower follower;
  log.Grow(600);
  follower.Take(log);
  log.Grow(10);
  log.asked.clear();
  follower.Take(log);
  EXPECT_EQ(log.asked, (std::vector<std::string>{"checkpoint", "tile/entries/002.p/98",
                                                 "tile/0/002.p/98", "tile/1/000.p/2"}));
}

TEST(LookAtLog, TakesTheFullTileWhereThePartialOneWent) {
  FakeLog log;
  log.Grow(300);
  const std::string checkpoint = log.Sign(log.checkpoint());
  log.Grow(300);
  log.lies["checkpoint"] = checkpoint;
  log.missing = {"tile/entries/001.p/44", "tile/0/001.p/44"};
  Follower follower;
  const Outcome<Look> look = follower.LookAt(log);
  ASSERT_TRUE(look.ok()) << look.error().message;
  EXPECT_EQ(follower.taken.size(), 300u);
}

TEST(LookAtLog, ALogWithoutCheckpointIsNotThereYetButMayNotGo) {
  FakeLog log;
  log.missing = {"checkpoint"};
  Follower follower;
  const Outcome<Look> none = follower.LookAt(log);
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->step);
  EXPECT_EQ(follower.seen.grew_at, kNow);
  log.missing.clear();
  log.Grow(3);
  follower.Take(log);
  log.missing = {"checkpoint"};
  EXPECT_EQ(follower.LookAt(log).error().exit, Exit::kUnverified);
}

// Each of these has been seen at a size, and then shows something else.
class Lying : public ::testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    log.Grow(GetParam());
    follower.Take(log);
    before = follower.seen.note;
  }
  void ExpectContradiction(const std::string& word) {
    const Outcome<Look> look = follower.LookAt(log);
    ASSERT_TRUE(look.ok()) << look.error().message;
    ASSERT_TRUE(look->contradiction);
    EXPECT_NE(look->contradiction->what.find(word), std::string::npos) << look->contradiction->what;
    EXPECT_EQ(look->contradiction->before, before);
    EXPECT_EQ(look->contradiction->now, log.Sign(log.checkpoint()));
    EXPECT_EQ(follower.seen.note, before)
        << "the first checkpoint must stay what it is held against";
  }

  FakeLog log;
  Follower follower;
  std::string before;
};

TEST_P(Lying, TwoTreesOfOneSize) {
  log.entries[GetParam() / 2] = "another";
  ExpectContradiction("forked: it signed two trees");
}

TEST_P(Lying, ARolledBackCheckpoint) {
  log.entries.pop_back();
  ExpectContradiction("shrank");
}

TEST_P(Lying, AnEntryChangedBelowALargerTree) {
  for (const std::size_t changed : {std::size_t{0}, GetParam() / 2, GetParam() - 1}) {
    const std::string kept = log.entries[changed];
    log.entries[changed] = "another";
    log.Grow(300);
    ExpectContradiction("does not extend");
    log.entries.resize(GetParam());
    log.entries[changed] = kept;
  }
}

TEST_P(Lying, EntriesOfAnotherTreeThanTheCheckpoint) {
  log.Grow(7);
  const std::string honest = log.Sign(log.checkpoint());
  log.entries.back() = "another";
  log.lies["checkpoint"] = honest;
  const Outcome<Look> look = follower.LookAt(log);
  ASSERT_FALSE(look.ok());
  EXPECT_EQ(look.error().exit, Exit::kUnverified);
  EXPECT_EQ(follower.seen.note, before);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Lying, ::testing::Values(1, 2, 255, 256, 257, 700));

TEST(LookAtLog, HashTilesHaveToBeOverTheEntries) {
  for (const std::string path : {"tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"}) {
    FakeLog log;
    log.Grow(600);
    std::string tile = **log.Get(path);
    tile[tile.size() - 1] = static_cast<char>(tile[tile.size() - 1] ^ 1);
    log.lies[path] = tile;
    Follower follower;
    const Outcome<Look> look = follower.LookAt(log);
    ASSERT_FALSE(look.ok()) << path;
    EXPECT_EQ(look.error().exit, Exit::kUnverified);
    EXPECT_NE(look.error().message.find(path.substr(5)), std::string::npos);
    EXPECT_TRUE(follower.seen.note.empty());
  }
}

TEST(LookAtLog, BundlesThatAreNone) {
  FakeLog log;
  log.Grow(300);
  const std::string full = **log.Get("tile/entries/000");
  for (const std::string& lie : {std::string(), full.substr(0, full.size() - 1), full + '\0',
                                 full.substr(0, full.size() / 2)}) {
    log.lies["tile/entries/000"] = lie;
    EXPECT_EQ(Follower().LookAt(log).error().exit, Exit::kUnverified);
  }
  log.lies.clear();
  log.missing = {"tile/entries/000"};
  EXPECT_EQ(Follower().LookAt(log).error().exit, Exit::kUnverified);
}

TEST(LookAtLog, AStrangersSignatureIsNone) {
  FakeLog log;
  log.Grow(3);
  FakeLog stranger("example.org/log", 91);
  stranger.Grow(3);
  FakeLog other("example.org/other");
  other.Grow(3);
  for (FakeLog* liar : {&stranger, &other}) {
    log.lies["checkpoint"] = liar->Sign(liar->checkpoint());
    EXPECT_EQ(Follower().LookAt(log).error().exit, Exit::kUnverified);
  }
}

TEST(IsStalled, AfterThreeIntervalsAndAMinute) {
  FakeLog log;
  log.Grow(5);
  Follower follower;
  follower.Take(log);
  EXPECT_FALSE(IsStalled(follower.seen, 3600, kNow + 3 * 3600 + 60));
  EXPECT_TRUE(IsStalled(follower.seen, 3600, kNow + 3 * 3600 + 61));
  // Looking again is not growing.
  ASSERT_TRUE(follower.LookAt(log, kNow + 3 * 3600).ok());
  EXPECT_TRUE(IsStalled(follower.seen, 3600, kNow + 3 * 3600 + 61));
  log.Grow(1);
  ASSERT_TRUE(follower.LookAt(log, kNow + 3 * 3600).ok());
  EXPECT_FALSE(IsStalled(follower.seen, 3600, kNow + 3 * 3600 + 61));
}

}  // namespace
}  // namespace safeconduct::cli
