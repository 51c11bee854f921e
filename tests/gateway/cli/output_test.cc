#include "gateway/cli/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/gateway/cli/temporary_folder.h"

namespace safeconduct::cli {
namespace {

class OutputTest : public testing::Test {
 protected:
  OutputTest()
      : out_fd_(open((folder_ / "out").c_str(), O_CREAT | O_WRONLY, 0600)),
        error_fd_(open((folder_ / "error").c_str(), O_CREAT | O_WRONLY, 0600)),
        output_(out_fd_, error_fd_) {}
  ~OutputTest() override {
    close(out_fd_);
    close(error_fd_);
  }
  std::string Written(const char* name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  TemporaryFolder folder_;
  int out_fd_;
  int error_fd_;
  Output output_;
};

TEST_F(OutputTest, TextGoesToStandardOutputAndTalkToStandardError) {
  output_.Line("a line");
  output_.Pair("name", "value");
  output_.Block("two\nlines");
  output_.Print(JsonObject());
  output_.Note("a note");
  output_.Warn("a warning");
  output_.Fail(UsageFailure("It failed", "Do this."));
  EXPECT_EQ(Written("out"), "a line\nname:             value\n  two\n  lines\n");
  EXPECT_EQ(Written("error"),
            "a note\nwarning: a warning\nsafeconduct: It failed\n  hint: Do this.\n");
}

TEST_F(OutputTest, JsonIsOneObjectAndNothingElse) {
  output_.set_format(Format::kJson);
  output_.Line("a line");
  output_.Secret("code", SecretBytes::Copy(AsBytes("12345")));
  output_.Note("a note");
  JsonArray list;
  list.Add("x").AddRaw("1");
  JsonObject object;
  object.Add("text", "a\x1b").AddNumber("n", 7).AddBool("b", true).Add("list", list);
  output_.Print(object);
  Failure failure = KeyFailure("It \"failed\"", "Do this.");
  failure.field = "f";
  output_.Fail(failure);
  EXPECT_EQ(Written("out"), "{\"text\":\"a\\u001b\",\"n\":7,\"b\":true,\"list\":[\"x\",1]}\n");
  EXPECT_EQ(Written("error"),
            "{\"error\":{\"code\":\"key\",\"exit\":6,\"message\":\"It \\\"failed\\\"\","
            "\"hint\":\"Do this.\",\"field\":\"f\"}}\n");
}

TEST_F(OutputTest, WordsOfOthersCannotSteerTheTerminal) {
  output_.Line("\x1b[2J");
  output_.Pair("name", "a\nb");
  output_.Block("\x1b]0;x\x07");
  output_.Fail(RefusedFailure("gateway said \x1b[1m"));
  EXPECT_EQ(Written("out").find('\x1b'), std::string::npos);
  EXPECT_EQ(Written("out").find('\x07'), std::string::npos);
  EXPECT_NE(Written("out").find("a\\nb"), std::string::npos);
  EXPECT_EQ(Written("error").find('\x1b'), std::string::npos);
}

TEST_F(OutputTest, ProgressIsForTerminalsOnly) {
  output_.Progress("Sending", 1, 2);
  output_.EndProgress();
  EXPECT_EQ(Written("error"), "");
}

TEST_F(OutputTest, WhatCouldNotBeWrittenIsNoticed) {
  EXPECT_FALSE(output_.failed());
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  Output output(full, error_fd_);
  output.Line("lost");
  EXPECT_TRUE(output.failed());
  close(full);
}

TEST(Format, BytesAndTimesAreReadable) {
  EXPECT_EQ(FormatBytes(0), "0 bytes");
  EXPECT_EQ(FormatBytes(1), "1 byte");
  EXPECT_EQ(FormatBytes(1023), "1023 bytes");
  EXPECT_EQ(FormatBytes(1024), "1.0 KiB");
  EXPECT_EQ(FormatBytes(1536ull * 1024 * 1024), "1.5 GiB");
  EXPECT_EQ(FormatBytes(5ull << 40), "5.0 TiB");
  EXPECT_EQ(FormatTime(1801353600), "2027-01-31 00:00 UTC");
  EXPECT_EQ(FormatDay(1801353600), "2027-01-31");
}

}  // namespace
}  // namespace safeconduct::cli
