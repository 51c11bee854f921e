// The web app as `gateway/web` builds it, the reporter's pages and the console: its files, read
// once at the start and checked against their manifest, so that nothing is served that the
// charter's digest does not name.
//
// Thread-safety: constant once loaded.
#ifndef SAFECONDUCT_GATEWAY_PAGES_WEB_APP_H_
#define SAFECONDUCT_GATEWAY_PAGES_WEB_APP_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "gateway/pages/encoding.h"
#include "gateway/pages/template.h"

namespace safeconduct::pages {

// The pages of one language.
struct LanguagePages {
  Template start;
  Template plain;
  Template plain_sent;
  Template plain_refused;
};

class WebApp {
 public:
  // Where `icon` is not empty, that file (SVG) is served instead of the app's own icon. Errors,
  // with the field `web.folder` or `web.icon`: kNotFound (no manifest, or a file of it is missing),
  // kMalformed, kUnverified (a file is not the one of the manifest), kUnsupported (of another
  // version), kTooLarge (more than 64 MiB in all).
  static Result<WebApp> Load(const std::string& folder, const std::string& icon);

  const Hash& manifest_digest() const { return manifest_digest_; }
  const std::map<std::string, LanguagePages, std::less<>>& languages() const { return languages_; }
  // Null in a web app without a console.
  const Template* console() const { return console_ ? &*console_ : nullptr; }
  // By the files' names in assets/.
  const std::map<std::string, Encoded, std::less<>>& assets() const { return assets_; }
  // Null when there is none.
  const Encoded* FindAsset(std::string_view name) const;

 private:
  WebApp() = default;
  Status TakeFile(const std::string& folder, std::string_view path, std::string bytes);

  Hash manifest_digest_{};
  std::map<std::string, LanguagePages, std::less<>> languages_;
  std::optional<Template> console_;
  std::map<std::string, Encoded, std::less<>> assets_;
};

// What offline copies in one language are made from.
struct OfflinePage {
  Hash manifest_digest{};
  Template page;
};
// Errors as WebApp::Load; kNotFound also for a language that there is not.
Result<OfflinePage> LoadOfflinePage(const std::string& folder, std::string_view language);

}  // namespace safeconduct::pages

#endif  // SAFECONDUCT_GATEWAY_PAGES_WEB_APP_H_
