// A witness of other logs, as c2sp.org/tlog-witness has it; what it holds to is in gateway/witness.
#include "gateway/witness/witness.h"

#include <utility>

#include "crypto/tlog/witness.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"

namespace safeconduct::routes {
namespace {

// The specification's statuses, which are not those of the API.
int RefusalStatus(const Error& error) {
  switch (error.code()) {
    case Code::kMalformed:
    case Code::kTooLarge:
      return 400;
    case Code::kUnauthorized:
      return 403;
    default:
      return StatusOf(error.code());
  }
}

void SendKnownSize(Call& call, std::uint64_t size) {
  http::Response response;
  response.status = 409;
  response.headers.push_back({"content-type", std::string(tlog::kTreeSizeType)});
  response.body = tlog::FormatTreeSize(size);
  call.Send(std::move(response));
}

}  // namespace

void PostWitnessCheckpoint(const Services& services, CallPtr call) {
  if (services.witness == nullptr) return call->Fail(kNothingHere);
  OnPool(services, call, [&witness = *services.witness](Call& each) {
    std::uint64_t known_size = 0;
    Result<std::string> line = witness.AddCheckpoint(each.body, known_size);
    if (line.ok()) return each.SendBytes("text/plain; charset=utf-8", *std::move(line));
    if (line.error().code() == Code::kConflict) return SendKnownSize(each, known_size);
    each.Fail(RefusalStatus(line.error()), line.error());
  });
}

void GetWitnessCheckpoint(const Services& services, CallPtr call) {
  if (services.witness == nullptr) return call->Fail(kNothingHere);
  // It may have to wait for one that is being written.
  OnPool(services, call, [&witness = *services.witness](Call& each) {
    Result<std::string> checkpoint = witness.Checkpoint(each.params[0]);
    if (!checkpoint.ok()) return each.Fail(kNothingHere);
    each.SendBytes("text/plain; charset=utf-8", *std::move(checkpoint));
  });
}

}  // namespace safeconduct::routes
