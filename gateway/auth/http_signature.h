// HTTP Message Signatures (RFC 9421, algorithm ed25519) with Content-Digest (RFC 9530, sha-256):
// how holders, relays and mailboxes show who they are. Two layers:
//
//   SignatureBase, VerifySignature   the RFC's own arithmetic over any covered components that this
//                                    program knows, for whoever has a key and a parsed input;
//   VerifyRequest, SignRequest       our profile of it (design: "One key, everywhere standard").
//
// The profile: one signature with tag `safeconduct-v1` (others are ignored) covers @method,
// @target-uri and, when there is a body, content-digest; it has the parameters created (within
// ±kWindowSeconds), nonce (base64 of 16 to 64 bytes), keyid (the Ed25519 request key in lower-case
// hex). The authority is one of an allow-list, so that a signature for one gateway says nothing to
// another.
//
// What it gives: that the holder of the key made this request, for this gateway, now. What it does
// not: that it comes for the first time (replay_cache.h), or that the key may do it (routes).
//
// Thread-safety: free functions over values. No I/O; the clock is the caller's.
#ifndef SAFECONDUCT_GATEWAY_AUTH_HTTP_SIGNATURE_H_
#define SAFECONDUCT_GATEWAY_AUTH_HTTP_SIGNATURE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"

namespace safeconduct::auth {

inline constexpr std::string_view kTag = "safeconduct-v1";
inline constexpr std::int64_t kWindowSeconds = 300;
inline constexpr std::size_t kMinNonceBytes = 16;
inline constexpr std::size_t kMaxNonceBytes = 64;

// A request as its signature sees it. Views must live as long as the call.
struct SignedRequestView {
  std::string_view method;     // "POST"
  std::string_view scheme;     // "https"; "http" on the onion service's socket
  std::string_view authority;  // the Host field, as received
  std::string_view target;     // origin-form, as received: "/v1/cases?limit=10"
  // The values of all fields of that (lower-case) name, in order.
  std::function<std::vector<std::string_view>(std::string_view name)> fields;
  std::optional<Hash> body_sha256;  // absent: the request has no body
};

// --- The RFC -----------------------------------------------------------------------------------

// One member of Signature-Input.
struct SignatureInput {
  std::string label;
  std::vector<std::string> components;  // covered, in order: "@method", "content-type"
  std::string parameters;               // the canonical text of @signature-params
  std::optional<std::int64_t> created;
  std::optional<std::int64_t> expires;
  std::optional<std::string> nonce;
  std::optional<std::string> keyid;
  std::optional<std::string> algorithm;
  std::optional<std::string> tag;
};

// A parsed pair of Signature-Input and Signature.
struct LabelledSignature {
  SignatureInput input;
  Bytes signature;
};

// The signatures that Signature-Input names, with a `tag` only those that have it: others may then
// be of any kind. Structure only. kMalformed, also for one that the field Signature lacks;
// kTooLarge; kUnsupported for a component with parameters (`;sf`, `;key`, `;bs`, `;req`, `;tr`,
// `;name`).
Result<std::vector<LabelledSignature>> ParseSignatures(
    std::string_view signature_input, std::string_view signature,
    std::optional<std::string_view> tag = std::nullopt);

// §2.5. kUnsupported for a derived component other than @method, @target-uri, @authority, @scheme,
// @request-target, @path and @query; kMalformed for a field that the request does not have.
Result<std::string> SignatureBase(const SignedRequestView& request, const SignatureInput& input);

// Whether `signature` is `key`'s over `request`. Errors of SignatureBase, kUnverified.
Status VerifySignature(const SignedRequestView& request, const LabelledSignature& signature,
                       const PublicKey& key);

// RFC 9530 §2. Digests by other algorithms are ignored; a sha-256 must be there and match.
// kMalformed, kTooLarge, kUnverified.
Status CheckContentDigest(std::string_view field, const Hash& body_sha256);
std::string FormatContentDigest(const Hash& body_sha256);

// --- The profile -------------------------------------------------------------------------------

struct VerifiedRequest {
  PublicKey key{};
  Bytes nonce;
  std::int64_t created = 0;  // Unix seconds
};

// `origins` as NormalizeOrigin gives them. Everything that is wrong is kUnauthorized, with the
// field: "signature-input", "signature", "content-digest", "created", "nonce", "keyid", "host".
Result<VerifiedRequest> VerifyRequest(const SignedRequestView& request,
                                      std::span<const std::string> origins, std::int64_t now);

// Whether there is anything to verify: a request without one is a stranger's.
bool HasSignature(const SignedRequestView& request);

// "https://host[:port]", lower case, without the scheme's own port. kMalformed for anything that
// is not a scheme (http, https), a host name or address and perhaps a port.
Result<std::string> NormalizeOrigin(std::string_view origin);

// The values of the fields to add to a request; `content_digest` is empty when it has no body.
struct SignatureFields {
  std::string content_digest;
  std::string signature_input;
  std::string signature;
};

using Nonce = ByteArray<kMinNonceBytes>;

// Signs what VerifyRequest demands; `request.fields` is not asked. `nonce` must be fresh
// (RandomArray). kMalformed when scheme and authority are no origin, or method or target have a
// line break.
Result<SignatureFields> SignRequest(const SignedRequestView& request, const SigningKey& key,
                                    std::int64_t created, const Nonce& nonce);

}  // namespace safeconduct::auth

#endif  // SAFECONDUCT_GATEWAY_AUTH_HTTP_SIGNATURE_H_
