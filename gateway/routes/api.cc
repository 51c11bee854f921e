#include "gateway/routes/api.h"

#include <memory>
#include <string>
#include <utility>

#include "gateway/routes/authenticate.h"
#include "gateway/routes/call.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/media_type.h"
#include "gateway/routes/tus.h"

namespace safeconduct::routes {
namespace {

constexpr int kMethodNotAllowed = 405;
constexpr int kNotAcceptable = 406;
constexpr int kUnsupportedMediaType = 415;
constexpr int kTooManyRequests = 429;

// Errors are worded even for those who accept nothing that we have.
Format ErrorFormat(const http::RequestHead& head) {
  const Result<Format> format = AnswerFormat(head);
  return format.ok() ? *format : Format::kJson;
}

http::Method MethodOf(const http::RequestHead& head) {
  return head.path().starts_with("/v1/uploads") ? tus::EffectiveMethod(head) : head.method;
}

Status CheckContentType(Body body, const http::RequestHead& head) {
  const std::string type = ContentType(head);
  switch (body) {
    case Body::kNone:
    case Body::kUpload:
    case Body::kNote:
      return {};
    case Body::kMessage:
      if (RequestFormat(head).ok()) return {};
      return RequestFormat(head).error();
    case Body::kReport:
      if (RequestFormat(head).ok() || type == kAgeType || type == "text/plain" ||
          type == "application/octet-stream") {
        return {};
      }
      return Error(Code::kUnsupported,
                   "a report is application/x-protobuf, application/json or application/age",
                   "content-type");
    case Body::kForm:
      if (type == "multipart/form-data") return {};
      return Error(Code::kUnsupported, "this is multipart/form-data", "content-type");
    case Body::kText:
      if (type == "text/plain") return {};
      return Error(Code::kUnsupported, "this is text/plain", "content-type");
  }
  return {};
}

std::string AllowedMethods(const Match& match) {
  std::string allowed;
  for (const http::Method method : match.allowed) {
    if (!allowed.empty()) allowed += ", ";
    allowed += http::MethodName(method);
  }
  return allowed;
}

}  // namespace

Audience Api::AudienceOf(const Route* route, http::Listener listener) const {
  const bool opened = services_.offline_copy && route != nullptr;
  return {listener, opened ? route->origins : Origins::kOwn};
}

http::BodyPlan Api::Refuse(const http::RequestHead& head, int status, const Error& error,
                           const Route* route) const {
  http::Response response = ErrorResponse(status, error, ErrorFormat(head));
  AddCommonHeaders(response, AudienceOf(route, head.listener));
  services_.answers.Count(route == nullptr ? metrics::Route::kOther : route->counted, status, {});
  return http::BodyPlan::Answer(std::move(response));
}

http::BodyPlan Api::Plan(const http::RequestHead& head) {
  const Match match = FindRoute(head.listener, MethodOf(head), head.path());
  if (services_.offline_copy && IsPreflight(head) && !match.opened.empty()) {
    http::Response response = PreflightAnswer(match.opened);
    AddCommonHeaders(response, {head.listener, Origins::kOwn});
    services_.answers.Count(metrics::Route::kOther, response.status, {});
    return http::BodyPlan::Answer(std::move(response));
  }
  if (match.route == nullptr && match.allowed.empty()) {
    return Refuse(head, StatusOf(kNothingHere.code()), kNothingHere, nullptr);
  }
  if (match.route == nullptr) {
    http::BodyPlan plan =
        Refuse(head, kMethodNotAllowed, Error(Code::kUnsupported, "this path has no such method"),
               nullptr);
    plan.answer.headers.push_back({"allow", AllowedMethods(match)});
    return plan;
  }
  const Route& route = *match.route;
  if (const Status type = CheckContentType(route.body, head); !type.ok()) {
    return Refuse(head, kUnsupportedMediaType, type.error(), &route);
  }
  if (!route.answer.empty()) {
    const Result<Format> format = AnswerFormat(head);
    if (!format.ok()) return Refuse(head, kNotAcceptable, format.error(), &route);
  }
  if (route.under_load == UnderLoad::kAsksForWork) {
    if (const Status work = CheckWork(services_, head); !work.ok()) {
      http::BodyPlan plan = Refuse(head, kTooManyRequests, work.error(), &route);
      if (route.body == Body::kUpload) tus::AddHeaders(plan.answer);
      return plan;
    }
  }
  return PlanBody(route, match.params, head);
}

http::BodyPlan Api::PlanBody(const Route& route, const Params& params,
                             const http::RequestHead& head) const {
  switch (route.body) {
    case Body::kNone:
      return http::BodyPlan::None();
    case Body::kMessage:
    case Body::kText:
    case Body::kNote:
      return http::BodyPlan::Buffer(route.max_body);
    case Body::kReport:
    case Body::kForm:
      return http::BodyPlan::Buffer(services_.max_report_bytes);
    case Body::kUpload:
      break;
  }
  const Audience audience = AudienceOf(&route, head.listener);
  http::BodyPlan plan = route.plan(services_, audience, head, params);
  if (plan.kind == http::BodyPlan::Kind::kAnswer) {
    AddCommonHeaders(plan.answer, audience);
    services_.answers.Count(route.counted, plan.answer.status, {});
  }
  return plan;
}

void Api::Handle(http::Request request, http::Responder respond) {
  const Match match = FindRoute(request.head.listener, MethodOf(request.head), request.head.path());
  const metrics::Route counted =
      match.route == nullptr ? metrics::Route::kOther : match.route->counted;
  auto call = std::make_shared<Call>(
      services_, counted, AudienceOf(match.route, request.head.listener), std::move(respond));
  call->params.assign(match.params.begin(), match.params.end());
  call->head = std::move(request.head);
  call->body = std::move(request.body);
  call->format = ErrorFormat(call->head);
  call->charter = services_.charters.InForce();
  // Plan has let only such requests pass as have an endpoint.
  if (match.route == nullptr || match.route->handle == nullptr) return call->Fail(kNothingHere);
  SC_ANSWER_ERROR(*call, Authenticate(services_, match.route->caller, *call));
  match.route->handle(services_, std::move(call));
}

http::Response Api::Failure(int status, const Error& error) {
  http::Response response = ErrorResponse(status, error, Format::kJson);
  // Which listener it came by is not known here, so it gets what any may have.
  AddCommonHeaders(response, {http::Listener::kOnion, Origins::kOwn});
  return response;
}

}  // namespace safeconduct::routes
