// Content-Digest (RFC 9530 §2) of http_signature.h.
#include <algorithm>

#include "crypto/base/encoding.h"
#include "gateway/auth/http_signature.h"
#include "gateway/auth/structured_field.h"

namespace safeconduct::auth {

Status CheckContentDigest(std::string_view field, const Hash& body_sha256) {
  SC_ASSIGN(const sf::Dictionary digests, sf::ParseDictionary(field));
  const sf::Member* member = sf::Find(digests, "sha-256");
  if (member == nullptr) return Error(Code::kUnverified, "Content-Digest without a sha-256");
  const auto* item = std::get_if<sf::Item>(member);
  const auto* digest = item == nullptr ? nullptr : std::get_if<Bytes>(&item->value);
  if (digest == nullptr) return Error(Code::kMalformed, "Content-Digest that is no byte sequence");
  if (!std::equal(digest->begin(), digest->end(), body_sha256.begin(), body_sha256.end())) {
    return Error(Code::kUnverified, "Content-Digest does not match the body");
  }
  return {};
}

std::string FormatContentDigest(const Hash& body_sha256) {
  return "sha-256=:" + Base64Encode(body_sha256) + ":";
}

}  // namespace safeconduct::auth
