#include "crypto/tlog/witness.h"

#include <string>

#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"

namespace safeconduct::tlog {
namespace {

using testing::Fails;
using testing::Succeeds;

constexpr std::int64_t kNow = 1'800'000'000;
constexpr const char* kOrigin = "log.example.org";

// The example of c2sp.org/tlog-witness.
constexpr std::string_view kPublished =
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "\u2014 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\u2014 example.com/behind-the-sofa "
    "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/"
    "V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

SigningKey KeyOf(std::uint8_t number) {
  SecretArray<32> seed;
  seed.RevealMutable()[0] = number;
  return SigningKey::FromSeed(seed);
}

TEST(AddCheckpoint, ReadsThePublishedExampleAndWritesItBack) {
  const auto request = ParseAddCheckpoint(kPublished);
  ASSERT_TRUE(Succeeds(request));
  EXPECT_EQ(request->old_size, 20852014U);
  ASSERT_EQ(request->proof.size(), 4U);
  EXPECT_EQ(HexEncode(request->proof[0]).substr(0, 8), "3e544d0a");
  EXPECT_EQ(FormatAddCheckpoint(*request), kPublished);
  const auto note = note::Parse(request->checkpoint);
  ASSERT_TRUE(Succeeds(note));
  EXPECT_EQ(note->signatures.size(), 2U);
  EXPECT_EQ(ParseCheckpoint(note->text)->size, 20852163U);
}

TEST(AddCheckpoint, RefusesWhatIsNone) {
  const std::string hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=";
  for (const std::string& body : {std::string(),
                                  std::string("old 0"),
                                  std::string("old 0\n"),
                                  std::string("old 0\n\n"),
                                  std::string("old 00\n\nx"),
                                  std::string("old 01\n\nx"),
                                  std::string("old \n\nx"),
                                  std::string("old  1\n\nx"),
                                  std::string("old -1\n\nx"),
                                  std::string("old +1\n\nx"),
                                  std::string("old 1 \n\nx"),
                                  std::string("old 1\r\n\nx"),
                                  std::string("Old 1\n\nx"),
                                  std::string("new 1\n\nx"),
                                  std::string("old 4611686018427387905\n\nx"),
                                  std::string("old 18446744073709551616\n\nx"),
                                  "old 1\n" + hash,
                                  "old 1\n" + hash + "\n",
                                  "old 1\n" + hash + "\nx",
                                  "old 1\n" + hash.substr(1) + "\n\nx",
                                  "old 1\n" + hash + " \n\nx",
                                  "old 1\n " + hash + "\n\nx",
                                  "old 1\n" + hash + hash + "\n\nx",
                                  std::string("old 1\nPlRN\n\nx")}) {
    EXPECT_TRUE(Fails(ParseAddCheckpoint(body), Code::kMalformed)) << body;
  }
  EXPECT_TRUE(Succeeds(ParseAddCheckpoint("old 0\n\nx")));
  EXPECT_TRUE(Succeeds(ParseAddCheckpoint("old 4611686018427387904\n\nx")));
}

TEST(AddCheckpoint, IsBounded) {
  AddCheckpoint request{.old_size = 1, .proof = std::vector<Hash>(63), .checkpoint = "x"};
  EXPECT_EQ(*ParseAddCheckpoint(FormatAddCheckpoint(request)), request);
  request.proof.emplace_back();
  EXPECT_TRUE(Fails(ParseAddCheckpoint(FormatAddCheckpoint(request)), Code::kTooLarge));
  request = {.checkpoint = std::string(kMaxAddCheckpointBytes - 7, 'x')};  // "old 0\n\n"
  EXPECT_TRUE(Succeeds(ParseAddCheckpoint(FormatAddCheckpoint(request))));
  request.checkpoint += 'x';
  EXPECT_TRUE(Fails(ParseAddCheckpoint(FormatAddCheckpoint(request)), Code::kTooLarge));
}

TEST(AddCheckpoint, AnyBodyThatIsTakenIsWrittenTheSame) {
  const auto same = [](ByteView changed, std::size_t where) {
    const auto request = ParseAddCheckpoint(AsText(changed));
    if (request.ok()) {
      EXPECT_EQ(FormatAddCheckpoint(*request), AsText(changed)) << where;
    }
  };
  testing::ForEachBitFlip(testing::ToBytes(kPublished), same);
  testing::ForEachTruncation(testing::ToBytes(kPublished), same);
}

TEST(TreeSize, HasOneSpelling) {
  EXPECT_EQ(*ParseTreeSize("20852014\n"), 20852014U);
  EXPECT_EQ(*ParseTreeSize("0\n"), 0U);
  EXPECT_EQ(FormatTreeSize(20852014), "20852014\n");
  for (const char* body : {"", "\n", "1", "01\n", " 1\n", "1\n\n", "1\n2\n", "x\n",
                           "4611686018427387905\n", "99999999999999999999\n"}) {
    EXPECT_TRUE(Fails(ParseTreeSize(body), Code::kMalformed)) << body;
  }
}

// A witness that knows of `known`, and a log that grows.
class WitnessDecision : public ::testing::Test {
 protected:
  WitnessDecision() : log_(LogOf(20)) {
    keys_.push_back(*note::MakeVerifierKey(kOrigin, KeyOf(1).public_key()));
  }
  Checkpoint At(std::size_t size) const { return {kOrigin, size, NaiveRoot(log_.First(size))}; }
  WitnessedTree Tree(std::size_t size) const { return {size, NaiveRoot(log_.First(size))}; }
  AddCheckpoint Request(std::size_t old_size, std::size_t size) const {
    AddCheckpoint out{.old_size = old_size, .checkpoint = *SignCheckpoint(At(size), KeyOf(1))};
    if (old_size > 0) out.proof = *ProveConsistency(old_size, size, log_);
    return out;
  }
  // As a witness would.
  Status Decide(const std::string& body, const WitnessedTree& known) const {
    SC_ASSIGN(AddCheckpoint request, ParseAddCheckpoint(body));
    SC_ASSIGN(const Submission submission, OpenAddCheckpoint(std::move(request), keys_));
    return CheckSubmission(submission, known);
  }
  Status Decide(const AddCheckpoint& request, const WitnessedTree& known) const {
    return Decide(FormatAddCheckpoint(request), known);
  }

  Log log_;
  std::vector<note::VerifierKey> keys_;
};

TEST_F(WitnessDecision, CosignsWhatExtendsWhatItKnows) {
  for (std::size_t size = 0; size <= 20; ++size) {
    EXPECT_TRUE(Succeeds(Decide(Request(0, size), {}))) << size;
    for (std::size_t old_size = 1; old_size <= size; ++old_size) {
      EXPECT_TRUE(Succeeds(Decide(Request(old_size, size), Tree(old_size)))) << old_size;
    }
  }
}

TEST_F(WitnessDecision, NoTruncationAndNoBitFlipOfAGoodRequestIsCosigned) {
  const std::string good = FormatAddCheckpoint(Request(7, 13));
  ASSERT_TRUE(Succeeds(Decide(good, Tree(7))));
  const auto refused = [&](ByteView changed, std::size_t where) {
    EXPECT_FALSE(Decide(std::string(AsText(changed)), Tree(7)).ok()) << where;
  };
  testing::ForEachBitFlip(testing::ToBytes(good), refused);
  testing::ForEachTruncation(testing::ToBytes(good), refused);
}

TEST_F(WitnessDecision, AnUnknownOriginIsNotFound) {
  AddCheckpoint request = Request(0, 3);
  Checkpoint other = At(3);
  other.origin = "other.example.org";
  request.checkpoint = *SignCheckpoint(other, KeyOf(1));
  EXPECT_TRUE(Fails(Decide(request, {}), Code::kNotFound));
  keys_.clear();
  EXPECT_TRUE(Fails(Decide(Request(0, 3), {}), Code::kNotFound));
}

TEST_F(WitnessDecision, OnlyTheLogsOwnKeysCount) {
  AddCheckpoint request = Request(0, 3);
  request.checkpoint = *SignCheckpoint(At(3), KeyOf(2));
  EXPECT_TRUE(Fails(Decide(request, {}), Code::kUnauthorized));
  // With a second key the log may sign by either, or by both.
  keys_.push_back(*note::MakeVerifierKey(kOrigin, KeyOf(2).public_key()));
  EXPECT_TRUE(Succeeds(Decide(request, {})));
  note::Note both = *note::Parse(request.checkpoint);
  ASSERT_TRUE(Succeeds(note::Sign(both, kOrigin, KeyOf(1))));
  request.checkpoint = note::Serialize(both);
  EXPECT_TRUE(Succeeds(Decide(request, {})));
  // A line of a trusted key that does not verify spoils the note, however good the other is.
  both.signatures[0].bytes[5] ^= 1;
  request.checkpoint = note::Serialize(both);
  EXPECT_TRUE(Fails(Decide(request, {}), Code::kUnauthorized));
}

TEST_F(WitnessDecision, LinesOfOthersAreIgnoredAndLeftOut) {
  note::Note note = *note::Parse(Request(0, 3).checkpoint);
  ASSERT_TRUE(Succeeds(note::Sign(note, "stranger", KeyOf(7))));
  ASSERT_TRUE(Succeeds(Cosign(note, "another-witness", KeyOf(8), kNow)));
  note.signatures.back().bytes[20] ^= 1;
  const auto opened = OpenAddCheckpoint({.checkpoint = note::Serialize(note)}, keys_);
  ASSERT_TRUE(Succeeds(opened));
  ASSERT_EQ(opened->note.signatures.size(), 1U);
  EXPECT_EQ(opened->note.signatures[0].name, kOrigin);
  // So are repetitions, which anybody could add.
  note.signatures.assign(note::kMaxSignatures, note.signatures[0]);
  EXPECT_EQ(OpenAddCheckpoint({.checkpoint = note::Serialize(note)}, keys_)->note.signatures.size(),
            1U);
}

TEST_F(WitnessDecision, AnotherOldSizeThanTheKnownOneIsAConflict) {
  for (const std::size_t known : {0U, 3U, 7U, 12U, 20U}) {
    for (const std::size_t old_size : {0U, 3U, 7U, 12U}) {
      const Status status = Decide(Request(old_size, 12), Tree(known));
      if (old_size == known) {
        EXPECT_TRUE(Succeeds(status));
      } else {
        EXPECT_TRUE(Fails(status, Code::kConflict)) << known << " " << old_size;
      }
    }
  }
}

TEST_F(WitnessDecision, AnOldSizeOverTheCheckpointsIsMalformed) {
  AddCheckpoint request = Request(0, 3);
  request.old_size = 4;
  EXPECT_TRUE(Fails(Decide(request, Tree(4)), Code::kMalformed));
  EXPECT_TRUE(Fails(Decide(request, Tree(3)), Code::kMalformed));
  request.checkpoint = "nothing signed\n";
  EXPECT_TRUE(Fails(Decide(request, {}), Code::kMalformed));
  note::Note none{.text = "a\nb\nc\n", .signatures = {}};
  ASSERT_TRUE(Succeeds(note::Sign(none, "a", KeyOf(1))));
  request.checkpoint = note::Serialize(none);
  EXPECT_TRUE(Fails(Decide(request, {}), Code::kMalformed));
}

TEST_F(WitnessDecision, AForkIsInconsistentAtEverySize) {
  for (std::size_t size = 1; size <= 20; ++size) {
    AddCheckpoint request = Request(1, size);
    Checkpoint fork = At(size);
    fork.root[31] ^= 1;
    request.checkpoint = *SignCheckpoint(fork, KeyOf(1));
    EXPECT_TRUE(Fails(Decide(request, Tree(1)), Code::kUnverified)) << size;
  }
}

TEST_F(WitnessDecision, AProofIsNeitherLeftOutNorAddedNorChanged) {
  AddCheckpoint request = Request(7, 13);
  for (std::size_t i = 0; i < request.proof.size(); ++i) {
    AddCheckpoint changed = request;
    changed.proof[i][0] ^= 1;
    EXPECT_TRUE(Fails(Decide(changed, Tree(7)), Code::kUnverified)) << i;
    changed = request;
    changed.proof.erase(changed.proof.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_TRUE(Fails(Decide(changed, Tree(7)), Code::kUnverified)) << i;
  }
  request.proof.emplace_back();
  EXPECT_TRUE(Fails(Decide(request, Tree(7)), Code::kUnverified));
  // From nothing, and to the same, there is nothing to prove.
  for (const std::size_t old_size : {0U, 5U}) {
    request = Request(old_size, 5);
    request.proof.emplace_back();
    EXPECT_TRUE(Fails(Decide(request, Tree(old_size)), Code::kUnverified));
  }
}

TEST_F(WitnessDecision, AnEmptyTreeHasTheRootOfNothing) {
  AddCheckpoint request = Request(0, 0);
  EXPECT_TRUE(Succeeds(Decide(request, {})));
  Checkpoint empty = At(0);
  empty.root[0] ^= 1;
  request.checkpoint = *SignCheckpoint(empty, KeyOf(1));
  EXPECT_TRUE(Fails(Decide(request, {}), Code::kUnverified));
}

class CosignatureAnswer : public ::testing::Test {
 protected:
  note::Note note_{.text = "log.example.org\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                   .signatures = {}};
  note::VerifierKey witness_ = *MakeWitnessKey("w0", KeyOf(3).public_key());
  std::string line_ = *CosignatureLine(note_, "w0", KeyOf(3), kNow);
};

TEST_F(CosignatureAnswer, IsOneLineThatIsFound) {
  EXPECT_TRUE(line_.starts_with("\u2014 w0 "));
  EXPECT_EQ(line_.find('\n'), line_.size() - 1);
  const auto found = FindCosignature(line_, note_.text, witness_);
  ASSERT_TRUE(Succeeds(found));
  note_.signatures.push_back(*found);
  const auto read = ReadCosignatures(note_, std::span(&witness_, std::size_t{1}));
  ASSERT_TRUE(Succeeds(read));
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().time, kNow);
}

TEST_F(CosignatureAnswer, LinesOfOthersAreIgnored) {
  const std::string other = *CosignatureLine(note_, "w1", KeyOf(4), kNow);
  EXPECT_TRUE(Succeeds(FindCosignature(other + line_ + other, note_.text, witness_)));
  EXPECT_TRUE(Fails(FindCosignature(other, note_.text, witness_), Code::kNotFound));
}

TEST_F(CosignatureAnswer, NothingElseIsTaken) {
  for (const std::string& answer :
       {std::string(), std::string("\n"), std::string("ok\n"), line_.substr(0, line_.size() - 1),
        "\n" + line_, "extension\n\n" + line_, line_ + "\n" + line_}) {
    EXPECT_TRUE(Fails(FindCosignature(answer, note_.text, witness_), Code::kMalformed)) << answer;
  }
  EXPECT_TRUE(
      Fails(FindCosignature(std::string(65'537, 'x'), note_.text, witness_), Code::kTooLarge));
  EXPECT_TRUE(Fails(FindCosignature(line_, "another\n" + note_.text, witness_), Code::kUnverified));
  const auto refused = [&](ByteView changed, std::size_t where) {
    EXPECT_FALSE(FindCosignature(AsText(changed), note_.text, witness_).ok()) << where;
  };
  testing::ForEachBitFlip(testing::ToBytes(line_), refused);
  testing::ForEachTruncation(testing::ToBytes(line_), refused);
}

TEST_F(CosignatureAnswer, HasATime) {
  EXPECT_TRUE(Fails(CosignatureLine(note_, "w0", KeyOf(3), 0), Code::kRejected));
  EXPECT_TRUE(Fails(CosignatureLine(note_, "w0", KeyOf(3), -1), Code::kRejected));
  note::Note timeless = note_;
  ASSERT_TRUE(Succeeds(Cosign(timeless, "w0", KeyOf(3), 0)));
  const std::string answer = note::Serialize(timeless).substr(note_.text.size() + 1);
  EXPECT_TRUE(Fails(FindCosignature(answer, note_.text, witness_), Code::kUnverified));
}

}  // namespace
}  // namespace safeconduct::tlog
