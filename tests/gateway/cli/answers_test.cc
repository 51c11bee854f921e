#include "gateway/cli/answers.h"

#include <gtest/gtest.h>

namespace safeconduct::cli {
namespace {

v1::Question* Add(v1::Questionnaire& questionnaire, const char* id, v1::QuestionKind kind,
                  v1::Place place, std::initializer_list<const char*> options = {}) {
  if (questionnaire.steps().empty()) questionnaire.add_steps()->set_id("step");
  v1::Question* question = questionnaire.mutable_steps(0)->add_questions();
  question->set_id(id);
  question->set_kind(kind);
  question->set_place(place);
  for (const char* option : options) question->add_options(option);
  return question;
}

v1::Questionnaire Sample() {
  v1::Questionnaire questionnaire;
  Add(questionnaire, "danger", v1::QUESTION_KIND_YES_NO, v1::PLACE_TRIAGE)->set_required(true);
  v1::Question* who = Add(questionnaire, "who", v1::QUESTION_KIND_TEXT, v1::PLACE_TRIAGE);
  who->set_required(true);
  who->mutable_shown_if()->set_question("danger");
  who->mutable_shown_if()->add_equals("yes");
  Add(questionnaire, "kind", v1::QUESTION_KIND_CHOICE, v1::PLACE_TRIAGE, {"theft", "fraud"});
  Add(questionnaire, "needs", v1::QUESTION_KIND_CHOICES, v1::PLACE_ACCOUNT, {"food", "shelter"});
  Add(questionnaire, "name", v1::QUESTION_KIND_TEXT, v1::PLACE_IDENTITY);
  Add(questionnaire, "files", v1::QUESTION_KIND_FILE, v1::PLACE_ACCOUNT)->set_required(true);
  return questionnaire;
}

Done Fit(const char* json) {
  Outcome<Answers> answers = ParseAnswers(json);
  if (!answers.ok()) return answers.error();
  return FitAnswers(Sample(), *answers);
}

TEST(ParseAnswers, TakesTheWholeForm) {
  const Outcome<Answers> answers = ParseAnswers(R"({
    "language": "fr",
    "consent": {"contact": true, "support_services": true, "investigators": false,
                "national_authorities": true},
    "triage": {"danger": false, "kind": "theft"},
    "account": {"needs": ["food", "shelter"]},
    "identity": {"name": "A"}})");
  ASSERT_TRUE(answers.ok()) << answers.error().message;
  EXPECT_EQ(answers->language, "fr");
  EXPECT_TRUE(answers->consent.contact());
  EXPECT_TRUE(answers->consent.support_services());
  EXPECT_FALSE(answers->consent.investigators());
  EXPECT_TRUE(answers->consent.national_authorities());
  ASSERT_EQ(answers->triage.size(), 2u);
  EXPECT_EQ(answers->triage[0].question(), "danger");
  ASSERT_EQ(answers->triage[0].values_size(), 1);
  EXPECT_EQ(answers->triage[0].values(0), "no");
  ASSERT_EQ(answers->account.size(), 1u);
  EXPECT_EQ(answers->account[0].values_size(), 2);
  EXPECT_EQ(answers->identity[0].values(0), "A");
}

TEST(ParseAnswers, NothingIsConsentedToUnlessSaid) {
  const Outcome<Answers> answers = ParseAnswers("{}");
  ASSERT_TRUE(answers.ok());
  EXPECT_EQ(answers->language, "en");
  EXPECT_FALSE(answers->consent.contact());
  EXPECT_FALSE(answers->consent.support_services());
  EXPECT_FALSE(answers->consent.investigators());
  EXPECT_FALSE(answers->consent.national_authorities());
}

TEST(ParseAnswers, RefusesWhatItDoesNotUnderstandAndNamesIt) {
  const struct {
    const char* json;
    const char* named;
  } cases[] = {
      {"", "JSON"},
      {"[]", "JSON"},
      {"{\"language\": 1}", "language"},
      {"{\"languge\": \"en\"}", "languge"},
      {"{\"consent\": true}", "consent"},
      {"{\"consent\": {\"contact\": \"yes\"}}", "consent.contact"},
      {"{\"consent\": {\"contacts\": true}}", "contacts"},
      {"{\"triage\": []}", "triage"},
      {"{\"triage\": {\"where\": 3}}", "triage.where"},
      {"{\"triage\": {\"where\": null}}", "triage.where"},
      {"{\"triage\": {\"where\": []}}", "triage.where"},
      {"{\"triage\": {\"where\": [[\"x\"]]}}", "triage.where"},
      {"{\"identity\": {\"where\": {\"a\": \"b\"}}}", "identity.where"},
      {"{\"language\": \"\xff\"}", "JSON"},
  };
  for (const auto& each : cases) {
    const Outcome<Answers> answers = ParseAnswers(each.json);
    ASSERT_FALSE(answers.ok()) << each.json;
    EXPECT_EQ(answers.error().exit, Exit::kUsage) << each.json;
    EXPECT_NE(answers.error().message.find(each.named), std::string::npos)
        << each.json << ": " << answers.error().message;
    EXPECT_FALSE(answers.error().hint.empty()) << each.json;
  }
}

TEST(FitAnswers, TakesAnswersThatFit) {
  for (const char* json :
       {R"({"triage": {"danger": "no"}})", R"({"triage": {"danger": true, "who": "me"}})",
        R"({"triage": {"danger": false, "kind": "fraud"}, "account": {"needs": ["food", "shelter"]},
            "identity": {"name": "A"}})"}) {
    const Done done = Fit(json);
    EXPECT_TRUE(done.ok()) << json << ": " << done.error().message;
  }
}

TEST(FitAnswers, RefusesAnswersThatDoNotFitAndNamesTheQuestion) {
  const struct {
    const char* json;
    const char* named;
  } cases[] = {
      {R"({})", "'danger'"},                                            // required
      {R"({"triage": {"danger": "yes"}})", "'who'"},                    // required when shown
      {R"({"triage": {"danger": "perhaps"}})", "'danger'"},             // not yes or no
      {R"({"triage": {"danger": "no", "kind": "murder"}})", "'kind'"},  // no such option
      {R"({"triage": {"danger": "no", "kind": ["theft", "fraud"]}})", "'kind'"},  // one only
      {R"({"triage": {"danger": "no", "name": "A"}})", "'name'"},  // who would read it!
      {R"({"triage": {"danger": "no"}, "account": {"name": "A"}})", "'name'"},
      {R"({"triage": {"danger": "no", "colour": "red"}})", "'colour'"},  // no such question
      {R"({"triage": {"danger": "no"}, "account": {"needs": ["food", "car"]}})", "'needs'"},
  };
  for (const auto& each : cases) {
    const Done done = Fit(each.json);
    ASSERT_FALSE(done.ok()) << each.json;
    EXPECT_EQ(done.error().exit, Exit::kUsage) << each.json;
    EXPECT_NE(done.error().message.find(each.named), std::string::npos)
        << each.json << ": " << done.error().message;
  }
}

TEST(FitAnswers, PutsThemIntoTheOrderOfTheQuestionnaire) {
  Outcome<Answers> answers =
      ParseAnswers(R"({"triage": {"kind": "theft", "who": "me", "danger": true}})");
  ASSERT_TRUE(answers.ok());
  ASSERT_TRUE(FitAnswers(Sample(), *answers).ok());
  ASSERT_EQ(answers->triage.size(), 3u);
  EXPECT_EQ(answers->triage[0].question(), "danger");
  EXPECT_EQ(answers->triage[1].question(), "who");
  EXPECT_EQ(answers->triage[2].question(), "kind");
}

}  // namespace
}  // namespace safeconduct::cli
