// What the operator says of notifications; README.md of this folder and of gateway/config.
//
// Thread-safety: plain values.
#ifndef SAFECONDUCT_GATEWAY_NOTIFY_SETTINGS_H_
#define SAFECONDUCT_GATEWAY_NOTIFY_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace safeconduct::notify {

struct MailSettings {
  std::string server;  // smtps://host[:port] or smtp://host[:port]; empty: no mail is sent
  std::string from;
  std::string user;           // empty: without a login
  std::string password_file;  // with `user`
  std::string ca_file;        // PEM of the only authorities that count; empty: the system's
  bool plain = false;         // without TLS, to this machine alone
};

// A holder and one way to reach him. The operator's setting, since a charter is public.
struct RecipientSettings {
  std::string label;           // in the charter
  std::string mail;            // an address; this or the next one
  std::string webhook;         // an https URL
  std::string secret_file;     // with `webhook`
  std::string ca_file;         // for the webhook, as above
  std::string language{"en"};  // "en", "fr"
};

struct Settings {
  std::chrono::seconds period{24 * 3600};
  bool always = true;               // in each period, whether or not there is anything to do
  std::uint32_t deadline_days = 3;  // before a deadline, from which on it counts as near
  std::string address;              // of the console; empty: below the first public origin
  MailSettings mail;
  std::vector<RecipientSettings> recipients;
};

}  // namespace safeconduct::notify

#endif  // SAFECONDUCT_GATEWAY_NOTIFY_SETTINGS_H_
