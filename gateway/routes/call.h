// One request on its way through the routes, with what was found out about it, and its answer.
//
// Thread-safety: belongs to one thread at a time; it may be handed on to the pool or the ledger.
// It is answered once: later answers are dropped, and one that dies unanswered is answered 500.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_CALL_H_
#define SAFECONDUCT_GATEWAY_ROUTES_CALL_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "gateway/auth/http_signature.h"
#include "gateway/http/http.h"
#include "gateway/routes/charters.h"
#include "gateway/routes/cross_origin.h"
#include "gateway/routes/media_type.h"
#include "gateway/routes/message_body.h"
#include "gateway/routes/services.h"

namespace safeconduct::routes {

class Call {
 public:
  Call(const Services& services, metrics::Route route, Audience audience, http::Responder respond);

  // --- the request ---
  http::RequestHead head;
  std::string body;
  std::vector<std::string> params;              // the path's, in its order
  Format format = Format::kJson;                // of the answer
  const CharterSnapshot* charter = nullptr;     // in force when the request came; null: none yet
  std::optional<auth::VerifiedRequest> signer;  // of routes that need a signature
  const v1::Holder* holder = nullptr;           // of routes for holders; of `charter`

  // --- the answer ---
  // How errors are worded, where they are not API messages.
  std::function<http::Response(int status)> failure_page;
  void Send(http::Response response);
  void SendMessage(int status, const google::protobuf::Message& message) {
    Send(MessageResponse(status, message, format));
  }
  void SendBytes(std::string_view media_type, std::string bytes);  // 200
  void Fail(const Error& error);
  void Fail(int status, const Error& error);

 private:
  const Services& services_;
  const metrics::Route route_;
  const Audience audience_;
  const std::chrono::steady_clock::time_point begun_;
  std::optional<http::Responder> respond_;
};

using CallPtr = std::shared_ptr<Call>;

inline constexpr std::string_view kContentSecurityPolicy = "content-security-policy";

// Adds the headers that every answer carries.
void AddCommonHeaders(http::Response& response, Audience audience);

// Does `work` on the pool; the call is answered 503 when too much waits there.
void OnPool(const Services& services, CallPtr call, std::function<void(Call&)> work);

// Leaves a handler with the error of `expression`, if it is one, as the answer.
#define SC_ANSWER_ERROR(call, expression)                 \
  do {                                                    \
    if (auto sc_status = (expression); !sc_status.ok()) { \
      (call).Fail(sc_status.error());                     \
      return;                                             \
    }                                                     \
  } while (false)
#define SC_ANSWER_ASSIGN(call, target, expression) \
  SC_ANSWER_ASSIGN_INNER(SC_CONCAT(sc_answer_, __LINE__), call, target, expression)
#define SC_ANSWER_ASSIGN_INNER(result, call, target, expression) \
  auto result = (expression);                                    \
  if (!result.ok()) {                                            \
    (call).Fail(result.error());                                 \
    return;                                                      \
  }                                                              \
  target = *std::move(result)

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_CALL_H_
