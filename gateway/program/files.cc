#include "gateway/program/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "crypto/base/hash.h"
#include "crypto/base/secret.h"
#include "crypto/identity/identity.h"

namespace safeconduct::program {
namespace {

constexpr std::size_t kMaxFileBytes = 64 * 1024;

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

OrRefusal<SecretBytes> ReadSmallFile(const std::string& path, const std::string& what) {
  const OpenFile file(path);
  if (file.descriptor() < 0) {
    return Refuse(ExitCode::kConfiguration, what + " " + path + " cannot be read");
  }
  SecretBytes bytes;
  bytes.Reserve(kMaxFileBytes + 1);
  while (bytes.size() <= kMaxFileBytes) {
    const std::size_t before = bytes.size();
    const MutableBytes room = bytes.Extend(kMaxFileBytes + 1 - before);
    const ssize_t count = read(file.descriptor(), room.data(), room.size());
    if (count < 0) return Refuse(ExitCode::kConfiguration, what + " " + path + " cannot be read");
    bytes.Truncate(before + static_cast<std::size_t>(count));
    if (count == 0) return bytes;
  }
  return Refuse(ExitCode::kConfiguration, what + " " + path + " is too long");
}

OrRefusal<SecretBytes> ReadSecret(const std::string& path, const std::string& what) {
  OrRefusal<SecretBytes> secret = ReadSmallFile(path, what);
  if (!secret.ok()) return secret.refusal();
  std::string_view text = AsText(secret->Reveal());
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) return Refuse(ExitCode::kConfiguration, what + " " + path + " is empty");
  secret->Truncate(text.size());
  return std::move(*secret);
}

OrRefusal<charter::Trust> ReadTrust(const std::string& file) {
  OrRefusal<SecretBytes> bytes = ReadSmallFile(file, "the trust file");
  if (!bytes.ok()) return bytes.refusal();
  Result<charter::Trust> trust = charter::ParseTrust(AsText(bytes->Reveal()));
  if (!trust.ok()) {
    return Refuse(ExitCode::kConfiguration, "the trust file " + file, trust.error());
  }
  return *std::move(trust);
}

OrRefusal<OwnKeys> ReadOwnKeys(const std::string& file) {
  OrRefusal<SecretBytes> bytes = ReadSmallFile(file, "the log key file");
  if (!bytes.ok()) return bytes.refusal();
  const Result<identity::Party> party = identity::ParseKeyFile(bytes->Reveal(), nullptr);
  if (!party.ok()) {
    return Refuse(ExitCode::kConfiguration, "the log key file " + file, party.error());
  }
  return OwnKeys{party->Key(identity::Purpose::kNote), party->Key(identity::Purpose::kRequest),
                 party->Key(identity::Purpose::kCosignature),
                 Hkdf(party->seed(), {}, "safeconduct/notify-moments/v1")};
}

OrRefusal<NotifyFiles> ReadNotifyFiles(const notify::Settings& settings) {
  NotifyFiles out;
  out.server.url = settings.mail.server;
  out.server.user = settings.mail.user;
  out.server.ca_file = settings.mail.ca_file;
  out.server.tls = settings.mail.plain ? fetch::MailTls::kNone : fetch::MailTls::kRequired;
  if (!settings.mail.password_file.empty()) {
    OrRefusal<SecretBytes> password = ReadSecret(settings.mail.password_file, "the password file");
    if (!password.ok()) return password.refusal();
    out.server.password = std::move(*password);
  }
  for (const notify::RecipientSettings& each : settings.recipients) {
    SecretBytes secret;
    if (!each.secret_file.empty()) {
      OrRefusal<SecretBytes> read = ReadSecret(each.secret_file, "the secret file");
      if (!read.ok()) return read.refusal();
      if (read->size() < notify::kMinSecretBytes) {
        return Refuse(ExitCode::kConfiguration,
                      "the secret file " + each.secret_file + " is too short: 32 bytes at least");
      }
      secret = std::move(*read);
    }
    out.recipients.push_back({each, std::move(secret)});
  }
  return out;
}

OrRefusal<std::optional<pages::WebApp>> ReadWebApp(const config::Web& web) {
  if (web.folder.empty()) return std::optional<pages::WebApp>();
  Result<pages::WebApp> app = pages::WebApp::Load(web.folder, web.icon);
  if (!app.ok()) {
    return Refuse(ExitCode::kConfiguration, "the web app in " + web.folder, app.error());
  }
  return std::optional<pages::WebApp>(*std::move(app));
}

}  // namespace safeconduct::program
