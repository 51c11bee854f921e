#include "gateway/sms/program/config.h"

#include <algorithm>
#include <array>
#include <set>

#include "crypto/base/text.h"
#include "gateway/config/toml_file.h"

namespace safeconduct::sms {
namespace {

using config::Key;
using config::Kind;
using config::List;
using config::Target;

constexpr std::uint64_t kMiB = 1ull << 20;
constexpr std::uint64_t kTiB = 1ull << 40;
constexpr std::uint64_t kSecond = 1'000;
constexpr std::uint64_t kHour = 3'600'000;
constexpr config::Presence kOptional = config::Presence::kOptional;
constexpr config::Presence kRequired = config::Presence::kRequired;

#define SC_AT(member) \
  [](void* settings) -> Target { return &static_cast<RelayConfig*>(settings)->member; }

constexpr Key kKeys[] = {
    {"gateway.url", Kind::kUrl, 0, 0, kRequired, SC_AT(gateway.url)},
    {"gateway.ca_file", Kind::kPath, 0, 0, kOptional, SC_AT(gateway.ca_file)},
    {"gateway.proxy", Kind::kText, 0, 256, kOptional, SC_AT(gateway.proxy)},
    {"gateway.trust_file", Kind::kPath, 0, 0, kRequired, SC_AT(gateway.trust_file)},

    {"relay.key_file", Kind::kPath, 0, 0, kRequired, SC_AT(relay.key_file)},
    {"relay.state_folder", Kind::kPath, 0, 0, kRequired, SC_AT(relay.state_folder)},
    {"relay.epoch_days", Kind::kNumber, 1, 366, kOptional, SC_AT(relay.epoch_days)},
    {"relay.reply_days", Kind::kNumber, 1, 366, kOptional, SC_AT(relay.reply_days)},
    {"relay.couriers", Kind::kNumber, 1, 64, kOptional, SC_AT(relay.couriers)},
    {"relay.senders", Kind::kNumber, 1, 64, kOptional, SC_AT(relay.senders)},
    {"relay.workers", Kind::kNumber, 1, 256, kOptional, SC_AT(relay.workers)},
    {"relay.queue_entries", Kind::kNumber, 1, 100'000'000, kOptional, SC_AT(relay.queue_entries)},
    {"relay.queue_size", Kind::kSize, 16 * kMiB, kTiB, kOptional, SC_AT(relay.queue_bytes)},

    {"listen.address", Kind::kAddress, 0, 0, kOptional, SC_AT(listen.address)},
    {"listen.port", Kind::kPort, 0, 65'535, kOptional, SC_AT(listen.port)},
    {"listen.tls_certificate", Kind::kPath, 0, 0, kOptional, SC_AT(listen.tls_certificate)},
    {"listen.tls_key", Kind::kPath, 0, 0, kOptional, SC_AT(listen.tls_key)},
    {"listen.private_address", Kind::kAddress, 0, 0, kOptional, SC_AT(listen.private_address)},
    {"listen.private_port", Kind::kPort, 0, 65'535, kOptional, SC_AT(listen.private_port)},
    {"listen.idle_time", Kind::kDuration, kSecond, kHour, kOptional, SC_AT(listen.idle_time)},

    {"channels.id", Kind::kText, 1, 63, kRequired, SC_AT(channels.back().id)},
    {"channels.to", Kind::kTexts, 0, 256, kOptional, SC_AT(channels.back().to)},
    {"channels.sender", Kind::kText, 0, 32, kOptional, SC_AT(channels.back().sender)},
    {"channels.language", Kind::kText, 2, 35, kOptional, SC_AT(channels.back().language)},
    {"channels.number_for", Kind::kTexts, 0, 3, kOptional, SC_AT(channels.back().number_for)},
    {"channels.facts", Kind::kTexts, 0, 32, kOptional, SC_AT(channels.back().facts)},

    {"interfaces.name", Kind::kText, 1, 64, kRequired, SC_AT(interfaces.back().name)},
    {"interfaces.kind", Kind::kText, 1, 16, kRequired, SC_AT(interfaces.back().kind)},
    {"interfaces.path", Kind::kText, 2, 128, kRequired, SC_AT(interfaces.back().path)},
    {"interfaces.secret_file", Kind::kPath, 0, 0, kRequired, SC_AT(interfaces.back().secret_file)},
    {"interfaces.country_code", Kind::kText, 0, 3, kOptional,
     SC_AT(interfaces.back().country_code)},
    {"interfaces.charset", Kind::kText, 1, 32, kOptional, SC_AT(interfaces.back().charset)},
    {"interfaces.answer_status", Kind::kNumber, 200, 299, kOptional,
     SC_AT(interfaces.back().answer_status)},
    {"interfaces.answer_type", Kind::kText, 1, 128, kOptional,
     SC_AT(interfaces.back().answer_type)},
    {"interfaces.answer_body", Kind::kText, 0, 1024, kOptional,
     SC_AT(interfaces.back().answer_body)},
    {"interfaces.authentication.kind", Kind::kText, 0, 16, kOptional,
     SC_AT(interfaces.back().authentication.kind)},
    {"interfaces.authentication.query", Kind::kText, 0, 64, kOptional,
     SC_AT(interfaces.back().authentication.query)},
    {"interfaces.authentication.header", Kind::kText, 0, 64, kOptional,
     SC_AT(interfaces.back().authentication.header)},
    {"interfaces.authentication.prefix", Kind::kText, 0, 64, kOptional,
     SC_AT(interfaces.back().authentication.prefix)},
    {"interfaces.authentication.user", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().authentication.user)},
    {"interfaces.authentication.field", Kind::kText, 0, 64, kOptional,
     SC_AT(interfaces.back().authentication.field)},
    {"interfaces.authentication.algorithm", Kind::kText, 1, 16, kOptional,
     SC_AT(interfaces.back().authentication.algorithm)},
    {"interfaces.authentication.encoding", Kind::kText, 1, 16, kOptional,
     SC_AT(interfaces.back().authentication.encoding)},
    {"interfaces.authentication.signed", Kind::kText, 1, 32, kOptional,
     SC_AT(interfaces.back().authentication.over)},
    {"interfaces.authentication.timestamp", Kind::kText, 0, 64, kOptional,
     SC_AT(interfaces.back().authentication.timestamp)},
    {"interfaces.authentication.window_seconds", Kind::kNumber, 0, 604'800, kOptional,
     SC_AT(interfaces.back().authentication.window_seconds)},
    {"interfaces.authentication.public_url", Kind::kUrl, 0, 0, kOptional,
     SC_AT(interfaces.back().authentication.public_url)},
    {"interfaces.fields.id", Kind::kText, 0, 128, kOptional, SC_AT(interfaces.back().fields.id)},
    {"interfaces.fields.from", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().fields.from)},
    {"interfaces.fields.to", Kind::kText, 0, 128, kOptional, SC_AT(interfaces.back().fields.to)},
    {"interfaces.fields.text", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().fields.text)},
    {"interfaces.fields.part_reference", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().fields.part_reference)},
    {"interfaces.fields.part_index", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().fields.part_index)},
    {"interfaces.fields.part_count", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().fields.part_count)},
    {"interfaces.delivery.id", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().delivery.id)},
    {"interfaces.delivery.token", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().delivery.token)},
    {"interfaces.delivery.status", Kind::kText, 0, 128, kOptional,
     SC_AT(interfaces.back().delivery.status)},
    {"interfaces.delivery.delivered", Kind::kTexts, 0, 32, kOptional,
     SC_AT(interfaces.back().delivery.delivered)},
    {"interfaces.delivery.failed", Kind::kTexts, 0, 32, kOptional,
     SC_AT(interfaces.back().delivery.failed)},

    {"send.kind", Kind::kText, 0, 16, kOptional, SC_AT(send.kind)},
    {"send.url", Kind::kUrl, 0, 0, kOptional, SC_AT(send.url)},
    {"send.allow_http", Kind::kBoolean, 0, 0, kOptional, SC_AT(send.allow_http)},
    {"send.ca_file", Kind::kPath, 0, 0, kOptional, SC_AT(send.ca_file)},
    {"send.proxy", Kind::kText, 0, 256, kOptional, SC_AT(send.proxy)},
    {"send.number_prefix", Kind::kText, 0, 4, kOptional, SC_AT(send.number_prefix)},
    {"send.timeout", Kind::kDuration, kSecond, 120 * kSecond, kOptional, SC_AT(send.timeout)},
    {"send.username", Kind::kText, 0, 128, kOptional, SC_AT(send.username)},
    {"send.secret_file", Kind::kPath, 0, 0, kOptional, SC_AT(send.secret_file)},
    {"send.smsc", Kind::kText, 0, 64, kOptional, SC_AT(send.smsc)},
    {"send.delivery_url", Kind::kUrl, 0, 0, kOptional, SC_AT(send.delivery_url)},
    {"send.delivery_secret_file", Kind::kPath, 0, 0, kOptional, SC_AT(send.delivery_secret_file)},
    {"send.method", Kind::kText, 3, 4, kOptional, SC_AT(send.method)},
    {"send.content_type", Kind::kText, 1, 128, kOptional, SC_AT(send.content_type)},
    {"send.body", Kind::kText, 0, 4096, kOptional, SC_AT(send.body)},
    {"send.headers", Kind::kTexts, 0, 32, kOptional, SC_AT(send.headers)},
    {"send.secret_header", Kind::kText, 0, 64, kOptional, SC_AT(send.secret_header)},
    {"send.secret_prefix", Kind::kText, 0, 64, kOptional, SC_AT(send.secret_prefix)},
    {"send.taken", Kind::kTexts, 0, 32, kOptional, SC_AT(send.taken)},
    {"send.later", Kind::kTexts, 0, 32, kOptional, SC_AT(send.later)},
    {"send.refused", Kind::kTexts, 0, 32, kOptional, SC_AT(send.refused)},
    {"send.outcome", Kind::kText, 0, 128, kOptional, SC_AT(send.outcome)},
    {"send.outcome_taken", Kind::kTexts, 0, 32, kOptional, SC_AT(send.outcome_taken)},
    {"send.outcome_later", Kind::kTexts, 0, 32, kOptional, SC_AT(send.outcome_later)},
    {"send.outcome_refused", Kind::kTexts, 0, 32, kOptional, SC_AT(send.outcome_refused)},
    {"send.id", Kind::kText, 0, 128, kOptional, SC_AT(send.id)},
    {"send.id_header", Kind::kText, 0, 64, kOptional, SC_AT(send.id_header)},

    {"limits.per_number_hour", Kind::kNumber, 1, 1'000'000, kOptional,
     SC_AT(limits.per_number_hour)},
    {"limits.per_number_day", Kind::kNumber, 1, 1'000'000, kOptional, SC_AT(limits.per_number_day)},
    {"limits.per_minute", Kind::kNumber, 1, 10'000'000, kOptional, SC_AT(limits.per_minute)},
    {"limits.replies_per_day", Kind::kNumber, 0, 10'000'000, kOptional,
     SC_AT(limits.replies_per_day)},
    {"limits.numbers", Kind::kNumber, 1'000, 10'000'000, kOptional, SC_AT(limits.numbers)},

    {"log.level", Kind::kLevel, 0, 0, kOptional, SC_AT(log.level)},
    {"log.file", Kind::kPath, 0, 0, kOptional, SC_AT(log.file)},
};

#undef SC_AT

#define SC_LIST(member)                                                            \
  [](void* settings) {                                                             \
    static_cast<void>(static_cast<RelayConfig*>(settings)->member.emplace_back()); \
  }

constexpr List kLists[] = {
    {"channels", 256, SC_LIST(channels)},
    {"interfaces", 32, SC_LIST(interfaces)},
};

#undef SC_LIST

bool IsOneOf(std::string_view value, std::initializer_list<std::string_view> known) {
  return std::find(known.begin(), known.end(), value) != known.end();
}

void CheckInterfaces(const RelayConfig& config, config::ReadToml& read) {
  read.Require(!config.interfaces.empty(), "interfaces", "is missing: nothing could come in");
  std::set<std::string> names;
  std::set<std::string> paths;
  for (const InterfaceRow& row : config.interfaces) {
    read.Require(IsOneOf(row.kind, {"kannel", "webhook", "form"}), "interfaces.kind",
                 "must be kannel, webhook or form");
    read.Require(row.path.starts_with('/'), "interfaces.path", "must begin with a slash");
    read.Require(names.insert(row.name).second, "interfaces.name", "stands there twice");
    read.Require(paths.insert(row.path).second, "interfaces.path", "stands there twice");
    if (row.kind != "form") continue;
    const AuthenticationRow& how = row.authentication;
    read.Require(IsOneOf(how.kind, {"token", "basic", "hmac"}), "interfaces.authentication.kind",
                 "must be token, basic or hmac");
    read.Require(IsOneOf(how.algorithm, {"sha1", "sha256"}), "interfaces.authentication.algorithm",
                 "must be sha1 or sha256");
    read.Require(IsOneOf(how.encoding, {"hex", "base64"}), "interfaces.authentication.encoding",
                 "must be hex or base64");
    read.Require(IsOneOf(how.over, {"body", "timestamp.body", "url+fields", "fields"}),
                 "interfaces.authentication.signed",
                 "must be body, timestamp.body, url+fields or fields");
  }
}

void CheckChannels(const RelayConfig& config, config::ReadToml& read) {
  read.Require(!config.channels.empty(), "channels", "is missing: nothing could be reported to");
  std::set<std::string> numbers;
  std::size_t others = 0;
  for (const ChannelRow& row : config.channels) {
    if (row.to.empty()) ++others;
    for (const std::string& number : row.to) {
      read.Require(numbers.insert(number).second, "channels.to", "is of two channels");
    }
    for (const std::string& who : row.number_for) {
      read.Require(IsOneOf(who, {"support_services", "investigators", "national_authorities"}),
                   "channels.number_for",
                   "must be of support_services, investigators and national_authorities");
    }
    for (const std::string& fact : row.facts) {
      const std::size_t at = fact.find('=');
      read.Require(at != std::string::npos && at != 0 && at + 1 < fact.size(), "channels.facts",
                   "must be a list of \"question=value\"");
    }
  }
  read.Require(others <= 1, "channels.to", "is missing twice: one channel takes what is left");
}

void CheckTogether(const RelayConfig& config, config::ReadToml& read) {
  CheckChannels(config, read);
  CheckInterfaces(config, read);
  read.Require(config.listen.tls_certificate.empty() == config.listen.tls_key.empty(),
               "listen.tls_certificate", "goes with listen.tls_key");
  read.Require(config.listen.private_port == 0 || config.listen.private_port != config.listen.port,
               "listen.private_port", "must not be listen.port");
  const SendRow& send = config.send;
  read.Require(IsOneOf(send.kind, {"", "kannel", "http"}), "send.kind", "must be kannel or http");
  if (send.kind.empty()) return;
  read.Require(!send.url.empty(), "send.url", "is missing");
  const bool near = send.url.starts_with("http://127.") || send.url.starts_with("http://[::1]") ||
                    send.url.starts_with("http://localhost");
  read.Require(!send.url.starts_with("http://") || near || send.allow_http, "send.url",
               "is plain HTTP to another machine: use https, or set send.allow_http");
  read.Require(IsOneOf(send.method, {"GET", "POST"}), "send.method", "must be GET or POST");
  if (send.kind == "kannel") {
    read.Require(!send.username.empty(), "send.username", "is missing");
    read.Require(!send.secret_file.empty(), "send.secret_file", "is missing");
    read.Require(send.delivery_url.empty() == send.delivery_secret_file.empty(),
                 "send.delivery_url", "goes with send.delivery_secret_file");
  }
  for (const std::string& header : send.headers) {
    read.Require(header.find(": ") != std::string::npos, "send.headers",
                 "must be a list of \"name: value\"");
  }
  const auto check = [&read](const std::vector<std::string>& statuses, const char* key) {
    for (const std::string& each : statuses) {
      const Result<std::uint64_t> status = ParseDecimal(each, 599);
      read.Require(status.ok() && *status >= 100, key, "must be a list of HTTP statuses");
    }
  };
  check(send.taken, "send.taken");
  check(send.later, "send.later");
  check(send.refused, "send.refused");
}

}  // namespace

std::vector<http::ListenerSettings> RelayConfig::Listeners() const {
  std::vector<http::ListenerSettings> out;
  http::ListenerSettings& front = out.emplace_back();
  front.kind = http::Listener::kPublic;
  front.address = listen.address;
  front.port = listen.port;
  if (!listen.tls_certificate.empty()) {
    front.tls = http::TlsSettings{listen.tls_certificate, listen.tls_key};
  }
  if (listen.private_port == 0) return out;
  http::ListenerSettings& inner = out.emplace_back();
  inner.kind = http::Listener::kPrivate;
  inner.address = listen.private_address;
  inner.port = listen.private_port;
  return out;
}

const config::Schema& RelaySchema() {
  static constexpr config::Schema kSchema{kKeys, kLists};
  return kSchema;
}

LoadedRelayConfig ParseRelayConfig(std::string_view text, std::string_view folder) {
  LoadedRelayConfig out;
  config::ReadToml read(text, folder, RelaySchema(), &out.config);
  if (read.ok()) CheckTogether(out.config, read);
  out.errors = std::move(read).TakeErrors();
  return out;
}

LoadedRelayConfig LoadRelayConfig(const std::string& file) {
  const config::ConfigFile read = config::ReadConfigFile(file);
  if (!read.error) return ParseRelayConfig(read.text, read.folder);
  LoadedRelayConfig out;
  out.errors.push_back(*read.error);
  return out;
}

}  // namespace safeconduct::sms
