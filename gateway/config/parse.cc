// ParseConfig of config.h.
#include <algorithm>
#include <filesystem>
#include <set>

#include "gateway/config/config.h"
#include "gateway/config/schema.h"
#include "gateway/config/toml_file.h"
#include "gateway/fetch/mail.h"

namespace safeconduct::config {
namespace {

bool AreDifferent(const std::vector<note::VerifierKey>& keys) {
  for (auto key = keys.begin(); key != keys.end(); ++key) {
    if (std::find(key + 1, keys.end(), *key) != keys.end()) return false;
  }
  return true;
}

// `inside`: the store's folder, with a slash.
void CheckWitnesses(const Config& config, const std::string& inside, ReadToml& read) {
  const Witness& witness = config.witness;
  std::vector<note::VerifierKey> keys;  // without names: one key under two is one witness
  for (const witness::Settings& each : config.witnesses) keys.push_back({{}, 0, each.key.key});
  read.Require(AreDifferent(keys), "transparency_log.witnesses", "has a key twice");
  read.Require(AreDifferent(witness.logs), "witness.logs", "has a key twice");
  if (witness.name.empty()) {
    read.Require(witness.logs.empty(), "witness.logs", "needs witness.name");
    read.Require(witness.state_folder.empty(), "witness.state_folder", "needs witness.name");
    return;
  }
  read.Require(!witness.logs.empty(), "witness.name",
               "needs a log to be a witness of: [[witness.logs]]");
  read.Require(!witness.state_folder.empty(), "witness.name", "needs witness.state_folder");
  const std::string folder = (std::filesystem::path(witness.state_folder) / "").string();
  read.Require(!folder.starts_with(inside), "witness.state_folder",
               "must not lie in storage.path, where a restored backup would set it back");
}

void CheckMail(const notify::MailSettings& mail, ReadToml& read) {
  read.Require(mail.server.empty() || fetch::IsMailServerUrl(mail.server), "notify.mail.server",
               "must be smtps://host or smtp://host, with :port or without");
  read.Require(mail.server.empty() || fetch::IsMailAddress(mail.from), "notify.mail.from",
               "must be a mail address, such as \"office@example.org\"");
  read.Require(!mail.plain || fetch::IsOnThisMachine(mail.server), "notify.mail.plain",
               "mail without TLS goes to a mail server on this machine alone");
  read.Require(!mail.plain || mail.server.starts_with("smtp://"), "notify.mail.plain",
               "needs a server that begins with smtp://");
  read.Require(!mail.plain || mail.user.empty(), "notify.mail.plain",
               "no password goes out without TLS: needs notify.mail.user to be empty");
  read.Require(mail.user.empty() == mail.password_file.empty(), "notify.mail.user",
               "needs notify.mail.password_file, and the other way round");
}

void CheckRecipient(const notify::RecipientSettings& recipient, bool mails, ReadToml& read) {
  read.Require(recipient.mail.empty() != recipient.webhook.empty(), "notify.recipients",
               "each needs either mail or webhook");
  read.Require(recipient.mail.empty() || fetch::IsMailAddress(recipient.mail),
               "notify.recipients.mail", "must be a mail address, such as \"post@example.org\"");
  read.Require(recipient.mail.empty() || mails, "notify.recipients.mail",
               "needs notify.mail.server");
  read.Require(recipient.webhook.empty() == recipient.secret_file.empty(),
               "notify.recipients.secret_file", "is what a webhook is signed with: each needs one");
  read.Require(recipient.language == "en" || recipient.language == "fr",
               "notify.recipients.language", "must be \"en\" or \"fr\"");
}

void CheckNotify(const notify::Settings& notify, ReadToml& read) {
  CheckMail(notify.mail, read);
  // It stands in JSON and in a mail as it is.
  read.Require(
      notify.address.empty() || (notify.address.starts_with("https://") &&
                                 notify.address.find_first_of(" \"<>\\") == std::string::npos),
      "notify.address", "must be an https URL");
  std::set<std::string> ways;
  for (const notify::RecipientSettings& each : notify.recipients) {
    CheckRecipient(each, !notify.mail.server.empty(), read);
    const bool first = ways.insert(each.label + " " + each.mail + " " + each.webhook).second;
    read.Require(first, "notify.recipients", "has one twice");
  }
}

// What must hold between keys.
void CheckTogether(const Config& config, ReadToml& read) {
  read.Require(config.ledger.batch_bytes <= config.ledger.waiting_bytes, "ledger.batch_size",
               "must not be more than ledger.waiting_memory");
  read.Require(config.ledger.first_retry <= config.ledger.last_retry, "ledger.first_retry",
               "must not be more than ledger.last_retry");
  read.Require(config.reports.max_bytes < config.ledger.waiting_bytes, "reports.max_size",
               "must be less than ledger.waiting_memory");
  read.Require(config.reports.max_bytes <= config.http.body_memory_bytes, "reports.max_size",
               "must not be more than http.body_memory");
  read.Require(config.uploads.max_bytes <= config.uploads.quota_bytes, "uploads.max_size",
               "must not be more than uploads.quota");
  read.Require(config.replay.nonces_per_key <= config.replay.nonces, "replay.nonces_per_key",
               "must not be more than replay.nonces");
  const bool plain =
      std::any_of(config.public_origins.begin(), config.public_origins.end(),
                  [](const std::string& origin) { return origin.starts_with("http://"); });
  read.Require(!plain || !config.listen.onion_socket.empty(), "public_origins",
               "has an origin without TLS, which needs listen.onion_socket");
  const std::string inside = (std::filesystem::path(config.storage.path) / "").string();
  read.Require(!config.HighWaterFile().starts_with(inside), "transparency_log.high_water_file",
               "must not lie in storage.path, where a restored backup would set it back");
  CheckWitnesses(config, inside, read);
  CheckNotify(config.notify, read);
  read.Require(
      config.listen.private_port == 0 || config.listen.private_port != config.listen.public_port,
      "listen.private_port", "must not be listen.public_port");
}

}  // namespace

Loaded ParseConfig(std::string_view text, std::string_view folder) {
  Loaded out;
  ReadToml read(text, folder, GatewaySchema(), &out.config);
  if (read.ok()) CheckTogether(out.config, read);
  out.errors = std::move(read).TakeErrors();
  return out;
}

}  // namespace safeconduct::config
