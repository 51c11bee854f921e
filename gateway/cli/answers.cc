#include "gateway/cli/answers.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <map>

#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr const char* kSeeHelp = "See the example in: safeconduct report submit --help";

Failure Wrong(const std::string& member, const std::string& form) {
  return UsageFailure("\"" + member + "\" of the answers must be " + form, kSeeHelp);
}

Outcome<std::string> TextOf(const Value& value, const std::string& member) {
  if (value.kind_case() == Value::kStringValue) return value.string_value();
  if (value.kind_case() == Value::kBoolValue) return std::string(value.bool_value() ? "yes" : "no");
  return Wrong(member, "a text, a list of texts, or true or false");
}

Outcome<std::vector<v1::Answer>> AnswersOf(const Value& value, const std::string& member) {
  if (value.kind_case() != Value::kStructValue) return Wrong(member, "an object");
  const auto& fields = value.struct_value().fields();
  const std::map<std::string, Value> sorted(fields.begin(), fields.end());
  std::vector<v1::Answer> out;
  for (const auto& [question, given] : sorted) {
    const std::string name = member + "." + question;
    v1::Answer answer;
    answer.set_question(question);
    if (given.kind_case() == Value::kListValue) {
      for (const Value& each : given.list_value().values()) {
        SC_ASSIGN(*answer.add_values(), TextOf(each, name));
      }
    } else {
      SC_ASSIGN(*answer.add_values(), TextOf(given, name));
    }
    if (answer.values().empty()) return Wrong(name, "at least one text");
    out.push_back(std::move(answer));
  }
  return out;
}

Outcome<v1::Consent> ConsentOf(const Value& value) {
  if (value.kind_case() != Value::kStructValue) return Wrong("consent", "an object");
  v1::Consent consent;
  for (const auto& [name, given] : value.struct_value().fields()) {
    if (given.kind_case() != Value::kBoolValue) return Wrong("consent." + name, "true or false");
    if (name == "contact") {
      consent.set_contact(given.bool_value());
    } else if (name == "support_services") {
      consent.set_support_services(given.bool_value());
    } else if (name == "investigators") {
      consent.set_investigators(given.bool_value());
    } else if (name == "national_authorities") {
      consent.set_national_authorities(given.bool_value());
    } else {
      return UsageFailure("There is no consent \"" + name + "\"",
                          "The consents are contact, support_services, investigators and "
                          "national_authorities.");
    }
  }
  return consent;
}

const v1::Answer* Find(const Answers& answers, const std::string& question) {
  for (const auto* list : {&answers.triage, &answers.account, &answers.identity}) {
    for (const v1::Answer& answer : *list) {
      if (answer.question() == question) return &answer;
    }
  }
  return nullptr;
}

bool IsShown(const v1::Question& question, const Answers& answers) {
  if (!question.has_shown_if()) return true;
  const v1::Answer* earlier = Find(answers, question.shown_if().question());
  if (earlier == nullptr) return false;
  const auto& wanted = question.shown_if().equals();
  return std::any_of(earlier->values().begin(), earlier->values().end(), [&](const auto& value) {
    return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
  });
}

std::string OptionsText(const v1::Question& question) {
  if (question.kind() == v1::QUESTION_KIND_YES_NO) return "Answers are yes and no.";
  std::string out = "Answers are";
  for (const std::string& option : question.options()) out += " " + option;
  return out + ".";
}

Done FitOne(const v1::Question& question, const v1::Answer& answer) {
  const auto& options = question.options();
  const bool several = question.kind() == v1::QUESTION_KIND_CHOICES;
  if (!several && answer.values_size() > 1) {
    return UsageFailure("The question '" + question.id() + "' takes one answer");
  }
  for (const std::string& value : answer.values()) {
    bool fits = true;
    if (several || question.kind() == v1::QUESTION_KIND_CHOICE) {
      fits = std::find(options.begin(), options.end(), value) != options.end();
    } else if (question.kind() == v1::QUESTION_KIND_YES_NO) {
      fits = value == "yes" || value == "no";
    }
    if (!fits) {
      return UsageFailure("'" + value + "' is no answer to the question '" + question.id() + "'",
                          OptionsText(question));
    }
  }
  return {};
}

// Moves the answers to questions of `place` over in their order; what is left belongs elsewhere.
Done FitPlace(const v1::Questionnaire& questionnaire, v1::Place place, const char* member,
              std::vector<v1::Answer>& answers) {
  std::vector<v1::Answer> fitted;
  for (const v1::Step& step : questionnaire.steps()) {
    for (const v1::Question& question : step.questions()) {
      const auto found = std::find_if(answers.begin(), answers.end(), [&](const v1::Answer& a) {
        return a.question() == question.id();
      });
      if (found == answers.end()) continue;
      if (question.place() != place) {
        return UsageFailure(
            "The question '" + question.id() + "' does not belong under \"" + member + "\"",
            "Where an answer stands says who reads it. See safeconduct charter show --json");
      }
      SC_TRY(FitOne(question, *found));
      fitted.push_back(std::move(*found));
      answers.erase(found);
    }
  }
  if (!answers.empty()) {
    return UsageFailure("The channel has no question '" + answers.front().question() + "'",
                        "Its questions stand in: safeconduct charter show --json");
  }
  answers = std::move(fitted);
  return {};
}

}  // namespace

Outcome<Answers> ParseAnswers(std::string_view json) {
  SC_ASSIGN(const Struct object,
            ExplainAs(Exit::kUsage,
                      proto::FromJson<Struct>(json, kMaxAnswersBytes, proto::Unknown::kRefuse),
                      "The answers are not a JSON object", kSeeHelp));
  Answers answers;
  for (const auto& [name, value] : object.fields()) {
    if (name == "language") {
      if (value.kind_case() != Value::kStringValue) return Wrong(name, "a text");
      answers.language = value.string_value();
    } else if (name == "consent") {
      SC_ASSIGN(answers.consent, ConsentOf(value));
    } else if (name == "triage") {
      SC_ASSIGN(answers.triage, AnswersOf(value, name));
    } else if (name == "account") {
      SC_ASSIGN(answers.account, AnswersOf(value, name));
    } else if (name == "identity") {
      SC_ASSIGN(answers.identity, AnswersOf(value, name));
    } else {
      return UsageFailure("The answers have a member \"" + name + "\", which means nothing",
                          "They have language, consent, triage, account and identity.");
    }
  }
  return answers;
}

Done FitAnswers(const v1::Questionnaire& questionnaire, Answers& answers) {
  SC_TRY(FitPlace(questionnaire, v1::PLACE_TRIAGE, "triage", answers.triage));
  SC_TRY(FitPlace(questionnaire, v1::PLACE_ACCOUNT, "account", answers.account));
  SC_TRY(FitPlace(questionnaire, v1::PLACE_IDENTITY, "identity", answers.identity));
  for (const v1::Step& step : questionnaire.steps()) {
    for (const v1::Question& question : step.questions()) {
      if (!question.required() || question.kind() == v1::QUESTION_KIND_FILE) continue;
      if (IsShown(question, answers) && Find(answers, question.id()) == nullptr) {
        return UsageFailure("The question '" + question.id() + "' must be answered",
                            OptionsText(question));
      }
    }
  }
  return {};
}

}  // namespace safeconduct::cli
