// The kinds of providers, as the configuration describes them ([send]), and the one way to make
// one.
#ifndef SAFECONDUCT_GATEWAY_SMS_OUTBOUND_PROVIDERS_H_
#define SAFECONDUCT_GATEWAY_SMS_OUTBOUND_PROVIDERS_H_

#include <chrono>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/secret.h"
#include "gateway/sms/outbound/provider.h"

namespace safeconduct::sms {

// What all kinds have.
struct CommonSendSettings {
  std::string url;
  bool allow_http = false;          // for a provider on this machine or behind a tunnel
  std::string ca_file;              // PEM of the only authorities that count; empty: the system's
  std::string proxy;                // socks5h://host:port; empty: none
  std::string number_prefix = "+";  // before the digits of a number: "+", "00" or empty
  std::chrono::milliseconds timeout{30'000};  // of one request
};

// kind = "kannel": a POST to smsbox's sendsms.
struct KannelSendSettings : CommonSendSettings {
  // url: "http://127.0.0.1:13013/cgi-bin/sendsms"
  std::string username;  // of a sendsms-user group
  SecretBytes password;
  std::string smsc;  // the id of the SMSC to send by; empty: as Kannel routes
  // Where Kannel is to report deliveries: "http://127.0.0.1:8091/kannel/delivery", and the secret
  // of that interface. Both empty: no reports.
  std::string delivery_url;
  SecretBytes delivery_secret;
};

// kind = "http": any provider's HTTP interface.
//
// In `url`, `body` and the values of `headers` stand {to} (with number_prefix), {to_digits},
// {from}, {text} and {token}. In the URL they are percent-encoded, in the body as `content_type`
// needs it: a form, JSON (between quotes of the template's own), or XML.
struct HttpSendSettings : CommonSendSettings {
  std::string method = "POST";  // or GET, without a body
  std::string content_type = "application/x-www-form-urlencoded";
  std::string body;
  struct HeaderTemplate {
    std::string name;
    std::string value;
  };
  std::vector<HeaderTemplate> headers;

  // The secret: the password of HTTP Basic when `user` is there, else it stands in `secret_header`
  // after `secret_prefix`. Both empty: none.
  std::string user;
  std::string secret_header;
  std::string secret_prefix;  // "Bearer "
  SecretBytes secret;

  // By the status of the answer; what is in none of them is unsure.
  std::vector<int> taken = {200, 201, 202};
  std::vector<int> later;  // only those of which the provider says that nothing was sent
  std::vector<int> refused = {400, 401, 403, 404, 405, 415, 422};
  // Of a provider that says in the body what became of it, whatever the status: where in a JSON
  // answer ("messages.*.status"), and the values that mean each. Empty: the status alone counts.
  // Asked when the status is one of `taken`; values of several kinds, or none, are unsure.
  std::string outcome;
  std::vector<std::string> outcome_taken;
  std::vector<std::string> outcome_later;
  std::vector<std::string> outcome_refused;
  // Where the provider's own id is: in a JSON answer ("messages.0.message-id"), or in a header.
  // Both empty: none.
  std::string id;
  std::string id_header;  // lower case
};

using ProviderSettings = std::variant<KannelSendSettings, HttpSendSettings>;

// kMalformed, with the setting as field, for settings that cannot be meant.
Result<std::unique_ptr<Provider>> MakeProvider(ProviderSettings settings);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_OUTBOUND_PROVIDERS_H_
