// What every command is given: the global options, the output, and from these, when first needed,
// the gateway, the trust file, the verified charter and the identity.
//
// Not thread-safe: one per program.
#ifndef SAFECONDUCT_GATEWAY_CLI_CONTEXT_H_
#define SAFECONDUCT_GATEWAY_CLI_CONTEXT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crypto/identity/identity.h"
#include "gateway/charter/published.h"
#include "gateway/cli/failure.h"
#include "gateway/cli/gateway_api.h"
#include "gateway/cli/output.h"

namespace safeconduct::cli {

struct GlobalOptions {
  std::string gateway;
  std::string trust;
  std::string ca;
  std::string identity;
  std::string proxy;
  std::string unix_socket;
  bool json = false;
  std::uint32_t retry_seconds = 120;
};

// A verified charter and the signed note that it came from.
struct VerifiedCharter {
  std::shared_ptr<const charter::OpenCharter> charter;
  std::string note;
  // Of one that a gateway served: the checkpoint of the charters' log that it is the newest in,
  // and how many witnesses had to have cosigned that, by the trust file.
  std::optional<tlog::Checkpoint> checkpoint = std::nullopt;
  std::size_t witnesses = 0;
  std::string checkpoint_note = {};  // that checkpoint, as it was signed
};

// Whether this run may leave a trace of the charter's version in the state file.
enum class Memory : std::uint8_t { kForget, kRemember };

// A holder: its identity, and its place in the charter.
struct Holder {
  identity::Party party;
  const v1::Holder* entry = nullptr;  // in the charter, which outlives this
  SigningKey request_key;
  SigningKey event_key;
};

// What every command of a holder starts from.
struct Office {
  VerifiedCharter charter;
  Holder holder;
};

class Context {
 public:
  Context(GlobalOptions options, Output& out) : options_(std::move(options)), out_(&out) {}

  const GlobalOptions& options() const { return options_; }
  Output& out() { return *out_; }
  std::int64_t Now() const;  // Unix seconds, by this computer's clock

  Outcome<charter::Trust> Trust();
  Outcome<GatewayApi*> Gateway();
  // Fetched, and verified under the trust file: signatures, origin, expiry, the newest one of the
  // charters' log as its witnesses know it, not older than the newest one seen and not another one
  // of that version. kUnverified.
  Outcome<VerifiedCharter> Charter(Memory memory);
  // From --identity; asks for its passphrase if it has one. kKey.
  Outcome<identity::Party> Identity();
  // The charter and the holder for all that this run does; fetched and opened once. kKey when the
  // identity is no holder in the charter, and as Charter and Identity.
  Outcome<const Office*> TheOffice();

 private:
  GlobalOptions options_;
  Output* out_;
  std::unique_ptr<GatewayApi> gateway_;
  std::unique_ptr<Office> office_;
};

// An identity file, asking for its passphrase if it has one; warns when others may read it. kKey.
Outcome<identity::Party> ReadIdentity(const std::string& path, Output& out);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CONTEXT_H_
