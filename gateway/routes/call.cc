#include "gateway/routes/call.h"

#include <algorithm>
#include <utility>

#include "gateway/routes/error_response.h"

namespace safeconduct::routes {

Call::Call(const Services& services, metrics::Route route, Audience audience,
           http::Responder respond)
    : services_(services),
      route_(route),
      audience_(audience),
      begun_(services.clock.Steady()),
      respond_(std::move(respond)) {}

void Call::Send(http::Response response) {
  if (!respond_) return;
  AddCommonHeaders(response, audience_);
  const auto latency = services_.clock.Steady() - begun_;
  services_.answers.Count(route_, response.status,
                          std::chrono::duration_cast<std::chrono::microseconds>(latency));
  http::Responder respond = *std::move(respond_);
  respond_.reset();
  respond(std::move(response));
}

void Call::SendBytes(std::string_view media_type, std::string bytes) {
  http::Response response;
  response.headers.push_back({"content-type", std::string(media_type)});
  response.body = std::move(bytes);
  Send(std::move(response));
}

void Call::Fail(const Error& error) { Fail(StatusOf(error.code()), error); }

void Call::Fail(int status, const Error& error) {
  Send(failure_page ? failure_page(status) : ErrorResponse(status, error, format));
}

void AddCommonHeaders(http::Response& response, Audience audience) {
  response.headers.reserve(response.headers.size() + 7);
  response.headers.push_back({"cache-control", "no-store"});
  response.headers.push_back({"x-content-type-options", "nosniff"});
  response.headers.push_back({"referrer-policy", "no-referrer"});
  // Pages bring their own.
  const bool has_policy =
      std::any_of(response.headers.begin(), response.headers.end(),
                  [](const http::Header& header) { return header.name == kContentSecurityPolicy; });
  if (!has_policy) {
    response.headers.push_back(
        {std::string(kContentSecurityPolicy), "default-src 'none'; frame-ancestors 'none'"});
  }
  if (audience.listener == http::Listener::kPublic) {
    response.headers.push_back({"strict-transport-security", "max-age=63072000"});
  }
  if (audience.origins == Origins::kAny) OpenToAnyOrigin(response);
}

void OnPool(const Services& services, CallPtr call, std::function<void(Call&)> work) {
  const Status posted = services.pool.Post([call, work = std::move(work)] { work(*call); });
  if (!posted.ok()) call->Fail(posted.error());
}

}  // namespace safeconduct::routes
