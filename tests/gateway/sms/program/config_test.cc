// The relay's configuration: what the guide shows is taken, and what is wrong is said with its
// line.
#include "gateway/sms/program/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace safeconduct::sms {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kLeast = R"(
[gateway]
url = "https://report.example.org"
trust_file = "trust.txt"

[relay]
key_file = "relay.key"
state_folder = "state"

[[channels]]
id = "conduct"
to = ["8844"]

[[interfaces]]
name = "kannel"
kind = "kannel"
path = "/kannel"
secret_file = "kannel.secret"
)";

std::string Complaints(const std::string& text) {
  std::string all;
  for (const config::ConfigError& error : ParseRelayConfig(text, "/etc/relay").errors) {
    all += config::Format(error, "relay.toml") + "\n";
  }
  return all;
}

std::string Guide() {
  std::ifstream file("../gateway/sms/README.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The blocks of TOML in it.
std::vector<std::string> Examples() {
  std::vector<std::string> blocks;
  const std::string guide = Guide();
  const std::string fence = "```toml\n";
  for (std::size_t at = guide.find(fence); at != std::string::npos; at = guide.find(fence, at)) {
    at += fence.size();
    blocks.push_back(guide.substr(at, guide.find("```", at) - at));
  }
  return blocks;
}

TEST(RelayConfigTest, TheLeastIsEnough) {
  const LoadedRelayConfig loaded = ParseRelayConfig(kLeast, "/etc/relay");
  ASSERT_THAT(Complaints(kLeast), IsEmpty());
  EXPECT_EQ(loaded.config.gateway.trust_file, "/etc/relay/trust.txt");
  EXPECT_EQ(loaded.config.relay.state_folder, "/etc/relay/state");
  EXPECT_EQ(loaded.config.channels.at(0).language, "auto");
  ASSERT_EQ(loaded.config.Listeners().size(), 2U);
  EXPECT_FALSE(loaded.config.Listeners()[0].tls);
}

TEST(RelayConfigTest, WhatTheGuideShowsIsTaken) {
  const std::vector<std::string> examples = Examples();
  ASSERT_GE(examples.size(), 7U);
  for (const std::string& example : examples) {
    std::string whole = example;
    const std::string least = kLeast;
    if (whole.find("[gateway]") == std::string::npos) {
      whole = least.substr(0, least.find("[[interfaces]]")) + example;
    } else {
      whole += least.substr(least.find("[[interfaces]]"));
    }
    EXPECT_THAT(Complaints(whole), IsEmpty()) << example;
  }
}

TEST(RelayConfigTest, TheGuideNamesEveryKey) {
  const std::string guide = Guide();
  RelayConfig defaults;
  for (const config::KeyDescription& key : RelaySchema().Describe(&defaults)) {
    EXPECT_NE(guide.find(key.name.substr(key.name.rfind('.') + 1)), std::string::npos) << key.name;
  }
}

TEST(RelayConfigTest, SaysWhatIsWrong) {
  const std::string least = kLeast;
  EXPECT_THAT(Complaints(least + "secret = \"x\"\n"), HasSubstr("interfaces.secret"));
  EXPECT_THAT(Complaints(least.substr(0, least.find("[[interfaces]]"))),
              HasSubstr("interfaces: is missing"));
  EXPECT_THAT(Complaints(least + "[[channels]]\nid = \"other\"\nto = [\"8844\"]\n"),
              HasSubstr("is of two channels"));
  EXPECT_THAT(Complaints(least + "[[channels]]\nid = \"other\"\nfacts = [\"area\"]\n"),
              HasSubstr("channels.facts: must be a list of \"question=value\""));
  EXPECT_THAT(Complaints(least + "[[channels]]\nid = \"other\"\nnumber_for = [\"everybody\"]\n"),
              HasSubstr("channels.number_for"));
  EXPECT_THAT(Complaints(least + "[send]\nkind = \"pigeon\"\nurl = \"https://x.example.org/\"\n"),
              HasSubstr("send.kind: must be kannel or http"));
  EXPECT_THAT(Complaints(least + "[send]\nkind = \"http\"\nurl = \"http://10.0.0.1/send\"\n"),
              HasSubstr("is plain HTTP to another machine"));
  EXPECT_THAT(Complaints(least + "[send]\nkind = \"http\"\nurl = \"http://127.0.0.1/send\"\n"),
              IsEmpty());
  EXPECT_THAT(Complaints(least + "[send]\nkind = \"http\"\nurl = \"https://x.example.org/\"\n"
                                 "later = [\"soon\"]\n"),
              HasSubstr("send.later: must be a list of HTTP statuses"));
  EXPECT_THAT(Complaints(least + "[listen]\nport = 13014\n"),
              HasSubstr("listen.private_port: must not be listen.port"));
}

}  // namespace
}  // namespace safeconduct::sms
