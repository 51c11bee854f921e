#include "gateway/sms/inbound/phrases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "gateway/sms/inbound/keywords.h"
#include "gateway/sms/text/length.h"

namespace safeconduct::sms {
namespace {

constexpr Phrase kAll[] = {Phrase::kReceived, Phrase::kHelp, Phrase::kStopped, Phrase::kStarted};
static_assert(std::size(kAll) == kPhrases);

TEST(Phrases, EachIsOneSmsInEachLanguage) {
  std::set<std::string_view> languages;
  for (const std::string_view language : PhraseLanguages()) {
    languages.insert(language);
    for (const Phrase phrase : kAll) {
      const std::string_view text = PhraseIn(phrase, language);
      EXPECT_GE(text.size(), 20U) << language;
      EXPECT_EQ(LengthOf(text).parts, 1U) << language << " " << text << LengthOf(text).units;
      if (language != "en") {
        EXPECT_NE(text, PhraseIn(phrase, "en")) << language;
      }
    }
  }
  EXPECT_EQ(languages,
            (std::set<std::string_view>{"ar", "en", "es", "fr", "pt", "ru", "sw", "zh"}));
  EXPECT_EQ(PhraseIn(Phrase::kHelp, "de"), PhraseIn(Phrase::kHelp, "en"));
  EXPECT_EQ(PhraseIn(Phrase::kHelp, ""), PhraseIn(Phrase::kHelp, "en"));
}

// The last word is what to send, and sending it does what was said.
TEST(Phrases, WhatTheyTellToSendIsUnderstood) {
  for (const std::string_view language : PhraseLanguages()) {
    for (const Phrase phrase : kAll) {
      const std::string_view text = PhraseIn(phrase, language);
      std::size_t at = text.find_last_of(" :");
      if (const std::size_t wide = text.rfind("："); wide != std::string_view::npos) at = wide + 2;
      const Keyword expected = phrase == Phrase::kStopped ? Keyword::kStart : Keyword::kStop;
      EXPECT_EQ(KeywordOf(text.substr(at + 1)), expected) << text;
    }
  }
}

TEST(Phrases, TheyTellNothingToWhoGlancesAtThem) {
  for (const std::string_view language : PhraseLanguages()) {
    for (const Phrase phrase : kAll) {
      std::string text(PhraseIn(phrase, language));
      std::transform(text.begin(), text.end(), text.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      for (const char* word :
           {"report",  "misconduct", "abuse",      "complain", "safeconduct", "investig",
            "office",  "signal",     "plainte",    "abus",     "denunc",      "queja",
            "informe", "ripoti",     "malalamiko", "жалоб",    "举报",        "投诉",
            "شكوى",    "بلاغ",       "http",       "www"}) {
        EXPECT_EQ(text.find(word), std::string::npos) << text;
      }
    }
  }
}

}  // namespace
}  // namespace safeconduct::sms
