#include "gateway/cli/arguments.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace safeconduct::cli {
namespace {

Outcome<Arguments> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "safeconduct");
  return ParseArguments(static_cast<int>(words.size()), words.data());
}

TEST(Arguments, GlobalsMayStandBeforeAndAfterTheCommand) {
  for (const auto& words :
       {std::vector<const char*>{"--gateway", "https://a", "--json", "case", "list"},
        std::vector<const char*>{"case", "list", "--json", "--gateway", "https://a"}}) {
    const Outcome<Arguments> arguments = Parse(words);
    ASSERT_TRUE(arguments.ok()) << arguments.error().message;
    EXPECT_EQ(arguments->options.gateway, "https://a");
    EXPECT_TRUE(arguments->options.json);
    EXPECT_TRUE(arguments->command);
  }
}

TEST(Arguments, TheEnvironmentStandsInForWhatIsNotGiven) {
  setenv("SAFECONDUCT_GATEWAY", "https://from-environment", 1);
  const Outcome<Arguments> from_environment = Parse({"case", "list"});
  const Outcome<Arguments> given = Parse({"case", "list", "--gateway", "https://given"});
  unsetenv("SAFECONDUCT_GATEWAY");
  ASSERT_TRUE(from_environment.ok());
  EXPECT_EQ(from_environment->options.gateway, "https://from-environment");
  ASSERT_TRUE(given.ok());
  EXPECT_EQ(given->options.gateway, "https://given");
}

TEST(Arguments, EveryCommandOfTheDesignIsThere) {
  const std::vector<std::vector<const char*>> commands = {
      {"identity", "new"},
      {"identity", "show"},
      {"charter", "new", "--out", "x"},
      {"charter", "add-holder", "x", "--label", "a", "--organisation", "b", "--role", "intake",
       "--keys", "k"},
      {"charter", "add-channel", "x", "c"},
      {"offline", "make", "--web", "w", "--channel", "c", "--out", "o", "--language", "fr"},
      {"offline", "sign", "o", "--name", "root-1"},
      {"offline", "verify", "o", "--note", "n"},
      {"charter", "add-web", "x", "manifest.txt", "--minimum-version", "1.2"},
      {"charter", "add-text", "x", "t", "--language", "en"},
      {"charter", "sign", "x"},
      {"charter", "verify", "x"},
      {"charter", "show"},
      {"charter", "publish", "x"},
      {"report", "submit", "--channel", "c", "--text", "t", "--answers", "a", "--attach", "f", "g"},
      {"report", "submit", "--channel", "c", "--attach", "f", "--attach", "g"},
      {"mailbox", "read"},
      {"mailbox", "reply", "--text", "t"},
      {"case", "list"},
      {"case", "show", "i"},
      {"case", "open", "i", "--attachments", "f"},
      {"case", "reply", "i", "--text", "t"},
      {"case", "status", "i", "closed"},
      {"case", "export", "i", "--out", "f", "--force"},
  };
  for (const auto& words : commands) {
    const Outcome<Arguments> arguments = Parse(words);
    EXPECT_TRUE(arguments.ok() && arguments->command)
        << words[0] << " " << words[1] << ": " << (arguments.ok() ? "" : arguments.error().message);
  }
}

TEST(Arguments, WhatIsWrongIsUsageWithWhereToLook) {
  const std::vector<std::vector<const char*>> wrong = {
      {},
      {"frob"},
      {"case"},
      {"case", "frob"},
      {"case", "show"},
      {"case", "list", "--frob"},
      {"report", "submit", "--text", "t"},                                    // no channel
      {"report", "submit", "--channel", "c", "--plain", "p", "--text", "t"},  // not both
      {"case", "list", "--retry-seconds", "-1"},
      {"mailbox", "read", "--code", "12345"},  // never in argv
  };
  for (const auto& words : wrong) {
    const Outcome<Arguments> arguments = Parse(words);
    ASSERT_FALSE(arguments.ok()) << words.size();
    EXPECT_EQ(arguments.error().exit, Exit::kUsage);
    EXPECT_NE(arguments.error().hint.find("--help"), std::string::npos);
  }
  EXPECT_EQ(Parse({"case", "show"}).error().hint, "See: safeconduct case show --help");
}

TEST(Arguments, HelpRunsNothing) {
  for (const auto& words :
       {std::vector<const char*>{"--help"}, std::vector<const char*>{"case", "--help"},
        std::vector<const char*>{"case", "open", "--help"},
        std::vector<const char*>{"--version"}}) {
    const Outcome<Arguments> arguments = Parse(words);
    ASSERT_TRUE(arguments.ok());
    EXPECT_FALSE(arguments->help.empty());
    EXPECT_FALSE(arguments->command);
  }
}

}  // namespace
}  // namespace safeconduct::cli
