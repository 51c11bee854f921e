#include "gateway/sms/inbound/fields.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "gateway/sms/text/decode.h"
#include "proto/parse.h"

namespace safeconduct::sms {
namespace {

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// As it stands in the JSON when it is whole, which ids and numbers of parts are.
std::string NumberText(double number) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::abs(number) <= kExact && std::floor(number) == number) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  return std::to_string(number);
}

// Recursion is bounded by the depth that proto/parse.h takes.
void Flatten(const google::protobuf::Value& value, const std::string& name, Fields& out) {
  const auto inner = [&name](const std::string& part) {
    return name.empty() ? part : name + "." + part;
  };
  switch (value.kind_case()) {
    case google::protobuf::Value::kStringValue:
      out.push_back({name, value.string_value()});
      break;
    case google::protobuf::Value::kNumberValue:
      out.push_back({name, NumberText(value.number_value())});
      break;
    case google::protobuf::Value::kBoolValue:
      out.push_back({name, value.bool_value() ? "true" : "false"});
      break;
    case google::protobuf::Value::kStructValue:
      for (const auto& [part, member] : value.struct_value().fields()) {
        Flatten(member, inner(part), out);
      }
      break;
    case google::protobuf::Value::kListValue:
      for (int i = 0; i < value.list_value().values_size(); ++i) {
        Flatten(value.list_value().values(i), inner(std::to_string(i)), out);
      }
      break;
    default:  // null
      break;
  }
}

std::string_view TakePart(std::string_view& path) {
  const std::size_t dot = path.find('.');
  const std::string_view part = path.substr(0, dot);
  path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  return part;
}

bool Matches(std::string_view pattern, std::string_view name) {
  while (!pattern.empty() && !name.empty()) {
    const std::string_view expected = TakePart(pattern);
    if (TakePart(name) != expected && expected != "*") return false;
  }
  return pattern.empty() && name.empty();
}

}  // namespace

std::string FormDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const std::optional<unsigned> high = HexDigit(text[i + 1]);
      const std::optional<unsigned> low = HexDigit(text[i + 2]);
      if (high && low) {
        out.push_back(static_cast<char>(*high << 4 | *low));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i] == '+' ? ' ' : text[i]);
  }
  return out;
}

std::string PercentEncode(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsUnreserved(c)) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15U]);
    }
  }
  return out;
}

Result<Fields> ParseForm(std::string_view text) {
  Fields out;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    if (out.size() == kMaxFields) return Error(Code::kTooLarge, "a form of too many fields");
    const std::size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    out.push_back({FormDecode(pair.substr(0, equals)), FormDecode(value)});
  }
  return out;
}

Result<Fields> ParseJsonFields(std::string_view json) {
  // What is mended may be three times as long.
  google::protobuf::Value value;
  SC_TRY(proto::FromJsonInto(FromUtf8(json), {3 * kMaxBodyBytes, kMaxFields},
                             proto::Unknown::kIgnore, *value.mutable_struct_value()));
  Fields out;
  Flatten(value, "", out);
  return out;
}

const std::string* FindField(const Fields& fields, std::string_view name) {
  if (name.empty()) return nullptr;
  for (const Field& field : fields) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

std::string_view ValueOf(const Fields& fields, std::string_view name) {
  const std::string* const value = FindField(fields, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::vector<std::string_view> ValuesOf(const Fields& fields, std::string_view pattern) {
  std::vector<std::string_view> out;
  for (const Field& field : fields) {
    if (!pattern.empty() && Matches(pattern, field.name)) out.push_back(field.value);
  }
  return out;
}

}  // namespace safeconduct::sms
