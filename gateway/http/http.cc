#include "gateway/http/http.h"

namespace safeconduct::http {

std::string_view MethodName(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      break;
  }
  return "";
}

std::string_view RequestHead::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

std::size_t RequestHead::Count(std::string_view name) const {
  std::size_t count = 0;
  for (const Header& header : headers) {
    if (header.name == name) ++count;
  }
  return count;
}

std::string_view RequestHead::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view RequestHead::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

void Responder::Target::Abandon() {
  Response response;
  response.status = 500;
  Send(std::move(response));
}

Responder::~Responder() {
  if (target_ != nullptr) target_->Abandon();
}

void Responder::operator()(Response response) {
  const std::shared_ptr<Target> target = std::move(target_);
  if (target != nullptr) target->Send(std::move(response));
}

BodyPlan BodyPlan::Buffer(std::uint64_t max_bytes) {
  BodyPlan plan;
  plan.kind = Kind::kBuffer;
  plan.max_bytes = max_bytes;
  return plan;
}

BodyPlan BodyPlan::Stream(std::unique_ptr<BodySink> sink, std::uint64_t max_bytes) {
  BodyPlan plan;
  plan.kind = Kind::kStream;
  plan.max_bytes = max_bytes;
  plan.sink = std::move(sink);
  return plan;
}

BodyPlan BodyPlan::Answer(Response answer) {
  BodyPlan plan;
  plan.kind = Kind::kAnswer;
  plan.answer = std::move(answer);
  return plan;
}

}  // namespace safeconduct::http
