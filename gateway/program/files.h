// What the configuration names, read once at the start.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_FILES_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_FILES_H_

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/ed25519.h"
#include "crypto/base/secret.h"
#include "gateway/charter/charter.h"
#include "gateway/config/config.h"
#include "gateway/fetch/mail.h"
#include "gateway/notify/sender.h"
#include "gateway/pages/web_app.h"
#include "gateway/program/refusal.h"

namespace safeconduct::program {

// A whole file of at most 64 KiB, wiped when it is no longer needed. `what` it is, in words.
OrRefusal<SecretBytes> ReadSmallFile(const std::string& file, const std::string& what);

// The same without the newline that an editor leaves at the end; not empty.
OrRefusal<SecretBytes> ReadSecret(const std::string& file, const std::string& what);

OrRefusal<charter::Trust> ReadTrust(const std::string& file);

// The keys of the gateway's own identity: promises are signed with the first, requests of `backup`
// and `verify` to the running gateway with the second, checkpoints of other logs with the third.
// The moments of notifications are drawn with the last.
struct OwnKeys {
  SigningKey note;
  SigningKey request;
  SigningKey cosignature;
  SecretArray<32> moments;
};
// An identity file without a passphrase, since nobody is there to type one at a start.
OrRefusal<OwnKeys> ReadOwnKeys(const std::string& file);

// What notifications need: the passwords and secrets that the configuration names.
struct NotifyFiles {
  fetch::MailServer server;
  std::vector<notify::Recipient> recipients;
};
OrRefusal<NotifyFiles> ReadNotifyFiles(const notify::Settings& settings);

// None when no folder is configured.
OrRefusal<std::optional<pages::WebApp>> ReadWebApp(const config::Web& web);

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_FILES_H_
