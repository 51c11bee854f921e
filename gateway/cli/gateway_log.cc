#include "gateway/cli/gateway_log.h"

namespace safeconduct::cli {

Outcome<MirroredLog> MirrorReportLog(LogSource& source, const note::VerifierKey& log,
                                     std::int64_t now) {
  MirroredLog mirrored;
  SeenLog seen;
  SC_ASSIGN(const Look look,
            LookAtLog(source, log, Tiles::kIgnored, now, seen,
                      [&](std::uint64_t, ByteView entry) -> Done {
                        if (entry.size() != sizeof(Hash)) {
                          return UnverifiedFailure("The log " + log.name +
                                                   " has an entry that is no leaf of 32 bytes");
                        }
                        mirrored.entries.push_back(ToArray<sizeof(Hash)>(entry));
                        return {};
                      }));
  if (!look.step) {
    return RefusedFailure("The log " + log.name + " has no checkpoint yet",
                          "The first one comes at the end of the log's first interval.");
  }
  mirrored.note = seen.note;
  return mirrored;
}

}  // namespace safeconduct::cli
