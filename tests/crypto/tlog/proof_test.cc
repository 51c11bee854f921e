// Proofs, by the vectors of tests/vectors/charterlog, which a second implementation made.
#include "crypto/tlog/proof.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"

namespace safeconduct::tlog {
namespace {

using google::protobuf::Struct;
using testing::Fails;
using testing::Succeeds;

const Struct& Vectors() {
  static const Struct vectors = [] {
    const char* const tests = std::getenv("SAFECONDUCT_TESTS_DIR");
    std::ifstream file(
        std::string(tests == nullptr ? "." : tests) + "/vectors/charterlog/proofs.json",
        std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    Struct all;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &all).ok());
    return all;
  }();
  return vectors;
}

const std::string& Text(const Struct& from, const char* name) {
  return from.fields().at(name).string_value();
}
double Number(const Struct& from, const char* name) {
  return from.fields().at(name).number_value();
}

// What happens to a proof: "ok", or the name of the error's code.
std::string VerdictOf(std::string_view text, ByteView entry, const note::VerifierKey& log,
                      const WitnessPolicy& policy) {
  const auto checked = [&]() -> Result<OpenedCheckpoint> {
    SC_ASSIGN(const LogProof proof, ParseLogProof(text));
    EXPECT_EQ(FormatLogProof(proof), text);
    return CheckLogProof(proof, entry, log, policy);
  }();
  if (checked.ok()) return "ok";
  const std::map<Code, std::string> names = {{Code::kMalformed, "malformed"},
                                             {Code::kUnverified, "unverified"},
                                             {Code::kExpired, "expired"},
                                             {Code::kTooLarge, "too_large"}};
  return names.at(checked.error().code());
}

TEST(LogProof, HoldsOrNotAsTheVectorsSay) {
  const Struct& vectors = Vectors();
  const auto log = note::ParseVerifierKey(Text(vectors, "log"));
  ASSERT_TRUE(Succeeds(log));
  std::vector<note::VerifierKey> witnesses;
  for (const auto& vkey : vectors.fields().at("witnesses").list_value().values()) {
    witnesses.push_back(*ParseWitnessKey(vkey.string_value()));
  }
  const auto& cases = vectors.fields().at("cases").list_value().values();
  EXPECT_GT(cases.size(), 20);
  for (const auto& value : cases) {
    const Struct& one = value.struct_value();
    WitnessPolicy policy;
    policy.witnesses = witnesses;
    policy.threshold = static_cast<std::size_t>(Number(one, "threshold"));
    policy.now = static_cast<std::int64_t>(Number(vectors, "now"));
    policy.max_age_seconds = static_cast<std::int64_t>(Number(vectors, "maxAgeSeconds"));
    const Bytes entry = *Base64Decode(Text(one, "entry"));
    EXPECT_EQ(VerdictOf(Text(one, "proof"), entry, *log, policy), Text(one, "verdict"))
        << Text(one, "name");
  }
}

struct Made {
  note::VerifierKey log;
  std::string proof;
};

Made ProofOf(std::size_t index, std::size_t size, std::optional<Bytes> extra = {}) {
  const SecretArray<32> seed;
  const SigningKey key = SigningKey::FromSeed(seed);
  const Log log = LogOf(size);
  LogProof proof;
  proof.extra = std::move(extra);
  proof.index = index;
  proof.hashes = *ProveInclusion(index, size, log);
  proof.checkpoint = *SignCheckpoint({"example.org/log", size, *Root(size, log)}, key);
  return {*note::MakeVerifierKey("example.org/log", key.public_key()), FormatLogProof(proof)};
}

TEST(LogProof, OfEachEntryOfEachSizeHolds) {
  for (std::size_t size = 1; size <= 33; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const Made made = ProofOf(index, size);
      const std::string entry = EntryAt(index);
      EXPECT_EQ(VerdictOf(made.proof, AsBytes(entry), made.log, {}), "ok")
          << index << " of " << size;
      const std::string other = EntryAt(index + 1);
      EXPECT_EQ(VerdictOf(made.proof, AsBytes(other), made.log, {}), "unverified");
    }
  }
}

TEST(LogProof, ChangedAnywhereDoesNotHold) {
  const Made made = ProofOf(3, 5);
  const std::string entry = EntryAt(3);
  ASSERT_EQ(VerdictOf(made.proof, AsBytes(entry), made.log, {}), "ok");
  testing::ForEachBitFlip(AsBytes(made.proof), [&](ByteView changed, std::size_t bit) {
    EXPECT_NE(VerdictOf(AsText(changed), AsBytes(entry), made.log, {}), "ok") << bit;
  });
  testing::ForEachTruncation(AsBytes(made.proof), [&](ByteView cut, std::size_t size) {
    EXPECT_NE(VerdictOf(AsText(cut), AsBytes(entry), made.log, {}), "ok") << size;
  });
}

TEST(LogProof, ExtraDataIsCarriedAndMayBeEmpty) {
  for (const Bytes& extra : {Bytes{}, testing::ToBytes("salt")}) {
    const auto proof = ParseLogProof(ProofOf(0, 1, extra).proof);
    ASSERT_TRUE(Succeeds(proof));
    EXPECT_EQ(proof->extra, extra);
  }
  EXPECT_EQ(ParseLogProof(ProofOf(0, 1).proof)->extra, std::nullopt);
}

TEST(LogProof, IsBounded) {
  EXPECT_TRUE(Fails(ParseLogProof(std::string(kMaxProofBytes + 1, 'x')), Code::kTooLarge));
  const std::string index = "c2sp.org/tlog-proof@v1\nindex ";
  EXPECT_TRUE(Succeeds(ParseLogProof(index + "4611686018427387903\n\n")));
  EXPECT_TRUE(Fails(ParseLogProof(index + "4611686018427387904\n\n"), Code::kMalformed));
}

}  // namespace
}  // namespace safeconduct::tlog
