// What can be logged, and above all what cannot.
#include "gateway/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

namespace safeconduct::log {
namespace {

using testing::HasSubstr;
using testing::Not;

// --- Text from outside has no way in; if one opens, this file does not compile. -----------------

template <typename T>
constexpr bool kMakesAField = std::is_constructible_v<Field, T> || std::is_convertible_v<T, Field>;

static_assert(!kMakesAField<const char*> && !kMakesAField<std::string> &&
              !kMakesAField<std::string_view> && !kMakesAField<int> &&
              !kMakesAField<std::uint64_t> && !kMakesAField<Error>);
static_assert(!std::is_convertible_v<std::string, Event> && !std::is_convertible_v<int, Event>);

template <typename... Arguments>
concept Loggable = requires(Logger& logger, Arguments... arguments) {
  logger.Log(arguments...);
};
static_assert(Loggable<Event> && Loggable<Event, std::initializer_list<Field>>);
static_assert(!Loggable<const char*> && !Loggable<std::string> && !Loggable<Event, const char*> &&
              !Loggable<Event, std::string> && !Loggable<Event, std::string_view> &&
              !Loggable<Event, int>);

template <typename Text>
concept FailureFromText = requires(Text text) {
  Error(Code::kInternal, text);
};
static_assert(!FailureFromText<const char*> && !FailureFromText<std::string>);

// --- What is written ----------------------------------------------------------------------------

class LogTest : public testing::Test {
 protected:
  LogTest() { std::filesystem::create_directory(folder_); }
  ~LogTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Logger> Open(Level level = Level::kInfo) {
    auto logger = Logger::Open({level, File()});
    EXPECT_TRUE(logger.ok());
    return *std::move(logger);
  }
  std::string File() const { return (folder_ / "gateway.log").string(); }
  static std::string Read(const std::string& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
  }
  std::string Written() const { return Read(File()); }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("safeconduct-log-" + std::to_string(::getpid()));
};

TEST_F(LogTest, ALineHasTimeLevelEventAndFields) {
  const auto logger = Open();
  logger->Log(Event::kListening, {Field::At(Listener::kPublic), Field::Port(8443)});
  logger->Log(Event::kStoreFailed, {Field::Failure(Error(Code::kNoSpace, "the disk is full"))});
  logger->Log(Event::kStarted);
  const std::regex expected(
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ info listening listener=public port=8443\n"
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ error store_failed error=no_space "
      "reason=\"the disk is full\"\n"
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ info started\n");
  EXPECT_TRUE(std::regex_match(Written(), expected)) << Written();
}

TEST_F(LogTest, FieldsAreRounded) {
  const auto logger = Open();
  logger->Log(Event::kStarted,
              {Field::Duration(std::chrono::milliseconds(12'345)), Field::Bytes(1), Field::Count(7),
               Field::Version(3), Field::Days(-2), Field::Status(507)});
  EXPECT_THAT(Written(), HasSubstr(" ms=12000 mib=1 count=7 version=3 days=-2 status=507\n"));
  logger->Log(Event::kStarted, {Field::Duration(std::chrono::milliseconds(99)),
                                Field::Duration(std::chrono::milliseconds(-5)),
                                Field::Status(123'456), Field::Status(-1)});
  EXPECT_THAT(Written(), HasSubstr(" ms=99 ms=0 status=0 status=0\n"));
}

TEST_F(LogTest, LevelsAreKept) {
  {
    const auto logger = Open(Level::kWarning);
    logger->Log(Event::kStarted);
    logger->Log(Event::kUploadsExpired);
    logger->Log(Event::kCharterMissing);
  }
  EXPECT_THAT(Written(), Not(HasSubstr("started")));
  EXPECT_THAT(Written(), HasSubstr("warning charter_missing"));
  Open(Level::kDebug)->Log(Event::kUploadsExpired, {Field::Count(1)});
  EXPECT_THAT(Written(), HasSubstr("debug uploads_expired count=1"));
  EXPECT_THAT(Written(), HasSubstr("warning charter_missing")) << "the file is appended to";
}

TEST_F(LogTest, EveryEventHasItsNameAndLevel) {
  const auto logger = Open(Level::kDebug);
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(Event::kWebAppDiffers); ++i) {
    const Event event = static_cast<Event>(i);
    names.emplace_back(EventName(event));
    EXPECT_TRUE(std::regex_match(names.back(), std::regex("[a-z_]+"))) << i;
    logger->Log(event);
    EXPECT_THAT(Written(), HasSubstr(" " + names.back() + "\n"));
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
}

// Whatever is put into the fields that take numbers, nothing but numbers and names comes out.
TEST_F(LogTest, NoCanaryComesThrough) {
  const auto logger = Open(Level::kDebug);
  for (int i = 0; i <= static_cast<int>(Event::kWebAppDiffers); ++i) {
    logger->Log(static_cast<Event>(i),
                {Field::Count(0x63616e617279), Field::Bytes(0x63616e617279),
                 Field::Duration(std::chrono::milliseconds(0x63616e617279)), Field::Status(0x6361),
                 Field::Version(0x63616e617279), Field::Port(0x6361), Field::Days(0x6361),
                 Field::At(static_cast<Listener>(0x63)),
                 Field::Failure(Error(Code::kInternal, "a message", "a field"))});
  }
  const std::regex line(
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ (debug|info|warning|error) [a-z_]+"
      "( [a-z]+=-?\\d+)* listener=unknown error=internal reason=\"a message\"");
  std::istringstream lines(Written());
  int count = 0;
  for (std::string text; std::getline(lines, text); ++count) {
    EXPECT_TRUE(std::regex_match(text, line)) << text;
  }
  EXPECT_EQ(count, static_cast<int>(Event::kWebAppDiffers) + 1);
  EXPECT_THAT(Written(), Not(HasSubstr("canary")));
}

TEST_F(LogTest, TheFileIsItsOwnersAlone) {
  Open()->Log(Event::kStarted);
  struct stat status {};
  ASSERT_EQ(::stat(File().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(LogTest, ReopeningServesRotation) {
  const auto logger = Open();
  logger->Log(Event::kStarted);
  const std::string rotated = File() + ".1";
  std::filesystem::rename(File(), rotated);
  logger->Log(Event::kStopping);
  ASSERT_TRUE(logger->Reopen().ok());
  logger->Log(Event::kStopped);
  EXPECT_THAT(Read(rotated), HasSubstr("stopping"));
  EXPECT_THAT(Read(rotated), Not(HasSubstr("stopped")));
  EXPECT_THAT(Written(), HasSubstr("stopped"));
}

TEST_F(LogTest, AFileThatCannotBeOpenedIsSaidSo) {
  EXPECT_EQ(Logger::Open({Level::kInfo, "/nowhere/at/all.log"}).error().code(), Code::kUnavailable);
  std::filesystem::create_symlink("elsewhere", File());
  EXPECT_FALSE(Logger::Open({Level::kInfo, File()}).ok()) << "a link is not followed";
}

TEST_F(LogTest, GoesOnWithTheOldFileWhenTheNewOneFails) {
  const auto logger = Open();
  const std::string moved = File() + ".1";
  std::filesystem::rename(File(), moved);
  std::filesystem::create_directory(File());
  EXPECT_EQ(logger->Reopen().error().code(), Code::kUnavailable);
  logger->Log(Event::kStarted);
  EXPECT_THAT(Read(moved), HasSubstr("started"));
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
  {
    const auto logger = Open();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 200; ++n) logger->Log(Event::kStarted, {Field::Count(1)});
      });
    }
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(logger->Reopen().ok());
    for (std::thread& thread : threads) thread.join();
  }
  std::istringstream lines(Written());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_THAT(line, testing::EndsWith("Z info started count=1"));
  }
  EXPECT_EQ(count, 800);
}

}  // namespace
}  // namespace safeconduct::log
