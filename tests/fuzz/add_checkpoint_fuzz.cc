// What logs and witnesses send each other: a request is written back as it was, nothing is taken
// for a log's that it did not sign, and no cosignature is found that the witness did not make.
#include <cstdlib>
#include <string>

#include "crypto/base/secret.h"
#include "crypto/tlog/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;  // NOLINT
  static const bool kReady = InitCrypto().ok();
  if (!kReady) std::abort();
  const std::string_view text = AsText({data, size});
  const auto tree_size = tlog::ParseTreeSize(text);
  if (tree_size.ok() && tlog::FormatTreeSize(*tree_size) != text) std::abort();

  // The log and a witness of tests/vectors/charterlog.
  static const note::VerifierKey kLogs[] = {*note::ParseVerifierKey(
      "charter.example+7ad0402b+AZsfhHkc/HZjBFhU04netcqVRJ2HXydqg4QLBgqznPxx")};
  static const note::VerifierKey kWitness = *tlog::ParseWitnessKey(
      "witness-0.example+e1066d87+BKgueHQrpxVELgCDCcJk+V17H9XwacabRtCryDXFaUbd");
  if (tlog::FindCosignature(text, "another.example\n0\n", kWitness).ok()) std::abort();

  const auto request = tlog::ParseAddCheckpoint(text);
  if (!request.ok()) return 0;
  if (tlog::FormatAddCheckpoint(*request) != text) std::abort();
  const auto submission = tlog::OpenAddCheckpoint(*request, kLogs);
  if (!submission.ok()) return 0;
  if (!note::Open(request->checkpoint, kLogs, 1).ok()) std::abort();
  // A tree that this log never had.
  if (tlog::CheckSubmission(*submission, {submission->old_size, Hash{}}).ok()) std::abort();
  return 0;
}
