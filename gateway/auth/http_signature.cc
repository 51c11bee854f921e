// The profile of http_signature.h.
#include "gateway/auth/http_signature.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/auth/structured_field.h"

namespace safeconduct::auth {
namespace {

constexpr const char* kLabel = "sc";

// All values of a field as one (RFC 9110 §5.3).
std::string Joined(const SignedRequestView& request, std::string_view name) {
  std::string out;
  for (const std::string_view value : request.fields(name)) {
    if (!out.empty()) out += ", ";
    out += value;
  }
  return out;
}

bool Covers(const SignatureInput& input, std::string_view component) {
  return std::find(input.components.begin(), input.components.end(), component) !=
         input.components.end();
}

// The one signature with our tag.
Result<LabelledSignature> FindOurs(const SignedRequestView& request) {
  auto ours =
      ParseSignatures(Joined(request, "signature-input"), Joined(request, "signature"), kTag);
  if (!ours.ok()) {
    return Error(Code::kUnauthorized, "the signature's fields are not well-formed",
                 "signature-input");
  }
  if (ours->size() != 1) {
    return Error(Code::kUnauthorized, "there must be one signature with the tag safeconduct-v1",
                 "signature-input");
  }
  return std::move(ours->front());
}

Status CheckTime(const SignatureInput& input, std::int64_t now) {
  if (!input.created) return Error(Code::kUnauthorized, "created is missing", "created");
  if (*input.created < now - kWindowSeconds || *input.created > now + kWindowSeconds) {
    return Error(Code::kUnauthorized, "created is too far from the time of Date", "created");
  }
  if (input.expires && *input.expires < now) {
    return Error(Code::kUnauthorized, "the signature has expired", "created");
  }
  return {};
}

Status CheckAuthority(const SignedRequestView& request, std::span<const std::string> origins) {
  const auto origin =
      NormalizeOrigin(std::string(request.scheme) + "://" + std::string(request.authority));
  if (!origin.ok() || std::find(origins.begin(), origins.end(), *origin) == origins.end() ||
      !request.target.starts_with('/')) {
    return Error(Code::kUnauthorized, "not an origin of this gateway", "host");
  }
  return {};
}

Status CheckCoverage(const SignedRequestView& request, const SignatureInput& input) {
  if (!Covers(input, "@method") || !Covers(input, "@target-uri")) {
    return Error(Code::kUnauthorized, "@method and @target-uri must be covered", "signature-input");
  }
  if (!Covers(input, "content-digest")) {
    if (!request.body_sha256) return {};
    return Error(Code::kUnauthorized, "content-digest must be covered", "signature-input");
  }
  const Hash digest = request.body_sha256 ? *request.body_sha256 : Sha256(ByteView());
  if (!CheckContentDigest(Joined(request, "content-digest"), digest).ok()) {
    return Error(Code::kUnauthorized, "Content-Digest does not match the body", "content-digest");
  }
  return {};
}

Result<Bytes> ReadNonce(const SignatureInput& input) {
  const Error wrong(Code::kUnauthorized, "nonce must be base64 of 16 to 64 bytes", "nonce");
  if (!input.nonce) return wrong;
  auto nonce = Base64Decode(*input.nonce);
  if (!nonce.ok() || nonce->size() < kMinNonceBytes || nonce->size() > kMaxNonceBytes) return wrong;
  return nonce;
}

Result<PublicKey> ReadKey(const SignatureInput& input) {
  const Error wrong(Code::kUnauthorized, "keyid must be an Ed25519 key in lower-case hex", "keyid");
  if (!input.keyid || input.keyid->size() != 2 * PublicKey().size()) return wrong;
  const auto key = HexDecode(*input.keyid);
  if (!key.ok()) return wrong;
  return ToArray<32>(*key);
}

}  // namespace

bool HasSignature(const SignedRequestView& request) {
  return !request.fields("signature-input").empty() || !request.fields("signature").empty();
}

Result<VerifiedRequest> VerifyRequest(const SignedRequestView& request,
                                      std::span<const std::string> origins, std::int64_t now) {
  SC_ASSIGN(const LabelledSignature ours, FindOurs(request));
  const SignatureInput& input = ours.input;
  if (input.algorithm && *input.algorithm != "ed25519") {
    return Error(Code::kUnauthorized, "alg must be ed25519", "signature-input");
  }
  VerifiedRequest out;
  SC_TRY(CheckTime(input, now));
  out.created = *input.created;
  SC_ASSIGN(out.nonce, ReadNonce(input));
  SC_ASSIGN(out.key, ReadKey(input));
  SC_TRY(CheckAuthority(request, origins));
  SC_TRY(CheckCoverage(request, input));
  if (!VerifySignature(request, ours, out.key).ok()) {
    return Error(Code::kUnauthorized, "the signature does not match the request", "signature");
  }
  return out;
}

Result<SignatureFields> SignRequest(const SignedRequestView& request, const SigningKey& key,
                                    std::int64_t created, const Nonce& nonce) {
  SC_TRY(NormalizeOrigin(std::string(request.scheme) + "://" + std::string(request.authority)));
  SignatureFields out;
  sf::InnerList covered;
  covered.items.push_back({std::string("@method"), {}});
  covered.items.push_back({std::string("@target-uri"), {}});
  if (request.body_sha256) {
    out.content_digest = FormatContentDigest(*request.body_sha256);
    covered.items.push_back({std::string("content-digest"), {}});
  }
  covered.parameters = {{"created", created},
                        {"nonce", Base64Encode(nonce)},
                        {"keyid", HexEncode(key.public_key())},
                        {"tag", std::string(kTag)}};

  SignatureInput input;
  for (const sf::Item& item : covered.items)
    input.components.push_back(std::get<std::string>(item.value));
  input.parameters = sf::Serialize(covered);

  SignedRequestView signed_view = request;
  signed_view.fields = [&out](std::string_view) {
    return std::vector<std::string_view>{out.content_digest};
  };
  SC_ASSIGN(const std::string base, SignatureBase(signed_view, input));
  out.signature_input = std::string(kLabel) + "=" + input.parameters;
  out.signature = std::string(kLabel) + "=:" + Base64Encode(key.Sign(AsBytes(base))) + ":";
  return out;
}

}  // namespace safeconduct::auth
