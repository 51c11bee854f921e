#include "gateway/sms/program/build.h"

#include <algorithm>
#include <utility>

#include "crypto/base/text.h"
#include "gateway/program/files.h"
#include "gateway/sms/inbound/interfaces.h"
#include "gateway/sms/outbound/providers.h"

namespace safeconduct::sms {
namespace {

using program::ExitCode;
using program::OrRefusal;
using program::Refuse;

bool Names(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

ChannelSettings ChannelOf(const ChannelRow& row) {
  ChannelSettings channel;
  channel.id = row.id;
  channel.to = row.to;
  channel.sender = row.sender;
  if (channel.sender.empty() && row.to.size() == 1) channel.sender = row.to.front();
  if (row.language != "auto") channel.language = row.language;
  channel.number_for.support_services = Names(row.number_for, "support_services");
  channel.number_for.investigators = Names(row.number_for, "investigators");
  channel.number_for.national_authorities = Names(row.number_for, "national_authorities");
  for (const std::string& fact : row.facts) {
    const std::size_t at = fact.find('=');
    const std::string question = fact.substr(0, at);
    const auto known =
        std::find_if(channel.facts.begin(), channel.facts.end(),
                     [&](const v1::Answer& each) { return each.question() == question; });
    v1::Answer& answer = known == channel.facts.end() ? channel.facts.emplace_back() : *known;
    answer.set_question(question);
    answer.add_values(fact.substr(at + 1));
  }
  return channel;
}

void SetCommon(const InterfaceRow& row, CommonSettings& settings) {
  settings.name = row.name;
  settings.path = row.path;
  settings.country_code = row.country_code;
}

FormAuthentication AuthenticationOf(const AuthenticationRow& row, SecretBytes secret) {
  using How = FormAuthentication;
  How how;
  how.kind = row.kind == "token"   ? How::Kind::kToken
             : row.kind == "basic" ? How::Kind::kBasic
                                   : How::Kind::kHmac;
  how.secret = std::move(secret);
  how.query = row.query;
  how.header = row.header;
  how.prefix = row.prefix;
  how.user = row.user;
  how.field = row.field;
  how.algorithm = row.algorithm == "sha1" ? How::Algorithm::kSha1 : How::Algorithm::kSha256;
  how.encoding = row.encoding == "base64" ? How::Encoding::kBase64 : How::Encoding::kHex;
  how.over = row.over == "timestamp.body" ? How::Signed::kTimestampBody
             : row.over == "url+fields"   ? How::Signed::kUrlFields
             : row.over == "fields"       ? How::Signed::kFields
                                          : How::Signed::kBody;
  how.timestamp = row.timestamp;
  how.window_seconds = row.window_seconds;
  how.public_url = row.public_url;
  return how;
}

FormSettings FormOf(const InterfaceRow& row, SecretBytes secret) {
  FormSettings form;
  SetCommon(row, form);
  form.authentication = AuthenticationOf(row.authentication, std::move(secret));
  form.fields = {row.fields.id,        row.fields.from,           row.fields.to,
                 row.fields.text,      row.fields.part_reference, row.fields.part_index,
                 row.fields.part_count};
  form.delivery = {row.delivery.id, row.delivery.token, row.delivery.status, row.delivery.delivered,
                   row.delivery.failed};
  form.charset = row.charset;
  form.answer_status = static_cast<int>(row.answer_status);
  form.answer_type = row.answer_type;
  form.answer_body = row.answer_body;
  return form;
}

InterfaceSettings InterfaceOf(const InterfaceRow& row, SecretBytes secret) {
  if (row.kind == "form") return FormOf(row, std::move(secret));
  if (row.kind == "webhook") {
    WebhookSettings webhook;
    SetCommon(row, webhook);
    webhook.secret = std::move(secret);
    return webhook;
  }
  KannelSettings kannel;
  SetCommon(row, kannel);
  kannel.secret = std::move(secret);
  return kannel;
}

// The secrets of [send], read once; each thread's provider gets copies.
struct SendSecrets {
  SecretBytes secret;
  SecretBytes delivery;
};

void SetCommon(const SendRow& row, CommonSendSettings& settings) {
  settings.url = row.url;
  settings.allow_http = row.url.starts_with("http://");
  settings.ca_file = row.ca_file;
  settings.proxy = row.proxy;
  settings.number_prefix = row.number_prefix;
  settings.timeout = row.timeout;
}

std::vector<int> StatusesOf(const std::vector<std::string>& texts) {
  std::vector<int> statuses;
  for (const std::string& text : texts) {
    const Result<std::uint64_t> status = ParseDecimal(text, 599);
    if (status.ok()) statuses.push_back(static_cast<int>(*status));
  }
  return statuses;
}

ProviderSettings ProviderOf(const SendRow& row, const SendSecrets& secrets) {
  if (row.kind == "kannel") {
    KannelSendSettings kannel;
    SetCommon(row, kannel);
    kannel.username = row.username;
    kannel.password = SecretBytes::Copy(secrets.secret.Reveal());
    kannel.smsc = row.smsc;
    kannel.delivery_url = row.delivery_url;
    kannel.delivery_secret = SecretBytes::Copy(secrets.delivery.Reveal());
    return kannel;
  }
  HttpSendSettings http;
  SetCommon(row, http);
  http.method = row.method;
  http.content_type = row.content_type;
  http.body = row.body;
  for (const std::string& header : row.headers) {
    const std::size_t at = header.find(": ");
    http.headers.push_back({header.substr(0, at), header.substr(at + 2)});
  }
  http.user = row.username;
  http.secret_header = row.secret_header;
  http.secret_prefix = row.secret_prefix;
  http.secret = SecretBytes::Copy(secrets.secret.Reveal());
  http.taken = StatusesOf(row.taken);
  http.later = StatusesOf(row.later);
  http.refused = StatusesOf(row.refused);
  http.outcome = row.outcome;
  http.outcome_taken = row.outcome_taken;
  http.outcome_later = row.outcome_later;
  http.outcome_refused = row.outcome_refused;
  http.id = row.id;
  http.id_header = row.id_header;
  return http;
}

// A relay that only takes messages.
class NoProvider final : public Provider {
 public:
  SendResult Send(const Number&, std::string_view, std::string_view, std::string_view) override {
    return {Sending::kRefused, ""};
  }
};

}  // namespace

Settings RelaySettings(const RelayConfig& config) {
  Settings settings;
  settings.gateway = config.gateway.url;
  settings.ca_file = config.gateway.ca_file;
  settings.proxy = config.gateway.proxy;
  settings.trust_file = config.gateway.trust_file;
  settings.state_folder = config.relay.state_folder;
  for (const ChannelRow& row : config.channels) settings.channels.push_back(ChannelOf(row));
  settings.epoch_days = config.relay.epoch_days;
  settings.reply_days = config.relay.reply_days;
  settings.courier_threads = config.relay.couriers;
  settings.sender_threads = config.relay.senders;
  settings.limits = {config.limits.per_number_hour, config.limits.per_number_day,
                     config.limits.per_minute, config.limits.replies_per_day,
                     config.limits.numbers};
  settings.queue_entries = config.relay.queue_entries;
  settings.queue_bytes = config.relay.queue_bytes;
  return settings;
}

OrRefusal<identity::Party> ReadIdentity(const std::string& file) {
  OrRefusal<SecretBytes> bytes = program::ReadSmallFile(file, "the key file");
  if (!bytes.ok()) return bytes.refusal();
  Result<identity::Party> party = identity::ParseKeyFile(bytes->Reveal(), nullptr);
  if (!party.ok()) {
    return Refuse(ExitCode::kConfiguration, "the key file " + file, party.error());
  }
  return *std::move(party);
}

OrRefusal<std::vector<std::unique_ptr<Interface>>> BuildInterfaces(const RelayConfig& config) {
  std::vector<std::unique_ptr<Interface>> interfaces;
  for (const InterfaceRow& row : config.interfaces) {
    OrRefusal<SecretBytes> secret = program::ReadSecret(row.secret_file, "the secret file");
    if (!secret.ok()) return secret.refusal();
    Result<std::unique_ptr<Interface>> made = MakeInterface(InterfaceOf(row, std::move(*secret)));
    if (!made.ok()) {
      return Refuse(ExitCode::kConfiguration,
                    "the interface " + row.name + ", " + made.error().field(), made.error());
    }
    interfaces.push_back(*std::move(made));
  }
  return interfaces;
}

OrRefusal<ProviderMaker> BuildProviderMaker(const RelayConfig& config) {
  if (config.send.kind.empty()) {
    return ProviderMaker([] { return std::make_unique<NoProvider>(); });
  }
  auto secrets = std::make_shared<SendSecrets>();
  if (!config.send.secret_file.empty()) {
    OrRefusal<SecretBytes> secret = program::ReadSecret(config.send.secret_file, "the secret file");
    if (!secret.ok()) return secret.refusal();
    secrets->secret = std::move(*secret);
  }
  if (!config.send.delivery_secret_file.empty()) {
    OrRefusal<SecretBytes> secret =
        program::ReadSecret(config.send.delivery_secret_file, "the secret file");
    if (!secret.ok()) return secret.refusal();
    secrets->delivery = std::move(*secret);
  }
  const Result<std::unique_ptr<Provider>> first = MakeProvider(ProviderOf(config.send, *secrets));
  if (!first.ok()) {
    return Refuse(ExitCode::kConfiguration, std::string("[send] ") + first.error().field(),
                  first.error());
  }
  return ProviderMaker([row = config.send, secrets]() -> std::unique_ptr<Provider> {
    // The same settings as those that were good.
    return *MakeProvider(ProviderOf(row, *secrets));
  });
}

}  // namespace safeconduct::sms
