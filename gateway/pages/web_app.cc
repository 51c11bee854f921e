#include "gateway/pages/web_app.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/base/text.h"

namespace safeconduct::pages {
namespace {

constexpr std::size_t kMaxBytes = 64ull * 1024 * 1024;  // of all files together
constexpr std::string_view kAssets = "assets/";
constexpr std::string_view kConsole = "console/index.html";
constexpr std::string_view kIcon = "icon.svg";
constexpr std::size_t kDigestDigits = 2 * sizeof(Hash);

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return std::nullopt;
  return bytes;
}

// Of what browsers get; other names are not served.
std::string_view TypeOf(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "";
}

// A relative path that stays in its folder: segments of the letters that the build uses.
bool IsPath(std::string_view path) {
  const bool letters = std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/';
  });
  return letters && !path.empty() && path.front() != '/' &&
         path.find("..") == std::string_view::npos;
}

struct Entry {
  Hash digest{};
  std::string_view path;
};

Result<Entry> ParseEntry(std::string_view line) {
  const Error malformed(Code::kMalformed, "the web app's manifest has lines SHA-256 PATH",
                        "web.folder");
  if (line.size() < kDigestDigits + 2 || line[kDigestDigits] != ' ') return malformed;
  const Result<Bytes> digest = HexDecode(line.substr(0, kDigestDigits));
  const std::string_view path = line.substr(kDigestDigits + 1);
  if (!digest.ok() || !IsPath(path)) return malformed;
  return Entry{ToArray<sizeof(Hash)>(*digest), path};
}

// Gives each file of the manifest, once it is the one that stands there, to `take`.
template <typename Take>
Result<Hash> ReadFolder(const std::string& folder, const Take& take) {
  const std::optional<std::string> manifest = ReadFile(folder + "/manifest.txt");
  if (!manifest) {
    return Error(Code::kNotFound, "there is no web app: its manifest.txt cannot be read",
                 "web.folder");
  }
  std::size_t total = 0;
  for (std::string_view rest = *manifest; !rest.empty();) {
    const std::optional<std::string_view> line = TakeLine(rest);
    if (!line) {
      return Error(Code::kMalformed, "the web app's manifest ends within a line", "web.folder");
    }
    SC_ASSIGN(const Entry entry, ParseEntry(*line));
    std::optional<std::string> bytes = ReadFile(folder + "/" + std::string(entry.path));
    if (!bytes) return Error(Code::kNotFound, "a file of the web app is missing", "web.folder");
    total += bytes->size();
    if (total > kMaxBytes) {
      return Error(Code::kTooLarge, "the web app has more than 64 MiB", "web.folder");
    }
    if (Sha256(AsBytes(*bytes)) != entry.digest) {
      return Error(Code::kUnverified, "a file of the web app is not the one of its manifest",
                   "web.folder");
    }
    if (const Status taken = take(entry.path, *std::move(bytes)); !taken.ok()) {
      return taken.error().In("web.folder");
    }
  }
  return Sha256(AsBytes(*manifest));
}

}  // namespace

Result<WebApp> WebApp::Load(const std::string& folder, const std::string& icon) {
  WebApp app;
  SC_ASSIGN(app.manifest_digest_,
            ReadFolder(folder, [&app, &folder](std::string_view path, std::string bytes) {
              return app.TakeFile(folder, path, std::move(bytes));
            }));
  if (app.languages_.empty()) {
    return Error(Code::kMalformed, "the web app has no pages", "web.folder");
  }
  if (!icon.empty()) {
    std::optional<std::string> bytes = ReadFile(icon);
    if (!bytes) return Error(Code::kNotFound, "the icon cannot be read", "web.icon");
    SC_ASSIGN(app.assets_[std::string(kIcon)],
              Encode(std::string(TypeOf(kIcon)), *std::move(bytes)));
  }
  return app;
}

Result<OfflinePage> LoadOfflinePage(const std::string& folder, std::string_view language) {
  const std::string wanted = std::string(language) + "/offline.html";
  std::optional<Template> page;
  OfflinePage offline;
  SC_ASSIGN(offline.manifest_digest,
            ReadFolder(folder, [&wanted, &page](std::string_view path, const std::string& bytes) {
              if (path != wanted) return Status();
              Result<Template> parsed = Template::Parse(bytes);
              if (!parsed.ok()) return Status(parsed.error());
              page = *std::move(parsed);
              return Status();
            }));
  if (!page) return Error(Code::kNotFound, "the web app has no such language", "language");
  offline.page = *std::move(page);
  return offline;
}

// Pages are kept as templates, assets as they are sent; what else a build holds is not served.
Status WebApp::TakeFile(const std::string& folder, std::string_view path, std::string bytes) {
  if (path.starts_with(kAssets)) {
    const std::string name(path.substr(kAssets.size()));
    const std::string type(TypeOf(name));
    if (type.empty()) return {};
    std::optional<std::string> brotli = ReadFile(folder + "/" + std::string(path) + ".br");
    Result<Encoded> encoded = brotli ? EncodeWith(type, std::move(bytes), *std::move(brotli))
                                     : Encode(type, std::move(bytes));
    if (!encoded.ok()) return encoded.error();
    assets_[name] = *std::move(encoded);
    return {};
  }
  if (path == kConsole) {
    SC_ASSIGN(console_, Template::Parse(bytes));
    return {};
  }
  static constexpr std::pair<std::string_view, Template LanguagePages::*> kPages[] = {
      {"index.html", &LanguagePages::start},
      {"plain.html", &LanguagePages::plain},
      {"plain-sent.html", &LanguagePages::plain_sent},
      {"plain-refused.html", &LanguagePages::plain_refused},
  };
  const std::size_t slash = path.find('/');
  for (const auto& [name, member] : kPages) {
    if (slash == std::string_view::npos || path.substr(slash + 1) != name) continue;
    SC_ASSIGN(languages_[std::string(path.substr(0, slash))].*member, Template::Parse(bytes));
  }
  return {};
}

const Encoded* WebApp::FindAsset(std::string_view name) const {
  const auto found = assets_.find(name);
  return found == assets_.end() ? nullptr : &found->second;
}

}  // namespace safeconduct::pages
