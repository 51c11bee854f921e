#include "gateway/pages/pages.h"

#include <algorithm>

namespace safeconduct::pages {
namespace {

constexpr const char* kHtmlType = "text/html; charset=utf-8";

}  // namespace

Result<Pages> Pages::Fill(const WebApp& app, const Settings& settings,
                          const charter::OpenCharter& charter, std::string_view note,
                          const Texts& texts) {
  Pages pages;
  pages.app_ = &app;
  pages.first_channel_ = charter.channels().front().channel->id();
  for (const auto& [language, templates] : app.languages()) {
    for (const charter::ChannelInfo& channel : charter.channels()) {
      const std::string& id = channel.channel->id();
      Filled filled;
      filled.values = ValuesFor(settings, charter, note, channel, FindWords(texts, language, id));
      SC_ASSIGN(filled.start, Encode(kHtmlType, templates.start.Fill(filled.values)));
      SC_ASSIGN(filled.plain, Encode(kHtmlType, templates.plain.Fill(filled.values)));
      pages.filled_.emplace(Key(language, id), std::move(filled));
    }
  }
  if (const Template* const console = app.console()) {
    const charter::ChannelInfo& first = charter.channels().front();
    const Values values = ValuesFor(settings, charter, note, first, {});
    SC_ASSIGN(pages.console_, Encode(kHtmlType, console->Fill(values)));
  }
  return pages;
}

const Pages::Filled* Pages::Find(std::string_view language, std::string_view channel) const {
  const auto found = filled_.find(Key(language, channel));
  return found == filled_.end() ? nullptr : &found->second;
}

const Encoded* Pages::Start(std::string_view language, std::string_view channel) const {
  const Filled* const filled = Find(language, channel);
  return filled == nullptr ? nullptr : &filled->start;
}

const Encoded* Pages::Plain(std::string_view language, std::string_view channel) const {
  const Filled* const filled = Find(language, channel);
  return filled == nullptr ? nullptr : &filled->plain;
}

std::string Pages::PlainSent(std::string_view language, std::string_view channel,
                             std::string_view report_id) const {
  const Filled* const filled = Find(language, channel);
  if (filled == nullptr) return "";
  Values values = filled->values;
  values["report_id"] = std::string(report_id);
  return app_->languages().find(language)->second.plain_sent.Fill(values);
}

std::string Pages::PlainRefused(std::string_view language, std::string_view channel) const {
  const Filled* const filled = Find(language, channel);
  if (filled == nullptr) return "";
  return app_->languages().find(language)->second.plain_refused.Fill(filled->values);
}

std::string Pages::ChooseLanguage(std::string_view accept_language) const {
  while (!accept_language.empty()) {
    const std::size_t end = std::min(accept_language.find(','), accept_language.size());
    std::string_view tag = accept_language.substr(0, end);
    accept_language.remove_prefix(std::min(end + 1, accept_language.size()));
    tag.remove_prefix(std::min(tag.find_first_not_of(' '), tag.size()));
    std::string primary;
    for (const char c : tag.substr(0, tag.find_first_of("-; "))) {
      primary += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (app_->languages().contains(primary)) return primary;
  }
  return app_->languages().contains("en") ? "en" : app_->languages().begin()->first;
}

}  // namespace safeconduct::pages
