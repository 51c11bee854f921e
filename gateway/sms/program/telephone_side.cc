#include "gateway/sms/program/telephone_side.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "crypto/base/stack.h"

namespace safeconduct::sms {
namespace {

http::Response Text(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}};
  response.body = std::move(body);
  return response;
}

// The body stays empty but for people at the private listener: some gateways send what an answer
// says to the telephone that wrote.
http::Response Refusal(const Error& error) {
  http::Response response;
  response.headers = {{"cache-control", "no-store"}};
  switch (error.code()) {
    case Code::kUnauthorized:
    case Code::kExpired:
    case Code::kUnverified:
      response.status = 403;
      break;
    case Code::kNotFound:
      response.status = 404;
      break;
    case Code::kTooLarge:
      response.status = 413;
      break;
    case Code::kBusy:
      response.status = 429;
      response.headers.push_back({"retry-after", "60"});
      break;
    case Code::kNoSpace:
    case Code::kUnavailable:
    case Code::kCorrupted:
    case Code::kInternal:
      response.status = 503;
      response.headers.push_back({"retry-after", "10"});
      break;
    default:
      response.status = 400;
  }
  return response;
}

}  // namespace

TelephoneSide::TelephoneSide(std::vector<std::unique_ptr<Interface>> interfaces, Desk& desk,
                             work::WorkerPool& pool, const work::Clock& clock,
                             Operations operations)
    : interfaces_(std::move(interfaces)),
      desk_(desk),
      pool_(pool),
      clock_(clock),
      operations_(std::move(operations)) {}

const Interface* TelephoneSide::Find(std::string_view path) const {
  const auto found =
      std::find_if(interfaces_.begin(), interfaces_.end(),
                   [path](const std::unique_ptr<Interface>& each) { return each->Takes(path); });
  return found == interfaces_.end() ? nullptr : found->get();
}

http::BodyPlan TelephoneSide::Plan(const http::RequestHead& head) {
  const bool known = head.listener == http::Listener::kPrivate || Find(head.path()) != nullptr;
  if (!known) {
    return http::BodyPlan::Answer(
        Refusal(Error(Code::kNotFound, "no interface has this path", "path")));
  }
  return head.method == http::Method::kPost ? http::BodyPlan::Buffer(kMaxTelephoneBody)
                                            : http::BodyPlan::None();
}

void TelephoneSide::Handle(http::Request request, http::Responder respond) {
  if (request.head.listener == http::Listener::kPrivate) return respond(AnswerPrivate(request));
  struct Job {
    http::Request request;
    http::Responder respond;
  };
  auto job = std::make_shared<Job>(Job{std::move(request), std::move(respond)});
  const Status posted = pool_.Post([this, job] {
    const Interface* const interface = Find(job->request.head.path());
    http::Response response =
        interface == nullptr ? Refusal(Error(Code::kNotFound, "no interface has this path", "path"))
                             : Answer(*interface, job->request);
    job->respond(std::move(response));
    job->request = {};
    WipeStack();
  });
  if (!posted.ok()) job->respond(Refusal(posted.error()));
}

http::Response TelephoneSide::Answer(const Interface& interface,
                                     const http::Request& request) const {
  const Result<Arrived> arrived = interface.Read(request, clock_.UnixSeconds());
  if (!arrived.ok()) return Refusal(arrived.error());
  Status taken;
  if (const auto* message = std::get_if<Incoming>(&*arrived)) taken = desk_.Take(*message);
  if (const auto* report = std::get_if<DeliveryReport>(&*arrived)) taken = desk_.Take(*report);
  return taken.ok() ? interface.Accepted() : Refusal(taken.error());
}

http::Response TelephoneSide::AnswerPrivate(const http::Request& request) const {
  const std::string_view path = request.head.path();
  if (request.head.method != http::Method::kGet && request.head.method != http::Method::kHead) {
    return Text(405, "");
  }
  if (path == "/healthz") return Text(200, "alive\n");
  if (path == "/readyz") {
    return operations_.is_ready() ? Text(200, "ready\n") : Text(503, "not ready\n");
  }
  if (path == "/metrics") return Text(200, operations_.metrics());
  return Text(404, "");
}

http::Response TelephoneSide::Failure(int status, const Error&) {
  http::Response response;
  response.status = status;
  response.headers = {{"cache-control", "no-store"}};
  return response;
}

}  // namespace safeconduct::sms
