#include "gateway/pages/web_app.h"

#include <gtest/gtest.h>

#include "tests/gateway/pages/small_web_app.h"

namespace safeconduct::pages {
namespace {

using testing::SmallWebApp;

TEST(WebAppTest, IsReadWholeAndNamedByItsManifest) {
  const SmallWebApp files;
  const Result<WebApp> app = WebApp::Load(files.folder(), "");
  ASSERT_TRUE(app.ok()) << app.error().message();
  EXPECT_EQ(app->manifest_digest(), Sha256(AsBytes(files.manifest())));
  EXPECT_EQ(app->languages().size(), 2U);
  const Encoded* const script = app->FindAsset("app-1a2b.js");
  ASSERT_NE(script, nullptr);
  EXPECT_EQ(script->type, "text/javascript; charset=utf-8");
  EXPECT_TRUE(script->identity.starts_with("export const answer"));
  EXPECT_LT(script->brotli.size(), script->identity.size());
  EXPECT_LT(script->gzip.size(), script->identity.size());
  EXPECT_EQ(app->FindAsset("style-3c4d.css")->type, "text/css; charset=utf-8");
  EXPECT_EQ(app->FindAsset("../manifest.txt"), nullptr);
  EXPECT_EQ(app->FindAsset("manifest.txt"), nullptr);
}

TEST(WebAppTest, TheConsoleIsNoLanguage) {
  SmallWebApp files;
  const Result<WebApp> app = WebApp::Load(files.folder(), "");
  ASSERT_TRUE(app.ok());
  ASSERT_NE(app->console(), nullptr);
  EXPECT_NE(app->console()->Fill({}).find("<title>Console</title>"), std::string::npos);
  EXPECT_FALSE(app->languages().contains("console"));
}

TEST(WebAppTest, AFileThatWasChangedIsRefused) {
  SmallWebApp files;
  files.Write("assets/app-1a2b.js", "export const answer = 43;\n");
  const Result<WebApp> app = WebApp::Load(files.folder(), "");
  ASSERT_FALSE(app.ok());
  EXPECT_EQ(app.error().code(), Code::kUnverified);
  EXPECT_STREQ(app.error().field(), "web.folder");
}

TEST(WebAppTest, ACompressedFileThatIsAnotherOneIsRefused) {
  SmallWebApp files;
  files.Write("assets/app-1a2b.js.br", Encode("", "export const answer = 43;\n")->brotli);
  EXPECT_EQ(WebApp::Load(files.folder(), "").error().code(), Code::kUnverified);
  // A beginning of the file is another one too.
  files.Write("assets/app-1a2b.js.br", Encode("", "export const")->brotli);
  EXPECT_EQ(WebApp::Load(files.folder(), "").error().code(), Code::kUnverified);
  files.Write("assets/app-1a2b.js.br",
              Encode("", "export const answer = 42;\n" + std::string(2'000, ' '))->brotli);
  EXPECT_TRUE(WebApp::Load(files.folder(), "").ok());
}

TEST(WebAppTest, WhatIsMissingIsSaid) {
  SmallWebApp files;
  std::filesystem::remove(files.path("fr/plain.html"));
  EXPECT_EQ(WebApp::Load(files.folder(), "").error().code(), Code::kNotFound);
  std::filesystem::remove(files.path("manifest.txt"));
  EXPECT_EQ(WebApp::Load(files.folder(), "").error().code(), Code::kNotFound);
  EXPECT_EQ(WebApp::Load(files.path("nowhere"), "").error().code(), Code::kNotFound);
}

TEST(WebAppTest, AManifestThatIsNoneIsRefused) {
  SmallWebApp files;
  const std::string digest(64, 'a');
  for (const std::string& manifest :
       {std::string(), std::string("nothing\n"), digest + " ../../etc/passwd\n",
        digest + " /etc/passwd\n", digest + "  en/index.html\n", digest + "en/index.html\n",
        files.manifest().substr(0, files.manifest().size() - 1)}) {
    files.Write("manifest.txt", manifest);
    const Result<WebApp> app = WebApp::Load(files.folder(), "");
    ASSERT_FALSE(app.ok()) << manifest;
    EXPECT_EQ(app.error().code(), Code::kMalformed) << manifest;
  }
}

TEST(WebAppTest, APlaceholderOfAnotherVersionIsRefused) {
  SmallWebApp files;
  files.Put("en/index.html", "<p>{{moon_phase}}</p>");
  files.WriteManifest();
  EXPECT_EQ(WebApp::Load(files.folder(), "").error().code(), Code::kUnsupported);
}

TEST(WebAppTest, AnIconOfTheOfficeTakesThePlaceOfTheAppsOwn) {
  SmallWebApp files;
  files.Write("own.svg", "<svg id='own'/>");
  const Result<WebApp> app = WebApp::Load(files.folder(), files.path("own.svg"));
  ASSERT_TRUE(app.ok()) << app.error().message();
  EXPECT_EQ(app->FindAsset("icon.svg")->identity, "<svg id='own'/>");
  EXPECT_EQ(app->FindAsset("icon.svg")->type, "image/svg+xml");
  const Result<WebApp> without = WebApp::Load(files.folder(), files.path("none.svg"));
  ASSERT_FALSE(without.ok());
  EXPECT_STREQ(without.error().field(), "web.icon");
}

}  // namespace
}  // namespace safeconduct::pages
