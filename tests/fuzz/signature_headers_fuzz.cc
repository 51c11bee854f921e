// Signature-Input, Signature, Content-Digest and Host, one line each. What is parsed has one
// canonical text, and nothing is taken as signed by a key that did not sign it.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/base/hash.h"
#include "gateway/auth/http_signature.h"
#include "gateway/auth/structured_field.h"

namespace {

using namespace safeconduct;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckCanonical(std::string_view text) {
  const auto parsed = auth::sf::ParseDictionary(text);
  if (!parsed.ok()) return;
  const std::string canonical = auth::sf::Serialize(*parsed);
  // Escapes and decimals may make the canonical text longer than the bound.
  if (canonical.size() > auth::sf::kMaxFieldBytes) return;
  const auto again = auth::sf::ParseDictionary(canonical);
  Require(again.ok() && *again == *parsed && auth::sf::Serialize(*again) == canonical);
}

std::array<std::string_view, 4> Lines(std::string_view text) {
  std::array<std::string_view, 4> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = text.find('\n');
    line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool kReady = InitCrypto().ok();
  Require(kReady);
  const auto lines = Lines(AsText({data, size}));
  for (const std::string_view line : lines) CheckCanonical(line);

  const auto origin = auth::NormalizeOrigin("https://" + std::string(lines[3]));
  if (origin.ok()) {
    const auto again = auth::NormalizeOrigin(*origin);
    Require(again.ok() && *again == *origin);
  }

  auth::SignedRequestView request;
  request.method = "POST";
  request.scheme = "https";
  request.authority = lines[3];
  request.target = "/v1/cases?x=1";
  request.body_sha256 = Sha256(AsBytes("{}"));
  request.fields = [&lines](std::string_view name) -> std::vector<std::string_view> {
    if (name == "signature-input") return {lines[0]};
    if (name == "signature") return {lines[1]};
    if (name == "content-digest") return {lines[2]};
    return {};
  };
  const auto signatures = auth::ParseSignatures(lines[0], lines[1]);
  if (signatures.ok()) {
    for (const auto& signature : *signatures) {
      const auto base = auth::SignatureBase(request, signature.input);
      if (!base.ok()) continue;
      // One line per component and the parameters, whatever stands in them.
      std::size_t breaks = 0;
      for (const char c : *base) breaks += c == '\n' ? 1 : 0;
      Require(breaks == signature.input.components.size());
    }
  }
  // The time of the seeds. Whatever is taken has a key of its own signature.
  const std::string allowed[] = {"https://report.example.org"};
  const auto verified = auth::VerifyRequest(request, allowed, 1'800'000'000);
  if (verified.ok()) {
    Require(origin.ok() && *origin == allowed[0]);
    Require(auth::CheckContentDigest(lines[2], *request.body_sha256).ok());
  }
  return 0;
}
