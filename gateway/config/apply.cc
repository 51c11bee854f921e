#include "gateway/config/apply.h"

#include <arpa/inet.h>

#include <algorithm>
#include <filesystem>

#include "crypto/note/note.h"
#include "crypto/tlog/cosignature.h"
#include "gateway/auth/http_signature.h"
#include "gateway/config/values.h"

namespace safeconduct::config {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;
constexpr const char* kLevelNames[] = {"debug", "info", "warning", "error"};

// Stores a number that the key's range has admitted.
struct StoreNumber {
  std::uint64_t number;
  void operator()(std::uint16_t* to) const { *to = static_cast<std::uint16_t>(number); }
  void operator()(std::uint32_t* to) const { *to = static_cast<std::uint32_t>(number); }
  void operator()(std::uint64_t* to) const { *to = number; }
  void operator()(std::chrono::milliseconds* to) const {
    *to = std::chrono::milliseconds(static_cast<std::int64_t>(number));
  }
  void operator()(std::chrono::seconds* to) const {
    *to = std::chrono::seconds(static_cast<std::int64_t>(number / 1'000));
  }
  void operator()(log::Level* to) const { *to = static_cast<log::Level>(number); }
  template <typename Other>
  void operator()(Other*) const {}
};

// A duration is given in milliseconds, everything else in its own unit.
struct LoadNumber {
  std::uint64_t operator()(const std::uint16_t* from) const { return *from; }
  std::uint64_t operator()(const std::uint32_t* from) const { return *from; }
  std::uint64_t operator()(const std::uint64_t* from) const { return *from; }
  std::uint64_t operator()(const std::chrono::milliseconds* from) const {
    return static_cast<std::uint64_t>(from->count());
  }
  std::uint64_t operator()(const std::chrono::seconds* from) const {
    return static_cast<std::uint64_t>(from->count()) * 1'000;
  }
  std::uint64_t operator()(const log::Level* from) const {
    return static_cast<std::uint64_t>(*from);
  }
  template <typename Other>
  std::uint64_t operator()(const Other*) const {
    return 0;
  }
};

std::string TakeNumber(const Key& key, std::optional<std::uint64_t> number, const char* wanted,
                       const Target& target) {
  if (!number) return std::string("must be ") + wanted;
  if (*number < key.least || *number > key.most) return "must be " + RangeText(key);
  const bool whole_seconds = std::holds_alternative<std::chrono::seconds*>(target);
  if (whole_seconds && *number % 1'000 != 0) return "must be in whole seconds";
  std::visit(StoreNumber{*number}, target);
  return "";
}

std::optional<std::uint64_t> WholeNumber(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<std::uint64_t> SizeOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return ParseSize(*text);
  return WholeNumber(value);
}

std::optional<std::uint64_t> DurationOf(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::nullopt : ParseDuration(*text);
}

std::string TakePath(const Key& key, const Value& value, std::string_view folder,
                     std::string& target) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || text->find('\0') != std::string::npos) return "must be a path";
  if (text->empty() && key.presence == Presence::kRequired) return "must not be empty";
  target = text->empty() ? "" : (std::filesystem::path(folder) / *text).lexically_normal().string();
  return "";
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string TakeText(const Key& key, const Value& value, std::string& target) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || HasControl(*text)) return "must be a text of one line";
  if (text->size() < key.least || text->size() > key.most) return "must be " + RangeText(key);
  target = *text;
  return "";
}

std::string TakeUrl(const Value& value, std::string& target) {
  const auto* text = std::get_if<std::string>(&value);
  const bool known =
      text != nullptr && (text->starts_with("https://") || text->starts_with("http://"));
  // It stands in an attribute, escaped; what is refused here could not be meant.
  if (!known || text->size() > kMaxUrlBytes || HasControl(*text) ||
      text->find_first_of(" \"<>\\") != std::string::npos) {
    return "must be a URL, such as \"https://www.example.org/\"";
  }
  target = *text;
  return "";
}

std::string TakeWitnessUrl(const Value& value, std::string& target) {
  const auto* text = std::get_if<std::string>(&value);
  const char* wanted =
      "must be an https URL without a query, such as \"https://witness.example.org\"";
  std::string url;
  if (text == nullptr || !text->starts_with("https://") ||
      text->find_first_of("?#") != std::string::npos || !TakeUrl(value, url).empty()) {
    return wanted;
  }
  target = std::move(url);
  return "";
}

std::string TakeKeyName(const Key& key, const Value& value, std::string& target) {
  std::string name;
  const std::string wrong = TakeText(key, value, name);
  if (!wrong.empty()) return wrong;
  if (!name.empty() && !note::MakeVerifierKey(name, {}).ok()) {
    return "must not have spaces or plus signs";
  }
  target = std::move(name);
  return "";
}

std::string TakeVerifierKey(Result<note::VerifierKey> (*parse)(std::string_view),
                            const Value& value, const char* wanted, note::VerifierKey& target) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return wanted;
  Result<note::VerifierKey> key = parse(*text);
  if (!key.ok()) return wanted;
  target = *std::move(key);
  return "";
}

std::string TakeAddress(const Value& value, std::string& target) {
  const auto* text = std::get_if<std::string>(&value);
  unsigned char address[sizeof(in6_addr)];
  if (text == nullptr || (inet_pton(AF_INET, text->c_str(), address) != 1 &&
                          inet_pton(AF_INET6, text->c_str(), address) != 1)) {
    return "must be an IP address, such as \"127.0.0.1\" or \"::1\"";
  }
  target = text->c_str();  // what inet_pton has read
  return "";
}

std::string TakeTexts(const Key& key, const Value& value, std::vector<std::string>& target) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  if (texts == nullptr || std::any_of(texts->begin(), texts->end(), HasControl)) {
    return "must be a list of texts of one line";
  }
  if (texts->size() < key.least || texts->size() > key.most) return "must be " + RangeText(key);
  target = *texts;
  return "";
}

std::string TakeOrigins(const Key& key, const Value& value, std::vector<std::string>& target) {
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  const char* wanted = "must be a list of origins, such as [\"https://report.example.org\"]";
  if (texts == nullptr) return wanted;
  if (texts->size() < key.least || texts->size() > key.most) return "must be " + RangeText(key);
  target.clear();
  for (const std::string& text : *texts) {
    auto origin = auth::NormalizeOrigin(text);
    if (!origin.ok()) return wanted;
    target.push_back(*std::move(origin));
  }
  return "";
}

std::string TakeLevel(const Value& value, log::Level& target) {
  const auto* text = std::get_if<std::string>(&value);
  for (std::size_t i = 0; text != nullptr && i < std::size(kLevelNames); ++i) {
    if (*text != kLevelNames[i]) continue;
    target = static_cast<log::Level>(i);
    return "";
  }
  return "must be one of debug, info, warning, error";
}

std::string TakeBoolean(const Value& value, bool& target) {
  const bool* truth = std::get_if<bool>(&value);
  if (truth == nullptr) return "must be true or false";
  target = *truth;
  return "";
}

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

}  // namespace

std::string Apply(const Key& key, const Value& value, std::string_view folder, void* settings) {
  const Target target = key.target(settings);
  switch (key.kind) {
    case Kind::kBoolean:
      return TakeBoolean(value, *std::get<bool*>(target));
    case Kind::kNumber:
    case Kind::kPort:
      return TakeNumber(key, WholeNumber(value), "a whole number", target);
    case Kind::kSize:
      return TakeNumber(key, SizeOf(value), "a size, such as \"64KiB\", \"256MiB\", \"1GiB\"",
                        target);
    case Kind::kDuration:
      return TakeNumber(key, DurationOf(value),
                        "a duration, such as \"500ms\", \"10s\", \"5min\", \"1h\", \"7d\"", target);
    case Kind::kPath:
      return TakePath(key, value, folder, *std::get<std::string*>(target));
    case Kind::kText:
      return TakeText(key, value, *std::get<std::string*>(target));
    case Kind::kUrl:
      return TakeUrl(value, *std::get<std::string*>(target));
    case Kind::kWitnessUrl:
      return TakeWitnessUrl(value, *std::get<std::string*>(target));
    case Kind::kKeyName:
      return TakeKeyName(key, value, *std::get<std::string*>(target));
    case Kind::kLogKey:
      return TakeVerifierKey(note::ParseVerifierKey, value,
                             "must be the vkey of a log: name+id+key, of type 1",
                             *std::get<note::VerifierKey*>(target));
    case Kind::kWitnessKey:
      return TakeVerifierKey(tlog::ParseWitnessKey, value,
                             "must be the vkey of a witness: name+id+key, of type 4",
                             *std::get<note::VerifierKey*>(target));
    case Kind::kAddress:
      return TakeAddress(value, *std::get<std::string*>(target));
    case Kind::kOrigins:
      return TakeOrigins(key, value, *std::get<std::vector<std::string>*>(target));
    case Kind::kTexts:
      return TakeTexts(key, value, *std::get<std::vector<std::string>*>(target));
    case Kind::kLevel:
      return TakeLevel(value, *std::get<log::Level*>(target));
  }
  return "";
}

std::string Written(const Key& key, void* settings) {
  const Target target = key.target(settings);
  const std::uint64_t number = std::visit(LoadNumber(), target);
  switch (key.kind) {
    case Kind::kBoolean:
      return *std::get<bool*>(target) ? "true" : "false";
    case Kind::kNumber:
    case Kind::kPort:
      return std::to_string(number);
    case Kind::kSize:
      return Quoted(FormatSize(number));
    case Kind::kDuration:
      return Quoted(FormatDuration(number));
    case Kind::kPath:
    case Kind::kText:
    case Kind::kUrl:
    case Kind::kWitnessUrl:
    case Kind::kKeyName:
    case Kind::kAddress:
      return Quoted(*std::get<std::string*>(target));
    case Kind::kOrigins:
    case Kind::kTexts: {
      std::string out;
      for (const std::string& each : *std::get<std::vector<std::string>*>(target)) {
        out += (out.empty() ? "" : ", ") + Quoted(each);
      }
      return "[" + out + "]";
    }
    case Kind::kLogKey:
    case Kind::kWitnessKey:
      return "";  // has no default
    case Kind::kLevel:
      return Quoted(kLevelNames[number]);
  }
  return "";
}

}  // namespace safeconduct::config
