#include "gateway/cli/context.h"

#include <algorithm>
#include <ctime>

#include "gateway/cli/files.h"
#include "gateway/cli/state_file.h"
#include "gateway/cli/terminal.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxIdentityBytes = 64 * 1024;
constexpr std::size_t kMaxTrustBytes = 256 * 1024;

Failure Missing(const std::string& option, const std::string& variable, const std::string& what) {
  return UsageFailure("This command needs " + option + ": " + what,
                      "It can also stand in the environment variable " + variable + ".");
}

// The checkpoint's size is the charter's version.
Done CheckAgainstSeen(const tlog::Checkpoint& fetched, const SeenCharter& seen,
                      const std::string& folder) {
  if (fetched.size < seen.version) {
    return UnverifiedFailure(
        "The gateway serves version " + std::to_string(fetched.size) +
            " of the charter, but version " + std::to_string(seen.version) +
            " has been seen already",
        "Somebody may be passing off an old charter. Tell the organisation by another way.");
  }
  if (fetched.size > seen.version || seen.checkpoint.empty()) return {};
  const std::string doing = "What was seen before, in " + StateFileIn(folder);
  SC_ASSIGN(const note::Note note, Explain(note::Parse(seen.checkpoint), doing));
  SC_ASSIGN(const tlog::Checkpoint before, Explain(tlog::ParseCheckpoint(note.text), doing));
  if (tlog::Agree(fetched, before)) return {};
  return UnverifiedFailure("The gateway serves another version " + std::to_string(fetched.size) +
                               " of the charter than the one that has been seen",
                           "The charters' log shows different people different charters. Keep " +
                               StateFileIn(folder) +
                               ": it proves that. Tell the organisation by another way.");
}

}  // namespace

std::int64_t Context::Now() const { return std::time(nullptr); }

Outcome<charter::Trust> Context::Trust() {
  if (options_.trust.empty()) {
    return Missing("--trust FILE", "SAFECONDUCT_TRUST",
                   "the trust file that the organisation published, from which everything is "
                   "verified");
  }
  SC_ASSIGN(const SecretBytes bytes, ReadFile(options_.trust, kMaxTrustBytes, "the trust file"));
  return ExplainAs(Exit::kUsage, charter::ParseTrust(AsText(bytes.Reveal())),
                   "The trust file " + options_.trust + " cannot be understood");
}

Outcome<GatewayApi*> Context::Gateway() {
  if (gateway_ == nullptr) {
    if (options_.gateway.empty()) {
      return Missing("--gateway URL", "SAFECONDUCT_GATEWAY", "the gateway's address");
    }
    HttpSettings settings;
    settings.gateway = options_.gateway;
    settings.ca_file = options_.ca;
    settings.proxy = options_.proxy;
    settings.unix_socket = options_.unix_socket;
    SC_ASSIGN(std::unique_ptr<HttpClient> http, HttpClient::Create(settings));
    gateway_ = std::make_unique<GatewayApi>(std::move(http), options_.retry_seconds, *out_);
  }
  return gateway_.get();
}

Outcome<VerifiedCharter> Context::Charter(Memory memory) {
  SC_ASSIGN(const charter::Trust trust, Trust());
  SC_ASSIGN(GatewayApi * gateway, Gateway());
  SC_ASSIGN(v1::CharterDocument document, gateway->ReadCharter());
  // A gateway cannot make an old checkpoint fresh by its Date; where this computer's clock is
  // behind, the Date is.
  const std::int64_t now = std::max(Now(), gateway->GatewayTime());
  SC_ASSIGN(charter::Published published,
            ExplainAs(Exit::kUnverified,
                      charter::OpenPublished(document.note(), document.proof(), trust, now),
                      "The gateway's charter does not verify, so nothing is sent or opened",
                      "Check --gateway and --trust, and this computer's clock. If they are right, "
                      "tell the organisation by another way."));
  const SeenCharter fetched{published.charter->version(), published.checkpoint_note};
  const std::string folder = StateFolder();
  SC_ASSIGN(const SeenCharter seen, NewestSeen(folder, trust.origin));
  SC_TRY(CheckAgainstSeen(published.checkpoint, seen, folder));
  if (memory == Memory::kRemember) {
    if (Done kept = Remember(folder, trust.origin, fetched); !kept.ok()) {
      out_->Warn("The charter's version is not remembered. " + kept.error().message);
    }
  }
  return VerifiedCharter{std::move(published.charter), std::move(*document.mutable_note()),
                         std::move(published.checkpoint), trust.witness_threshold,
                         std::move(published.checkpoint_note)};
}

Outcome<identity::Party> Context::Identity() {
  if (options_.identity.empty()) {
    return Missing("--identity FILE", "SAFECONDUCT_IDENTITY", "your key file");
  }
  return ReadIdentity(options_.identity, *out_);
}

Outcome<const Office*> Context::TheOffice() {
  if (office_ != nullptr) return office_.get();
  SC_ASSIGN(VerifiedCharter charter, Charter(Memory::kRemember));
  SC_ASSIGN(identity::Party party, Identity());
  SigningKey request_key = party.Key(identity::Purpose::kRequest);
  SigningKey event_key = party.Key(identity::Purpose::kEvent);
  const v1::Holder* entry = charter.charter->FindByRequestKey(request_key.public_key());
  if (entry == nullptr) {
    return KeyFailure("The key in " + options_.identity + " is no holder's in version " +
                          std::to_string(charter.charter->version()) + " of the charter of " +
                          charter.charter->origin(),
                      "Check --identity. A new holder is entered by the root keys: see "
                      "safeconduct charter add-holder --help");
  }
  office_ = std::make_unique<Office>(
      Office{std::move(charter),
             Holder{std::move(party), entry, std::move(request_key), std::move(event_key)}});
  return office_.get();
}

Outcome<identity::Party> ReadIdentity(const std::string& path, Output& out) {
  Outcome<SecretBytes> read = ReadFile(path, kMaxIdentityBytes, "the key");
  if (!read.ok()) {
    return KeyFailure(read.error().message, "Make a key with: safeconduct identity new --out FILE");
  }
  const ByteView file = read->Reveal();
  if (const std::string warning = PermissionWarning(path); !warning.empty()) out.Warn(warning);
  const std::string doing = "The key in " + path + " cannot be used";
  const std::string hint =
      "A key file holds one line AGE-SECRET-KEY-PQ-1… as written by safeconduct identity new or "
      "age-keygen -pq, or that file wrapped in a passphrase by age -p.";
  if (!identity::KeyFileNeedsPassphrase(file)) {
    return ExplainAs(Exit::kKey, identity::ParseKeyFile(file, nullptr), doing, hint);
  }
  SC_ASSIGN(const SecretBytes passphrase, ReadPassphrase(Passphrase::kExisting, path));
  Result<identity::Party> party = identity::ParseKeyFile(file, &passphrase);
  const bool wrong = !party.ok() && party.error().code() == Code::kWrongKey;
  return ExplainAs(Exit::kKey, std::move(party), doing,
                   wrong ? "The passphrase is not the right one." : hint);
}

}  // namespace safeconduct::cli
