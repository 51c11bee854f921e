// Which representation a request has and which one its answer shall have (RFC 9110 §§8.3, 12.5.1):
// API messages are `application/json` (proto3 JSON) or `application/x-protobuf`.
//
// Thread-safety: free functions.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_MEDIA_TYPE_H_
#define SAFECONDUCT_GATEWAY_ROUTES_MEDIA_TYPE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "gateway/http/http.h"

namespace safeconduct::routes {

enum class Format : std::uint8_t { kJson, kProtobuf };

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kProtobufType = "application/x-protobuf";
inline constexpr std::string_view kAgeType = "application/age";

std::string_view MediaTypeOf(Format format);

// The media type of Content-Type: lower case, without parameters. Empty when there is none, when
// there are several, or when it is no media type.
std::string ContentType(const http::RequestHead& head);

// Format of a request's message. kUnsupported for every other Content-Type, or none.
Result<Format> RequestFormat(const http::RequestHead& head);

// What Accept prefers, JSON where it leaves a choice. kUnsupported when it takes neither.
Result<Format> AnswerFormat(const http::RequestHead& head);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_MEDIA_TYPE_H_
