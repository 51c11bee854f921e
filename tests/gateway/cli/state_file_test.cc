#include "gateway/cli/state_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/gateway/cli/temporary_folder.h"

namespace safeconduct::cli {
namespace {

TEST(StateFile, RemembersTheNewestVersionOfEachOrigin) {
  const TemporaryFolder folder;
  const std::string state = folder / "deep/state";
  const auto version = [&](const char* origin) { return NewestSeen(state, origin)->version; };
  ASSERT_EQ(version("a"), 0u);
  EXPECT_EQ(folder.entries(), 0u);  // asking leaves no trace
  ASSERT_TRUE(Remember(state, "a", {3, "three\n"}).ok());
  ASSERT_TRUE(Remember(state, "b", {7, "seven\n"}).ok());
  ASSERT_TRUE(Remember(state, "a", {2, "two\n"}).ok());  // older: the newer one stays
  EXPECT_EQ(version("a"), 3u);
  EXPECT_EQ(NewestSeen(state, "a")->checkpoint, "three\n");
  EXPECT_EQ(NewestSeen(state, "b")->checkpoint, "seven\n");
  EXPECT_EQ(version("c"), 0u);
  struct stat facts {};
  ASSERT_EQ(stat(state.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777u, 0700u);
  ASSERT_EQ(stat(StateFileIn(state).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777u, 0600u);
}

TEST(StateFile, KeepsTheFirstCheckpointOfAVersion) {
  const TemporaryFolder folder;
  std::ofstream(folder / "charter-versions") << "3 a\n";  // as it was written without checkpoints
  EXPECT_EQ(NewestSeen(folder.path(), "a")->version, 3u);
  EXPECT_EQ(NewestSeen(folder.path(), "a")->checkpoint, "");
  ASSERT_TRUE(Remember(folder.path(), "a", {3, "first"}).ok());
  EXPECT_EQ(NewestSeen(folder.path(), "a")->checkpoint, "first");
  ASSERT_TRUE(Remember(folder.path(), "a", {3, "second"}).ok());
  EXPECT_EQ(NewestSeen(folder.path(), "a")->checkpoint, "first");
  ASSERT_TRUE(Remember(folder.path(), "a", {4, "fourth"}).ok());
  EXPECT_EQ(NewestSeen(folder.path(), "a")->checkpoint, "fourth");
}

TEST(StateFile, ADamagedFileIsNotTakenForAnEmptyOne) {
  for (const char* content : {"x\n", "3\n", "3 \n", "-3 a\n", " 3 a\n", "99999999999999999999 a\n",
                              "3 a \n", "3 a ?\n", "3 a eA\n", "3 a eA== \n", "3  eA==\n"}) {
    const TemporaryFolder folder;
    std::ofstream(folder / "charter-versions") << content;
    EXPECT_FALSE(NewestSeen(folder.path(), "a").ok()) << content;
    EXPECT_FALSE(Remember(folder.path(), "a", {5, "x"}).ok()) << content;
  }
}

TEST(StateFile, LivesWhereTheUserKeepsState) {
  setenv("HOME", "/home/u", 1);
  unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(StateFolder(), "/home/u/.local/state/safeconduct");
  setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(StateFolder(), "/state/safeconduct");
  setenv("XDG_STATE_HOME", "relative", 1);  // the XDG specification: to be ignored
  EXPECT_EQ(StateFolder(), "/home/u/.local/state/safeconduct");
  unsetenv("XDG_STATE_HOME");
}

}  // namespace
}  // namespace safeconduct::cli
