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

// With an empty body: some gateways send what an answer says to the telephone that wrote.
http::Response Empty(int status, const char* retry_after = nullptr) {
  http::Response response;
  response.status = status;
  response.headers = {{"cache-control", "no-store"}};
  if (retry_after != nullptr) response.headers.push_back({"retry-after", retry_after});
  return response;
}

constexpr const char* kSoon = "10";

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
    return http::BodyPlan::Answer(Empty(404));
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
    http::Response response = interface == nullptr ? Empty(404) : Answer(*interface, job->request);
    job->respond(std::move(response));
    job->request = {};
    WipeStack();
  });
  if (!posted.ok()) job->respond(Empty(503, kSoon));
}

http::Response TelephoneSide::Answer(const Interface& interface, const http::Request& request) {
  const Result<Arrived> arrived = interface.Read(request, clock_.UnixSeconds());
  if (!arrived.ok()) {
    const Code code = arrived.error().code();
    if (code == Code::kUnauthorized || code == Code::kExpired) {
      ++strangers_;
      return Empty(401);
    }
    ++unusable_;
    return interface.Declined(arrived.error());
  }
  Status taken;
  if (const auto* message = std::get_if<Incoming>(&*arrived)) taken = desk_.Take(*message);
  if (const auto* report = std::get_if<DeliveryReport>(&*arrived)) taken = desk_.Take(*report);
  if (taken.ok()) return interface.Accepted();
  const bool is_declined =
      taken.error().code() == Code::kBusy || taken.error().code() == Code::kNotFound;
  return is_declined ? interface.Declined(taken.error()) : Empty(503, kSoon);
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

http::Response TelephoneSide::Failure(int status, const Error&) { return Empty(status); }

}  // namespace safeconduct::sms
