#include "gateway/routes/error_response.h"

#include <utility>

#include "gateway/routes/message_body.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {
namespace {

struct Row {
  std::string_view name;
  int status;
  std::string_view retry_after_seconds;  // empty: trying again does not help
};

constexpr Row RowOf(Code code) {
  switch (code) {
    case Code::kMalformed:
      return {"malformed", 400, {}};
    case Code::kUnsupported:
      return {"unsupported", 422, {}};
    case Code::kTooLarge:
      return {"too_large", 413, {}};
    case Code::kWrongKey:
      return {"wrong_key", 422, {}};
    case Code::kUnverified:
      return {"unverified", 422, {}};
    case Code::kUnauthorized:
      return {"unauthorized", 401, {}};
    case Code::kNotFound:
      return {"not_found", 404, {}};
    case Code::kConflict:
      return {"conflict", 409, {}};
    case Code::kRejected:
      return {"rejected", 422, {}};
    case Code::kExpired:
      return {"expired", 422, {}};
    case Code::kBusy:
      return {"busy", 503, "2"};
    case Code::kNoSpace:
      return {"no_space", 507, "60"};
    case Code::kUnavailable:
      return {"unavailable", 503, "5"};
    case Code::kCorrupted:
      return {"corrupted", 500, {}};
    case Code::kExists:
      return {"exists", 409, {}};
    case Code::kInternal:
      break;
  }
  return {"internal", 500, {}};
}

// RFC 9421 §5.1: what a signature must cover, for those who were not told.
constexpr std::string_view kAcceptSignature =
    "sig=(\"@method\" \"@target-uri\" \"content-digest\")"
    ";created;nonce;keyid;alg=\"ed25519\";tag=\"safeconduct-v1\"";

}  // namespace

std::string_view CodeName(Code code) { return RowOf(code).name; }

int StatusOf(Code code) { return RowOf(code).status; }

http::Response ErrorResponse(const Error& error, Format format) {
  return ErrorResponse(StatusOf(error.code()), error, format);
}

http::Response ErrorResponse(int status, const Error& error, Format format) {
  v1::ApiError message;
  message.set_code(std::string(CodeName(error.code())));
  message.set_message(error.message());
  message.set_field(error.field());
  http::Response response = MessageResponse(status, message, format);
  const Row row = RowOf(error.code());
  if (!row.retry_after_seconds.empty()) {
    response.headers.push_back({"retry-after", std::string(row.retry_after_seconds)});
  }
  if (status == 401) {
    // RFC 9110 §15.5.2 asks for a challenge; RFC 9421 defines none, so this one only names it.
    response.headers.push_back({"www-authenticate", "Signature"});
    response.headers.push_back({"accept-signature", std::string(kAcceptSignature)});
  }
  return response;
}

}  // namespace safeconduct::routes
