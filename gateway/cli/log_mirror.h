// Following a tiled log (c2sp.org/tlog-tiles): each new checkpoint is held against all entries, and
// so against every checkpoint that was seen before. Pure but for the source that it reads from.
//
// What it gives: that all checkpoints that this program ever took are of one growing list of
// entries, and that these are the entries. What it does not: that others are shown the same list
// (cosignatures of witnesses say so), or that an entry means anything.
//
// Not thread-safe.
#ifndef SAFECONDUCT_GATEWAY_CLI_LOG_MIRROR_H_
#define SAFECONDUCT_GATEWAY_CLI_LOG_MIRROR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "crypto/tlog/checkpoint.h"
#include "gateway/cli/failure.h"

namespace safeconduct::cli {

// Where a log is served; a real one is GatewayLog.
class LogSource {
 public:
  virtual ~LogSource() = default;
  // What stands under `checkpoint` or `tile/…`; none when it is not there.
  virtual Outcome<std::optional<std::string>> Get(const std::string& path) = 0;
};

// What is kept of a log between two looks at it.
struct SeenLog {
  std::string origin;
  std::string note;          // the newest checkpoint; empty: none yet
  tlog::Frontier bundles;    // of the entries in full bundles
  std::int64_t grew_at = 0;  // Unix seconds by our own clock: when it was first seen at this size
};

// What one look at a log found.
struct LogStep {
  tlog::OpenedCheckpoint newest;
  std::uint64_t before = 0;  // the size at the look before
};

// Two checkpoints that one log signed and that cannot both be true.
struct Contradiction {
  std::string what;  // a sentence without its full stop
  std::string before;
  std::string now;
};

struct Look {
  std::optional<LogStep> step;  // none: there is no checkpoint yet
  std::optional<Contradiction> contradiction;
};

enum class Tiles : std::uint8_t { kIgnored, kCompared };

// Given each new entry in turn, before it is known whether they belong to the checkpoint: nothing
// may come of them until LookAtLog has succeeded.
using TakeEntry = std::function<Done(std::uint64_t index, ByteView entry)>;

// Reads the checkpoint and the entries that `seen` does not have yet, and takes them into `seen`
// when everything fits; with kCompared, the hash tiles over them too. kUnverified when the log did
// not sign, or serves other entries or hashes than the checkpoint is of, or none any more; what the
// source says. A contradiction leaves `seen` as it is.
Outcome<Look> LookAtLog(LogSource& source, const note::VerifierKey& log, Tiles tiles,
                        std::int64_t now, SeenLog& seen, const TakeEntry& take);

// Whether the log has not grown for three intervals and a minute.
bool IsStalled(const SeenLog& seen, std::uint32_t interval_seconds, std::int64_t now);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_LOG_MIRROR_H_
