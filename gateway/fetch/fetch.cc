#include "gateway/fetch/fetch.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>

#include "crypto/base/encoding.h"
#include "crypto/base/secret.h"
#include "gateway/fetch/start.h"

namespace safeconduct::fetch {
namespace {

constexpr std::size_t kMaxHeaders = 100;
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;
constexpr long kIdleSeconds = 30;  // after which a kept connection is not used again

char LowerOf(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), LowerOf);
  return out;
}

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool HasScheme(std::string_view url, std::string_view scheme) {
  return Lower(url.substr(0, scheme.size())) == scheme;
}

// What one transfer needs while libcurl calls back.
struct Transfer {
  const Request* request = nullptr;
  Answer answer;
  std::size_t header_bytes = 0;
  int starts = 0;
  bool head_ended = false;
  bool too_large = false;
};

std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {
    transfer.answer.headers.clear();  // of a 1xx
    transfer.head_ended = false;
  }
  transfer.head_ended |= Trim(line).empty();
  const std::size_t colon = line.find(':');
  transfer.header_bytes += size;
  if (transfer.header_bytes > kMaxHeaderBytes || transfer.answer.headers.size() == kMaxHeaders) {
    transfer.too_large = true;
    return 0;  // ends the transfer
  }
  if (colon == std::string_view::npos) return size;
  transfer.answer.headers.push_back(
      {Lower(line.substr(0, colon)), std::string(Trim(line.substr(colon + 1)))});
  return size;
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  std::string& body = transfer.answer.body;
  if (size > transfer.request->max_answer_bytes - body.size()) {
    transfer.too_large = true;
    return 0;
  }
  body.append(data, size);
  return size;
}

// Called when a connection is there, with TLS if any, and nothing of the request has been sent on
// it. A second time when libcurl wants to repeat a request by itself, since a connection that it
// had kept is dead; the server may have taken the first one.
int OnStart(void* user, char*, char*, int, int) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  return transfer.starts++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

Error FromCurl(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {Code::kUnverified, "the server's certificate does not verify"};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED:
      return {Code::kRejected, "a URL that is not asked for"};
    case CURLE_URL_MALFORMAT:
      return {Code::kMalformed, "not a URL"};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Code::kUnavailable, "no address is known for the server"};
    case CURLE_COULDNT_CONNECT:
      return {Code::kUnavailable, "no connection to the server"};
    case CURLE_OPERATION_TIMEDOUT:
      return {Code::kUnavailable, "no answer of the server in time"};
    default:
      return {Code::kUnavailable, "no whole answer of the server"};
  }
}

bool HasLineBreak(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

bool Add(List& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

// Null when there is no memory.
List HeaderList(const Request& request) {
  List list;
  // An empty value takes out what libcurl would add by itself; a header of the caller's follows.
  bool whole = Add(list, "Expect:") && Add(list, "User-Agent:");
  const auto is_type = [](const Header& header) { return Lower(header.name) == "content-type"; };
  if (std::none_of(request.headers.begin(), request.headers.end(), is_type)) {
    whole = whole && Add(list, "Content-Type:");
  }
  for (const Header& header : request.headers) {
    // With a semicolon libcurl sends a header that has no value.
    whole = whole &&
            Add(list, header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  if (!whole) list.reset();
  return list;
}

}  // namespace

// Made before any thread can need it, and kept until the end of the process.
bool CurlStarts() {
  static const bool kStarted = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return kStarted;
}

std::string_view Answer::Find(std::string_view lower_case_name) const {
  for (const Header& header : headers) {
    if (header.name == lower_case_name) return header.value;
  }
  return {};
}

struct Client::State {
  Settings settings;
  CURL* handle = nullptr;

  ~State() {
    if (handle != nullptr) curl_easy_cleanup(handle);
  }
  template <typename Value>
  void Set(CURLoption option, Value value) {
    curl_easy_setopt(handle, option, value);
  }
  void Configure();
  void Aim(Transfer& transfer, const curl_slist* headers);
  Status Check(const Request& request) const;
};

// What holds for every request.
void Client::State::Configure() {
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_PROTOCOLS_STR, settings.allow_http ? "http,https" : "https");
  Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  Set(CURLOPT_PATH_AS_IS, 1L);
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  Set(CURLOPT_MAXAGE_CONN, kIdleSeconds);
  Set(CURLOPT_QUICK_EXIT, 1L);  // a name that does not resolve holds nobody up
  if (!settings.ca_file.empty()) {
    Set(CURLOPT_CAINFO, settings.ca_file.c_str());
    Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // this authority and no other
  }
  // Even when empty: then libcurl does not ask the environment for one.
  Set(CURLOPT_PROXY, settings.proxy.c_str());
  Set(CURLOPT_NOPROXY, "");
  if (!settings.proxy.empty()) {
    // Tor gives each pair of name and password circuits of its own.
    const std::string isolation = HexEncode(RandomArray<8>());
    Set(CURLOPT_PROXYUSERNAME, isolation.c_str());
    Set(CURLOPT_PROXYPASSWORD, "safeconduct");
  }
  Set(CURLOPT_HEADERFUNCTION, OnHeader);
  Set(CURLOPT_WRITEFUNCTION, OnBody);
  Set(CURLOPT_PREREQFUNCTION, OnStart);
}

// What holds for one.
void Client::State::Aim(Transfer& transfer, const curl_slist* headers) {
  const Request& request = *transfer.request;
  Set(CURLOPT_URL, request.url.c_str());
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.timeout.count()));
  Set(CURLOPT_HTTPHEADER, headers);
  Set(CURLOPT_HEADERDATA, &transfer);
  Set(CURLOPT_WRITEDATA, &transfer);
  Set(CURLOPT_PREREQDATA, &transfer);
  if (request.method == "GET") {
    Set(CURLOPT_HTTPGET, 1L);
    return;
  }
  Set(CURLOPT_POST, 1L);
  Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  // Without a pointer libcurl would ask for a body, even for one of no bytes.
  Set(CURLOPT_POSTFIELDS, request.body.empty() ? "" : AsText(request.body).data());
}

Status Client::State::Check(const Request& request) const {
  if (handle == nullptr) return Error(Code::kUnavailable, "libcurl does not start");
  if (request.method != "GET" && request.method != "POST") {
    return Error(Code::kUnsupported, "a method other than GET and POST");
  }
  if (!HasScheme(request.url, "https://") &&
      !(settings.allow_http && HasScheme(request.url, "http://"))) {
    return Error(Code::kRejected, "a URL that is not https");
  }
  if (!settings.proxy.empty() && !settings.proxy.starts_with("socks5h://")) {
    return Error(Code::kRejected, "a proxy that is not socks5h");
  }
  if (HasLineBreak(request.url)) return Error(Code::kMalformed, "a line break in a URL");
  for (const Header& header : request.headers) {
    if (header.name.empty() || HasLineBreak(header.name) || HasLineBreak(header.value)) {
      return Error(Code::kMalformed, "not a header");
    }
  }
  return {};
}

Client::Client(const Settings& settings) : state_(std::make_unique<State>()) {
  state_->settings = settings;
  if (!CurlStarts()) return;
  state_->handle = curl_easy_init();
  if (state_->handle != nullptr) state_->Configure();
}

Client::~Client() = default;

Result<Answer> Client::Send(const Request& request, Reach* reach) {
  Reach ignored = Reach::kNothing;
  Reach& certain = reach != nullptr ? *reach : ignored;
  certain = Reach::kNothing;
  SC_TRY(state_->Check(request));
  const List headers = HeaderList(request);
  if (!headers) return Error(Code::kUnavailable, "no memory for a request");
  Transfer transfer;
  transfer.request = &request;
  state_->Aim(transfer, headers.get());
  const CURLcode code = curl_easy_perform(state_->handle);
  // The handle outlives both.
  state_->Set(CURLOPT_HTTPHEADER, static_cast<const curl_slist*>(nullptr));
  state_->Set(CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
  if (transfer.starts > 0) certain = Reach::kMaybe;
  if (transfer.too_large) return Error(Code::kTooLarge, "an answer over the limit");
  // libcurl says "unsupported protocol" of an answer that is not HTTP, and nothing of one that
  // ends within its head.
  if ((code == CURLE_UNSUPPORTED_PROTOCOL && transfer.starts > 0) ||
      (code == CURLE_OK && !transfer.head_ended)) {
    return Error(Code::kUnavailable, "no answer that is HTTP");
  }
  if (code != CURLE_OK) return FromCurl(code);
  long status = 0;
  curl_easy_getinfo(state_->handle, CURLINFO_RESPONSE_CODE, &status);
  transfer.answer.status = static_cast<int>(status);
  return std::move(transfer.answer);
}

}  // namespace safeconduct::fetch
