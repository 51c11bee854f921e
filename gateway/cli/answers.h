// The file of --answers:
//
//   {"language": "en",
//    "consent": {"contact": true, "support_services": false, "investigators": false,
//                "national_authorities": false},
//    "triage":   {"where": "camp-4", "needs": ["medical", "shelter"], "danger-now": false},
//    "account":  {…},
//    "identity": {…}}
//
// Everything is optional; a consent that is not there is not given. The members of triage, account
// and identity are ids of the channel's questions; a value is a text, a list of texts, or true or
// false for a yes-no question.
#ifndef SAFECONDUCT_GATEWAY_CLI_ANSWERS_H_
#define SAFECONDUCT_GATEWAY_CLI_ANSWERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "gateway/cli/failure.h"
#include "safeconduct/v1/charter.pb.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::cli {

inline constexpr std::size_t kMaxAnswersBytes = 1024 * 1024;

struct Answers {
  std::string language = "en";
  v1::Consent consent;
  std::vector<v1::Answer> triage;
  std::vector<v1::Answer> account;
  std::vector<v1::Answer> identity;
};

// kUsage, naming the member that is wrong. The answers come in the order of their ids.
Outcome<Answers> ParseAnswers(std::string_view json);

// Whether they are answers to these questions: known ids, in the right place, options that there
// are, and nothing required missing. kUsage, naming the question. Puts each list into the order of
// the questionnaire.
Done FitAnswers(const v1::Questionnaire& questionnaire, Answers& answers);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_ANSWERS_H_
