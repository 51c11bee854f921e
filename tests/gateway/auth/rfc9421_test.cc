// The RFC's layer, by the examples of RFC 9421 (appendix B) and RFC 9530.
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/auth/http_signature.h"

namespace safeconduct::auth {
namespace {

const bool kCryptoReady = InitCrypto().ok();

// B.1.4, the key itself out of its SubjectPublicKeyInfo and PKCS #8.
const PublicKey kKey = ToArray<32>(*Base64Decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="));
SigningKey PrivateKey() {
  return SigningKey::FromSeed(
      SecretArray<32>::Copy(*Base64Decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=")));
}

// B.2, the request.
struct TestRequest {
  TestRequest() {
    view.method = "POST";
    view.scheme = "https";
    view.authority = "example.com";
    view.target = "/foo?param=Value&Pet=dog";
    view.fields = [this](std::string_view name) {
      std::vector<std::string_view> values;
      for (const auto& [key, value] : fields) {
        if (key == name) values.push_back(value);
      }
      return values;
    };
  }
  std::vector<std::pair<std::string, std::string>> fields = {
      {"host", "example.com"},
      {"date", "Tue, 20 Apr 2021 02:07:55 GMT"},
      {"content-type", "application/json"},
      {"content-digest",
       "sha-512=:WZDPaVn/"
       "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJw"
       "ew==:"},
      {"content-length", "18"}};
  SignedRequestView view;
};

// B.2.6.
constexpr std::string_view kInput =
    R"(sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519")";
constexpr std::string_view kSignature =
    "sig-b26=:"
    "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw"
    "==:";
constexpr std::string_view kBase = R"("date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519")";

TEST(Rfc9421, ExampleB26Verifies) {
  const TestRequest request;
  const auto signatures = ParseSignatures(kInput, kSignature);
  ASSERT_TRUE(signatures.ok());
  ASSERT_EQ(signatures->size(), 1U);
  const SignatureInput& input = signatures->front().input;
  EXPECT_EQ(input.label, "sig-b26");
  EXPECT_EQ(input.created, 1618884473);
  EXPECT_EQ(input.keyid, "test-key-ed25519");
  EXPECT_FALSE(input.nonce || input.tag || input.expires || input.algorithm);
  EXPECT_EQ(*SignatureBase(request.view, input), kBase);
  EXPECT_TRUE(VerifySignature(request.view, signatures->front(), kKey).ok());
}

TEST(Rfc9421, ExampleB26IsSignedToTheSameBytes) {
  EXPECT_EQ(PrivateKey().public_key(), kKey);
  const Signature signature = PrivateKey().Sign(AsBytes(kBase));
  EXPECT_EQ("sig-b26=:" + Base64Encode(signature) + ":", kSignature);
}

TEST(Rfc9421, ExampleB26FailsWhenAnyCoveredPartChanges) {
  const auto signature = ParseSignatures(kInput, kSignature)->front();
  const auto refused = [&](auto change) {
    TestRequest request;
    change(request);
    const Status status = VerifySignature(request.view, signature, kKey);
    return !status.ok() && status.error().code() == Code::kUnverified;
  };
  EXPECT_TRUE(refused([](TestRequest& r) { r.view.method = "PUT"; }));
  EXPECT_TRUE(refused([](TestRequest& r) { r.view.target = "/fop?param=Value&Pet=dog"; }));
  EXPECT_TRUE(refused([](TestRequest& r) { r.view.authority = "example.org"; }));
  for (const std::size_t field : {1U, 2U, 4U}) {
    EXPECT_TRUE(refused([&](TestRequest& r) { r.fields[field].second += "x"; }));
  }
  // The query is not covered, nor is the digest.
  EXPECT_FALSE(refused([](TestRequest& r) { r.view.target = "/foo"; }));
  EXPECT_FALSE(refused([](TestRequest& r) { r.fields[3].second = "none"; }));
}

TEST(Rfc9421, ExampleB26FailsWithAnyBitOfTheSignatureFlipped) {
  const TestRequest request;
  auto signature = ParseSignatures(kInput, kSignature)->front();
  for (std::size_t bit = 0; bit < 512; ++bit) {
    signature.signature[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    EXPECT_FALSE(VerifySignature(request.view, signature, kKey).ok()) << bit;
    signature.signature[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
  }
  signature.signature.pop_back();
  EXPECT_EQ(VerifySignature(request.view, signature, kKey).error().code(), Code::kUnverified);
}

// The examples of §2.2, each component by itself.
TEST(Rfc9421, DerivedComponents) {
  TestRequest request;
  const auto component = [&](const std::string& name) {
    SignatureInput input;
    input.components = {name};
    const auto base = SignatureBase(request.view, input);
    return base.ok() ? base->substr(0, base->find('\n')) : std::string("!");
  };
  request.view.target = "/path?param=value";
  request.view.authority = "WWW.Example.com:443";
  EXPECT_EQ(component("@method"), R"("@method": POST)");
  EXPECT_EQ(component("@target-uri"), R"("@target-uri": https://www.example.com/path?param=value)");
  EXPECT_EQ(component("@authority"), R"("@authority": www.example.com)");
  EXPECT_EQ(component("@scheme"), R"("@scheme": https)");
  EXPECT_EQ(component("@request-target"), R"("@request-target": /path?param=value)");
  EXPECT_EQ(component("@path"), R"("@path": /path)");
  EXPECT_EQ(component("@query"), R"("@query": ?param=value)");
  request.view.target = "/path";
  EXPECT_EQ(component("@query"), R"("@query": ?)");
  request.view.authority = "www.example.com:8443";
  EXPECT_EQ(component("@authority"), R"("@authority": www.example.com:8443)");
  for (const char* unknown : {"@query-param", "@status", "@", "@methods"}) {
    EXPECT_EQ(component(unknown), "!");
  }
}

// §2.1.
TEST(Rfc9421, FieldsAreJoinedAndTrimmed) {
  TestRequest request;
  request.fields = {{"x-ows", "  Leading and trailing.   "},
                    {"cache-control", "max-age=60"},
                    {"cache-control", "   must-revalidate"},
                    {"x-empty", ""}};
  SignatureInput input;
  input.components = {"x-ows", "cache-control", "x-empty"};
  input.parameters = "()";
  EXPECT_EQ(*SignatureBase(request.view, input),
            "\"x-ows\": Leading and trailing.\n\"cache-control\": max-age=60, must-revalidate\n"
            "\"x-empty\": \n\"@signature-params\": ()");
  input.components = {"absent"};
  EXPECT_EQ(SignatureBase(request.view, input).error().code(), Code::kMalformed);
}

TEST(Rfc9421, AValueCannotSpeakForAnotherComponent) {
  TestRequest request;
  request.fields = {{"x", "a\n\"@method\": GET"}};
  SignatureInput input;
  input.components = {"x"};
  EXPECT_EQ(SignatureBase(request.view, input).error().code(), Code::kMalformed);
}

struct BadInput {
  const char* input;
  const char* signature;
  Code code;
};

class BadInputTest : public testing::TestWithParam<BadInput> {};

TEST_P(BadInputTest, IsRefused) {
  const auto parsed = ParseSignatures(GetParam().input, GetParam().signature);
  ASSERT_FALSE(parsed.ok()) << GetParam().input;
  EXPECT_EQ(parsed.error().code(), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Structure, BadInputTest,
    testing::Values(BadInput{"a", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=1", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=()", "a=\"x\"", Code::kMalformed},
                    BadInput{"a=()", "a=(:AA==:)", Code::kMalformed},
                    BadInput{"a=()", "b=:AA==:", Code::kMalformed},
                    BadInput{"a=()", "", Code::kMalformed},
                    BadInput{"a=(date)", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=(\"Date\")", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=(\"\")", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=(\"a b\")", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=(\"date\" \"date\")", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=(\"date\";bs)", "a=:AA==:", Code::kUnsupported},
                    BadInput{"a=(\"@query-param\";name=\"x\")", "a=:AA==:", Code::kUnsupported},
                    BadInput{"a=();created=\"1\"", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=();created=1.5", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=();keyid=x", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=();nonce=:AA==:", "a=:AA==:", Code::kMalformed},
                    BadInput{"a=();tag", "a=:AA==:", Code::kMalformed}));

TEST(Rfc9421, SignaturesWithAnotherTagMayBeOfAnyKind) {
  const std::string input = R"(a=("x";bs);tag="other", b=();tag="mine", c=("y" "y"))";
  const auto mine = ParseSignatures(input, "b=:AQ==:", "mine");
  ASSERT_TRUE(mine.ok());
  ASSERT_EQ(mine->size(), 1U);
  EXPECT_EQ(mine->front().input.label, "b");
  EXPECT_TRUE(ParseSignatures(input, "", "nobody's")->empty());
}

// RFC 9530, appendix D.1, and the digest of RFC 9421's request in sha-256.
TEST(Rfc9530, Examples) {
  const Hash with_line_feed = Sha256(AsBytes("{\"hello\": \"world\"}\n"));
  EXPECT_EQ(FormatContentDigest(with_line_feed),
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
  const Hash without = Sha256(AsBytes("{\"hello\": \"world\"}"));
  EXPECT_EQ(FormatContentDigest(without), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
}

TEST(Rfc9530, ContentDigestIsChecked) {
  const Hash hash = Sha256(AsBytes("{\"hello\": \"world\"}"));
  const std::string good = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
  const auto code = [&](const std::string& field) {
    const Status status = CheckContentDigest(field, hash);
    return status.ok() ? Code::kExists : status.error().code();
  };
  EXPECT_EQ(code(good), Code::kExists);
  EXPECT_EQ(code("sha-512=:AAAA:, " + good), Code::kExists);
  EXPECT_EQ(code(good + ";x=1"), Code::kExists);
  EXPECT_EQ(code("sha-512=:AAAA:"), Code::kUnverified);
  EXPECT_EQ(code(""), Code::kUnverified);
  EXPECT_EQ(code("sha-256=:X48E:"), Code::kUnverified);
  EXPECT_EQ(code("sha-256=::"), Code::kUnverified);
  EXPECT_EQ(code("sha-256=:Y48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"), Code::kUnverified);
  EXPECT_EQ(code("sha-256=\"X48E\""), Code::kMalformed);
  EXPECT_EQ(code("sha-256=(:X48E:)"), Code::kMalformed);
  EXPECT_EQ(code("sha-256"), Code::kMalformed);
  EXPECT_EQ(code("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE:"), Code::kMalformed);
  EXPECT_EQ(code(std::string(9'000, ' ')), Code::kTooLarge);
}

}  // namespace
}  // namespace safeconduct::auth
