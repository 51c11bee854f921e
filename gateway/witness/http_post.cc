#include "gateway/witness/http_post.h"

#include <curl/curl.h>

#include <utility>

#include "gateway/witness/client.h"

namespace safeconduct::witness {
namespace {

// Made before any thread can need it, and kept until the end of the process.
bool CurlStarts() {
  static const bool kStarted = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return kStarted;
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* user) {
  std::string& body = *static_cast<std::string*>(user);
  if (size > kMaxAnswerBytes - body.size()) return 0;  // ends the transfer
  body.append(data, size);
  return size;
}

Error FromCurl(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {Code::kUnverified, "the certificate of a witness does not verify"};
    case CURLE_WRITE_ERROR:
      return {Code::kTooLarge, "an answer of a witness of more than 64 KiB"};
    default:
      return {Code::kUnavailable, "no whole answer of a witness"};
  }
}

}  // namespace

struct HttpPost::State {
  std::string url;
  std::string ca_file;
  CURL* handle = nullptr;
  curl_slist* headers = nullptr;

  ~State() {
    curl_slist_free_all(headers);
    if (handle != nullptr) curl_easy_cleanup(handle);
  }
  void Configure();
};

void HttpPost::State::Configure() {
  const auto set = [this](CURLoption option, auto value) {
    curl_easy_setopt(handle, option, value);
  };
  // An empty value takes out what libcurl would add by itself.
  for (const char* header : {"Content-Type: text/plain; charset=utf-8", "Expect:", "User-Agent:"}) {
    headers = curl_slist_append(headers, header);
  }
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_POST, 1L);
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) {
    set(CURLOPT_CAINFO, ca_file.c_str());
    set(CURLOPT_CAPATH, nullptr);  // this authority and no other
  }
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT, kRequestSeconds);
  set(CURLOPT_QUICK_EXIT, 1L);  // a name that does not resolve holds nobody up
  set(CURLOPT_WRITEFUNCTION, OnBody);
}

HttpPost::HttpPost(std::string url, std::string ca_file) : state_(std::make_unique<State>()) {
  state_->url = std::move(url);
  state_->ca_file = std::move(ca_file);
  if (!CurlStarts()) return;
  state_->handle = curl_easy_init();
  if (state_->handle != nullptr) state_->Configure();
}

HttpPost::~HttpPost() = default;

Result<PostAnswer> HttpPost::Send(const std::string& body) {
  CURL* const handle = state_->handle;
  if (handle == nullptr) return Error(Code::kUnavailable, "libcurl does not start");
  PostAnswer out;
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &out.body);
  const CURLcode code = curl_easy_perform(handle);
  if (code != CURLE_OK) return FromCurl(code);
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
  out.status = static_cast<int>(status);
  if (type != nullptr) out.content_type = type;
  return out;
}

}  // namespace safeconduct::witness
