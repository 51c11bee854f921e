// The pages of the web app under one charter: filled for each language and channel when the charter
// is taken, and compressed then.
//
// Memory: about 30 KB for each language and channel.
// Thread-safety: constant once filled.
#ifndef SAFECONDUCT_GATEWAY_PAGES_PAGES_H_
#define SAFECONDUCT_GATEWAY_PAGES_PAGES_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/base/result.h"
#include "gateway/charter/charter.h"
#include "gateway/pages/encoding.h"
#include "gateway/pages/values.h"
#include "gateway/pages/web_app.h"

namespace safeconduct::pages {

class Pages {
 public:
  // `app` must outlive the pages. kInternal.
  static Result<Pages> Fill(const WebApp& app, const Settings& settings,
                            const charter::OpenCharter& charter, std::string_view note,
                            const Texts& texts);

  // All of these: null or empty for a language or channel that is not there.
  const Encoded* Start(std::string_view language, std::string_view channel) const;
  const Encoded* Plain(std::string_view language, std::string_view channel) const;
  // Null in a web app without a console.
  const Encoded* Console() const { return console_ ? &*console_ : nullptr; }
  // HTML: what becomes of a plain report.
  std::string PlainSent(std::string_view language, std::string_view channel,
                        std::string_view report_id) const;
  std::string PlainRefused(std::string_view language, std::string_view channel) const;

  const std::string& first_channel() const { return first_channel_; }
  // The first language of an Accept-Language header that there is (its order of preference is the
  // order in which browsers write it), else English.
  std::string ChooseLanguage(std::string_view accept_language) const;

 private:
  struct Filled {
    Values values;
    Encoded start;
    Encoded plain;
  };
  using Key = std::pair<std::string, std::string>;  // language, channel

  Pages() = default;
  const Filled* Find(std::string_view language, std::string_view channel) const;

  const WebApp* app_ = nullptr;
  std::string first_channel_;
  std::map<Key, Filled> filled_;
  std::optional<Encoded> console_;
};

}  // namespace safeconduct::pages

#endif  // SAFECONDUCT_GATEWAY_PAGES_PAGES_H_
