#include "gateway/cli/log_web.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "gateway/cli/page_texts.h"
#include "gateway/pages/encoding.h"
#include "gateway/pages/values.h"
#include "proto/json_object.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

constexpr const char* kIcon = "icon.svg";
constexpr const char* kBrotli = "br";
constexpr const char* kHint =
    "Whoever opens this page may be running something else. Keep what is served, tell the root "
    "keys' holders and warn reporters by another way.";
// What the configuration of the gateway says, and nothing here knows.
constexpr const char* kConfigured[] = {"title",  "exit_url",    "onion",
                                       "pinned", "plain_bytes", "decoys"};

Failure Differs(const std::string& path, const std::string& what) {
  return UnverifiedFailure(
      "The gateway serves " + path + " otherwise than the charter says: " + what, kHint);
}

Outcome<std::string> Read(GatewayApi& gateway, const std::string& path, const std::string& coding) {
  SC_ASSIGN(std::optional<std::string> served, gateway.ReadPublic(path, coding));
  if (!served) return Differs(path, "it is not there");
  return *std::move(served);
}

// What browsers are sent has to unpack to the same.
Done CheckCoded(GatewayApi& gateway, const std::string& path, const std::string& bytes) {
  SC_ASSIGN(const std::string coded, Read(gateway, path, kBrotli));
  if (coded == bytes || pages::EncodeWith("", bytes, coded).ok()) return {};
  return Differs(path, "to browsers it sends something else");
}

Done CheckFile(GatewayApi& gateway, const std::string& name, const std::string& bytes,
               WebCheck& check) {
  const std::string path = "/assets/" + name;
  SC_ASSIGN(const std::string served, Read(gateway, path, ""));
  ++check.files;
  if (served == bytes) return CheckCoded(gateway, path, bytes);
  if (name != kIcon) return Differs(path, "another file");
  check.notes.push_back("The icon is the operator's own");
  return {};
}

// The trust file in a page is where its reporter's trust begins. Its minimum version may be newer.
Done CheckPinned(const std::string& path, const std::string& pinned, const std::string& channel,
                 charter::Trust trust) {
  using google::protobuf::Struct;
  const Result<Struct> object =
      proto::FromJson<Struct>(pinned, 2 * charter::kMaxTrustBytes, proto::Unknown::kRefuse);
  if (!object.ok()) return Differs(path, "what it pins is no JSON");
  Result<charter::Trust> served = charter::ParseTrust(proto::TextMember(*object, "trust"));
  if (!served.ok()) return Differs(path, "it pins no trust file");
  served->minimum_version = trust.minimum_version;
  if (charter::FormatTrust(*served) != charter::FormatTrust(trust)) {
    return Differs(path, "it pins other keys, origin or witnesses than your trust file");
  }
  if (proto::TextMember(*object, "channel") != channel) {
    return Differs(path, "it pins another channel");
  }
  return {};
}

bool IsWebAddress(const std::string& value) {
  return value.starts_with("https://") || value.starts_with("http://");
}

// A page as it is served, plainly and to browsers.
Outcome<pages::Values> CheckPage(GatewayApi& gateway, const std::string& path,
                                 const pages::Template& page, const pages::Values& known,
                                 const charter::Trust& trust, WebCheck& check) {
  SC_ASSIGN(const std::string html, Read(gateway, path, ""));
  SC_ASSIGN(pages::Values values, CheckServedPage(path, page, known, html, trust));
  SC_TRY(CheckCoded(gateway, path, html));
  ++check.pages;
  return values;
}

void Note(const pages::Values& values, WebCheck& check) {
  for (const char* name : {"title", "exit_url", "onion"}) {
    const auto found = values.find(name);
    if (found == values.end() || found->second.empty()) continue;
    const std::string note = "The operator's " + std::string(name) + " is " + found->second;
    if (std::find(check.notes.begin(), check.notes.end(), note) == check.notes.end()) {
      check.notes.push_back(note);
    }
  }
}

}  // namespace

Outcome<pages::Values> CheckServedPage(const std::string& path, const pages::Template& page,
                                       const pages::Values& known, const std::string& served,
                                       const charter::Trust& trust) {
  pages::Values open = known;
  for (const char* name : kConfigured) open.erase(name);
  pages::Values read = page.Read(served, open);
  std::erase_if(read, [](const auto& value) {
    return std::find(std::begin(kConfigured), std::end(kConfigured), value.first) ==
           std::end(kConfigured);
  });
  pages::Values all = open;
  all.insert(read.begin(), read.end());
  if (page.Fill(all) != served) return Differs(path, "another page");
  for (const char* name : {"exit_url", "onion"}) {
    const auto found = read.find(name);
    if (found != read.end() && !found->second.empty() && !IsWebAddress(found->second)) {
      return Differs(path, std::string(name) + " is no web address");
    }
  }
  if (const auto pinned = read.find("pinned"); pinned != read.end()) {
    SC_TRY(CheckPinned(path, pinned->second, known.at("channel"), trust));
  }
  return read;
}

Outcome<WebCheck> CompareServedWeb(GatewayApi& gateway, const pages::WebApp& app,
                                   const VerifiedCharter& verified, const charter::Trust& trust) {
  const charter::OpenCharter& charter = *verified.charter;
  if (charter.message().web().manifest_digest() != AsText(app.manifest_digest())) {
    return UnverifiedFailure("The charter names another web app than the one in --web",
                             "Build the one of the charter, or see who signed the charter.");
  }
  WebCheck check;
  for (const auto& [name, file] : app.assets()) {
    SC_TRY(CheckFile(gateway, name, file.identity, check));
  }
  const pages::Texts texts = FetchPageTexts(gateway, charter);
  for (const auto& [language, templates] : app.languages()) {
    for (const charter::ChannelInfo& channel : charter.channels()) {
      const std::string& id = channel.channel->id();
      const pages::Values known = pages::ValuesFor({}, charter, verified.note, channel,
                                                   pages::FindWords(texts, language, id));
      const std::pair<std::string, const pages::Template*> served[] = {
          {"/" + language + "/?channel=" + id, &templates.start},
          {"/" + language + "/plain?channel=" + id, &templates.plain}};
      for (const auto& [path, page] : served) {
        SC_ASSIGN(const pages::Values values, CheckPage(gateway, path, *page, known, trust, check));
        Note(values, check);
      }
    }
  }
  if (const pages::Template* const console = app.console()) {
    const charter::ChannelInfo& first = charter.channels().front();
    const pages::Values known = pages::ValuesFor({}, charter, verified.note, first, {});
    SC_TRY(CheckPage(gateway, "/console/", *console, known, trust, check));
  }
  return check;
}

}  // namespace safeconduct::cli
