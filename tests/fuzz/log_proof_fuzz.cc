// What a log and its clients read of each other: checkpoints, proofs and names of tiles are written
// back as they were, and a proof holds for no entry of this program's choice.
#include <cstdlib>
#include <string>

#include "crypto/base/secret.h"
#include "crypto/tlog/proof.h"
#include "crypto/tlog/tiles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;  // NOLINT
  static const bool kReady = InitCrypto().ok();
  if (!kReady) std::abort();
  const std::string_view text = AsText({data, size});
  const auto checkpoint = tlog::ParseCheckpoint(text);
  if (checkpoint.ok() && tlog::FormatCheckpoint(*checkpoint) != text) std::abort();
  const auto tile = tlog::ParseTileName(text);
  if (tile.ok() && tlog::FormatTileName(*tile) != text) std::abort();

  const auto proof = tlog::ParseLogProof(text);
  if (!proof.ok()) return 0;
  if (tlog::FormatLogProof(*proof) != text) std::abort();
  // The log and a witness of tests/vectors/charterlog.
  static const note::VerifierKey kLog = *note::ParseVerifierKey(
      "charter.example+7ad0402b+AZsfhHkc/HZjBFhU04netcqVRJ2HXydqg4QLBgqznPxx");
  static const note::VerifierKey kWitnesses[] = {*tlog::ParseWitnessKey(
      "witness-0.example+e1066d87+BKgueHQrpxVELgCDCcJk+V17H9XwacabRtCryDXFaUbd")};
  const tlog::WitnessPolicy policy{
      .witnesses = kWitnesses, .threshold = 1, .now = 1'800'000'000, .max_age_seconds = 604'800};
  if (tlog::CheckLogProof(*proof, AsBytes("another entry"), kLog, policy).ok()) std::abort();
  return 0;
}
