// What the gateway puts into the pages (gateway/web/reporter/build/placeholders.ts says what each
// name means): from the configuration, the charter in force and its texts.
//
// Thread-safety: free functions.
#ifndef SAFECONDUCT_GATEWAY_PAGES_VALUES_H_
#define SAFECONDUCT_GATEWAY_PAGES_VALUES_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "gateway/charter/charter.h"
#include "gateway/pages/template.h"

namespace safeconduct::pages {

// Every placeholder that there is.
inline constexpr std::string_view kNames[] = {
    "title",         "exit_url",        "onion",
    "pinned",        "channel",         "channel_title",
    "channel_about", "channel_readers", "channel_next",
    "text_language", "contacts",        "acknowledge_days",
    "feedback_days", "plain_readers",   "plain_recipients",
    "plain_bytes",   "charter_version", "charter_fingerprint",
    "report_id",     "decoys",          "gateway",
};

// Of the configuration.
struct Settings {
  std::string title;              // neutral: it stands in the history of a shared computer
  std::string exit_url;           // where the quick exit leads to
  std::string onion;              // origin of the onion service; empty: none
  std::string trust;              // the trust file, which pages start from
  std::uint64_t plain_bytes = 0;  // the largest age file that the form takes
  bool decoys = false;            // whether start pages may post decoys
};

// The charter's texts, by their language as the charter names it.
using Texts = std::map<std::string, std::string>;

// The words of one language for the people whom a channel is for. Whatever is absent is empty.
struct ChannelWords {
  std::string language;  // of these words
  std::string title;
  std::string about;
  std::string readers;
  std::string next;
  std::map<std::string, std::string> contacts;  // by kind
};
// Of `language`, of any of its variants ("pt" of "pt-BR"), else of English; texts that are no JSON
// object, or do not know the channel, count as absent.
ChannelWords FindWords(const Texts& texts, std::string_view language, std::string_view channel);

// Everything but report_id and gateway.
Values ValuesFor(const Settings& settings, const charter::OpenCharter& charter,
                 std::string_view note, const charter::ChannelInfo& channel,
                 const ChannelWords& words);

}  // namespace safeconduct::pages

#endif  // SAFECONDUCT_GATEWAY_PAGES_VALUES_H_
