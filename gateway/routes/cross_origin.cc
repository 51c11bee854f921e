#include "gateway/routes/cross_origin.h"

#include <string>
#include <string_view>

namespace safeconduct::routes {
namespace {

// What our client and tus clients send beyond what any page may.
constexpr std::string_view kRequestHeaders =
    "accept, altcha, content-digest, content-type, signature, signature-input, tus-resumable, "
    "upload-checksum, upload-length, upload-metadata, upload-offset, x-http-method-override";
// Date: what a signature's `created` follows, since phones' clocks are wrong.
constexpr std::string_view kAnswerHeaders =
    "date, location, retry-after, tus-checksum-algorithm, tus-extension, tus-max-size, "
    "tus-resumable, tus-version, upload-expires, upload-length, upload-offset";
// Short, so that a browser does not keep for long that it was here.
constexpr std::string_view kMaxAgeSeconds = "60";

void AllowAnyOrigin(http::Response& response) {
  response.headers.push_back({"access-control-allow-origin", "*"});
}

}  // namespace

void OpenToAnyOrigin(http::Response& response) {
  AllowAnyOrigin(response);
  response.headers.push_back({"access-control-expose-headers", std::string(kAnswerHeaders)});
}

bool IsPreflight(const http::RequestHead& head) {
  return head.method == http::Method::kOptions && head.Count("access-control-request-method") > 0;
}

http::Response PreflightAnswer(const std::vector<http::Method>& methods) {
  std::string names;
  for (const http::Method method : methods) {
    if (!names.empty()) names += ", ";
    names += http::MethodName(method);
  }
  http::Response response;
  response.status = 204;
  AllowAnyOrigin(response);
  response.headers.push_back({"access-control-allow-methods", std::move(names)});
  response.headers.push_back({"access-control-allow-headers", std::string(kRequestHeaders)});
  response.headers.push_back({"access-control-max-age", std::string(kMaxAgeSeconds)});
  return response;
}

}  // namespace safeconduct::routes
