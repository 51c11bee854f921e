#include "gateway/transparency/charter_log.h"

#include <atomic>
#include <thread>

#include "crypto/tlog/cosignature.h"
#include "crypto/tlog/proof.h"
#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"
#include "tests/gateway/transparency/high_water.h"

namespace safeconduct::transparency {
namespace {

using testing::Fails;
using testing::MemoryHighWater;
using testing::Succeeds;

constexpr const char* kOrigin = "example.org/charter";

class CharterLogTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<CharterLog>> Open(std::size_t charters, const char* origin = kOrigin) {
    diagnosis_ = {};
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < charters; ++i) entries.push_back(tlog::EntryAt(i));
    return CharterLog::Open(origin, key_, entries, mark_, diagnosis_);
  }
  // The checkpoint of that many charters, by the definition.
  std::string Expected(std::size_t size) const {
    const tlog::Log log = tlog::LogOf(size);
    return *tlog::SignCheckpoint({kOrigin, size, tlog::NaiveRoot(log.First(size))}, key_);
  }
  note::VerifierKey verifier() const { return *note::MakeVerifierKey(kOrigin, key_.public_key()); }

  const SigningKey key_ = SigningKey::FromSeed(SecretArray<32>());
  MemoryHighWater mark_;
  Diagnosis diagnosis_;
};

TEST_F(CharterLogTest, HasNothingBeforeTheFirstCharter) {
  const auto log = Open(0);
  ASSERT_TRUE(Succeeds(log));
  EXPECT_EQ((*log)->size(), 0U);
  EXPECT_TRUE(Fails((*log)->Checkpoint(), Code::kNotFound));
  EXPECT_TRUE(Fails((*log)->Proof(), Code::kNotFound));
  EXPECT_TRUE(Fails((*log)->Tile(*tlog::ParseTileName("0/000.p/1")), Code::kNotFound));
  EXPECT_EQ(mark_.times, 0);
}

TEST_F(CharterLogTest, GivesForEachCharterTheProofOfTheDefinition) {
  const auto log = Open(0);
  ASSERT_TRUE(Succeeds(log));
  for (std::size_t size = 1; size <= 20; ++size) {
    ASSERT_TRUE(Succeeds((*log)->Append(size, tlog::EntryAt(size - 1))));
    EXPECT_EQ(*(*log)->Checkpoint(), Expected(size));
    EXPECT_EQ(mark_.kept, Expected(size));
    const auto proof = tlog::ParseLogProof(*(*log)->Proof());
    ASSERT_TRUE(Succeeds(proof));
    EXPECT_EQ(proof->index, size - 1);
    const std::string entry = tlog::EntryAt(size - 1);
    const auto checked = tlog::CheckLogProof(*proof, AsBytes(entry), verifier(), {});
    ASSERT_TRUE(Succeeds(checked));
    EXPECT_EQ(checked->checkpoint.size, size);
  }
}

TEST_F(CharterLogTest, IsTheSameAfterARestart) {
  const auto log = Open(0);
  ASSERT_TRUE(Succeeds(log));
  for (std::size_t size = 1; size <= 5; ++size) {
    ASSERT_TRUE(Succeeds((*log)->Append(size, tlog::EntryAt(size - 1))));
  }
  const int times = mark_.times;
  const auto again = Open(5);
  ASSERT_TRUE(Succeeds(again));
  EXPECT_EQ(*(*again)->Checkpoint(), *(*log)->Checkpoint());
  EXPECT_EQ(*(*again)->Proof(), *(*log)->Proof());
  EXPECT_EQ(mark_.times, times);
  ASSERT_TRUE(Succeeds((*again)->Append(6, tlog::EntryAt(5))));
  EXPECT_EQ(*(*again)->Checkpoint(), Expected(6));
}

TEST_F(CharterLogTest, ServesTilesOfWhatIsComplete) {
  const auto log = Open(259);
  ASSERT_TRUE(Succeeds(log));
  const tlog::Log tree = tlog::LogOf(259);
  const auto tile = [&](const char* name) { return (*log)->Tile(*tlog::ParseTileName(name)); };
  for (const char* name : {"0/000", "0/000.p/7", "0/001.p/3", "1/000.p/1"}) {
    EXPECT_EQ(*tile(name), *tlog::HashTile(*tlog::ParseTileName(name), 259, tree)) << name;
  }
  for (const char* name : {"0/001", "0/001.p/4", "1/000", "1/000.p/2", "entries/001", "0/002.p/1",
                           "entries/001.p/4", "9/000.p/1"}) {
    EXPECT_TRUE(Fails(tile(name), Code::kNotFound)) << name;
  }
  const std::vector<std::string> last = {tlog::EntryAt(256), tlog::EntryAt(257),
                                         tlog::EntryAt(258)};
  EXPECT_EQ(*tile("entries/001.p/3"), *tlog::EntryBundle(last));
}

TEST_F(CharterLogTest, TheNewestOneAgainChangesNothingAndNoOtherIsTaken) {
  const auto log = Open(2);
  ASSERT_TRUE(Succeeds(log));
  EXPECT_TRUE(Succeeds((*log)->Append(2, tlog::EntryAt(1))));
  EXPECT_TRUE(Fails((*log)->Append(2, "another"), Code::kConflict));
  EXPECT_TRUE(Fails((*log)->Append(1, tlog::EntryAt(0)), Code::kConflict));
  EXPECT_TRUE(Fails((*log)->Append(4, tlog::EntryAt(3)), Code::kConflict));
  EXPECT_TRUE(Fails((*log)->Append(0, ""), Code::kConflict));
  EXPECT_EQ((*log)->size(), 2U);
  EXPECT_EQ(*(*log)->Checkpoint(), Expected(2));
}

TEST_F(CharterLogTest, LetsNothingOutThatTheMarkDoesNotHave) {
  const auto log = Open(1);
  ASSERT_TRUE(Succeeds(log));
  mark_.fault = Error(Code::kNoSpace, "full");
  EXPECT_TRUE(Fails((*log)->Append(2, tlog::EntryAt(1)), Code::kNoSpace));
  EXPECT_EQ((*log)->size(), 1U);
  EXPECT_EQ(*(*log)->Checkpoint(), Expected(1));
  EXPECT_TRUE(Fails((*log)->Tile(*tlog::ParseTileName("0/000.p/2")), Code::kNotFound));
  mark_.fault.reset();
  EXPECT_TRUE(Succeeds((*log)->Append(2, tlog::EntryAt(1))));
  EXPECT_EQ(*(*log)->Checkpoint(), Expected(2));
}

TEST_F(CharterLogTest, KeepsAtTheStartWhatWasStoredBeforeACrash) {
  ASSERT_TRUE(Succeeds(Open(2)));
  EXPECT_EQ(mark_.kept, Expected(2));
  ASSERT_TRUE(Succeeds(Open(3)));
  EXPECT_EQ(mark_.kept, Expected(3));
  mark_.fault = Error(Code::kUnavailable, "gone");
  EXPECT_TRUE(Fails(Open(3), Code::kUnavailable));
}

TEST_F(CharterLogTest, RefusesAStoreBehindTheMark) {
  mark_.kept = Expected(3);
  for (std::size_t stored = 0; stored < 3; ++stored) {
    EXPECT_TRUE(Fails(Open(stored), Code::kConflict)) << stored;
    EXPECT_EQ(diagnosis_.stored, stored);
    EXPECT_EQ(diagnosis_.kept, 3U);
    EXPECT_EQ(mark_.kept, Expected(3));
  }
  EXPECT_TRUE(Succeeds(Open(4)));
}

TEST_F(CharterLogTest, RefusesAStoreWithOtherCharters) {
  mark_.kept = *tlog::SignCheckpoint({kOrigin, 2, tlog::EmptyRoot()}, key_);
  EXPECT_TRUE(Fails(Open(2), Code::kConflict));
  EXPECT_TRUE(Fails(Open(9), Code::kConflict));
}

TEST_F(CharterLogTest, RefusesAMarkThatIsNotItsOwn) {
  const std::string good = Expected(2);
  for (const std::string& bad :
       {std::string("x"), good.substr(0, good.size() - 1), std::string("\n") + good,
        *tlog::SignCheckpoint({"example.net/charter", 2, tlog::EmptyRoot()}, key_)}) {
    mark_.kept = bad;
    EXPECT_TRUE(Fails(Open(5), Code::kCorrupted)) << bad;
    EXPECT_EQ(mark_.kept, bad);
  }
  EXPECT_FALSE(Open(5, "no origin").ok());
}

TEST_F(CharterLogTest, ReadersSeeOneHeadOrTheNext) {
  const auto log = Open(1);
  ASSERT_TRUE(Succeeds(log));
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::thread reader([&] {
    while (!done) {
      const auto proof = tlog::ParseLogProof(*(*log)->Proof());
      const std::string entry = tlog::EntryAt(proof->index);
      if (!tlog::CheckLogProof(*proof, AsBytes(entry), verifier(), {}).ok()) ++wrong;
      if (!(*log)->Tile(*tlog::ParseTileName("0/000.p/1")).ok()) ++wrong;
    }
  });
  for (std::size_t size = 2; size <= 40; ++size) {
    EXPECT_TRUE(Succeeds((*log)->Append(size, tlog::EntryAt(size - 1))));
  }
  done = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(CharterLogTest, ServesCosignaturesAlsoAfterARestart) {
  auto log = Open(3);
  ASSERT_TRUE(Succeeds(log));
  note::Note note = *note::Parse(*(*log)->Checkpoint());
  ASSERT_TRUE(Succeeds(tlog::Cosign(note, "witness.example", key_, 1'700'000'000)));
  const std::string cosigned = note::Serialize(note);
  mark_.fault = Error(Code::kNoSpace, "full");
  EXPECT_TRUE(Fails((*log)->Cosigned(cosigned), Code::kNoSpace));
  EXPECT_EQ(*(*log)->Checkpoint(), Expected(3));
  mark_.fault.reset();
  ASSERT_TRUE(Succeeds((*log)->Cosigned(cosigned)));
  EXPECT_EQ(*(*log)->Checkpoint(), cosigned);
  EXPECT_EQ(tlog::ParseLogProof(*(*log)->Proof())->checkpoint, cosigned);
  EXPECT_EQ(mark_.kept, cosigned);

  log = Open(3);
  ASSERT_TRUE(Succeeds(log));
  EXPECT_EQ(*(*log)->Checkpoint(), cosigned);
  ASSERT_TRUE(Succeeds((*log)->Append(4, tlog::EntryAt(3))));
  EXPECT_EQ(*(*log)->Checkpoint(), Expected(4));
  // Too late: another charter came meanwhile.
  ASSERT_TRUE(Succeeds((*log)->Cosigned(cosigned)));
  EXPECT_EQ(*(*log)->Checkpoint(), Expected(4));
  EXPECT_EQ(mark_.kept, Expected(4));
  EXPECT_TRUE(Succeeds((*log)->ProveConsistency(2, 4)));
  EXPECT_TRUE(Fails((*log)->ProveConsistency(2, 5), Code::kMalformed));
}

}  // namespace
}  // namespace safeconduct::transparency
