// The table of everything that is served. It is what requests are matched against, and what
// openapi.json is checked against.
//
// Thread-safety: constant.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_ROUTE_H_
#define SAFECONDUCT_GATEWAY_ROUTES_ROUTE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/http/http.h"
#include "gateway/metrics/metrics.h"
#include "gateway/routes/call.h"

namespace safeconduct::routes {

// Who may call.
enum class Caller : std::uint8_t {
  kAnyone,
  kHolder,    // signed by the request key of a holder of the charter in force
  kMailbox,   // signed by any key: a reporter's, if it has a mailbox
  kOperator,  // signed by the gateway's own key
};

enum class Door : std::uint8_t {
  kOpen,     // the public listener and the onion service's
  kPrivate,  // the private listener
  kEvery,
};

enum class Body : std::uint8_t {
  kNone,
  kMessage,  // an API message
  kReport,   // an API message or an age file
  kUpload,   // planned by `plan`
  kForm,     // of a browser, with an age file
  kText,     // text/plain
  kNote,     // of any media type, since c2sp.org names none
};

// What the last parameter of a path takes.
enum class Last : std::uint8_t { kSegment, kRest };
// What it does while more is waiting to be written than the configuration likes.
enum class UnderLoad : std::uint8_t { kServes, kAsksForWork };

using Params = std::vector<std::string_view>;

struct Route {
  http::Method method;
  std::string_view path;  // segments in braces match anything but nothing
  Last last = Last::kSegment;
  Caller caller = Caller::kAnyone;
  Door door = Door::kOpen;
  Origins origins = Origins::kOwn;  // kAny: the reporter's
  UnderLoad under_load = UnderLoad::kServes;
  Body body = Body::kNone;
  std::uint64_t max_body = 0;  // bytes; 0 with kReport, kForm and kUpload: the configuration says
  metrics::Route counted = metrics::Route::kOther;
  std::string_view request = {};  // names of messages in v1; empty: the body is none
  std::string_view answer = {};
  void (*handle)(const Services& services, CallPtr call) = nullptr;
  // With kUpload: what to do with the body, once the head is there.
  http::BodyPlan (*plan)(const Services& services, Audience audience, const http::RequestHead& head,
                         const Params& params) = nullptr;
};

std::span<const Route> AllRoutes();

// The route for a request, and the path's parameters as views into `path`.
struct Match {
  const Route* route = nullptr;  // null: none
  Params params;
  std::vector<http::Method> allowed;  // what the path has, when the method is wrong
  std::vector<http::Method> opened;   // of these, what pages of any origin may use
};
Match FindRoute(http::Listener listener, http::Method method, std::string_view path);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_ROUTE_H_
