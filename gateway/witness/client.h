// The other side: a log that asks witnesses to cosign its checkpoint (c2sp.org/tlog-witness,
// "add-checkpoint"), over HTTPS.
//
// What comes back is verified with each witness's configured key. A witness learns the checkpoint
// and when it was made, which is public, and the address of this gateway.
//
// Thread-safety: any thread, any time; each Gather has a thread for each witness while it runs.
#ifndef SAFECONDUCT_GATEWAY_WITNESS_CLIENT_H_
#define SAFECONDUCT_GATEWAY_WITNESS_CLIENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/note/note.h"

namespace safeconduct::witness {

inline constexpr long kRequestSeconds = 10;
// Two requests: the second when a witness knows of another size than was thought.
inline constexpr long kRoundSeconds = 2 * kRequestSeconds;

struct Settings {
  note::VerifierKey key;  // of type 0x04
  std::string url;        // https; the submission prefix, to which add-checkpoint is appended
  std::string ca_file;    // PEM, instead of the system's authorities; empty: these
};

// The consistency proof between two sizes, neither 0 nor equal, of the log whose checkpoint it is.
// Called on other threads than Gather's, while it runs, by one at a time.
using ConsistencyProver =
    std::function<Result<std::vector<Hash>>(std::uint64_t old_size, std::uint64_t new_size)>;

struct Round {
  std::string checkpoint;       // the note with the log's signature and each verified cosignature
  std::size_t cosigned = 0;     // these three: of the witnesses
  std::size_t unreachable = 0;  // no whole answer in time, or one that says to come again; no proof
  std::size_t refused = 0;      // all else: refusals, and answers without a good cosignature
  std::uint64_t largest_known = 0;  // greatest size that a witness said it knows of (409), 0: none
};

class Client {
 public:
  // Connects to nothing yet.
  explicit Client(std::vector<Settings> witnesses);

  // Asks all witnesses at once. Blocks at most `kRoundSeconds` and the time that `prove` takes.
  // Never fails: what a witness did not give is not in the note. A `checkpoint` that is none comes
  // back as it is, and nobody is asked.
  Round Gather(const std::string& checkpoint, const ConsistencyProver& prove);

  std::size_t witnesses() const { return witnesses_.size(); }

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

 private:
  struct Task;
  struct Answer;
  Answer Ask(std::size_t witness, const Task& task);
  std::uint64_t Remembered(const std::string& origin, std::size_t witness) const;
  void Remember(const std::string& origin, std::size_t witness, std::uint64_t size);

  const std::vector<Settings> witnesses_;
  mutable std::mutex mutex_;
  // What each witness cosigned last of each log: few, since both are configured.
  std::map<std::pair<std::string, std::size_t>, std::uint64_t> sizes_;
};

}  // namespace safeconduct::witness

#endif  // SAFECONDUCT_GATEWAY_WITNESS_CLIENT_H_
