// The web app: the reporter's static pages, the console and their files, and the form of the plain
// page.
#include "gateway/pages/pages.h"

#include <span>
#include <utility>

#include "gateway/pages/encoding.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/multipart.h"
#include "gateway/routes/plain_report.h"
#include "gateway/routes/query.h"

namespace safeconduct::routes {
namespace {

constexpr int kSeeOther = 303;

// Design, "Anonymity": nothing but what this gateway serves, no inline program, nothing told to
// others. The microphone is for voice messages, and only this page may ask for it; what was
// recorded is listened to from a blob.
using Headers = std::span<const std::pair<const char*, const char*>>;
constexpr std::pair<const char*, const char*> kPageHeaders[] = {
    {"content-security-policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     "media-src blob:; connect-src 'self'; worker-src 'self'; form-action 'self'; "
     "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
     "trusted-types safeconduct"},
    {"cross-origin-opener-policy", "same-origin"},
    {"cross-origin-embedder-policy", "require-corp"},
    {"cross-origin-resource-policy", "same-origin"},
    {"permissions-policy",
     "camera=(), geolocation=(), microphone=(self), publickey-credentials-create=(), "
     "publickey-credentials-get=()"},
};

// No form leads anywhere and nothing is recorded. Sound of a case is played from a blob; pictures
// are drawn, so no image is ever loaded but the icon. A holder's key file may be wrapped by a
// passkey.
constexpr std::pair<const char*, const char*> kConsoleHeaders[] = {
    {"content-security-policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     "media-src blob:; connect-src 'self'; worker-src 'self'; form-action 'none'; "
     "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
     "trusted-types safeconduct"},
    {"cross-origin-opener-policy", "same-origin"},
    {"cross-origin-embedder-policy", "require-corp"},
    {"cross-origin-resource-policy", "same-origin"},
    {"permissions-policy",
     "camera=(), geolocation=(), microphone=(), publickey-credentials-create=(self), "
     "publickey-credentials-get=(self)"},
    {"x-robots-tag", "noindex, nofollow"},
};

http::Response PageResponse(std::string type, Headers headers = kPageHeaders) {
  http::Response response;
  response.headers.push_back({"content-type", std::move(type)});
  for (const auto& [name, value] : headers) response.headers.push_back({name, value});
  return response;
}

void SendEncoded(Call& call, const pages::Encoded& encoded, Headers headers = kPageHeaders,
                 std::vector<http::Header> more = {}) {
  http::Response response = PageResponse(encoded.type, headers);
  const pages::Coding coding = pages::ChooseCoding(call.head.Find("accept-encoding"));
  if (coding != pages::Coding::kIdentity) {
    response.headers.push_back({"content-encoding", std::string(pages::CodingName(coding))});
  }
  for (http::Header& header : more) response.headers.push_back(std::move(header));
  response.body = pages::BytesIn(encoded, coding);
  call.Send(std::move(response));
}

http::Response HtmlResponse(int status, std::string html) {
  http::Response response = PageResponse("text/html; charset=utf-8");
  response.status = status;
  response.body = std::move(html);
  return response;
}

void Redirect(Call& call, std::string to) {
  http::Response response;
  response.status = kSeeOther;
  response.headers.push_back({"location", std::move(to)});
  call.Send(std::move(response));
}

// Null without a web app, or without a charter.
const pages::Pages* PagesOf(const Call& call) {
  return call.charter == nullptr ? nullptr : call.charter->pages.get();
}

std::optional<std::string_view> AskedChannel(const Call& call) {
  return QueryValue(call.head.query(), "channel");
}

using Find = const pages::Encoded* (pages::Pages::*)(std::string_view, std::string_view) const;

// A page of a language and channel. A channel that is not there (any more) leads to the page of
// the first one under its own address, so that nobody takes the one for the other.
void SendPage(const Services& services, Call& call, Find find, std::string_view path) {
  const pages::Pages* const pages = PagesOf(call);
  if (pages == nullptr) return call.Fail(kNothingHere);
  const std::string& language = call.params[0];
  const std::string channel(AskedChannel(call).value_or(pages->first_channel()));
  const pages::Encoded* const page = (pages->*find)(language, channel);
  const std::string address = "/" + language + std::string(path);
  if (page == nullptr) {
    if ((pages->*find)(language, pages->first_channel()) == nullptr) return call.Fail(kNothingHere);
    return Redirect(call, address);
  }
  std::vector<http::Header> more;
  if (!services.pages.onion.empty() && call.head.listener == http::Listener::kPublic) {
    more.push_back({"onion-location", services.pages.onion + address + "?channel=" + channel});
  }
  SendEncoded(call, *page, kPageHeaders, std::move(more));
}

// The age file of a form: what was chosen, else what was pasted.
Result<std::string_view> AgeFileOf(const Call& call) {
  SC_ASSIGN(const auto form, ParseForm(call.head.Find("content-type"), call.body));
  for (const std::string_view name : {"file", "text"}) {
    const std::optional<std::string_view> value = FieldValue(form, name);
    if (value && !value->empty()) return *value;
  }
  return Error(Code::kMalformed, "the form has no age file", "file");
}

}  // namespace

void GetRoot(const Services&, CallPtr call) {
  const pages::Pages* const pages = PagesOf(*call);
  if (pages == nullptr) return call->Fail(kNothingHere);
  std::string to = "/" + pages->ChooseLanguage(call->head.Find("accept-language")) + "/";
  // Only what is a channel: the rest of a target is not for Location.
  const std::optional<std::string_view> channel = AskedChannel(*call);
  if (channel && call->charter->charter->FindChannel(*channel) != nullptr) {
    to += "?channel=" + std::string(*channel);
  }
  Redirect(*call, std::move(to));
}

void GetConsole(const Services&, CallPtr call) {
  const pages::Pages* const pages = PagesOf(*call);
  const pages::Encoded* const console = pages == nullptr ? nullptr : pages->Console();
  if (console == nullptr) return call->Fail(kNothingHere);
  SendEncoded(*call, *console, kConsoleHeaders);
}

void GetStartPage(const Services& services, CallPtr call) {
  SendPage(services, *call, &pages::Pages::Start, "/");
}

void GetPlainPage(const Services& services, CallPtr call) {
  SendPage(services, *call, &pages::Pages::Plain, "/plain");
}

void PostPlainPage(const Services& services, CallPtr call) {
  const pages::Pages* const pages = PagesOf(*call);
  if (pages == nullptr) return call->Fail(kNothingHere);
  const std::string language = call->params[0];
  const std::string channel(AskedChannel(*call).value_or(pages->first_channel()));
  if (pages->Plain(language, channel) == nullptr) return call->Fail(kNothingHere);
  // The pages live as long as the charter does, which is for good.
  call->failure_page = [pages, language, channel](int status) {
    return HtmlResponse(status, pages->PlainRefused(language, channel));
  };
  // Forms are few and may be long: none keeps an io thread busy.
  OnPool(services, call, [&services, call, pages, language, channel](Call&) {
    SC_ANSWER_ASSIGN(*call, const std::string_view age_file, AgeFileOf(*call));
    SubmitPlain(services, call, channel, age_file,
                [pages, language, channel](const report::ReportId& id, const std::string&) {
                  return HtmlResponse(201,
                                      pages->PlainSent(language, channel, report::FormatId(id)));
                });
  });
}

void GetAsset(const Services& services, CallPtr call) {
  const pages::Encoded* const asset =
      services.web_app == nullptr ? nullptr : services.web_app->FindAsset(call->params[0]);
  if (asset == nullptr) return call->Fail(kNothingHere);
  SendEncoded(*call, *asset);
}

}  // namespace safeconduct::routes
