// The kinds of interfaces, as the configuration describes them ([[interfaces]]), and the one way to
// make them.
//
// What holds for all: nothing counts before the request has shown that it comes from the telephone
// side, and secrets are compared in constant time. There is no kind without a secret. So every
// error but kUnauthorized, kExpired and a body that is kTooLarge is about a request that was
// authentic: to have it sent again would not help, and the other side may be answered as if it had
// been taken.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_INTERFACES_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_INTERFACES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/secret.h"
#include "gateway/sms/inbound/interface.h"

namespace safeconduct::sms {

// What all kinds have.
struct CommonSettings {
  std::string name;          // in the configuration; 1 to 64 of a-z 0-9 - _
  std::string path;          // "/kannel"; delivery reports come to "/kannel/delivery"
  std::string country_code;  // "41": of numbers without one; empty: such numbers are refused
};

// kind = "kannel": sms-service by get-url or post-url, and dlr-url (gateway/sms/README.md).
struct KannelSettings : CommonSettings {
  // What the query must have as `secret`: 16 to 128 of A-Z a-z 0-9 - _, which neither a query nor
  // Kannel's escapes would change.
  SecretBytes secret;
};

// kind = "webhook": JSON signed with HMAC-SHA-256.
struct WebhookSettings : CommonSettings {
  SecretBytes secret;  // at least 32 bytes
};

// How a provider shows that a request is its own.
struct FormAuthentication {
  enum class Kind : std::uint8_t {
    kToken,  // "token": the secret stands in a parameter of the query, or in a header
    kBasic,  // "basic": the secret is the password of HTTP Basic
    kHmac,   // "hmac": the secret is the key of a signature
  };
  enum class Algorithm : std::uint8_t { kSha1, kSha256 };  // "sha1", "sha256"
  enum class Encoding : std::uint8_t { kHex, kBase64 };    // "hex" (either case), "base64"
  enum class Signed : std::uint8_t {
    kBody,           // "body"
    kTimestampBody,  // "timestamp.body": the header named in `timestamp`, a dot, the body
    // "url+fields": the URL as the provider sees it, then name and value of each field of the form,
    // sorted by name
    kUrlFields,
    // "fields": &name=value for each field, sorted by name, without the signature's; & and = in
    // values are underscores
    kFields,
  };

  Kind kind = Kind::kToken;
  SecretBytes secret;  // at least 16 bytes; what a provider has issued may be 8
  std::string query;   // kToken: the parameter's name; or
  std::string header;  // the header's name, lower case (kToken, kHmac)
  std::string prefix;  // kToken: what stands before the secret in the header: "Bearer "
  std::string user;    // kBasic
  std::string field;   // kHmac: instead of `header`, the field that holds the signature
  Algorithm algorithm = Algorithm::kSha256;
  Encoding encoding = Encoding::kHex;
  Signed over = Signed::kBody;
  // Unix seconds: the header's name (kTimestampBody), or the field's (kFields; may be empty).
  std::string timestamp;
  // By how much it may be off, both ways; 0: it may be of any time. Of kTimestampBody and kFields.
  std::int64_t window_seconds = 300;
  // kUrlFields: all of the URL that stands before the path: "https://sms.example.org".
  std::string public_url;
};

// Which field is what. A field of a JSON body goes by its path: "data.from.0.number". What the body
// lacks is looked for in the query. A name may be empty where it says so.
struct FormFields {
  std::string id;
  std::string from;
  std::string to;
  std::string text;
  std::string part_reference;  // these three: empty when parts come joined
  std::string part_index;
  std::string part_count;
};

// Of requests to `path`/delivery.
struct FormDelivery {
  std::string id;  // either may be empty, not both
  std::string token;
  std::string status;                  // empty: no delivery reports
  std::vector<std::string> delivered;  // values of the status; others are no news
  std::vector<std::string> failed;
};

// kind = "form": form posts, JSON posts and GETs of any provider.
struct FormSettings : CommonSettings {
  FormAuthentication authentication;
  FormFields fields;
  FormDelivery delivery;
  std::string charset = "UTF-8";  // of forms and queries
  // What the provider wants to hear.
  int answer_status = 200;
  std::string answer_type = "text/plain; charset=utf-8";
  std::string answer_body;
};

using InterfaceSettings = std::variant<KannelSettings, WebhookSettings, FormSettings>;

// kMalformed, with the setting as field, for settings that cannot be meant.
Result<std::unique_ptr<Interface>> MakeInterface(InterfaceSettings settings);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_INTERFACES_H_
