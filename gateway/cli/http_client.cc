#include "gateway/cli/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <ctime>
#include <optional>

#include "crypto/base/encoding.h"
#include "crypto/base/secret.h"

namespace safeconduct::cli {
namespace {

constexpr long kConnectSeconds = 30;
constexpr long kConnectSecondsByProxy = 120;  // a circuit through Tor takes its time
constexpr long kStallSeconds = 60;            // without a byte either way
constexpr std::size_t kMaxHeaders = 100;

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

bool IsOnion(const std::string& host) { return host.ends_with(".onion"); }

// What one transfer needs while libcurl calls back.
struct Transfer {
  const HttpRequest* request = nullptr;
  CURL* handle = nullptr;
  HttpResponse response;
  std::size_t sent = 0;
  int starts = 0;
  std::optional<Failure> stopped;  // by us, in a callback
};

bool IsSuccess(Transfer& transfer) {
  long status = 0;
  curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 && status < 300;
}

std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) transfer.response.headers.clear();  // after a 1xx or a proxy's
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  if (transfer.response.headers.size() == kMaxHeaders) return 0;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && std::strchr(" \t\r\n", value.front())) value.remove_prefix(1);
  while (!value.empty() && std::strchr(" \t\r\n", value.back())) value.remove_suffix(1);
  transfer.response.headers.push_back({Lower(line.substr(0, colon)), std::string(value)});
  return size;
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const ByteView bytes = AsBytes({data, size});
  if (transfer.request->sink && IsSuccess(transfer)) {
    if (Done taken = transfer.request->sink(bytes); !taken.ok()) {
      transfer.stopped = taken.error();
      return 0;
    }
    return size;
  }
  if (transfer.response.body.size() + size > transfer.request->max_response_bytes) {
    transfer.stopped =
        UnverifiedFailure("The gateway's answer is longer than any that it may give");
    return 0;
  }
  transfer.response.body.append(data, size);
  return size;
}

std::size_t OnSend(char* buffer, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const ByteView rest = transfer.request->body.subspan(transfer.sent);
  const std::size_t count = std::min(size, rest.size());
  std::memcpy(buffer, rest.data(), count);
  transfer.sent += count;
  if (transfer.request->sent) transfer.request->sent(transfer.sent);
  return count;
}

// libcurl repeats a request by itself when a connection that it used before turns out to be dead.
// A signed request would then come twice under one nonce, and be refused although the first one
// was taken; repeating is GatewayApi's, which signs anew.
int OnStart(void* user, char*, char*, int, int) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  return transfer.starts++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

Failure FromCurl(CURLcode code, const std::string& authority, const char* detail) {
  const std::string what = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return UnverifiedFailure(
          "The certificate of " + authority + " does not verify: " + what,
          "Give the gateway's own certificate authority with --ca FILE, if it has one. Otherwise "
          "somebody may be between you and the gateway: send nothing.");
    case CURLE_SSL_CACERT_BADFILE:
      return UsageFailure("The file of --ca cannot be used: " + what);
    case CURLE_COULDNT_RESOLVE_HOST:
      return NetworkFailure("No address is known for " + authority + ": " + what,
                            "Check the spelling of --gateway, and your connection.");
    case CURLE_COULDNT_CONNECT:
      return NetworkFailure("No connection to " + authority + ": " + what,
                            "Check that the gateway runs, and --gateway and --proxy.");
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return NetworkFailure("No connection through the proxy: " + what,
                            "Check that Tor runs, and --proxy.");
    case CURLE_OPERATION_TIMEDOUT:
      return NetworkFailure("No answer from " + authority + " in time: " + what,
                            "Try again later.");
    case CURLE_ABORTED_BY_CALLBACK:  // by OnStart
      return NetworkFailure("The connection to " + authority + " was closed", "Try again.");
    default:
      return NetworkFailure("The connection to " + authority + " broke: " + what,
                            "Try again; nothing is counted twice.");
  }
}

}  // namespace

std::string_view HttpResponse::Find(std::string_view lower_case_name) const {
  for (const HttpHeader& header : headers) {
    if (header.name == lower_case_name) return header.value;
  }
  return {};
}

Outcome<Address> ParseAddress(std::string_view url) {
  const auto bad = [&] {
    return UsageFailure("--gateway " + std::string(url) + " is no address of a gateway",
                        "It looks like https://report.example.org or https://localhost:8443.");
  };
  Address out;
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos) return bad();
  out.scheme = Lower(url.substr(0, end));
  url.remove_prefix(end + 3);
  if (url.ends_with('/')) url.remove_suffix(1);
  if (out.scheme != "https" && out.scheme != "http") return bad();
  if (url.empty() || url.find_first_of("/?#@ \\") != std::string_view::npos) return bad();
  out.authority = Lower(url);
  std::string_view host = out.authority;
  if (host.front() == '[') {
    const std::size_t close = host.find(']');
    if (close == std::string_view::npos) return bad();
    out.host = host.substr(1, close - 1);
    host.remove_prefix(close + 1);
  } else {
    const std::size_t colon = host.find(':');
    out.host = host.substr(0, colon);
    host.remove_prefix(std::min(host.size(), colon));
  }
  // A port, if anything is left: a colon and digits.
  const bool port = host.size() > 1 && host.front() == ':' &&
                    host.find_first_not_of("0123456789", 1) == std::string_view::npos;
  if (out.host.empty() || (!host.empty() && !port)) return bad();
  return out;
}

struct HttpClient::State {
  CURL* handle = nullptr;
  HttpSettings settings;
  std::int64_t clock_offset_seconds = 0;
  char detail[CURL_ERROR_SIZE] = {};

  ~State() {
    if (handle != nullptr) curl_easy_cleanup(handle);
    curl_global_cleanup();
  }

  void Configure(const Address& address);
  void Aim(Transfer& transfer, const std::string& url, curl_slist* headers);
};

// What holds for every request.
void HttpClient::State::Configure(const Address& address) {
  const auto set = [this](CURLoption option, auto value) {
    curl_easy_setopt(handle, option, value);
  };
  set(CURLOPT_ERRORBUFFER, detail);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  if (!settings.ca_file.empty()) {
    set(CURLOPT_CAINFO, settings.ca_file.c_str());
    set(CURLOPT_CAPATH, nullptr);  // this authority and no other
  }
  if (!settings.unix_socket.empty()) {
    set(CURLOPT_UNIX_SOCKET_PATH, settings.unix_socket.c_str());
    set(CURLOPT_PROXY, "");
  } else if (!settings.proxy.empty()) {
    set(CURLOPT_PROXY, settings.proxy.c_str());
    set(CURLOPT_NOPROXY, "");
    // Tor gives each pair of name and password circuits of its own, so this run's are not those
    // of the one before. Other proxies do not ask for them.
    const std::string isolation = HexEncode(RandomArray<8>());
    set(CURLOPT_PROXYUSERNAME, isolation.c_str());
    set(CURLOPT_PROXYPASSWORD, "safeconduct");
  } else if (IsLoopback(address.host)) {
    set(CURLOPT_PROXY, "");
  }
  set(CURLOPT_CONNECTTIMEOUT, settings.proxy.empty() ? kConnectSeconds : kConnectSecondsByProxy);
  set(CURLOPT_HEADERFUNCTION, OnHeader);
  set(CURLOPT_WRITEFUNCTION, OnBody);
  set(CURLOPT_READFUNCTION, OnSend);
  set(CURLOPT_PREREQFUNCTION, OnStart);
}

// What holds for one.
void HttpClient::State::Aim(Transfer& transfer, const std::string& url, curl_slist* headers) {
  const HttpRequest& request = *transfer.request;
  const auto set = [this](CURLoption option, auto value) {
    curl_easy_setopt(handle, option, value);
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_READDATA, &transfer);
  set(CURLOPT_PREREQDATA, &transfer);
  const bool has_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  set(CURLOPT_NOBODY, request.method == "HEAD" ? 1L : 0L);
  if (request.method != "HEAD") set(CURLOPT_HTTPGET, 1L);
  if (has_body) {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  set(CURLOPT_CUSTOMREQUEST, request.method == "HEAD" ? nullptr : request.method.c_str());
}

HttpClient::HttpClient(Address address, std::unique_ptr<State> state)
    : address_(std::move(address)), state_(std::move(state)) {}

HttpClient::~HttpClient() = default;

Outcome<std::unique_ptr<HttpClient>> HttpClient::Create(const HttpSettings& settings) {
  SC_ASSIGN(Address address, ParseAddress(settings.gateway));
  const bool local = !settings.unix_socket.empty();
  if (address.scheme == "http" && !local && !IsOnion(address.host)) {
    return UsageFailure("Plain http is not used for " + address.authority,
                        "Use https; http is only for .onion addresses, which Tor encrypts.");
  }
  if (!settings.proxy.empty() && !settings.proxy.starts_with("socks5h://")) {
    return UsageFailure("--proxy " + settings.proxy + " is not of the kind socks5h://HOST:PORT",
                        "Other kinds tell this network which gateway you ask for. Tor's is "
                        "socks5h://127.0.0.1:9050, Tor Browser's socks5h://127.0.0.1:9150.");
  }
  if (IsOnion(address.host) && settings.proxy.empty() && !local) {
    return UsageFailure("An .onion address is reached through Tor only",
                        "Add --proxy socks5h://127.0.0.1:9050 (with Tor Browser running: 9150).");
  }
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return InternalFailure("libcurl does not start");
  }
  auto state = std::make_unique<State>();
  state->settings = settings;
  state->handle = curl_easy_init();
  if (state->handle == nullptr) return InternalFailure("libcurl does not start");
  state->Configure(address);
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(address), std::move(state)));
}

Outcome<HttpResponse> HttpClient::Send(const HttpRequest& request) {
  Transfer transfer;
  transfer.request = &request;
  transfer.handle = state_->handle;
  curl_slist* headers = nullptr;
  // An empty value takes out what libcurl would add by itself.
  for (const char* own : {"Expect:", "User-Agent:", "Transfer-Encoding:"}) {
    headers = curl_slist_append(headers, own);
  }
  for (const HttpHeader& header : request.headers) {
    headers = curl_slist_append(headers, (header.name + ": " + header.value).c_str());
  }
  state_->detail[0] = '\0';
  state_->Aim(transfer, address_.scheme + "://" + address_.authority + request.target, headers);
  const CURLcode code = curl_easy_perform(state_->handle);
  curl_slist_free_all(headers);

  long status = 0;
  curl_easy_getinfo(state_->handle, CURLINFO_RESPONSE_CODE, &status);
  if (transfer.stopped) return *transfer.stopped;
  if (code != CURLE_OK) return FromCurl(code, address_.authority, state_->detail);
  transfer.response.status = static_cast<int>(status);
  const std::string date(transfer.response.Find("date"));
  const std::time_t gateway_time = date.empty() ? -1 : curl_getdate(date.c_str(), nullptr);
  if (gateway_time != -1) state_->clock_offset_seconds = gateway_time - std::time(nullptr);
  return std::move(transfer.response);
}

std::int64_t HttpClient::GatewayTime() const {
  return std::time(nullptr) + state_->clock_offset_seconds;
}

}  // namespace safeconduct::cli
