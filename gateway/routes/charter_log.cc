// The charters' log as c2sp.org/tlog-tiles has it; what it holds is in gateway/transparency.
#include "crypto/tlog/tiles.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"

namespace safeconduct::routes {

void GetCharterLogCheckpoint(const Services& services, CallPtr call) {
  Result<std::string> checkpoint = services.charter_log.Checkpoint();
  if (!checkpoint.ok()) return call->Fail(kNothingHere);
  call->SendBytes("text/plain; charset=utf-8", *std::move(checkpoint));
}

void GetCharterLogTile(const Services& services, CallPtr call) {
  const Result<tlog::TileName> name = tlog::ParseTileName(call->params[0]);
  if (!name.ok()) return call->Fail(kNothingHere);
  const Result<Bytes> tile = services.charter_log.Tile(*name);
  if (!tile.ok() && tile.error().code() == Code::kNotFound) return call->Fail(kNothingHere);
  SC_ANSWER_ERROR(*call, tile);
  call->SendBytes("application/octet-stream", std::string(AsText(*tile)));
}

}  // namespace safeconduct::routes
