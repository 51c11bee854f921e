#include "gateway/cli/texts.h"

#include <cstdlib>

#include "crypto/base/hash.h"
#include "proto/json_object.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

using google::protobuf::Struct;
using proto::ObjectMember;
using proto::TextMember;

// "fr" of "fr_FR.UTF-8"; empty when nothing says.
std::string UserLanguage() {
  for (const char* variable : {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view text = value;
    return std::string(text.substr(0, text.find_first_of("_.:@-")));
  }
  return "";
}

const v1::Text* Choose(const v1::Charter& charter, const std::string& language) {
  for (const v1::Text& text : charter.texts()) {
    if (text.language().substr(0, text.language().find('-')) == language) return &text;
  }
  return charter.texts().empty() ? nullptr : &charter.texts(0);
}

}  // namespace

Outcome<Texts> Texts::Parse(std::string_view json) {
  SC_ASSIGN(const Struct object,
            ExplainAs(Exit::kUsage,
                      proto::FromJson<Struct>(json, charter::kMaxTextBytes, proto::Unknown::kRefuse,
                                              256 * 1024),
                      "The texts are not a JSON object"));
  Texts texts;
  for (const auto& [id, question] : ObjectMember(object, "questions").fields()) {
    Words& words = texts.questions_[id];
    words.title = TextMember(question.struct_value(), "title");
    for (const auto& [option, value] : ObjectMember(question.struct_value(), "options").fields()) {
      words.options[option] = value.string_value();
    }
  }
  return texts;
}

Texts Texts::Fetch(GatewayApi& gateway, const charter::OpenCharter& charter) {
  const v1::Text* wanted = Choose(charter.message(), UserLanguage());
  if (wanted == nullptr) return {};
  const Outcome<std::string> json = gateway.ReadText(ToArray<32>(AsBytes(wanted->sha256())));
  if (!json.ok() || AsText(Sha256(AsBytes(*json))) != wanted->sha256()) return {};
  Outcome<Texts> texts = Parse(*json);
  return texts.ok() ? *std::move(texts) : Texts();
}

std::string Texts::Question(const std::string& id) const {
  const auto found = questions_.find(id);
  return found == questions_.end() || found->second.title.empty() ? id : found->second.title;
}

std::string Texts::Option(const std::string& question, const std::string& value) const {
  const auto found = questions_.find(question);
  if (found == questions_.end()) return value;
  const auto option = found->second.options.find(value);
  return option == found->second.options.end() ? value : option->second;
}

}  // namespace safeconduct::cli
