// The vectors of tests/vectors/quorum, which a second implementation made from the specification.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "tests/crypto/quorum/office.h"

namespace safeconduct::quorum::testing {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using safeconduct::testing::ArrayFromHex;
using safeconduct::testing::FromHex;

std::vector<Struct> Cases(const std::string& name) {
  const char* const tests = std::getenv("SAFECONDUCT_TESTS_DIR");
  const std::string path =
      std::string(tests == nullptr ? "." : tests) + "/vectors/quorum/" + name + ".json";
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Struct all;
  std::vector<Struct> out;
  if (!google::protobuf::util::JsonStringToMessage(text, &all).ok()) {
    ADD_FAILURE() << path << " cannot be read";
    return out;
  }
  for (const Value& one : all.fields().at("cases").list_value().values()) {
    out.push_back(one.struct_value());
  }
  EXPECT_FALSE(out.empty());
  return out;
}

const std::string& Text(const Struct& from, const char* name) {
  return from.fields().at(name).string_value();
}
std::size_t Number(const Struct& from, const char* name) {
  return static_cast<std::size_t>(from.fields().at(name).number_value());
}
const Struct& Object(const Struct& from, const char* name) {
  return from.fields().at(name).struct_value();
}
auto List(const Struct& from, const char* name) {
  return from.fields().at(name).list_value().values();
}
Bytes Hex(const Struct& from, const char* name) { return FromHex(Text(from, name)); }
Hash Hex32(const Struct& from, const char* name) { return ArrayFromHex<32>(Text(from, name)); }

Context ReadContext(const Struct& one) {
  const Struct& context = Object(one, "context");
  return {Text(context, "channel"),     Hex32(context, "reporter"),
          Text(context, "compartment"), Hex32(context, "payload_digest"),
          Number(context, "threshold"), Number(context, "trustees")};
}

age::Stanza ReadStanza(const Struct& one) {
  age::Stanza stanza{std::string(kStanzaType), {}, Hex(one, "body")};
  for (const Value& arg : List(one, "args")) stanza.args.push_back(arg.string_value());
  return stanza;
}

const age::Stanza& StanzaOf(const Struct& one) {
  static const auto stanzas = [] {
    std::map<std::string, age::Stanza> made;
    for (const Struct& each : Cases("stanza")) made.emplace(Text(each, "name"), ReadStanza(each));
    return made;
  }();
  return stanzas.at(Text(one, "stanza"));
}

// Whether the outcome is the vector's.
template <typename T>
::testing::AssertionResult HasVerdict(const Struct& one, const Result<T>& result) {
  static const std::map<std::string, Code> codes = {{"wrong_key", Code::kWrongKey},
                                                    {"unverified", Code::kUnverified},
                                                    {"malformed", Code::kMalformed},
                                                    {"rejected", Code::kRejected}};
  const std::string& verdict = Text(one, "verdict");
  return verdict == "ok" ? Succeeds(result) : Fails(result, codes.at(verdict));
}

void ExpectShare(const Struct& one, const Result<Share>& share) {
  ASSERT_TRUE(HasVerdict(one, share)) << Text(one, "name");
  if (!share.ok()) return;
  EXPECT_EQ(HexEncode(share->bytes.Reveal()), Text(one, "share"));
  EXPECT_EQ(share->index, Number(one, "index"));
  EXPECT_EQ(EncodeConsent(share->consent), Number(one, "consent"));
}

TEST(Vectors, Shamir) {
  for (const Struct& one : Cases("shamir")) {
    std::vector<Bytes> shares;
    for (const Value& share : List(one, "shares")) shares.push_back(FromHex(share.string_value()));
    const std::size_t threshold = Number(one, "threshold");
    for (std::size_t first = 0; first + threshold <= shares.size(); ++first) {
      const auto at = shares.begin() + static_cast<std::ptrdiff_t>(first);
      const std::vector<ByteView> some(at, at + static_cast<std::ptrdiff_t>(threshold));
      const auto secret = CombineSecret(some);
      ASSERT_TRUE(Succeeds(secret)) << Text(one, "name");
      EXPECT_EQ(HexEncode(secret->Reveal()), Text(one, "secret")) << Text(one, "name");
    }
  }
}

TEST(Vectors, Stanzas) {
  for (const Struct& one : Cases("stanza")) {
    const Context context = ReadContext(one);
    const age::Stanza stanza = ReadStanza(one);
    EXPECT_TRUE(Succeeds(CheckStanza(stanza, context.threshold, context.trustees)));
    const auto bound_to = EncodeContext(context);
    ASSERT_TRUE(Succeeds(bound_to));
    EXPECT_EQ(HexEncode(*bound_to), Text(one, "context_bytes"));
    if (Text(one, "name") == "a wrapped file key that is damaged") continue;
    const auto file_key =
        age::UnwrapFileKey(FileKeyKey(*bound_to, Hex(one, "wrap_key")), WrappedFileKey(stanza));
    ASSERT_TRUE(Succeeds(file_key)) << Text(one, "name");
    EXPECT_EQ(HexEncode(file_key->Reveal()), Text(one, "file_key"));
  }
}

TEST(Vectors, Open) {
  for (const Struct& one : Cases("open")) {
    ExpectShare(
        one, OpenShare(ReadContext(one), StanzaOf(one), Number(one, "index"), Hex32(one, "seed")));
  }
}

TEST(Vectors, Release) {
  for (const Struct& one : Cases("release")) {
    const Struct& to = Object(one, "release");
    const Release release{Hex32(to, "report"), Hex32(to, "request"), Hex32(to, "trustee"),
                          Hex32(to, "grantee")};
    ExpectShare(one, OpenRelease(ReadContext(one), StanzaOf(one), Number(one, "index"), release,
                                 Hex32(one, "seed"), Hex(one, "sealed")));
  }
}

TEST(Vectors, Handover) {
  for (const Struct& one : Cases("handover")) {
    const Struct& to = Object(one, "handover");
    const Handover handover{Hex32(to, "report"), Hex32(to, "from"), Hex32(to, "to")};
    ExpectShare(one, OpenHandover(ReadContext(one), StanzaOf(one), Number(one, "index"), handover,
                                  Hex32(one, "seed"), Hex(one, "sealed")));
  }
}

TEST(Vectors, Combine) {
  for (const Struct& one : Cases("combine")) {
    std::vector<Share> shares;
    for (const Value& each : List(one, "shares")) {
      const Struct& share = each.struct_value();
      shares.push_back(
          {Number(share, "index"), {}, SecretArray<kShareBytes>::Copy(Hex(share, "bytes"))});
    }
    const auto file_key = Combine(ReadContext(one), StanzaOf(one), shares);
    ASSERT_TRUE(HasVerdict(one, file_key)) << Text(one, "name");
    if (file_key.ok()) {
      EXPECT_EQ(HexEncode(file_key->Reveal()), Text(one, "file_key"));
    }
  }
}

// A file that lost its failing vectors would pass.
TEST(Vectors, HaveEveryVerdict) {
  const std::map<std::string, std::set<std::string>> expected = {
      {"open", {"ok", "wrong_key", "malformed", "rejected"}},
      {"release", {"ok", "wrong_key", "unverified", "rejected"}},
      {"handover", {"ok", "wrong_key", "unverified", "rejected"}},
      {"combine", {"ok", "unverified", "malformed", "rejected"}}};
  for (const auto& [name, verdicts] : expected) {
    std::set<std::string> found;
    for (const Struct& one : Cases(name)) found.insert(Text(one, "verdict"));
    EXPECT_EQ(found, verdicts) << name;
  }
}

}  // namespace
}  // namespace safeconduct::quorum::testing
