// Our profile: what is signed is taken, and everything that differs is refused, with its field.
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/auth/http_signature.h"

namespace safeconduct::auth {
namespace {

const bool kCryptoReady = InitCrypto().ok();

constexpr std::int64_t kNow = 1'800'000'000;
const std::vector<std::string> kOrigins = {"https://report.example.org", "https://localhost:8443",
                                           "http://example.onion"};

SigningKey Key(std::uint8_t seed = 1) {
  SecretArray<32> bytes;
  bytes.RevealMutable()[0] = seed;
  return SigningKey::FromSeed(bytes);
}

// A request with fields that can be changed after it was signed.
struct Request {
  std::string method = "POST";
  std::string scheme = "https";
  std::string authority = "report.example.org";
  std::string target = "/v1/cases/0011/events?x=1";
  std::string body = "{}";
  std::vector<std::pair<std::string, std::string>> fields;

  SignedRequestView View() const {
    SignedRequestView view;
    view.method = method;
    view.scheme = scheme;
    view.authority = authority;
    view.target = target;
    if (!body.empty()) view.body_sha256 = Sha256(AsBytes(body));
    view.fields = [this](std::string_view name) {
      std::vector<std::string_view> values;
      for (const auto& [key, value] : fields) {
        if (key == name) values.push_back(value);
      }
      return values;
    };
    return view;
  }
  void Set(const std::string& name, const std::string& value) {
    for (auto& field : fields) {
      if (field.first == name) {
        field.second = value;
        return;
      }
    }
    fields.emplace_back(name, value);
  }
  const std::string& Get(const std::string& name) const {
    for (const auto& field : fields) {
      if (field.first == name) return field.second;
    }
    throw std::runtime_error("no such field");
  }
};

void Sign(Request& request, std::int64_t created = kNow, Nonce nonce = {9, 8, 7}) {
  const auto signed_fields = SignRequest(request.View(), Key(), created, nonce);
  ASSERT_TRUE(signed_fields.ok());
  if (!signed_fields->content_digest.empty()) {
    request.Set("content-digest", signed_fields->content_digest);
  }
  request.Set("signature-input", signed_fields->signature_input);
  request.Set("signature", signed_fields->signature);
}

Request Signed() {
  Request request;
  Sign(request);
  return request;
}

// Signs by hand, with these covered components and parameters.
Request SignedAs(const std::string& components, const std::string& parameters) {
  Request request;
  request.Set("content-digest", FormatContentDigest(Sha256(AsBytes(request.body))));
  request.Set("content-type", "application/json");
  const std::string input = "sig=(" + components + ")" + parameters;
  const auto parsed = ParseSignatures(input, "sig=:AA==:");
  const auto base = SignatureBase(request.View(), parsed->front().input);
  request.Set("signature-input", input);
  request.Set("signature", "sig=:" + Base64Encode(Key().Sign(AsBytes(*base))) + ":");
  return request;
}

std::string Parameters(const std::string& without = "") {
  std::string out;
  if (without != "created") out += ";created=" + std::to_string(kNow);
  if (without != "nonce") out += ";nonce=\"" + Base64Encode(Bytes(16, 5)) + "\"";
  if (without != "keyid") out += ";keyid=\"" + HexEncode(Key().public_key()) + "\"";
  if (without != "tag") out += ";tag=\"safeconduct-v1\"";
  return out;
}
constexpr const char* kCovered = R"("@method" "@target-uri" "content-digest")";

// The field that was refused; empty when the request was taken.
std::string Refused(const Request& request, std::int64_t now = kNow) {
  const auto verified = VerifyRequest(request.View(), kOrigins, now);
  if (verified.ok()) return "";
  EXPECT_EQ(verified.error().code(), Code::kUnauthorized);
  return verified.error().field();
}

TEST(Profile, WhatIsSignedIsTaken) {
  const Request request = Signed();
  const auto verified = VerifyRequest(request.View(), kOrigins, kNow);
  ASSERT_TRUE(verified.ok());
  EXPECT_EQ(verified->key, Key().public_key());
  EXPECT_EQ(verified->created, kNow);
  EXPECT_EQ(verified->nonce, Bytes({9, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(HasSignature(request.View()));
}

TEST(Profile, ARequestWithoutABodyNeedsNoDigest) {
  Request request;
  request.method = "GET";
  request.body.clear();
  Sign(request);
  EXPECT_EQ(request.fields.size(), 2U);
  EXPECT_EQ(Refused(request), "");
  // But no body may be slipped under it.
  request.body = "{}";
  EXPECT_EQ(Refused(request), "signature-input");
}

TEST(Profile, ADigestOfNothingIsTakenWithoutABody) {
  Request request = SignedAs(kCovered, Parameters());
  EXPECT_EQ(Refused(request), "");
  request.body.clear();
  EXPECT_EQ(Refused(request), "content-digest");
  request.Set("content-digest", FormatContentDigest(Sha256(ByteView())));
  EXPECT_EQ(Refused(request), "signature");  // the digest fits, the signature is the old one's
}

TEST(Profile, EveryPartOfTheRequestIsBound) {
  const auto refused = [](auto change) {
    Request request = Signed();
    change(request);
    return Refused(request);
  };
  EXPECT_EQ(refused([](Request&) {}), "");
  EXPECT_EQ(refused([](Request& r) { r.method = "PUT"; }), "signature");
  EXPECT_EQ(refused([](Request& r) { r.target = "/v1/cases/0012/events?x=1"; }), "signature");
  EXPECT_EQ(refused([](Request& r) { r.target = "/v1/cases/0011/events"; }), "signature");
  EXPECT_EQ(refused([](Request& r) { r.body = "{ }"; }), "content-digest");
  EXPECT_EQ(refused([](Request& r) { r.body.clear(); }), "content-digest");
  EXPECT_EQ(refused([](Request& r) {
              r.body = "{ }";
              r.Set("content-digest", FormatContentDigest(Sha256(AsBytes(r.body))));
            }),
            "signature");
  // Another origin of the same gateway is another target.
  EXPECT_EQ(refused([](Request& r) { r.authority = "localhost:8443"; }), "signature");
}

TEST(Profile, OnlyListedOriginsAreServed) {
  const auto refused = [](const std::string& scheme, const std::string& authority) {
    Request request;
    request.scheme = scheme;
    request.authority = authority;
    Sign(request);
    return Refused(request);
  };
  EXPECT_EQ(refused("https", "report.example.org"), "");
  EXPECT_EQ(refused("https", "REPORT.example.ORG:443"), "");
  EXPECT_EQ(refused("https", "localhost:8443"), "");
  EXPECT_EQ(refused("http", "example.onion"), "");
  EXPECT_EQ(refused("http", "report.example.org"), "host");
  EXPECT_EQ(refused("https", "report.example.org:8443"), "host");
  EXPECT_EQ(refused("https", "localhost"), "host");
  EXPECT_EQ(refused("https", "evil.example"), "host");
}

TEST(Profile, AHostThatIsNoneIsRefused) {
  for (const char* authority : {"", "report.example.org/", "report.example.org,report.example.org",
                                "user@report.example.org", "report.example.org:0443"}) {
    Request request = Signed();
    request.authority = authority;
    EXPECT_EQ(Refused(request), "host") << authority;
  }
  Request request = Signed();
  request.target = "https://report.example.org/v1/cases/0011/events?x=1";
  EXPECT_EQ(Refused(request), "host");
}

TEST(Profile, CreatedIsWithinTheWindow) {
  const Request request = Signed();
  EXPECT_EQ(Refused(request, kNow - kWindowSeconds), "");
  EXPECT_EQ(Refused(request, kNow + kWindowSeconds), "");
  EXPECT_EQ(Refused(request, kNow - kWindowSeconds - 1), "created");
  EXPECT_EQ(Refused(request, kNow + kWindowSeconds + 1), "created");
}

TEST(Profile, AnExpiryHoldsWhenThereIsOne) {
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters() + ";expires=" + std::to_string(kNow))), "");
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters() + ";expires=" + std::to_string(kNow - 1))),
            "created");
}

TEST(Profile, EveryParameterIsNeeded) {
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters())), "");
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters("created"))), "created");
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters("nonce"))), "nonce");
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters("keyid"))), "keyid");
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters("tag"))), "signature-input");
}

TEST(Profile, NoncesAreBase64Of16To64Bytes) {
  const auto refused = [](const std::string& nonce) {
    return Refused(SignedAs(kCovered, Parameters("nonce") + ";nonce=\"" + nonce + "\""));
  };
  EXPECT_EQ(refused(Base64Encode(Bytes(16, 1))), "");
  EXPECT_EQ(refused(Base64Encode(Bytes(64, 1))), "");
  EXPECT_EQ(refused(Base64Encode(Bytes(15, 1))), "nonce");
  EXPECT_EQ(refused(Base64Encode(Bytes(65, 1))), "nonce");
  EXPECT_EQ(refused("not base64 at all, though long enough"), "nonce");
  EXPECT_EQ(refused(Base64Encode(Bytes(16, 1), Base64::kUnpadded)), "nonce");
}

TEST(Profile, KeysAreLowerCaseHex) {
  const auto refused = [](const std::string& keyid) {
    return Refused(SignedAs(kCovered, Parameters("keyid") + ";keyid=\"" + keyid + "\""));
  };
  const std::string hex = HexEncode(Key().public_key());
  EXPECT_EQ(refused(hex), "");
  EXPECT_EQ(refused(hex.substr(2)), "keyid");
  EXPECT_EQ(refused(hex + "00"), "keyid");
  EXPECT_EQ(refused(std::string(64, 'G')), "keyid");
  EXPECT_EQ(refused("test-key-ed25519"), "keyid");
  EXPECT_EQ(refused(HexEncode(Key(2).public_key())), "signature");
  EXPECT_EQ(refused(std::string(64, '0')), "signature");  // a point of small order
}

TEST(Profile, WhatMustBeCoveredIsCovered) {
  const auto refused = [](const std::string& components) {
    return Refused(SignedAs(components, Parameters()));
  };
  EXPECT_EQ(refused(R"("content-digest" "@target-uri" "@method")"), "");
  EXPECT_EQ(refused(R"("@method" "@target-uri" "content-digest" "content-type" "@path")"), "");
  EXPECT_EQ(refused(R"("@target-uri" "content-digest")"), "signature-input");
  EXPECT_EQ(refused(R"("@method" "content-digest")"), "signature-input");
  EXPECT_EQ(refused(R"("@method" "@target-uri")"), "signature-input");
  EXPECT_EQ(refused(R"("@method" "@path" "@authority" "content-digest")"), "signature-input");
}

TEST(Profile, UnknownComponentsAreRefused) {
  Request request = Signed();
  std::string input = request.Get("signature-input");
  input.insert(input.find("\"@method\""), "\"@status\" ");
  request.Set("signature-input", input);
  EXPECT_EQ(Refused(request), "signature");
}

TEST(Profile, OnlyEd25519IsTaken) {
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters() + ";alg=\"ed25519\"")), "");
  EXPECT_EQ(Refused(SignedAs(kCovered, Parameters() + ";alg=\"hmac-sha256\"")), "signature-input");
}

TEST(Profile, OneSignatureIsOurs) {
  Request request = Signed();
  const std::string ours_input = request.Get("signature-input");
  const std::string ours = request.Get("signature");

  // Others, of whatever kind, are ignored, in front or behind, in one field or in two.
  request.Set("signature-input", R"(other=("x";sf);tag="z", )" + ours_input + ", third=()");
  request.Set("signature", "other=:AA==:, " + ours);
  EXPECT_EQ(Refused(request), "");
  request.Set("signature-input", ours_input);
  request.fields.emplace_back("signature-input", R"(other=();tag="z")");
  EXPECT_EQ(Refused(request), "");

  // Two of ours are none.
  Request twice = Signed();
  std::string second_input = ours_input, second = ours;
  second_input.replace(0, 2, "sd");
  second.replace(0, 2, "sd");
  twice.Set("signature-input", ours_input + ", " + second_input);
  twice.Set("signature", ours + ", " + second);
  EXPECT_EQ(Refused(twice), "signature-input");
}

TEST(Profile, MissingOrBrokenFieldsAreRefused) {
  Request unsigned_request;
  EXPECT_FALSE(HasSignature(unsigned_request.View()));
  EXPECT_EQ(Refused(unsigned_request), "signature-input");

  Request request = Signed();
  request.Set("signature", "");
  EXPECT_EQ(Refused(request), "signature-input");
  request = Signed();
  request.Set("signature-input", "((((");
  EXPECT_EQ(Refused(request), "signature-input");
  request = Signed();
  request.Set("signature-input", std::string(10'000, 'a'));
  EXPECT_EQ(Refused(request), "signature-input");
}

TEST(Profile, EveryTruncationOfTheFieldsIsRefused) {
  const Request whole = Signed();
  for (const char* name : {"signature-input", "signature", "content-digest"}) {
    const std::string value = whole.Get(name);
    for (std::size_t size = 0; size < value.size(); ++size) {
      Request request = whole;
      request.Set(name, value.substr(0, size));
      EXPECT_NE(Refused(request), "") << name << " " << size;
    }
  }
}

TEST(Profile, EveryFlippedBitOfTheFieldsIsRefused) {
  const Request whole = Signed();
  for (const char* name : {"signature-input", "signature", "content-digest"}) {
    const std::string value = whole.Get(name);
    for (std::size_t bit = 0; bit < 8 * value.size(); ++bit) {
      std::string flipped = value;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      Request request = whole;
      request.Set(name, flipped);
      EXPECT_NE(Refused(request), "") << name << " " << flipped;
    }
  }
}

TEST(Profile, SigningRefusesWhatIsNoOrigin) {
  Request request;
  request.authority = "not an authority";
  EXPECT_EQ(SignRequest(request.View(), Key(), kNow, {}).error().code(), Code::kMalformed);
}

struct OriginCase {
  const char* text;
  const char* normal;  // empty: refused
};

class OriginTest : public testing::TestWithParam<OriginCase> {};

TEST_P(OriginTest, IsNormalizedOrRefused) {
  const auto origin = NormalizeOrigin(GetParam().text);
  EXPECT_EQ(origin.ok() ? *origin : "", GetParam().normal) << GetParam().text;
  if (origin.ok()) {
    EXPECT_EQ(*NormalizeOrigin(*origin), *origin);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Origins, OriginTest,
    testing::Values(OriginCase{"https://Report.Example.ORG", "https://report.example.org"},
                    OriginCase{"HTTPS://a:443", "https://a"}, OriginCase{"http://a:80", "http://a"},
                    OriginCase{"http://a:443", "http://a:443"},
                    OriginCase{"https://a:8443", "https://a:8443"},
                    OriginCase{"https://[::1]:8443", "https://[::1]:8443"},
                    OriginCase{"https://127.0.0.1", "https://127.0.0.1"},
                    OriginCase{"https://a/", ""}, OriginCase{"https://", ""},
                    OriginCase{"https://:443", ""}, OriginCase{"https://a:", ""},
                    OriginCase{"https://a:0", ""}, OriginCase{"https://a:65536", ""},
                    OriginCase{"https://a:08443", ""}, OriginCase{"https://a:8443x", ""},
                    OriginCase{"https://u@a", ""}, OriginCase{"https://a?x", ""},
                    OriginCase{"https://a b", ""}, OriginCase{"https://[]", ""},
                    OriginCase{"https://[::1", ""}, OriginCase{"https://[g::]", ""},
                    OriginCase{"ftp://a", ""}, OriginCase{"a", ""}, OriginCase{"", ""}));

}  // namespace
}  // namespace safeconduct::auth
