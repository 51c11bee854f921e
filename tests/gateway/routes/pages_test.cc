// The web app as the routes serve it, over a small one of two languages.
#include "gateway/pages/pages.h"

#include <gtest/gtest.h>

#include "crypto/age/age.h"
#include "tests/gateway/pages/small_web_app.h"
#include "tests/gateway/routes/harness.h"

namespace safeconduct::testing {
namespace {

class PageRoutesTest : public ::testing::Test {
 protected:
  HarnessOptions Options() {
    HarnessOptions options;
    options.web_app = &*app_;
    return options;
  }
  Answer Get(const std::string& target, std::vector<http::Header> headers = {},
             http::Listener listener = http::Listener::kPublic) {
    return harness_.Send({.target = target, .headers = std::move(headers), .listener = listener});
  }
  Answer PostForm(const std::string& field, const std::string& value,
                  const std::string& target = "/fr/plain?channel=mission") {
    return harness_.Send({.method = "POST",
                          .target = target,
                          .headers = {{"content-type", "multipart/form-data; boundary=b"}},
                          .body = "--b\r\nContent-Disposition: form-data; name=\"" + field +
                                  "\"\r\n\r\n" + value + "\r\n--b--\r\n"});
  }
  std::string AgeFile() {
    const auto recipient = age::ParseRecipient(harness_.office.intake.recipient());
    const age::Recipient* const recipients[] = {recipient->get()};
    return std::string(AsText(*age::Encrypt(recipients, AsBytes("what I saw"))));
  }

  const SmallWebApp files_;
  const Result<pages::WebApp> app_ = pages::WebApp::Load(files_.folder(), "");
  Harness harness_{Options()};
};

TEST_F(PageRoutesTest, APageComesWithAPolicyAndIsStoredNowhere) {
  const Answer page = Get("/fr/?channel=mission");
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_EQ(page.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("<html lang=fr>"), std::string::npos);
  EXPECT_EQ(page.Header("cache-control"), "no-store");
  EXPECT_EQ(page.Header("cross-origin-opener-policy"), "same-origin");
  EXPECT_EQ(page.Header("cross-origin-embedder-policy"), "require-corp");
  EXPECT_EQ(page.Header("referrer-policy"), "no-referrer");
  EXPECT_EQ(page.Header("x-content-type-options"), "nosniff");
  const std::string policy = page.Header("content-security-policy");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self';")) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_NE(policy.find("require-trusted-types-for 'script'"), std::string::npos);
  std::size_t policies = 0;
  for (const http::Header& each : page.headers) policies += each.name == "content-security-policy";
  EXPECT_EQ(policies, 1U);
  EXPECT_TRUE(page.Header("set-cookie").empty());
  EXPECT_TRUE(page.Header("etag").empty());
}

TEST_F(PageRoutesTest, TheConsoleHasAPolicyOfItsOwnAndIsNoLanguage) {
  const Answer page = Get("/console/");
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_NE(page.body.find("<title>Console</title>"), std::string::npos);
  EXPECT_NE(page.body.find("&#34;trust&#34;"), std::string::npos) << page.body;
  EXPECT_EQ(page.Header("cache-control"), "no-store");
  EXPECT_EQ(page.Header("referrer-policy"), "no-referrer");
  EXPECT_EQ(page.Header("cross-origin-opener-policy"), "same-origin");
  EXPECT_EQ(page.Header("cross-origin-embedder-policy"), "require-corp");
  EXPECT_EQ(page.Header("x-robots-tag"), "noindex, nofollow");
  EXPECT_EQ(page.Header("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), publickey-credentials-create=(self), "
            "publickey-credentials-get=(self)");
  EXPECT_EQ(page.Header("onion-location"), "");
  const std::string policy = page.Header("content-security-policy");
  EXPECT_NE(policy.find("form-action 'none'"), std::string::npos) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  // Neither a page of reports nor a language that a browser could ask for.
  EXPECT_EQ(Get("/console/plain").status, 404);
  EXPECT_EQ(Get("/", {{"accept-language", "console"}}).Header("location"), "/en/");
}

TEST_F(PageRoutesTest, TheChannelIsTheFirstOneUnlessItIsAskedFor) {
  EXPECT_EQ(Get("/en/").body, Get("/en/?channel=mission").body);
  EXPECT_NE(Get("/en/?channel=fraud").body, Get("/en/?channel=mission").body);
  const Answer gone = Get("/en/?channel=abolished");
  EXPECT_EQ(gone.status, 303);
  EXPECT_EQ(gone.Header("location"), "/en/");
  EXPECT_EQ(Get("/en/plain?channel=abolished").Header("location"), "/en/plain");
  EXPECT_EQ(Get("/xx/").status, 404);
  EXPECT_EQ(Get("/xx/plain").status, 404);
}

TEST_F(PageRoutesTest, TheRootLeadsToTheBrowsersLanguage) {
  const Answer answer = Get("/?channel=fraud", {{"accept-language", "de,fr;q=0.9"}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.Header("location"), "/fr/?channel=fraud");
  EXPECT_EQ(Get("/").Header("location"), "/en/");
  EXPECT_EQ(Get("/?channel=%0d%0aset-cookie").Header("location"), "/en/");
}

TEST_F(PageRoutesTest, WhatTheBrowserTakesIsCompressed) {
  const Answer plain = Get("/assets/app-1a2b.js");
  ASSERT_EQ(plain.status, 200);
  EXPECT_EQ(plain.Header("content-encoding"), "");
  const Answer brotli = Get("/assets/app-1a2b.js", {{"accept-encoding", "gzip, deflate, br"}});
  EXPECT_EQ(brotli.Header("content-encoding"), "br");
  EXPECT_TRUE(pages::EncodeWith("", plain.body, brotli.body).ok());
  EXPECT_EQ(brotli.Header("cache-control"), "no-store");
  EXPECT_EQ(Get("/en/", {{"accept-encoding", "gzip"}}).Header("content-encoding"), "gzip");
  EXPECT_EQ(Get("/assets/manifest.txt").status, 404);
  EXPECT_EQ(Get("/assets/..").status, 404);
}

TEST_F(PageRoutesTest, TheOnionServiceIsNamedToThoseWhoDoNotUseIt) {
  EXPECT_EQ(Get("/en/plain").Header("onion-location"), "http://abc.onion/en/plain?channel=mission");
  EXPECT_EQ(Get("/en/", {}, http::Listener::kOnion).Header("onion-location"), "");
}

TEST_F(PageRoutesTest, ThePlainFormTakesAnAgeFileAndGivesItsNumber) {
  const Answer sent = PostForm("file", AgeFile());
  ASSERT_EQ(sent.status, 201) << sent.body;
  EXPECT_EQ(sent.Header("content-type"), "text/html; charset=utf-8");
  const std::string before = "<html lang=fr>sent <code>";
  ASSERT_TRUE(sent.body.starts_with(before)) << sent.body;
  const auto id = report::ParseId(sent.body.substr(before.size(), 32));
  ASSERT_TRUE(id.ok());
  const auto stored = harness_.store().FindCase(*id);
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->record.channel(), "mission");
}

TEST_F(PageRoutesTest, ThePlainFormRefusesWithAPage) {
  for (const Answer& refused :
       {PostForm("file", "my plain words"), PostForm("text", ""), PostForm("else", AgeFile())}) {
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.body, "<html lang=fr>refused mission");
    EXPECT_EQ(refused.Header("content-type"), "text/html; charset=utf-8");
  }
  EXPECT_EQ(PostForm("file", AgeFile(), "/fr/plain?channel=abolished").status, 404);
  EXPECT_EQ(harness_.store().ListCases("mission", 0, 10)->size(), 0U);
}

TEST_F(PageRoutesTest, ANewCharterHasNewPages) {
  v1::Charter next = harness_.Charter();
  next.mutable_channels(0)->set_id("renamed");
  for (v1::Holder& holder : *next.mutable_holders()) holder.clear_channels();
  v1::CharterDocument document;
  document.set_note(harness_.CharterNote(2, next));
  const Answer put = harness_.Send({.method = "PUT",
                                    .target = "/v1/charter",
                                    .headers = {{"content-type", "application/x-protobuf"}},
                                    .body = document.SerializeAsString()});
  ASSERT_EQ(put.status, 204) << put.body;
  EXPECT_NE(Get("/en/plain?channel=renamed").body.find(" 2 <code>"), std::string::npos);
  EXPECT_EQ(Get("/en/?channel=mission").status, 303);
}

TEST(PageRoutesWithoutWebAppTest, ThereIsNothing) {
  Harness harness;
  for (const char* target : {"/", "/console/", "/en/", "/en/plain", "/assets/app-1a2b.js"}) {
    EXPECT_EQ(harness.Get(target).status, 404) << target;
  }
}

}  // namespace
}  // namespace safeconduct::testing
