#include "gateway/pages/pages.h"

#include <gtest/gtest.h>

#include "gateway/pages/encoding.h"
#include "gateway/pages/template.h"
#include "tests/gateway/charter/demo_charter.h"
#include "tests/gateway/pages/small_web_app.h"

namespace safeconduct::pages {
namespace {

using testing::DemoCharter;
using testing::Office;
using testing::SmallWebApp;

// --- Templates --------------------------------------------------------------------------------

TEST(TemplateTest, AValueIsEscapedAndCanBecomeNoMarkupAndNoPlaceholder) {
  const Result<Template> page = Template::Parse("<a href=\"{{exit_url}}\">{{title}}</a>{{onion}}.");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->Fill({{"exit_url", "\"><script>'&"}, {"title", "{{exit_url}}"}}),
            "<a href=\"&#34;&#62;&#60;script&#62;&#39;&#38;\">{{exit_url}}</a>.");
}

TEST(TemplateTest, OnlyKnownNamesArePlaceholders) {
  EXPECT_TRUE(Template::Parse("a { b } {{title}} {{").ok());
  EXPECT_EQ(Template::Parse("{{nothing}}").error().code(), Code::kUnsupported);
  EXPECT_EQ(Template::Parse("{{}}").error().code(), Code::kUnsupported);
}

// --- Codings ----------------------------------------------------------------------------------

TEST(EncodingTest, TheSmallestCodingThatIsTakenIsChosen) {
  EXPECT_EQ(ChooseCoding(""), Coding::kIdentity);
  EXPECT_EQ(ChooseCoding("identity"), Coding::kIdentity);
  EXPECT_EQ(ChooseCoding("gzip"), Coding::kGzip);
  EXPECT_EQ(ChooseCoding("gzip, deflate, br, zstd"), Coding::kBrotli);
  EXPECT_EQ(ChooseCoding("br;q=1.0, gzip;q=0.8"), Coding::kBrotli);
  EXPECT_EQ(ChooseCoding("br;q=0, gzip"), Coding::kGzip);
  EXPECT_EQ(ChooseCoding("br; q=0.000,gzip;q=0"), Coding::kIdentity);
  EXPECT_EQ(ChooseCoding("brotli, xgzip"), Coding::kIdentity);
  EXPECT_EQ(ChooseCoding(" , ;,,;q=0,"), Coding::kIdentity);
}

TEST(EncodingTest, NothingIsCompressedToSomethingThatIsRead) {
  const Result<Encoded> empty = Encode("text/html", "");
  ASSERT_TRUE(empty.ok());
  EXPECT_TRUE(EncodeWith("text/html", "", empty->brotli).ok());
  EXPECT_FALSE(EncodeWith("text/html", "", "no brotli").ok());
}

// --- Pages under a charter --------------------------------------------------------------------

constexpr const char* kEnglish =
    R"({"channels":{"mission":{"title":"Conduct","about":"Say \"what\" happened <here>"}},)"
    R"("contacts":{"emergency":"In danger"}})";
constexpr const char* kFrench =
    R"({"channels":{"mission":{"title":"Conduite","about":"Dites ce qui s’est passé"}},)"
    R"("contacts":{"emergency":"En danger"}})";

class PagesTest : public ::testing::Test {
 protected:
  Pages Fill(const Texts& texts) {
    v1::Charter message = DemoCharter(office_);
    message.mutable_channels(0)->clear_contacts();
    v1::Contact& contact = *message.mutable_channels(0)->add_contacts();
    contact.set_kind("emergency");
    contact.set_value("112");
    const std::string text = *charter::MakeText(testing::kOrigin, 3, testing::kExpiry, message);
    charter_ = *charter::OpenCharter::FromText(text);
    settings_ = {.title = "Information",
                 .exit_url = "https://www.example.org/?a=1&b=2",
                 .onion = "http://abc.onion",
                 .trust = "charter x 1\n",
                 .plain_bytes = 1000};
    return *Pages::Fill(*app_, settings_, *charter_, "the note", texts);
  }

  const SmallWebApp files_;
  const Result<WebApp> app_ = WebApp::Load(files_.folder(), "");
  Office office_;
  Settings settings_;
  std::shared_ptr<const charter::OpenCharter> charter_;
};

TEST_F(PagesTest, HaveTheWordsOfTheirLanguage) {
  const Pages pages = Fill({{"en", kEnglish}, {"fr-CA", kFrench}});
  const std::string english = pages.Start("en", "mission")->identity;
  EXPECT_NE(english.find("<h1 lang=en>Conduct</h1>"), std::string::npos) << english;
  EXPECT_NE(english.find("Say &#34;what&#34; happened &#60;here&#62;"), std::string::npos);
  EXPECT_NE(english.find("<p>In danger: 112</p>"), std::string::npos);
  EXPECT_NE(english.find("href=\"https://www.example.org/?a=1&#38;b=2\""), std::string::npos);
  EXPECT_NE(english.find("<i>http://abc.onion</i>"), std::string::npos);
  const std::string french = pages.Start("fr", "mission")->identity;
  EXPECT_NE(french.find("<html lang=fr>"), std::string::npos);
  EXPECT_NE(french.find("<h1 lang=fr>Conduite</h1>"), std::string::npos) << french;
}

TEST_F(PagesTest, HaveEnglishWordsWhereTheirLanguageHasNone) {
  const Pages pages = Fill({{"en", kEnglish}});
  EXPECT_NE(pages.Start("fr", "mission")->identity.find("<html lang=fr>"), std::string::npos);
  EXPECT_NE(pages.Start("fr", "mission")->identity.find("<h1 lang=en>Conduct</h1>"),
            std::string::npos);
}

TEST_F(PagesTest, AreThereWithTextsThatAreNone) {
  for (const char* texts :
       {"", "[]", "{\"channels\":3}", "{\"channels\":{\"mission\":[1]}}", "\xff"}) {
    const Pages pages = Fill({{"en", texts}});
    const Encoded* const page = pages.Start("en", "mission");
    ASSERT_NE(page, nullptr);
    EXPECT_NE(page->identity.find("<h1 lang=en>mission</h1>"), std::string::npos) << texts;
  }
}

TEST_F(PagesTest, PinWhatThePageStartsFrom) {
  const Pages pages = Fill({{"en", kEnglish}});
  // JSON, escaped as everything is.
  EXPECT_NE(pages.Start("en", "mission")->identity.find("&#34;channel&#34;:&#34;mission&#34;"),
            std::string::npos);
  EXPECT_NE(pages.Start("en", "mission")->identity.find("charter x 1\\n"), std::string::npos);
}

TEST_F(PagesTest, NameThePlainRecipientsAndTheCharter) {
  const Pages pages = Fill({{"en", kEnglish}});
  const std::string plain = pages.Plain("en", "mission")->identity;
  EXPECT_NE(plain.find("<pre>" + office_.intake.recipient()), std::string::npos) << plain;
  EXPECT_NE(plain.find("intake-1, Conduct and Discipline"), std::string::npos);
  EXPECT_NE(plain.find(" 1000 3 "), std::string::npos) << "what the gateway takes at most";
  const std::string digest = HexEncode(Sha256(AsBytes("the note")));
  EXPECT_NE(plain.find("<code>" + digest.substr(0, 4) + " " + digest.substr(4, 4) + " "),
            std::string::npos);
}

TEST_F(PagesTest, SayWhatBecameOfAPlainReport) {
  const Pages pages = Fill({{"en", kEnglish}});
  EXPECT_EQ(pages.PlainSent("fr", "mission", "00ff"),
            "<html lang=fr>sent <code>00ff</code> mission");
  EXPECT_EQ(pages.PlainRefused("en", "mission"), "<html lang=en>refused mission");
  EXPECT_EQ(pages.PlainSent("xx", "mission", "00ff"), "");
}

TEST_F(PagesTest, AreNotThereForWhatIsNotThere) {
  const Pages pages = Fill({{"en", kEnglish}});
  EXPECT_EQ(pages.Start("de", "mission"), nullptr);
  EXPECT_EQ(pages.Start("en", "nothing"), nullptr);
  EXPECT_EQ(pages.Plain("en", ""), nullptr);
  EXPECT_EQ(pages.first_channel(), "mission");
}

TEST_F(PagesTest, TheLanguageIsTheFirstOfTheBrowsersThatThereIs) {
  const Pages pages = Fill({{"en", kEnglish}});
  EXPECT_EQ(pages.ChooseLanguage("fr-CA,fr;q=0.9,en;q=0.8"), "fr");
  EXPECT_EQ(pages.ChooseLanguage("de, FR;q=0.5"), "fr");
  EXPECT_EQ(pages.ChooseLanguage("de"), "en");
  EXPECT_EQ(pages.ChooseLanguage(""), "en");
  EXPECT_EQ(pages.ChooseLanguage(",;-,*"), "en");
}

}  // namespace
}  // namespace safeconduct::pages
