#include "gateway/cli/log_state.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "gateway/cli/files.h"
#include "tests/gateway/cli/fake_log.h"
#include "tests/gateway/cli/temporary_folder.h"

namespace safeconduct::cli {
namespace {

SeenLogs Sample() {
  SeenLogs logs;
  for (const std::size_t size : {0u, 5u, 700u}) {
    FakeLog log("example.org/" + std::to_string(size));
    log.Grow(size);
    SeenLog& seen = logs[log.key().name];
    if (size == 0) log.missing = {"checkpoint"};
    const auto look = LookAtLog(log, log.key(), Tiles::kIgnored, 1'800'000'000, seen,
                                [](std::uint64_t, ByteView) { return Done(); });
    EXPECT_TRUE(look.ok());
  }
  return logs;
}

TEST(SeenLogs, AreReadBackAsTheyWere) {
  const SeenLogs logs = Sample();
  const std::string text = FormatSeenLogs(logs);
  const Result<SeenLogs> again = ParseSeenLogs(text);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(FormatSeenLogs(*again), text);
  EXPECT_EQ(again->at("example.org/700").bundles.Root(), logs.at("example.org/700").bundles.Root());
  EXPECT_EQ(again->at("example.org/0").note, "");
}

TEST(SeenLogs, NothingElseIsUnderstood) {
  const std::string text = FormatSeenLogs(Sample());
  // No shorter text but whole lines is one.
  for (std::size_t length = 0; length < text.size(); ++length) {
    const std::string cut = text.substr(0, length);
    EXPECT_EQ(ParseSeenLogs(cut).ok(), cut.empty() || cut.back() == '\n') << length;
  }
  EXPECT_FALSE(ParseSeenLogs(text + text).ok()) << "one log twice";
  for (const char* line : {"a\n", "a 1 - 1\n", "a x - 0\n", "a 1 ! 0\n", "a 1 - 0 AAAA\n", "\n"}) {
    EXPECT_FALSE(ParseSeenLogs(line).ok()) << line;
  }
}

TEST(SeenLogs, AreKeptPrivately) {
  const TemporaryFolder folder;
  const std::string path = folder / "state";
  ASSERT_TRUE(ReadSeenLogs(path).ok());
  EXPECT_TRUE(ReadSeenLogs(path)->empty());
  ASSERT_TRUE(WriteSeenLogs(path, Sample()).ok());
  ASSERT_TRUE(WriteSeenLogs(path, Sample()).ok()) << "over what was there";
  EXPECT_EQ(ReadSeenLogs(path)->size(), 3u);
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST(Contradictions, NeverReplaceOneAnother) {
  const TemporaryFolder folder;
  const std::string path = folder / "state";
  EXPECT_EQ(*KeepContradiction(path, {"forked", "one\n", "two\n"}), path + ".fork-1");
  EXPECT_EQ(*KeepContradiction(path, {"shrank", "three\n", "four\n"}), path + ".fork-2");
  const Outcome<SecretBytes> kept = ReadFile(path + ".fork-1", 10'000, "it");
  ASSERT_TRUE(kept.ok());
  const std::string text(AsText(kept->Reveal()));
  for (const char* part : {"forked", "one\n", "two\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace safeconduct::cli
