// What the configuration names, read once at the start.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_FILES_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_FILES_H_

#include <optional>
#include <string>

#include "crypto/base/ed25519.h"
#include "crypto/base/secret.h"
#include "gateway/charter/charter.h"
#include "gateway/config/config.h"
#include "gateway/pages/web_app.h"
#include "gateway/program/refusal.h"

namespace safeconduct::program {

// A whole file of at most 64 KiB, wiped when it is no longer needed. `what` it is, in words.
OrRefusal<SecretBytes> ReadSmallFile(const std::string& file, const std::string& what);

OrRefusal<charter::Trust> ReadTrust(const std::string& file);

// The keys of the gateway's own identity: promises are signed with the first, requests of `backup`
// and `verify` to the running gateway with the second, checkpoints of other logs with the third.
struct OwnKeys {
  SigningKey note;
  SigningKey request;
  SigningKey cosignature;
};
// An identity file without a passphrase, since nobody is there to type one at a start.
OrRefusal<OwnKeys> ReadOwnKeys(const std::string& file);

// None when no folder is configured.
OrRefusal<std::optional<pages::WebApp>> ReadWebApp(const config::Web& web);

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_FILES_H_
