#include "gateway/cli/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "gateway/cli/attachment_files.h"
#include "tests/gateway/cli/temporary_folder.h"

namespace safeconduct::cli {
namespace {

unsigned int ModeOf(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return 0;
  return facts.st_mode & 07777u;
}

std::string ContentOf(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

// What is tested must not depend on how the tests were started.
class Files : public testing::Test {
 protected:
  Files() : before_(umask(0)) {}
  ~Files() override { umask(before_); }
  TemporaryFolder folder_;

 private:
  mode_t before_;
};

TEST_F(Files, WhatIsWrittenIsPrivateWhateverTheUmask) {
  ASSERT_TRUE(WriteNewFile(folder_ / "file", AsBytes("content"), Overwrite::kNever).ok());
  EXPECT_EQ(ModeOf(folder_ / "file"), 0600u);
  EXPECT_EQ(ContentOf(folder_ / "file"), "content");
  ASSERT_TRUE(MakeFolder(folder_ / "inner", Overwrite::kNever).ok());
  EXPECT_EQ(ModeOf(folder_ / "inner"), 0700u);
  EXPECT_EQ(folder_.entries(), 2u);  // no temporary file is left
}

TEST_F(Files, NothingIsOverwrittenUnlessToldSo) {
  ASSERT_TRUE(WriteNewFile(folder_ / "file", AsBytes("old"), Overwrite::kNever).ok());
  const Done refused = WriteNewFile(folder_ / "file", AsBytes("new"), Overwrite::kNever);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().exit, Exit::kRefused);
  EXPECT_EQ(ContentOf(folder_ / "file"), "old");
  ASSERT_TRUE(WriteNewFile(folder_ / "file", AsBytes("new"), Overwrite::kAllowed).ok());
  EXPECT_EQ(ContentOf(folder_ / "file"), "new");
  EXPECT_EQ(folder_.entries(), 1u);
}

TEST_F(Files, ADanglingLinkCountsAsSomethingThatIsThere) {
  ASSERT_EQ(symlink((folder_ / "elsewhere").c_str(), (folder_ / "link").c_str()), 0);
  EXPECT_FALSE(WriteNewFile(folder_ / "link", AsBytes("x"), Overwrite::kNever).ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
}

TEST_F(Files, AFileThatAppearsMeanwhileIsNotReplaced) {
  Outcome<NewFile> file = NewFile::Create(folder_ / "file", Overwrite::kNever);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->Write(AsBytes("mine")).ok());
  std::ofstream(folder_ / "file") << "theirs";
  const Done done = file->Commit();
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().exit, Exit::kRefused);
  EXPECT_EQ(ContentOf(folder_ / "file"), "theirs");
}

TEST_F(Files, AFileThatIsNotFinishedLeavesNothing) {
  {
    Outcome<NewFile> file = NewFile::Create(folder_ / "file", Overwrite::kNever);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->Write(AsBytes("half")).ok());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "file"));
    EXPECT_EQ(folder_.entries(), 1u);
  }
  EXPECT_EQ(folder_.entries(), 0u);
}

TEST_F(Files, AFolderIsReusedOnlyWhenToldSoAndThenMadePrivate) {
  ASSERT_EQ(mkdir((folder_ / "inner").c_str(), 0755), 0);
  EXPECT_EQ(MakeFolder(folder_ / "inner", Overwrite::kNever).error().exit, Exit::kRefused);
  EXPECT_TRUE(MakeFolder(folder_ / "inner", Overwrite::kAllowed).ok());
  EXPECT_EQ(ModeOf(folder_ / "inner"), 0700u);
  std::ofstream(folder_ / "file") << "x";
  EXPECT_FALSE(MakeFolder(folder_ / "file", Overwrite::kAllowed).ok());
}

TEST_F(Files, ReadingIsBounded) {
  std::ofstream(folder_ / "file") << std::string(1000, 'x');
  const Outcome<SecretBytes> whole = ReadFile(folder_ / "file", 1000, "the file");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole->size(), 1000u);
  const Outcome<SecretBytes> longer = ReadFile(folder_ / "file", 999, "the file");
  ASSERT_FALSE(longer.ok());
  EXPECT_EQ(longer.error().exit, Exit::kUsage);
  const Outcome<SecretBytes> absent = ReadFile(folder_ / "absent", 999, "the file");
  ASSERT_FALSE(absent.ok());
  EXPECT_NE(absent.error().message.find("absent"), std::string::npos);
  EXPECT_FALSE(ReadFile(folder_.path(), 999, "the file").ok());
}

TEST_F(Files, AKeyThatOthersMayReadIsWarnedAbout) {
  ASSERT_TRUE(WriteNewFile(folder_ / "key", AsBytes("k"), Overwrite::kNever).ok());
  EXPECT_EQ(PermissionWarning(folder_ / "key"), "");
  for (const mode_t mode : {0640u, 0604u, 0620u, 0601u}) {
    ASSERT_EQ(chmod((folder_ / "key").c_str(), mode), 0);
    EXPECT_NE(PermissionWarning(folder_ / "key").find("chmod 600"), std::string::npos) << mode;
  }
}

TEST(SafeFileName, LeavesNoWayOutOfTheFolder) {
  const struct {
    const char* name;
    const char* safe;
  } cases[] = {
      {"photo.jpg", "attachment-0-photo.jpg"},
      {"../../etc/passwd", "attachment-0-passwd"},
      {"/etc/passwd", "attachment-0-passwd"},
      {"C:\\temp\\a.txt", "attachment-0-a.txt"},
      {"..", "attachment-0"},
      {".bashrc", "attachment-0-bashrc"},
      {"-rf", "attachment-0-rf"},
      {"", "attachment-0"},
      {"a b;c$(d)\n`e`.txt", "attachment-0-a_b_c__d___e_.txt"},
      {"\x1b[2J.txt", "attachment-0-2J.txt"},
      {"фото.jpg", "attachment-0-фото.jpg"},
      {"gpj\xe2\x80\xae.exe", "attachment-0-gpj_.exe"},
      {"\xff\xfe.txt", "attachment-0-txt"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(SafeFileName("attachment-0", each.name), each.safe) << each.name;
  }
  EXPECT_LE(SafeFileName("attachment-0", std::string(5000, 'x')).size(), 120u);
}

}  // namespace
}  // namespace safeconduct::cli
