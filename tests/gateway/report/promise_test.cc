// Leaves and promises.
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/report/event.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::report {
namespace {

using testing::kLogOrigin;
using testing::kNow;
using testing::MakeParty;
using testing::NoteKey;

class PromiseTest : public ::testing::Test {
 protected:
  Result<Promise> Verify(std::string_view note, LeafKind kind = LeafKind::kReport) {
    return VerifyPromise(note, kind, entry, std::span(&log_key, 1));
  }
  // What MakePromise makes, of any lines.
  std::string Sign(std::string text) {
    note::Note signed_note;
    signed_note.text = std::move(text);
    EXPECT_TRUE(note::Sign(signed_note, kLogOrigin, log.Key(identity::Purpose::kNote)).ok());
    return note::Serialize(signed_note);
  }

  const identity::Party log = MakeParty(20);
  const note::VerifierKey log_key = NoteKey(log, kLogOrigin);
  const Hash entry = Sha256(AsBytes("a manifest"));
  const v1::StoredLeaf leaf = MakeLeaf(LeafKind::kReport, entry, kNow, 3600);
  const std::string promise = MakePromise(leaf, kLogOrigin, log.Key(identity::Purpose::kNote));
};

TEST_F(PromiseTest, LeafIsTheHashOfSaltKindAndEntry) {
  v1::StoredLeaf known;
  known.set_salt(std::string(32, 's'));
  known.set_kind(2);
  known.set_entry_hash(std::string(32, 'e'));
  const std::string input =
      "safeconduct/leaf/v1" + std::string(32, 's') + "\x02" + std::string(32, 'e');
  EXPECT_EQ(LeafOf(known), Sha256(AsBytes(input)));
}

TEST_F(PromiseTest, LeavesOfTheSameEntryCannotBeLinked) {
  const v1::StoredLeaf again = MakeLeaf(LeafKind::kReport, entry, kNow, 3600);
  EXPECT_NE(again.salt(), leaf.salt());
  EXPECT_NE(LeafOf(again), LeafOf(leaf));
  EXPECT_EQ(leaf.salt().size(), 32u);
}

TEST_F(PromiseTest, TimeTellsNothingWithinAnInterval) {
  const auto until = [&](std::int64_t now, std::uint32_t interval) {
    return MakeLeaf(LeafKind::kEvent, entry, now, interval).promised_until();
  };
  EXPECT_EQ(until(7200, 3600), 7200 + 7200);
  EXPECT_EQ(until(7201, 3600), 10'800 + 7200);
  EXPECT_EQ(until(10'800, 3600), 10'800 + 7200);
  EXPECT_EQ(until(7, 5), 20);
  EXPECT_EQ(until(7, 0), 9);
}

TEST_F(PromiseTest, IsVerifiedAgainstTheEntry) {
  const auto verified = Verify(promise);
  ASSERT_TRUE(verified.ok()) << verified.error().message();
  EXPECT_EQ(verified->leaf, LeafOf(leaf));
  EXPECT_EQ(verified->until, leaf.promised_until());
  EXPECT_EQ(MakePromise(leaf, kLogOrigin, log.Key(identity::Purpose::kNote)), promise)
      << "the same leaf again gives the same promise";
  EXPECT_EQ(Verify(promise, LeafKind::kEvent).error().code(), Code::kUnverified);
  EXPECT_EQ(
      VerifyPromise(promise, LeafKind::kReport, Hash{}, std::span(&log_key, 1)).error().code(),
      Code::kUnverified);
}

TEST_F(PromiseTest, OfADecoyHasItsLengthsAndVerifiesForNobody) {
  const std::string decoy = MakeDecoyPromise(kNow, 3600, log_key);
  EXPECT_NE(decoy, MakeDecoyPromise(kNow, 3600, log_key));
  EXPECT_EQ(Verify(decoy).error().code(), Code::kUnverified);
  const auto lengths = [](std::string_view text) {
    std::vector<std::size_t> out(1, 0);
    for (const char c : text) {
      if (c == '\n') {
        out.push_back(0);
      } else {
        ++out.back();
      }
    }
    return out;
  };
  EXPECT_EQ(lengths(decoy), lengths(promise));
  const auto note = note::Parse(decoy);
  ASSERT_TRUE(note.ok());
  EXPECT_EQ(note->signatures[0].id, log_key.id);
  EXPECT_EQ(note->signatures[0].bytes.size(), 64u);
  // Also the time says nothing.
  EXPECT_NE(note->text.find("\n" + std::to_string(leaf.promised_until()) + "\n"),
            std::string::npos);
}

TEST_F(PromiseTest, IsTheDocumentedText) {
  const std::string text =
      "safeconduct/promise/v1\nexample.org/log\n" + Base64Encode(LeafOf(leaf)) + "\n" +
      std::to_string(leaf.promised_until()) + "\n" + Base64Encode(AsBytes(leaf.salt())) + "\n";
  EXPECT_EQ(note::Parse(promise)->text, text);
  EXPECT_EQ(Sign(text), promise);
}

TEST_F(PromiseTest, CountsOnlyOfAKnownLog) {
  EXPECT_EQ(VerifyPromise(promise, LeafKind::kReport, entry, {}).error().code(), Code::kUnverified);
  const note::VerifierKey other = NoteKey(MakeParty(22), kLogOrigin);
  EXPECT_EQ(VerifyPromise(promise, LeafKind::kReport, entry, std::span(&other, 1)).error().code(),
            Code::kUnverified)
      << "another key under the same name";
  const std::vector<note::VerifierKey> several = {NoteKey(MakeParty(22), "example.org/old"),
                                                  log_key};
  EXPECT_TRUE(VerifyPromise(promise, LeafKind::kReport, entry, several).ok());
  // Signed by a known log, but in the name of another.
  std::string text = note::Parse(promise)->text;
  text.replace(text.find("example.org/log"), 15, "example.org/old");
  EXPECT_EQ(VerifyPromise(Sign(text), LeafKind::kReport, entry, several).error().code(),
            Code::kUnverified);
}

TEST_F(PromiseTest, HasOneForm) {
  const std::string leaf_text = Base64Encode(LeafOf(leaf));
  const std::string salt = Base64Encode(AsBytes(leaf.salt()));
  const std::string until = std::to_string(leaf.promised_until());
  const auto sign = [&](const std::string& kind, const std::string& leaf_line,
                        const std::string& time, const std::string& salt_line,
                        const std::string& more) {
    return Sign(kind + "\nexample.org/log\n" + leaf_line + "\n" + time + "\n" + salt_line + "\n" +
                more);
  };
  const std::string kind = "safeconduct/promise/v1";
  ASSERT_TRUE(Verify(sign(kind, leaf_text, until, salt, "")).ok());
  for (const std::string& bad :
       {sign("safeconduct/promise/v2", leaf_text, until, salt, ""),
        sign(kind, leaf_text, "0" + until, salt, ""), sign(kind, leaf_text, "-1", salt, ""),
        sign(kind, leaf_text, until, "", ""), sign(kind, "AAAA", until, salt, ""),
        sign(kind, leaf_text, until, leaf_text, ""), sign(kind, salt, until, salt, ""),
        sign(kind, leaf_text, until, salt, "more\n"), Sign("safeconduct/promise/v1\n")}) {
    EXPECT_FALSE(Verify(bad).ok()) << bad;
  }
}

TEST_F(PromiseTest, RefusesTruncationAndBitFlips) {
  for (std::size_t size = 0; size < promise.size(); ++size) {
    EXPECT_FALSE(Verify(promise.substr(0, size)).ok()) << size;
  }
  for (std::size_t i = 0; i < promise.size() * 8; ++i) {
    std::string flipped = promise;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(Verify(flipped).ok()) << i;
  }
}

}  // namespace
}  // namespace safeconduct::report
