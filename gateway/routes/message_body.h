// API messages as bodies: protobuf, or proto3 JSON with every field written out.
//
// Thread-safety: free functions.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_MESSAGE_BODY_H_
#define SAFECONDUCT_GATEWAY_ROUTES_MESSAGE_BODY_H_

#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "gateway/http/http.h"
#include "gateway/routes/media_type.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace safeconduct::routes {

// Into an empty `message`; unknown fields are ignored. kMalformed, kTooLarge.
Status ParseMessage(Format format, std::string_view body, google::protobuf::Message& message);

// kInternal when a string of the message is not UTF-8, which no message of ours has.
Result<std::string> SerializeMessage(Format format, const google::protobuf::Message& message);

http::Response MessageResponse(int status, const google::protobuf::Message& message, Format format);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_MESSAGE_BODY_H_
