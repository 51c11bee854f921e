#include "gateway/pages/values.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "proto/json_object.h"
#include "proto/parse.h"

namespace safeconduct::pages {
namespace {

using google::protobuf::Struct;
using proto::ObjectMember;
using proto::TextMember;

constexpr std::string_view kFallbackLanguage = "en";
constexpr std::size_t kMaxTextFields = 256 * 1024;
constexpr std::size_t kFingerprintGroup = 4;

std::string_view Primary(std::string_view language) {
  return language.substr(0, language.find('-'));
}

const std::string* FindText(const Texts& texts, std::string_view language) {
  for (const auto& [name, text] : texts) {
    if (Primary(name) == language) return &text;
  }
  return nullptr;
}

std::optional<ChannelWords> Read(const Texts& texts, std::string_view language,
                                 std::string_view channel) {
  const std::string* const json = FindText(texts, language);
  if (json == nullptr) return std::nullopt;
  const Result<Struct> object = proto::FromJson<Struct>(*json, charter::kMaxTextBytes,
                                                        proto::Unknown::kRefuse, kMaxTextFields);
  if (!object.ok()) return std::nullopt;
  const Struct& channels = ObjectMember(*object, "channels");
  const auto found = channels.fields().find(std::string(channel));
  if (found == channels.fields().end()) return std::nullopt;
  const Struct& words = found->second.struct_value();
  ChannelWords out{.language = std::string(language),
                   .title = TextMember(words, "title"),
                   .about = TextMember(words, "about"),
                   .readers = TextMember(words, "readers"),
                   .next = TextMember(words, "next"),
                   .contacts = {}};
  for (const auto& [kind, value] : ObjectMember(*object, "contacts").fields()) {
    out.contacts[kind] = value.string_value();
  }
  return out;
}

std::string Pinned(const Settings& settings, const std::string& channel) {
  Struct pinned;
  (*pinned.mutable_fields())["trust"].set_string_value(settings.trust);
  (*pinned.mutable_fields())["channel"].set_string_value(channel);
  const Result<std::string> json = proto::ToJson(pinned);
  return json.ok() ? *json : "";
}

// Each item on a line of its own.
template <typename Items, typename ToLine>
std::string Lines(const Items& items, const ToLine& line) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += '\n';
    out += line(item);
  }
  return out;
}

std::string ContactLine(const v1::Contact& contact, const ChannelWords& words) {
  const auto found = words.contacts.find(contact.kind());
  const bool has_words = found != words.contacts.end() && !found->second.empty();
  return (has_words ? found->second : contact.kind()) + ": " + contact.value();
}

std::string Days(std::uint32_t days) { return days == 0 ? "" : std::to_string(days); }

std::string Fingerprint(std::string_view note) {
  const std::string hex = HexEncode(Sha256(AsBytes(note)));
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += kFingerprintGroup) {
    if (i > 0) out += ' ';
    out += hex.substr(i, kFingerprintGroup);
  }
  return out;
}

}  // namespace

ChannelWords FindWords(const Texts& texts, std::string_view language, std::string_view channel) {
  for (const std::string_view each : {language, kFallbackLanguage}) {
    if (std::optional<ChannelWords> words = Read(texts, each, channel)) return *std::move(words);
  }
  return {.language = std::string(kFallbackLanguage),
          .title = {},
          .about = {},
          .readers = {},
          .next = {},
          .contacts = {}};
}

Values ValuesFor(const Settings& settings, const charter::OpenCharter& charter,
                 std::string_view note, const charter::ChannelInfo& channel,
                 const ChannelWords& words) {
  const v1::Channel& message = *channel.channel;
  const bool plain = !channel.plain_recipients.empty();
  const std::uint64_t plain_bytes = std::min(message.limits().plain_bytes(), settings.plain_bytes);
  return {
      {"title", settings.title},
      {"exit_url", settings.exit_url},
      {"onion", settings.onion},
      {"pinned", Pinned(settings, message.id())},
      {"channel", message.id()},
      {"channel_title", words.title.empty() ? message.id() : words.title},
      {"channel_about", words.about},
      {"channel_readers", words.readers},
      {"channel_next", words.next},
      {"text_language", words.language},
      {"contacts", Lines(message.contacts(),
                         [&words](const v1::Contact& each) { return ContactLine(each, words); })},
      {"acknowledge_days", Days(message.deadlines().acknowledge_days())},
      {"feedback_days", Days(message.deadlines().feedback_days())},
      {"plain_readers",
       Lines(channel.plain_recipients,
             [](const v1::Holder* each) { return each->label() + ", " + each->organisation(); })},
      {"plain_recipients",
       Lines(channel.plain_recipients, [](const v1::Holder* each) { return each->recipient(); })},
      {"plain_bytes", plain ? std::to_string(plain_bytes) : ""},
      {"decoys", settings.decoys ? "on" : ""},
      {"charter_version", std::to_string(charter.version())},
      {"charter_fingerprint", Fingerprint(note)},
  };
}

}  // namespace safeconduct::pages
