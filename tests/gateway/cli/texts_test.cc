#include "gateway/cli/texts.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "gateway/cli/files.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

TEST(Texts, GiveWordsForIdsAndIdsWhereThereAreNone) {
  const Outcome<Texts> texts = Texts::Parse(
      R"({"language": "en", "questions": {"kind": {"title": "What?", "options": {"theft": "Theft"}},
          "bare": {}}, "anything": 1})");
  ASSERT_TRUE(texts.ok());
  EXPECT_EQ(texts->Question("kind"), "What?");
  EXPECT_EQ(texts->Option("kind", "theft"), "Theft");
  EXPECT_EQ(texts->Option("kind", "other"), "other");
  EXPECT_EQ(texts->Question("bare"), "bare");
  EXPECT_EQ(texts->Question("unknown"), "unknown");
  EXPECT_EQ(texts->Option("unknown", "x"), "x");
}

TEST(Texts, OfTheWrongFormAreRefusedOrEmpty) {
  EXPECT_FALSE(Texts::Parse("").ok());
  EXPECT_FALSE(Texts::Parse("[]").ok());
  const Outcome<Texts> odd = Texts::Parse(R"({"questions": {"kind": "x", "b": {"options": []}}})");
  ASSERT_TRUE(odd.ok());
  EXPECT_EQ(odd->Question("kind"), "kind");
}

// The demo's questionnaire and its words have to fit, or reporters see ids.
TEST(Texts, OfTheDemoNameEveryQuestionAndOption) {
  const Outcome<SecretBytes> channel_file =
      ReadFile("../deploy/demo/channel.json", 1024 * 1024, "the channel");
  const Outcome<SecretBytes> texts_file =
      ReadFile("../deploy/demo/texts-en.json", 1024 * 1024, "the texts");
  ASSERT_TRUE(channel_file.ok() && texts_file.ok());
  const Result<v1::Channel> channel = proto::FromJson<v1::Channel>(
      AsText(channel_file->Reveal()), 1024 * 1024, proto::Unknown::kRefuse);
  const Outcome<Texts> texts = Texts::Parse(AsText(texts_file->Reveal()));
  ASSERT_TRUE(channel.ok() && texts.ok());
  int questions = 0;
  for (const v1::Step& step : channel->questionnaire().steps()) {
    for (const v1::Question& question : step.questions()) {
      ++questions;
      EXPECT_NE(texts->Question(question.id()), question.id());
      for (const std::string& option : question.options()) {
        EXPECT_NE(texts->Option(question.id(), option), option) << question.id();
      }
    }
  }
  EXPECT_GT(questions, 20);
}

}  // namespace
}  // namespace safeconduct::cli
