#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "crypto/base/utf8.h"
#include "proto/parse.h"

namespace safeconduct::proto {
namespace {

using google::protobuf::FieldDescriptor;
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

// The library would silently replace what is not UTF-8.
bool HasOnlyUtf8(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  std::string scratch;
  for (const FieldDescriptor* field : fields) {
    const bool is_text = field->type() == FieldDescriptor::TYPE_STRING;
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!is_text && !is_message) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (is_message) {
        const auto& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                 : reflection.GetMessage(message, field);
        if (!HasOnlyUtf8(inner)) return false;
      } else {
        const auto& text = field->is_repeated()
                               ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                               : reflection.GetStringReference(message, field, &scratch);
        if (!IsUtf8(text)) return false;
      }
    }
  }
  return true;
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
  const Error not_utf8(Code::kMalformed, "text is not UTF-8");
  if (!HasOnlyUtf8(message)) return not_utf8;
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
