#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "crypto/base/utf8.h"
#include "proto/parse.h"

namespace safeconduct::proto {
namespace {

using google::protobuf::util::JsonParseOptions;
using google::protobuf::util::JsonPrintOptions;

// Depth and number of values, before a parser that knows no bounds sees the text. It need not be
// valid JSON; only strings are told apart from the rest.
Status CheckJsonBounds(std::string_view json, std::size_t max_fields) {
  int depth = 0;
  std::size_t fields = 1;
  char quote = '\0';  // the library also takes strings in single quotes
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quote != '\0') {
      if (c == '\\') ++i;
      if (c == quote) quote = '\0';
      continue;
    }
    switch (c) {
      case '"':
      case '\'':
        quote = c;
        break;
      case '{':
      case '[':
        if (++depth > kMaxJsonDepth) return Error(Code::kMalformed, "JSON is nested too deeply");
        ++fields;
        break;
      case '}':
      case ']':
        --depth;
        break;
      case ',':
        ++fields;
        break;
      default:
        break;
    }
    if (fields > max_fields) return Error(Code::kTooLarge, "JSON has too many parts");
  }
  return {};
}

}  // namespace

Status FromJsonInto(std::string_view json, const Bounds& bounds, Unknown unknown,
                    google::protobuf::Message& message) {
  if (json.size() > bounds.max_bytes) return Error(Code::kTooLarge, "JSON is too long");
  if (!IsUtf8(json)) return Error(Code::kMalformed, "JSON is not UTF-8");
  SC_TRY(CheckJsonBounds(json, bounds.max_fields));
  JsonParseOptions options;
  options.ignore_unknown_fields = unknown == Unknown::kIgnore;
  // The status of the library quotes the input, so it goes no further.
  if (!google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &message, options)
           .ok()) {
    return Error(Code::kMalformed, "not JSON of the expected form");
  }
  return {};
}

Result<std::string> ToJson(const google::protobuf::Message& message, JsonForm form) {
  JsonPrintOptions options;
  options.always_print_primitive_fields = form != JsonForm::kCompact;
  options.add_whitespace = form == JsonForm::kReadable;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok() || !IsUtf8(json)) {
    return Error(Code::kMalformed, "text is not UTF-8");
  }
  return json;
}

}  // namespace safeconduct::proto
