// The relay's configuration: one TOML file, read once at the start and checked whole. README.md
// lists every key. A program has its secrets in files of their own, so that the configuration can
// be shown.
//
// Thread-safety: plain values.
#ifndef SAFECONDUCT_GATEWAY_SMS_PROGRAM_CONFIG_H_
#define SAFECONDUCT_GATEWAY_SMS_PROGRAM_CONFIG_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/config.h"
#include "gateway/config/schema.h"
#include "gateway/http/http.h"
#include "gateway/log/log.h"

namespace safeconduct::sms {

// As they stand in the file. What is empty was not given; paths are absolute.
struct ListenRow {
  std::string address = "127.0.0.1";  // of the telephone side's listener
  std::uint16_t port = 13'013;
  std::string tls_certificate;  // PEM; empty: plain HTTP, for the same machine or a private line
  std::string tls_key;
  std::string private_address = "127.0.0.1";  // /metrics, /healthz, /readyz
  std::uint16_t private_port = 13'014;        // 0: none
  std::chrono::seconds idle_time{10};         // of a connection that is kept
};

struct ChannelRow {
  std::string id;
  std::vector<std::string> to;  // numbers and short codes; empty: every other one's too
  std::string sender;           // empty: what was written to
  std::string language = "auto";
  std::vector<std::string> number_for;  // support_services, investigators, national_authorities
  std::vector<std::string> facts;       // "question=value", into every triage
};

struct AuthenticationRow {
  std::string kind;  // token, basic, hmac
  std::string query;
  std::string header;
  std::string prefix;
  std::string user;
  std::string field;
  std::string algorithm = "sha256";
  std::string encoding = "hex";
  std::string over = "body";  // `signed` in the file
  std::string timestamp;
  std::uint32_t window_seconds = 300;
  std::string public_url;
};

struct FieldsRow {
  std::string id;
  std::string from;
  std::string to;
  std::string text;
  std::string part_reference;
  std::string part_index;
  std::string part_count;
};

struct DeliveryRow {
  std::string id;
  std::string token;
  std::string status;
  std::vector<std::string> delivered;
  std::vector<std::string> failed;
};

struct InterfaceRow {
  std::string name;
  std::string kind;  // kannel, webhook, form
  std::string path;
  std::string secret_file;
  std::string country_code;
  AuthenticationRow authentication;
  FieldsRow fields;
  DeliveryRow delivery;
  std::string charset = "UTF-8";
  std::uint32_t answer_status = 200;
  std::string answer_type = "text/plain; charset=utf-8";
  std::string answer_body;
};

struct SendRow {
  std::string kind;  // kannel, http; empty: nothing goes out
  std::string url;
  bool allow_http = false;  // to another machine, behind a tunnel
  std::string ca_file;
  std::string proxy;
  std::string number_prefix = "+";
  std::chrono::milliseconds timeout{30'000};
  std::string username;
  std::string secret_file;
  // Of kannel.
  std::string smsc;
  std::string delivery_url;          // of this relay, as Kannel sees it
  std::string delivery_secret_file;  // that of the interface there
  // Of http.
  std::string method = "POST";
  std::string content_type = "application/x-www-form-urlencoded";
  std::string body;
  std::vector<std::string> headers;  // "name: value"
  std::string secret_header;
  std::string secret_prefix;
  std::vector<std::string> taken = {"200", "201", "202"};
  std::vector<std::string> later;
  std::vector<std::string> refused = {"400", "401", "403", "404", "405", "415", "422"};
  std::string outcome;
  std::vector<std::string> outcome_taken;
  std::vector<std::string> outcome_later;
  std::vector<std::string> outcome_refused;
  std::string id;
  std::string id_header;
};

struct LimitsRow {
  std::uint32_t per_number_hour = 60;  // SMS, so parts of a long message count each
  std::uint32_t per_number_day = 200;
  std::uint32_t per_minute = 6'000;       // of all numbers
  std::uint32_t replies_per_day = 2'000;  // of the relay's own, to all numbers
  std::uint32_t numbers = 100'000;        // that are remembered
};

struct RelayRow {
  std::string key_file;
  std::string state_folder;
  std::uint32_t epoch_days = 30;
  std::uint32_t reply_days = 60;
  std::uint32_t couriers = 8;
  std::uint32_t senders = 4;
  std::uint32_t workers = 16;  // that take messages; each may wait for the gateway
  std::uint32_t queue_entries = 100'000;
  std::uint64_t queue_bytes = std::uint64_t{4} << 30;
};

struct GatewayRow {
  std::string url;
  std::string ca_file;
  std::string proxy;
  std::string trust_file;
};

struct RelayConfig {
  GatewayRow gateway;
  RelayRow relay;
  ListenRow listen;
  std::vector<ChannelRow> channels;
  std::vector<InterfaceRow> interfaces;
  SendRow send;
  LimitsRow limits;
  log::Settings log;

  std::vector<http::ListenerSettings> Listeners() const;  // the telephone side's, then the private
};

const config::Schema& RelaySchema();

struct LoadedRelayConfig {
  RelayConfig config;
  std::vector<config::ConfigError> errors;
};
LoadedRelayConfig ParseRelayConfig(std::string_view text, std::string_view folder);
LoadedRelayConfig LoadRelayConfig(const std::string& file);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_PROGRAM_CONFIG_H_
