// safeconduct identity new|show
#include <memory>

#include "crypto/age/age.h"
#include "crypto/base/encoding.h"
#include "crypto/note/note.h"
#include "crypto/tlog/cosignature.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/terminal.h"
#include "gateway/cli/time_text.h"

namespace safeconduct::cli {
namespace {

struct PublicKeys {
  std::string recipient;
  std::string request_key;  // base64, as in the charter's JSON
  std::string event_key;
};

PublicKeys PublicKeysOf(const identity::Party& party) {
  return {party.recipient(), Base64Encode(party.Key(identity::Purpose::kRequest).public_key()),
          Base64Encode(party.Key(identity::Purpose::kEvent).public_key())};
}

// What add-holder takes; it holds nothing secret.
void AddPublicKeys(JsonObject& json, const PublicKeys& keys) {
  json.Add("recipient", keys.recipient);
  json.Add("request_key", keys.request_key);
  json.Add("event_key", keys.event_key);
}

Outcome<SecretBytes> Wrapped(const SecretBytes& key_file, SecretBytes passphrase) {
  const std::unique_ptr<age::Recipient> recipient = age::PassphraseRecipient(std::move(passphrase));
  const age::Recipient* recipients[] = {recipient.get()};
  SC_ASSIGN(const Bytes file, Explain(age::Encrypt(recipients, key_file.Reveal()),
                                      "The key cannot be wrapped in a passphrase"));
  return SecretBytes::Copy(AsBytes(age::Armor(file)));
}

}  // namespace

Done IdentityNew(Context& context, const IdentityNewOptions& options) {
  Output& out = context.out();
  if (options.out.empty() && out.json()) {
    return UsageFailure("With --json a new key needs --out FILE",
                        "So the secret key never stands among what scripts keep.");
  }
  const identity::Party party = identity::Party::Generate();
  SecretBytes file = party.KeyFile(Rfc3339(context.Now()));
  if (options.passphrase) {
    SC_ASSIGN(SecretBytes passphrase, ReadPassphrase(Passphrase::kNew, "the new key"));
    SC_ASSIGN(file, Wrapped(file, std::move(passphrase)));
  }
  if (options.out.empty()) {
    out.Raw(file.Reveal());
    return {};
  }
  SC_TRY(WriteNewFile(options.out, file.Reveal(), Overwrite::kNever));
  const PublicKeys keys = PublicKeysOf(party);
  JsonObject json;
  json.Add("file", options.out);
  AddPublicKeys(json, keys);
  out.Print(json);
  out.Line("Wrote a new key to " + options.out + ".");
  out.Line(options.passphrase
               ? "It is wrapped in the passphrase. Without both, what is sealed to it is lost."
               : "Whoever has this file is you. Keep a copy where only you can reach it; what is "
                 "sealed to a lost key stays sealed.");
  out.Line("For the charter, hand on what this prints; none of it is secret:");
  out.Line("  safeconduct identity show --json --identity " + options.out);
  return {};
}

Done IdentityShow(Context& context, const IdentityShowOptions& options) {
  SC_ASSIGN(const identity::Party party, context.Identity());
  const PublicKeys keys = PublicKeysOf(party);
  std::string vkey;
  std::string witness_vkey;
  if (!options.name.empty()) {
    SC_ASSIGN(const note::VerifierKey key,
              Explain(note::MakeVerifierKey(options.name,
                                            party.Key(identity::Purpose::kNote).public_key()),
                      "--name cannot be used"));
    vkey = note::FormatVerifierKey(key);
    SC_ASSIGN(const note::VerifierKey witness,
              Explain(tlog::MakeWitnessKey(options.name,
                                           party.Key(identity::Purpose::kCosignature).public_key()),
                      "--name cannot be used"));
    witness_vkey = tlog::FormatWitnessKey(witness);
  }
  Output& out = context.out();
  JsonObject json;
  AddPublicKeys(json, keys);
  if (!vkey.empty()) {
    json.Add("vkey", vkey);
    json.Add("witness_vkey", witness_vkey);
  }
  out.Print(json);
  out.Pair("request key", keys.request_key);
  out.Pair("event key", keys.event_key);
  if (!vkey.empty()) {
    out.Pair("verifier key", vkey);
    out.Pair("key as a witness", witness_vkey);
  }
  out.Pair("recipient", keys.recipient);
  return {};
}

}  // namespace safeconduct::cli
