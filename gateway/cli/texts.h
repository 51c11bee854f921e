// The words for the ids in a questionnaire, from the texts that the charter names by their SHA-256
// (deploy/demo/README.md describes their form). Where there are none, ids are shown.
#ifndef SAFECONDUCT_GATEWAY_CLI_TEXTS_H_
#define SAFECONDUCT_GATEWAY_CLI_TEXTS_H_

#include <map>
#include <string>
#include <string_view>

#include "gateway/charter/charter.h"
#include "gateway/cli/failure.h"
#include "gateway/cli/gateway_api.h"

namespace safeconduct::cli {

class Texts {
 public:
  // In the user's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG) if the charter has it, else in the
  // first that it has. Empty when they cannot be had or are not what the charter names.
  static Texts Fetch(GatewayApi& gateway, const charter::OpenCharter& charter);
  // kUsage.
  static Outcome<Texts> Parse(std::string_view json);

  // The question's title, or its id.
  std::string Question(const std::string& id) const;
  // The words of an option, or the value as it is.
  std::string Option(const std::string& question, const std::string& value) const;

 private:
  struct Words {
    std::string title;
    std::map<std::string, std::string> options;
  };
  std::map<std::string, Words> questions_;
};

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_TEXTS_H_
