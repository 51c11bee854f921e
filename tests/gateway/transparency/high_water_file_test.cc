#include "gateway/transparency/high_water_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/crypto/testing.h"

namespace safeconduct::transparency {
namespace {

using testing::Fails;
using testing::Succeeds;

class HighWaterFileTest : public ::testing::Test {
 protected:
  HighWaterFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "high-water-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
    folder_ = name;
  }
  ~HighWaterFileTest() override { std::filesystem::remove_all(folder_); }
  std::string File(const std::string& name) const { return folder_ + "/" + name; }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(File(name), std::ios::binary) << text;
  }

  std::string folder_;
};

TEST_F(HighWaterFileTest, GivesBackWhatItKept) {
  HighWaterFile file(File("mark"));
  EXPECT_EQ(*file.Load(), "");
  ASSERT_TRUE(Succeeds(file.Keep("first\n")));
  EXPECT_EQ(*file.Load(), "first\n");
  ASSERT_TRUE(Succeeds(file.Keep("2\n")));
  EXPECT_EQ(*HighWaterFile(File("mark")).Load(), "2\n");
  struct stat facts {};
  ASSERT_EQ(stat(File("mark").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_FALSE(std::filesystem::exists(File("mark.new")));
}

TEST_F(HighWaterFileTest, GoesOnAfterACrashWhileItWasWriting) {
  HighWaterFile file(File("mark"));
  ASSERT_TRUE(Succeeds(file.Keep("whole")));
  Write("mark.new", "ha");
  EXPECT_EQ(*file.Load(), "whole");
  ASSERT_TRUE(Succeeds(file.Keep("next")));
  EXPECT_EQ(*file.Load(), "next");
}

TEST_F(HighWaterFileTest, IsBoundedAndNeverEmpty) {
  HighWaterFile file(File("mark"));
  Write("mark", std::string(64 * 1024, 'x'));
  EXPECT_TRUE(Succeeds(file.Load()));
  Write("mark", std::string(64 * 1024 + 1, 'x'));
  EXPECT_TRUE(Fails(file.Load(), Code::kTooLarge));
  Write("mark", "");
  EXPECT_TRUE(Fails(file.Load(), Code::kCorrupted));
}

TEST_F(HighWaterFileTest, SaysWhenItCannot) {
  HighWaterFile nowhere(File("absent/mark"));
  EXPECT_EQ(*nowhere.Load(), "");
  EXPECT_TRUE(Fails(nowhere.Keep("x"), Code::kUnavailable));
  std::filesystem::create_directory(File("folder"));
  HighWaterFile folder(File("folder"));
  EXPECT_TRUE(Fails(folder.Load(), Code::kUnavailable));
  EXPECT_TRUE(Fails(folder.Keep("x"), Code::kUnavailable));
  // Never through a link that somebody left there.
  HighWaterFile linked(File("linked"));
  std::filesystem::create_symlink(File("elsewhere"), File("linked.new"));
  EXPECT_TRUE(Fails(linked.Keep("x"), Code::kUnavailable));
  EXPECT_FALSE(std::filesystem::exists(File("elsewhere")));
}

}  // namespace
}  // namespace safeconduct::transparency
