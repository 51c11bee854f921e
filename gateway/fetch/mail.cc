#include "gateway/fetch/mail.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <memory>

#include "gateway/fetch/start.h"

namespace safeconduct::fetch {
namespace {

constexpr std::string_view kOverTls = "smtps://";
constexpr std::string_view kStartTls = "smtp://";
constexpr std::size_t kMaxAddressBytes = 254;  // RFC 5321, 4.5.3.1.3

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

// What is still to be read of the message.
std::size_t OnRead(char* room, std::size_t size, std::size_t count, void* user) {
  std::string_view& left = *static_cast<std::string_view*>(user);
  const std::size_t taken = std::min(size * count, left.size());
  std::memcpy(room, left.data(), taken);
  left.remove_prefix(taken);
  return taken;
}

// What a server says is nobody's business here.
std::size_t OnAnswer(char*, std::size_t size, std::size_t count, void*) { return size * count; }

std::string_view HostAndPort(std::string_view url) {
  for (const std::string_view scheme : {kOverTls, kStartTls}) {
    if (url.starts_with(scheme)) return url.substr(scheme.size());
  }
  return {};
}

std::string_view HostOf(std::string_view url) {
  const std::string_view authority = HostAndPort(url);
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

Status FromCurl(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return {};
    case CURLE_USE_SSL_FAILED:
      return Error(Code::kUnverified, "the mail server offers no TLS");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Error(Code::kUnverified, "the mail server's certificate does not verify");
    case CURLE_LOGIN_DENIED:
      return Error(Code::kUnauthorized, "the mail server does not take user and password");
    case CURLE_COULDNT_RESOLVE_HOST:
      return Error(Code::kUnavailable, "no address is known for the mail server");
    case CURLE_COULDNT_CONNECT:
      return Error(Code::kUnavailable, "no connection to the mail server");
    case CURLE_OPERATION_TIMEDOUT:
      return Error(Code::kUnavailable, "no answer of the mail server in time");
    default:
      return Error(Code::kUnavailable, "the mail server did not take the mail");
  }
}

Status Check(const MailServer& server, const Mail& mail) {
  if (!IsMailServerUrl(server.url)) return Error(Code::kRejected, "not a mail server's URL");
  if (server.tls == MailTls::kNone && !IsOnThisMachine(server.url)) {
    return Error(Code::kRejected, "mail without TLS to another machine");
  }
  if (!IsMailAddress(mail.from) || !IsMailAddress(mail.to)) {
    return Error(Code::kRejected, "not a mail address");
  }
  return {};
}

}  // namespace

bool IsOnThisMachine(std::string_view url) {
  const std::string_view host = HostOf(url);
  const bool digits = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (digits && host.starts_with("127."));
}

bool IsMailServerUrl(std::string_view url) {
  const std::string_view authority = HostAndPort(url);
  const std::string_view host = HostOf(url);
  if (host.empty() || url.size() > 512) return false;
  const std::string_view port = authority.substr(host.size());
  const auto is_host = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::strchr(".-[]:", c) != nullptr;
  };
  return std::all_of(host.begin(), host.end(), is_host) &&
         (port.empty() || (port.size() > 1 && port.size() <= 6 && port[0] == ':' &&
                           port.find_first_not_of("0123456789", 1) == std::string_view::npos));
}

bool IsMailAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  const auto is_plain = [](unsigned char c) {
    return c > ' ' && c < 0x7f && std::strchr("<>()[]\\,;:\"", c) == nullptr;
  };
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && text.size() <= kMaxAddressBytes &&
         std::all_of(text.begin(), text.end(), is_plain);
}

Status SendMail(const MailServer& server, const Mail& mail) {
  SC_TRY(Check(server, mail));
  const std::unique_ptr<CURL, FreeHandle> handle(CurlStarts() ? curl_easy_init() : nullptr);
  const std::string to = "<" + mail.to + ">";
  const std::unique_ptr<curl_slist, FreeList> recipients(curl_slist_append(nullptr, to.c_str()));
  if (handle == nullptr || recipients == nullptr) {
    return Error(Code::kUnavailable, "libcurl does not start");
  }
  const auto set = [&handle](CURLoption option, auto value) {
    curl_easy_setopt(handle.get(), option, value);
  };
  // What stands after the host is what the client calls itself: otherwise the machine's own name.
  const std::string url = server.url + "/" + mail.from.substr(mail.from.find('@') + 1);
  const std::string from = "<" + mail.from + ">";
  std::string_view left = mail.message;
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROXY, "");
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(mail.timeout.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(mail.timeout.count()));
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_USE_SSL,
      static_cast<long>(server.tls == MailTls::kRequired ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  if (!server.ca_file.empty()) {
    set(CURLOPT_CAINFO, server.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // this authority and no other
  }
  if (!server.user.empty()) {
    SecretBytes password = SecretBytes::Copy(server.password.Reveal());
    password.Append(AsBytes(std::string_view("\0", 1)));
    set(CURLOPT_USERNAME, server.user.c_str());
    set(CURLOPT_PASSWORD, AsText(password.Reveal()).data());  // which libcurl copies
  }
  set(CURLOPT_MAIL_FROM, from.c_str());
  set(CURLOPT_MAIL_RCPT, recipients.get());
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, OnRead);
  set(CURLOPT_READDATA, &left);
  set(CURLOPT_WRITEFUNCTION, OnAnswer);
  return FromCurl(curl_easy_perform(handle.get()));
}

}  // namespace safeconduct::fetch
