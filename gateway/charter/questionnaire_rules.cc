#include <map>
#include <set>
#include <string_view>

#include "gateway/charter/rules.h"
#include "gateway/charter/text.h"

namespace safeconduct::charter {
namespace {

constexpr int kMaxSteps = 32;
constexpr int kMaxQuestions = 32;  // of one step
constexpr int kMaxOptions = 64;

using Earlier = std::map<std::string_view, const v1::Question*>;

bool IsChoice(const v1::Question& question) {
  return question.kind() == v1::QUESTION_KIND_CHOICE ||
         question.kind() == v1::QUESTION_KIND_CHOICES;
}

// Ids, all unlike, 1 to 64.
template <typename Strings>
bool AreDistinctIds(const Strings& strings) {
  if (strings.empty() || strings.size() > kMaxOptions) return false;
  std::set<std::string_view> seen;
  for (const std::string& one : strings) {
    if (!IsId(one) || !seen.insert(one).second) return false;
  }
  return true;
}

bool CanBeAnsweredBy(const v1::Question& question, std::string_view answer) {
  if (question.kind() == v1::QUESTION_KIND_YES_NO) return answer == "yes" || answer == "no";
  for (const std::string& option : question.options()) {
    if (option == answer) return true;
  }
  return false;
}

Status CheckShownIf(const v1::ShownIf& shown_if, const Earlier& earlier) {
  const auto found = earlier.find(shown_if.question());
  if (found == earlier.end()) {
    return Error(Code::kRejected, "shown_if must name an earlier question",
                 "channels.questionnaire.shown_if");
  }
  const v1::Question& question = *found->second;
  if (!IsChoice(question) && question.kind() != v1::QUESTION_KIND_YES_NO) {
    return Error(Code::kRejected, "shown_if must name a question of choice or of yes and no",
                 "channels.questionnaire.shown_if");
  }
  bool possible = AreDistinctIds(shown_if.equals());
  for (const std::string& answer : shown_if.equals()) {
    possible = possible && CanBeAnsweredBy(question, answer);
  }
  if (!possible) {
    return Error(Code::kRejected, "shown_if must list answers that its question can have",
                 "channels.questionnaire.shown_if");
  }
  return {};
}

Status CheckQuestion(const v1::Question& question, const Earlier& earlier) {
  if (!IsId(question.id()) || earlier.contains(question.id())) {
    return Error(Code::kRejected, "a question needs an id (a-z, 0-9, hyphens) that no other has",
                 "channels.questionnaire.id");
  }
  if (!v1::QuestionKind_IsValid(question.kind()) ||
      question.kind() == v1::QUESTION_KIND_UNSPECIFIED) {
    return Error(Code::kRejected, "a question of unknown kind", "channels.questionnaire.kind");
  }
  if (!v1::Place_IsValid(question.place()) || question.place() == v1::PLACE_UNSPECIFIED) {
    return Error(Code::kRejected, "a question must say which compartment its answer goes to",
                 "channels.questionnaire.place");
  }
  if (question.kind() == v1::QUESTION_KIND_FILE && question.place() != v1::PLACE_ACCOUNT) {
    return Error(Code::kRejected, "files are sealed as the account is: their place is ACCOUNT",
                 "channels.questionnaire.place");
  }
  if (IsChoice(question) ? !AreDistinctIds(question.options()) : !question.options().empty()) {
    return Error(Code::kRejected, "options are 1 to 64 unlike ids, for questions of choice only",
                 "channels.questionnaire.options");
  }
  return question.has_shown_if() ? CheckShownIf(question.shown_if(), earlier) : Status();
}

}  // namespace

Status CheckQuestionnaire(const v1::Questionnaire& questionnaire) {
  if (questionnaire.steps_size() > kMaxSteps) {
    return Error(Code::kTooLarge, "more than 32 steps", "channels.questionnaire.steps");
  }
  std::set<std::string_view> steps;
  Earlier earlier;
  for (const v1::Step& step : questionnaire.steps()) {
    if (!IsId(step.id()) || !steps.insert(step.id()).second) {
      return Error(Code::kRejected, "a step needs an id (a-z, 0-9, hyphens) that no other has",
                   "channels.questionnaire.steps");
    }
    if (step.questions().empty() || step.questions_size() > kMaxQuestions) {
      return Error(Code::kRejected, "a step has 1 to 32 questions", "channels.questionnaire.steps");
    }
    for (const v1::Question& question : step.questions()) {
      SC_TRY(CheckQuestion(question, earlier));
      earlier.emplace(question.id(), &question);
    }
  }
  return {};
}

}  // namespace safeconduct::charter
