#include "gateway/routes/message_body.h"

#include <google/protobuf/message.h>

#include <utility>

#include "proto/parse.h"

namespace safeconduct::routes {

Status ParseMessage(Format format, std::string_view body, google::protobuf::Message& message) {
  // The server has bounded the body already.
  const proto::Bounds bounds{body.size(), proto::kMaxFields};
  return format == Format::kProtobuf
             ? proto::ParseInto(AsBytes(body), bounds, proto::Unknown::kIgnore, message)
             : proto::FromJsonInto(body, bounds, proto::Unknown::kIgnore, message);
}

Result<std::string> SerializeMessage(Format format, const google::protobuf::Message& message) {
  if (format == Format::kJson) {
    Result<std::string> json = proto::ToJson(message, proto::JsonForm::kComplete);
    if (!json.ok()) return Error(Code::kInternal, "an answer could not be written");
    return json;
  }
  std::string bytes;
  if (!message.SerializeToString(&bytes)) {
    return Error(Code::kInternal, "an answer could not be written");
  }
  return bytes;
}

http::Response MessageResponse(int status, const google::protobuf::Message& message,
                               Format format) {
  http::Response response;
  Result<std::string> body = SerializeMessage(format, message);
  response.status = body.ok() ? status : 500;
  if (body.ok()) response.body = *std::move(body);
  response.headers.push_back({"content-type", std::string(MediaTypeOf(format))});
  return response;
}

}  // namespace safeconduct::routes
