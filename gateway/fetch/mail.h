// One mail over libcurl: ESMTP with TLS 1.2 or later, from the first byte (smtps) or by
// STARTTLS (smtp, RFC 3207), which a server has to offer. No proxy, and none of what it says is
// kept.
//
// Thread-safety: a free function; it blocks until the mail was taken or not.
#ifndef SAFECONDUCT_GATEWAY_FETCH_MAIL_H_
#define SAFECONDUCT_GATEWAY_FETCH_MAIL_H_

#include <chrono>
#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::fetch {

enum class MailTls : std::uint8_t {
  kRequired,
  kNone,  // to a mail server on this machine alone
};

struct MailServer {
  std::string url;   // smtps://host[:port] or smtp://host[:port], no more
  std::string user;  // empty: without a login
  SecretBytes password;
  std::string ca_file;  // PEM of the only authorities that count; empty: the system's
  MailTls tls = MailTls::kRequired;
};

struct Mail {
  std::string from;  // both: local-part@domain
  std::string to;
  std::string message;                        // RFC 5322, lines ended by CR LF
  std::chrono::milliseconds timeout{30'000};  // of all of it
};

// Whether the URL names this machine: localhost, 127.0.0.0/8 or ::1.
bool IsOnThisMachine(std::string_view url);
// Whether it is a URL as MailServer has it.
bool IsMailServerUrl(std::string_view url);
// Printable ASCII with one @, without what would end or begin another part of a command.
bool IsMailAddress(std::string_view text);

// Ok when the server took it. kRejected for a URL, address or lack of TLS that is not allowed here,
// before anything is sent; kUnverified when the server offers no STARTTLS or its certificate does
// not verify; kUnauthorized when it does not take user and password; kUnavailable for all else,
// also when it says no, for now or for good.
Status SendMail(const MailServer& server, const Mail& mail);

}  // namespace safeconduct::fetch

#endif  // SAFECONDUCT_GATEWAY_FETCH_MAIL_H_
