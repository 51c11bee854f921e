// Whether a page is the one that the charter names, filled with nothing else.
#include "gateway/cli/log_web.h"

#include <gtest/gtest.h>

#include "gateway/pages/values.h"
#include "tests/gateway/charter/demo_charter.h"
#include "tests/gateway/pages/small_web_app.h"

namespace safeconduct::cli {
namespace {

class ServedPage : public ::testing::Test {
 protected:
  ServedPage() {
    values = pages::ValuesFor({.title = "Notes & <more>",
                               .exit_url = "https://weather.example/?a=1&b='2'",
                               .onion = "",
                               .trust = charter::FormatTrust(trust),
                               .plain_bytes = 1'000,
                               .decoys = true},
                              *charter, "note", *channel, {});
    known = pages::ValuesFor({}, *charter, "note", *channel, {});
  }
  Outcome<pages::Values> Check(const std::string& served) {
    return CheckServedPage("/en/", page(), known, served, trust);
  }
  const pages::Template& page() const { return app.languages().at("en").start; }
  std::string Filled() const { return page().Fill(values); }
  void ExpectRefused(const std::string& served, const std::string& why) {
    const Outcome<pages::Values> checked = Check(served);
    ASSERT_FALSE(checked.ok()) << why;
    EXPECT_EQ(checked.error().exit, Exit::kUnverified);
    EXPECT_NE(checked.error().message.find(why), std::string::npos) << checked.error().message;
  }

  testing::Office office;
  std::shared_ptr<const charter::OpenCharter> charter = testing::OpenDemoCharter(office);
  const charter::ChannelInfo* channel = charter->FindChannel("mission");
  charter::Trust trust = testing::DemoTrust(office);
  testing::SmallWebApp files;
  pages::WebApp app = *pages::WebApp::Load(files.folder(), "");
  pages::Values values;
  pages::Values known;
};

TEST_F(ServedPage, GivesWhatTheConfigurationSays) {
  const Outcome<pages::Values> checked = Check(Filled());
  ASSERT_TRUE(checked.ok()) << checked.error().message;
  EXPECT_EQ(checked->at("title"), "Notes & <more>");
  EXPECT_EQ(checked->at("exit_url"), "https://weather.example/?a=1&b='2'");
}

TEST_F(ServedPage, NothingInItMayBeChanged) {
  const std::string served = Filled();
  ASSERT_TRUE(Check(served).ok());
  ExpectRefused(served + "<script>", "another page");
  ExpectRefused("<script>" + served, "another page");
  ExpectRefused(served.substr(0, served.size() - 1), "another page");
  for (const char* markup : {"<script src=x>", "\"", "'", "<b>"}) {
    std::string changed = served;
    changed.insert(changed.find("Notes"), markup);
    ExpectRefused(changed, "another page");
  }
}

TEST_F(ServedPage, WhatTheCharterSaysMayNotBeChanged) {
  values["contacts"] = "emergency: another number";
  ExpectRefused(Filled(), "another page");
}

TEST_F(ServedPage, ItPinsOurTrustFile) {
  charter::Trust newer = trust;
  newer.minimum_version += 1;
  pages::Values other = pages::ValuesFor({.title = "t",
                                          .exit_url = "https://weather.example",
                                          .onion = "",
                                          .trust = charter::FormatTrust(newer),
                                          .plain_bytes = 0,
                                          .decoys = false},
                                         *charter, "note", *channel, {});
  EXPECT_TRUE(Check(page().Fill(other)).ok());
  newer.roots.pop_back();
  newer.threshold = 1;
  values["pinned"] = pages::ValuesFor({.title = "",
                                       .exit_url = "",
                                       .onion = "",
                                       .trust = charter::FormatTrust(newer),
                                       .plain_bytes = 0,
                                       .decoys = false},
                                      *charter, "note", *channel, {})
                         .at("pinned");
  ExpectRefused(Filled(), "it pins other keys");
  values["pinned"] = "nothing";
  ExpectRefused(Filled(), "what it pins is no JSON");
}

TEST_F(ServedPage, TheExitLeadsToTheWeb) {
  values["exit_url"] = "javascript:alert(1)";
  ExpectRefused(Filled(), "exit_url is no web address");
}

}  // namespace
}  // namespace safeconduct::cli
