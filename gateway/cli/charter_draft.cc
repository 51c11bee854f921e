#include "gateway/cli/charter_draft.h"

#include <google/protobuf/struct.pb.h>

#include <cmath>

#include "gateway/charter/charter.h"
#include "gateway/cli/printable.h"
#include "gateway/cli/time_text.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

using google::protobuf::Value;

Failure Wrong(const std::string& member, const std::string& form) {
  return UsageFailure("\"" + member + "\" of the draft is missing or is not " + form);
}

Outcome<std::uint64_t> VersionOf(const Value& value) {
  const double number = value.number_value();
  if (value.kind_case() != Value::kNumberValue || number < 1 || number > 9007199254740992.0 ||
      std::floor(number) != number) {
    return Wrong("version", "a whole number from 1");
  }
  return static_cast<std::uint64_t>(number);
}

// Every line moved to the right, so that an object can stand inside another.
std::string Indented(std::string_view json) {
  std::string out;
  while (json.ends_with('\n')) json.remove_suffix(1);
  for (const char c : json) {
    out += c;
    if (c == '\n') out += ' ';
  }
  return out;
}

}  // namespace

bool LooksLikeDraft(std::string_view file) {
  const std::size_t first = file.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && file[first] == '{';
}

Outcome<CharterDraft> ParseDraft(std::string_view json) {
  SC_ASSIGN(const google::protobuf::Struct object,
            ExplainAs(Exit::kUsage,
                      proto::FromJson<google::protobuf::Struct>(
                          json, kMaxDraftBytes, proto::Unknown::kRefuse, 256 * 1024),
                      "The draft is not valid JSON"));
  CharterDraft draft;
  Value origin, version, expires, charter;
  for (const auto& [name, value] : object.fields()) {
    if (name == "origin") {
      origin = value;
    } else if (name == "version") {
      version = value;
    } else if (name == "expires") {
      expires = value;
    } else if (name == "charter") {
      charter = value;
    } else {
      return UsageFailure("The draft has a member \"" + name + "\", which means nothing",
                          "A draft has origin, version, expires and charter.");
    }
  }
  if (origin.kind_case() != Value::kStringValue) return Wrong("origin", "a text");
  draft.origin = origin.string_value();
  SC_ASSIGN(draft.version, VersionOf(version));
  if (expires.kind_case() != Value::kStringValue) return Wrong("expires", "a date");
  SC_ASSIGN(draft.expiry, ParseTime(expires.string_value()));
  if (charter.kind_case() != Value::kStructValue) return Wrong("charter", "an object");
  SC_ASSIGN(const std::string inner,
            Explain(proto::ToJson(charter.struct_value()), "The draft's charter cannot be read"));
  SC_ASSIGN(draft.charter,
            ExplainAs(Exit::kUsage,
                      proto::FromJson<v1::Charter>(inner, 2 * kMaxDraftBytes,
                                                   proto::Unknown::kRefuse, 256 * 1024),
                      "\"charter\" of the draft is not a charter",
                      "proto/safeconduct/v1/charter.proto says which fields there are."));
  return draft;
}

Outcome<std::string> FormatDraft(const CharterDraft& draft) {
  SC_ASSIGN(const std::string charter,
            Explain(proto::ToJson(draft.charter, proto::JsonForm::kReadable),
                    "The draft cannot be written"));
  return "{\n \"origin\": " + JsonString(draft.origin) +
         ",\n \"version\": " + std::to_string(draft.version) +
         ",\n \"expires\": " + JsonString(Rfc3339(draft.expiry)) +
         ",\n \"charter\": " + Indented(charter) + "\n}\n";
}

Outcome<CharterDraft> ReadDraft(const std::string& path) {
  SC_ASSIGN(const SecretBytes file, ReadFile(path, kMaxDraftBytes, "the draft"));
  if (!LooksLikeDraft(AsText(file.Reveal()))) {
    return UsageFailure(path + " is no draft of a charter",
                        "A signed charter does not change. Make the draft of its next version "
                        "with: safeconduct charter new --next FILE --out DRAFT");
  }
  return ParseDraft(AsText(file.Reveal()));
}

Done WriteDraft(const std::string& path, const CharterDraft& draft, Overwrite overwrite) {
  SC_ASSIGN(const std::string json, FormatDraft(draft));
  return WriteNewFile(path, AsBytes(json), overwrite);
}

Outcome<std::string> DraftText(const CharterDraft& draft) {
  SC_ASSIGN(const std::string text,
            ExplainAs(Exit::kUsage,
                      charter::MakeText(draft.origin, draft.version, draft.expiry, draft.charter),
                      "The draft cannot become a charter"));
  SC_TRY(ExplainAs(Exit::kUsage, charter::OpenCharter::FromText(text),
                   "The draft breaks a rule of charters"));
  return text;
}

}  // namespace safeconduct::cli
