// The charter as a gateway serves it: what its proof has to show.
#include "gateway/charter/published.h"

#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/tlog/cosignature.h"
#include "crypto/tlog/proof.h"
#include "tests/crypto/tlog/naive.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::charter {
namespace {

using ::safeconduct::testing::DemoCharter;
using ::safeconduct::testing::DemoTrust;
using ::safeconduct::testing::kExpiry;
using ::safeconduct::testing::kNow;
using ::safeconduct::testing::kOrigin;
using ::safeconduct::testing::Office;
using ::safeconduct::testing::RootName;
using ::safeconduct::testing::SignNote;

constexpr std::int64_t kDay = 86'400;

TEST(LogEntry, IsFourLinesOverTheText) {
  const std::string text = "example.org/charter\n7\n1798761600\nCgA=\n";
  const auto entry = LogEntry(text);
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(*entry, "safeconduct/charter/v1\nexample.org/charter\n7\n" +
                        Base64Encode(Sha256(AsBytes(text))) + "\n");
  EXPECT_EQ(LogEntry("").error().code(), Code::kMalformed);
  EXPECT_EQ(LogEntry("origin\n7").error().code(), Code::kMalformed);
}

class Publishing : public ::testing::Test {
 protected:
  std::string Text(std::uint64_t version) { return *MakeText(kOrigin, version, kExpiry, message); }
  std::string Signed(std::uint64_t version) {
    return SignNote(Text(version),
                    {{RootName(0), &office.roots[0]}, {RootName(1), &office.roots[1]}});
  }
  // The proof of entry number `index` in the log of the charters 1 to `size`.
  std::string Proof(std::uint64_t index, std::uint64_t size) {
    tlog::Log log;
    for (std::uint64_t version = 1; version <= size; ++version) {
      log.Add(AsBytes(*LogEntry(Text(version))));
    }
    tlog::LogProof proof;
    proof.index = index;
    proof.hashes = *tlog::ProveInclusion(index, size, log);
    note::Note note;
    note.text = tlog::FormatCheckpoint({std::string(origin), size, *tlog::Root(size, log)});
    if (!note::Sign(note, origin, signer->Key(identity::Purpose::kNote)).ok()) std::abort();
    for (const auto& [party, time] : cosigners) {
      const SigningKey key = party->Key(identity::Purpose::kCosignature);
      if (!tlog::Cosign(note, NameOf(*party), key, time).ok()) std::abort();
    }
    proof.checkpoint = note::Serialize(note);
    return tlog::FormatLogProof(proof);
  }
  std::string Proof(std::uint64_t version) { return Proof(version - 1, version); }
  static std::string NameOf(const identity::Party& party) {
    return party.recipient().substr(0, 20);
  }
  void Require(std::size_t threshold, const std::vector<const identity::Party*>& witnesses) {
    for (const identity::Party* party : witnesses) {
      const SigningKey key = party->Key(identity::Purpose::kCosignature);
      trust.witnesses.push_back(*tlog::MakeWitnessKey(NameOf(*party), key.public_key()));
    }
    trust.witness_threshold = threshold;
  }
  // "ok", or code and field.
  std::string Verdict(const std::string& note, const std::string& proof) {
    const auto opened = OpenPublished(note, proof, trust, kNow);
    if (opened.ok()) return "ok";
    return std::to_string(static_cast<int>(opened.error().code())) + opened.error().field();
  }
  static std::string Says(Code code, const char* field = "") {
    return std::to_string(static_cast<int>(code)) + field;
  }

  const Office office{};
  v1::Charter message = DemoCharter(office);
  Trust trust = DemoTrust(office);
  std::string_view origin = kOrigin;
  const identity::Party* signer = &office.log;
  std::vector<std::pair<const identity::Party*, std::int64_t>> cosigners;
};

TEST_F(Publishing, TakesTheNewestOfItsLog) {
  for (std::uint64_t version = 1; version <= 5; ++version) {
    const auto opened = OpenPublished(Signed(version), Proof(version), trust, kNow);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    EXPECT_EQ(opened->charter->version(), version);
    EXPECT_EQ(opened->checkpoint.size, version);
    EXPECT_EQ(opened->checkpoint.origin, kOrigin);
    EXPECT_NE(Proof(version).find(opened->checkpoint_note), std::string::npos);
  }
}

TEST_F(Publishing, WhoSignedItDoesNotChangeItsEntry) {
  const std::string other =
      SignNote(Text(2), {{RootName(2), &office.roots[2]}, {RootName(1), &office.roots[1]}});
  EXPECT_EQ(Verdict(other, Proof(2)), "ok");
}

TEST_F(Publishing, RefusesWhatIsNoProofOfIt) {
  const std::string note = Signed(3);
  ASSERT_EQ(Verdict(note, Proof(3)), "ok");
  EXPECT_EQ(Verdict(note, ""), Says(Code::kUnverified, "proof"));
  EXPECT_EQ(Verdict(note, "proof"), Says(Code::kMalformed));
  EXPECT_EQ(Verdict(note, Proof(2)), Says(Code::kUnverified));
  EXPECT_EQ(Verdict(note, Proof(1, 3)), Says(Code::kUnverified));
  // Another charter of that version, signed by the roots as well, in the same log's place.
  const std::string proof = Proof(3);
  message.mutable_channels(0)->mutable_limits()->set_attachments(1);
  EXPECT_EQ(Verdict(Signed(3), proof), Says(Code::kUnverified));
  EXPECT_EQ(Verdict(Signed(3), Proof(3)), "ok");
}

TEST_F(Publishing, RefusesWhatIsNotTheNewest) {
  EXPECT_EQ(Verdict(Signed(3), Proof(2, 4)), Says(Code::kConflict, "version"));
  EXPECT_EQ(Verdict(Signed(1), Proof(0, 2)), Says(Code::kConflict, "version"));
}

TEST_F(Publishing, RefusesAnotherLog) {
  signer = &office.outsider;
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kUnverified));
  signer = &office.log;
  origin = testing::kLogOrigin;
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kUnverified));
  origin = kOrigin;
  trust.logs.clear();
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kRejected, "log"));
  trust.logs = {testing::NoteKey(office.outsider, testing::kLogOrigin)};
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kRejected, "log"));
}

TEST_F(Publishing, TheCharterItselfIsCheckedFirst) {
  const std::string one_root = SignNote(Text(2), {{RootName(0), &office.roots[0]}});
  EXPECT_EQ(Verdict(one_root, Proof(2)), Says(Code::kUnverified));
  trust.minimum_version = 3;
  EXPECT_EQ(Verdict(Signed(2), ""), Says(Code::kRejected, "version"));
  EXPECT_EQ(OpenPublished(Signed(3), Proof(3), trust, kExpiry).error().code(), Code::kExpired);
}

TEST_F(Publishing, NeedsTheWitnessesOfTheTrustFileWithinSevenDays) {
  Require(2, {&office.witness, &office.auditor, &office.support});
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kUnverified, "witnesses"));
  cosigners = {{&office.witness, kNow}};
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kUnverified, "witnesses"));
  cosigners.emplace_back(&office.outsider, kNow);  // whom the trust file does not know
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kUnverified, "witnesses"));
  cosigners.emplace_back(&office.auditor, kNow - 7 * kDay);
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), "ok");
  cosigners.back().second -= 1;
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kExpired, "witnesses"));
  cosigners.back().second = kNow + 301;
  EXPECT_EQ(Verdict(Signed(2), Proof(2)), Says(Code::kUnverified, "witnesses"));
}

TEST_F(Publishing, EveryChangedBitOfAProofIsSeen) {
  Require(1, {&office.witness});
  cosigners = {{&office.witness, kNow}};
  const std::string note = Signed(3);
  const std::string proof = Proof(3);
  ASSERT_EQ(Verdict(note, proof), "ok");
  for (std::size_t i = 0; i < proof.size(); ++i) {
    std::string changed = proof;
    changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
    EXPECT_NE(Verdict(note, changed), "ok") << i;
    EXPECT_NE(Verdict(note, proof.substr(0, i)), "ok") << i;
  }
}

}  // namespace
}  // namespace safeconduct::charter
