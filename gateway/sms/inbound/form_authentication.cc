#include "gateway/sms/inbound/form_authentication.h"

#include <algorithm>
#include <tuple>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/sms/inbound/checks.h"

namespace safeconduct::sms {
namespace {

using Kind = FormAuthentication::Kind;
using Signed = FormAuthentication::Signed;

constexpr std::size_t kMinSecretBytes = 8;  // what providers issue is out of our hands
constexpr std::size_t kMinTokenBytes = 16;

Error Unauthorized() { return {Code::kUnauthorized, "no secret or signature, or another"}; }

bool IsLowerName(std::string_view name) {
  return std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Fields SortedByName(Fields fields) {
  std::sort(fields.begin(), fields.end(), [](const Field& a, const Field& b) {
    return std::tie(a.name, a.value) < std::tie(b.name, b.value);
  });
  return fields;
}

// A request without fields in the body has them in the query.
const Fields& SignedFields(const Fields& query, const Fields& body) {
  return body.empty() ? query : body;
}

std::string SignedText(const FormAuthentication& settings, const http::Request& request,
                       const Fields& query, const Fields& body) {
  switch (settings.over) {
    case Signed::kBody:
      return request.body;
    case Signed::kTimestampBody:
      return std::string(request.head.Find(settings.timestamp)) + "." + request.body;
    case Signed::kUrlFields: {
      std::string out = settings.public_url + request.head.target;
      for (const Field& field : SortedByName(body)) out += field.name + field.value;
      return out;
    }
    case Signed::kFields: {
      std::string out;
      for (const Field& field : SortedByName(SignedFields(query, body))) {
        if (field.name == settings.field) continue;
        std::string value = field.value;
        std::replace_if(
            value.begin(), value.end(), [](char c) { return c == '&' || c == '='; }, '_');
        out += "&" + field.name + "=" + value;
      }
      return out;
    }
  }
  return {};
}

std::string MacOf(const FormAuthentication& settings, std::string_view text) {
  const auto encode = [&](ByteView mac) {
    return settings.encoding == FormAuthentication::Encoding::kHex ? HexEncode(mac)
                                                                   : Base64Encode(mac);
  };
  const ByteView key = settings.secret.Reveal();
  return settings.algorithm == FormAuthentication::Algorithm::kSha1
             ? encode(HmacSha1(key, AsBytes(text)))
             : encode(HmacSha256(key, AsBytes(text)));
}

Status CheckToken(const FormAuthentication& settings, const http::Request& request,
                  const Fields& query) {
  const std::string_view secret = AsText(settings.secret.Reveal());
  const bool good = settings.header.empty() ? SameText(ValueOf(query, settings.query), secret)
                                            : SameText(request.head.Find(settings.header),
                                                       settings.prefix + std::string(secret));
  return good ? Status() : Unauthorized();
}

Status CheckBasic(const FormAuthentication& settings, const http::Request& request) {
  const std::string pair = settings.user + ":" + std::string(AsText(settings.secret.Reveal()));
  const bool good =
      SameText(request.head.Find("authorization"), "Basic " + Base64Encode(AsBytes(pair)));
  return good ? Status() : Unauthorized();
}

Status CheckHmac(const FormAuthentication& settings, const http::Request& request,
                 const Fields& query, const Fields& body, std::int64_t now) {
  const Fields& fields = SignedFields(query, body);
  std::string given(settings.field.empty() ? request.head.Find(settings.header)
                                           : ValueOf(fields, settings.field));
  // The digits of hexadecimal mean the same in either case; those of base64 do not.
  if (settings.encoding == FormAuthentication::Encoding::kHex) given = Lower(given);
  if (!SameText(given, MacOf(settings, SignedText(settings, request, query, body)))) {
    return Unauthorized();
  }
  if (settings.timestamp.empty() || settings.window_seconds == 0) return {};
  return CheckAge(settings.over == Signed::kFields ? ValueOf(fields, settings.timestamp)
                                                   : request.head.Find(settings.timestamp),
                  now, settings.window_seconds);
}

Status CheckHmacSettings(const FormAuthentication& settings) {
  const auto bad = [](Message message, Message field) {
    return Error(Code::kMalformed, message, field);
  };
  if (settings.header.empty() == settings.field.empty()) {
    return bad("either a header or a field has the signature", "header");
  }
  if (!settings.field.empty() && settings.over != Signed::kFields) {
    return bad("a signature in a field is one over the fields", "field");
  }
  const bool by_url = settings.over == Signed::kUrlFields;
  const std::string& url = settings.public_url;
  if (by_url != !url.empty() || url.ends_with('/') || (by_url && url.find("://") == url.npos)) {
    return bad("like https://sms.example.org, with signed = \"url+fields\"", "public_url");
  }
  if ((settings.over == Signed::kTimestampBody && settings.timestamp.empty()) ||
      (!settings.timestamp.empty() && (settings.over == Signed::kBody || by_url))) {
    return bad("goes with signed = \"timestamp.body\" or \"fields\"", "timestamp");
  }
  if (settings.window_seconds < 0) return bad("not below 0", "window_seconds");
  return {};
}

}  // namespace

Status CheckSettings(const FormAuthentication& settings) {
  const std::size_t least = settings.kind == Kind::kHmac || settings.kind == Kind::kBasic
                                ? kMinSecretBytes
                                : kMinTokenBytes;
  if (settings.secret.size() < least) {
    return Error(Code::kMalformed, "too short: a token has 16 bytes, others 8", "secret_file");
  }
  if (!IsLowerName(settings.header) ||
      (settings.over == Signed::kTimestampBody && !IsLowerName(settings.timestamp))) {
    return Error(Code::kMalformed, "names of headers are written in lower case", "header");
  }
  switch (settings.kind) {
    case Kind::kToken:
      if (settings.header.empty() == settings.query.empty()) {
        return Error(Code::kMalformed, "either a query parameter or a header has it", "query");
      }
      return {};
    case Kind::kBasic:
      if (settings.user.empty() || settings.user.find(':') != std::string::npos) {
        return Error(Code::kMalformed, "a user's name, without a colon", "user");
      }
      return {};
    case Kind::kHmac:
      return CheckHmacSettings(settings);
  }
  return {};
}

Status Authenticate(const FormAuthentication& settings, const http::Request& request,
                    const Fields& query, const Fields& body, std::int64_t now) {
  switch (settings.kind) {
    case Kind::kToken:
      return CheckToken(settings, request, query);
    case Kind::kBasic:
      return CheckBasic(settings, request);
    case Kind::kHmac:
      return CheckHmac(settings, request, query, body, now);
  }
  return Unauthorized();
}

}  // namespace safeconduct::sms
