#include <algorithm>

#include "crypto/tlog/witness.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/route.h"

namespace safeconduct::routes {
namespace {

using http::Method;
using Counted = metrics::Route;

// A charter of at most 512 KiB with its texts: base64 in JSON, and room for more languages than
// anyone has. Whoever has more puts them in two versions.
constexpr std::uint64_t kMaxCharterBody = 16ull * 1024 * 1024;
// An event of at most 256 KiB, as base64 in JSON.
constexpr std::uint64_t kMaxEventBody = 384ull * 1024;
// Read marks of at most 1 MiB, likewise.
constexpr std::uint64_t kMaxMarksBody = 1536ull * 1024;
constexpr std::uint64_t kMaxTextBody = 4096;

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .path = "/v1/charter",
     .origins = Origins::kAny,
     .counted = Counted::kCharter,
     .answer = "CharterDocument",
     .handle = GetCharter},
    {.method = Method::kPut,
     .path = "/v1/charter",
     .body = Body::kMessage,
     .max_body = kMaxCharterBody,
     .counted = Counted::kCharter,
     .request = "CharterDocument",
     .handle = PutCharter},
    {.method = Method::kGet,
     .path = "/v1/texts/{sha256}",
     .origins = Origins::kAny,
     .counted = Counted::kCharter,
     .handle = GetText},
    {.method = Method::kGet,
     .path = "/v1/channels/{id}",
     .origins = Origins::kAny,
     .counted = Counted::kCharter,
     .answer = "ChannelView",
     .handle = GetChannel},

    {.method = Method::kGet,
     .path = "/charter-log/checkpoint",
     .counted = Counted::kLog,
     .handle = GetCharterLogCheckpoint},
    {.method = Method::kGet,
     .path = "/charter-log/tile/{tile}",
     .last = Last::kRest,
     .counted = Counted::kLog,
     .handle = GetCharterLogTile},

    {.method = Method::kGet,
     .path = "/log/checkpoint",
     .counted = Counted::kLog,
     .handle = GetReportLogCheckpoint},
    {.method = Method::kGet,
     .path = "/log/tile/{tile}",
     .last = Last::kRest,
     .counted = Counted::kLog,
     .handle = GetReportLogTile},
    {.method = Method::kGet,
     .path = "/v1/reports/{id}/receipt",
     .origins = Origins::kAny,
     .counted = Counted::kLog,
     .handle = GetReceipt},
    {.method = Method::kGet,
     .path = "/v1/log/openings",
     .caller = Caller::kHolder,
     .counted = Counted::kLog,
     .answer = "LogOpenings",
     .handle = GetOpenings},

    {.method = Method::kPost,
     .path = "/witness/add-checkpoint",
     .body = Body::kNote,
     .max_body = tlog::kMaxAddCheckpointBytes,
     .counted = Counted::kLog,
     .handle = PostWitnessCheckpoint},
    {.method = Method::kGet,
     .path = "/witness/{origin}/checkpoint",
     .counted = Counted::kLog,
     .handle = GetWitnessCheckpoint},

    {.method = Method::kPost,
     .path = "/v1/reports",
     .origins = Origins::kAny,
     .under_load = UnderLoad::kAsksForWork,
     .body = Body::kReport,
     .counted = Counted::kReports,
     .request = "SubmitReport",
     .answer = "SubmitReply",
     .handle = PostReport},

    {.method = Method::kGet,
     .path = "/v1/challenge",
     .origins = Origins::kAny,
     .answer = "Challenge",
     .handle = GetChallenge},

    {.method = Method::kOptions,
     .path = "/v1/uploads",
     .origins = Origins::kAny,
     .counted = Counted::kUploads,
     .handle = DescribeUploads},
    {.method = Method::kPost,
     .path = "/v1/uploads",
     .origins = Origins::kAny,
     .under_load = UnderLoad::kAsksForWork,
     .body = Body::kUpload,
     .counted = Counted::kUploads,
     .handle = CreateUpload,
     .plan = PlanCreation},
    {.method = Method::kHead,
     .path = "/v1/uploads/{id}",
     .origins = Origins::kAny,
     .counted = Counted::kUploads,
     .handle = HeadUpload},
    {.method = Method::kPatch,
     .path = "/v1/uploads/{id}",
     .origins = Origins::kAny,
     .body = Body::kUpload,
     .counted = Counted::kUploads,
     .plan = PlanAppend},
    {.method = Method::kDelete,
     .path = "/v1/uploads/{id}",
     .origins = Origins::kAny,
     .counted = Counted::kUploads,
     .handle = DeleteUpload},

    {.method = Method::kGet,
     .path = "/v1/cases",
     .caller = Caller::kHolder,
     .counted = Counted::kCases,
     .answer = "CaseList",
     .handle = ListCases},
    {.method = Method::kGet,
     .path = "/v1/cases/{id}",
     .caller = Caller::kHolder,
     .counted = Counted::kCases,
     .answer = "CaseView",
     .handle = GetCase},
    {.method = Method::kGet,
     .path = "/v1/cases/{id}/compartments/{name}",
     .caller = Caller::kHolder,
     .counted = Counted::kCases,
     .handle = GetCompartment},
    {.method = Method::kGet,
     .path = "/v1/cases/{id}/events",
     .caller = Caller::kHolder,
     .counted = Counted::kEvents,
     .answer = "EventList",
     .handle = ListEvents},
    {.method = Method::kPost,
     .path = "/v1/cases/{id}/events",
     .caller = Caller::kHolder,
     .body = Body::kMessage,
     .max_body = kMaxEventBody,
     .counted = Counted::kEvents,
     .request = "AppendEvent",
     .answer = "AppendEventReply",
     .handle = PostCaseEvent},
    {.method = Method::kGet,
     .path = "/v1/cases/{id}/proofs",
     .caller = Caller::kHolder,
     .counted = Counted::kEvents,
     .answer = "CaseProofs",
     .handle = ListProofs},

    {.method = Method::kGet,
     .path = "/v1/marks",
     .caller = Caller::kHolder,
     .counted = Counted::kMarks,
     .answer = "Marks",
     .handle = GetMarks},
    {.method = Method::kPut,
     .path = "/v1/marks",
     .caller = Caller::kHolder,
     .body = Body::kMessage,
     .max_body = kMaxMarksBody,
     .counted = Counted::kMarks,
     .request = "PutMarks",
     .handle = PutMarks},

    {.method = Method::kGet,
     .path = "/v1/outbox",
     .caller = Caller::kHolder,
     .counted = Counted::kOutbox,
     .answer = "Outbox",
     .handle = GetOutbox},

    {.method = Method::kGet,
     .path = "/v1/mailbox",
     .caller = Caller::kMailbox,
     .origins = Origins::kAny,
     .counted = Counted::kMailbox,
     .answer = "Mailbox",
     .handle = GetMailbox},
    {.method = Method::kPost,
     .path = "/v1/mailbox",
     .caller = Caller::kMailbox,
     .origins = Origins::kAny,
     .body = Body::kMessage,
     .max_body = kMaxEventBody,
     .counted = Counted::kMailbox,
     .request = "AppendEvent",
     .answer = "AppendEventReply",
     .handle = PostMailbox},

    {.method = Method::kGet, .path = "/", .counted = Counted::kPages, .handle = GetRoot},
    {.method = Method::kGet, .path = "/console/", .counted = Counted::kPages, .handle = GetConsole},
    {.method = Method::kGet,
     .path = "/{language}/",
     .counted = Counted::kPages,
     .handle = GetStartPage},
    {.method = Method::kGet,
     .path = "/{language}/plain",
     .counted = Counted::kPages,
     .handle = GetPlainPage},
    {.method = Method::kPost,
     .path = "/{language}/plain",
     .body = Body::kForm,
     .counted = Counted::kPages,
     .handle = PostPlainPage},
    {.method = Method::kGet,
     .path = "/assets/{name}",
     .counted = Counted::kPages,
     .handle = GetAsset},

    {.method = Method::kGet, .path = "/healthz", .door = Door::kEvery, .handle = GetHealth},
    {.method = Method::kGet, .path = "/readyz", .door = Door::kEvery, .handle = GetReadiness},
    {.method = Method::kGet, .path = "/openapi.json", .door = Door::kEvery, .handle = GetOpenApi},

    {.method = Method::kGet, .path = "/metrics", .door = Door::kPrivate, .handle = GetMetrics},
    {.method = Method::kPost,
     .path = "/backup",
     .caller = Caller::kOperator,
     .door = Door::kPrivate,
     .body = Body::kText,
     .max_body = kMaxTextBody,
     .handle = PostBackup},
    {.method = Method::kPost,
     .path = "/verify",
     .caller = Caller::kOperator,
     .door = Door::kPrivate,
     .handle = PostVerify},
};

bool Opens(Door door, http::Listener listener) {
  return door == Door::kEvery || (door == Door::kPrivate) == (listener == http::Listener::kPrivate);
}

// Cuts the first segment, with the slash before it, off `path`.
std::string_view NextSegment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool Matches(const Route& route, std::string_view path, Params& params) {
  std::string_view pattern = route.path;
  params.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = NextSegment(pattern);
    const std::string_view segment = NextSegment(path);
    if (expected.starts_with("/{")) {
      if (segment.size() < 2) return false;
      params.push_back(segment.substr(1));
      if (pattern.empty() && route.last == Last::kRest) {
        params.back() = {params.back().data(), params.back().size() + path.size()};
        path = {};
      }
    } else if (expected != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::span<const Route> AllRoutes() { return kRoutes; }

Match FindRoute(http::Listener listener, http::Method method, std::string_view path) {
  Match match;
  Params params;
  const Route* get = nullptr;
  std::string_view pattern;  // the first that matches: /console/ stands before /{language}/
  for (const Route& route : kRoutes) {
    if (!pattern.empty() && route.path != pattern) continue;
    if (!Opens(route.door, listener) || !Matches(route, path, params)) continue;
    pattern = route.path;
    match.params = params;
    match.allowed.push_back(route.method);
    if (route.origins == Origins::kAny) match.opened.push_back(route.method);
    if (route.method == method) match.route = &route;
    if (route.method == Method::kGet) get = &route;
  }
  // What can be read can be asked for its head; the server leaves the body out.
  if (match.route == nullptr && method == Method::kHead) match.route = get;
  if (get != nullptr) match.allowed.push_back(Method::kHead);
  return match;
}

}  // namespace safeconduct::routes
