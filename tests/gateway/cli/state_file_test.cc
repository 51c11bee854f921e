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
  ASSERT_EQ(*NewestVersionSeen(state, "a"), 0u);
  EXPECT_EQ(folder.entries(), 0u);  // asking leaves no trace
  ASSERT_TRUE(RememberVersion(state, "a", 3).ok());
  ASSERT_TRUE(RememberVersion(state, "b", 7).ok());
  ASSERT_TRUE(RememberVersion(state, "a", 2).ok());  // older: the newer one stays
  EXPECT_EQ(*NewestVersionSeen(state, "a"), 3u);
  EXPECT_EQ(*NewestVersionSeen(state, "b"), 7u);
  EXPECT_EQ(*NewestVersionSeen(state, "c"), 0u);
  struct stat facts {};
  ASSERT_EQ(stat(state.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777u, 0700u);
  ASSERT_EQ(stat((state + "/charter-versions").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777u, 0600u);
}

TEST(StateFile, ADamagedFileIsNotTakenForAnEmptyOne) {
  for (const char* content :
       {"x\n", "3\n", "3 \n", "-3 a\n", " 3 a\n", "99999999999999999999 a\n"}) {
    const TemporaryFolder folder;
    std::ofstream(folder / "charter-versions") << content;
    EXPECT_FALSE(NewestVersionSeen(folder.path(), "a").ok()) << content;
    EXPECT_FALSE(RememberVersion(folder.path(), "a", 5).ok()) << content;
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
