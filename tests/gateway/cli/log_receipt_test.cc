// Receipts, and what a reporter is told about the promise.
#include "gateway/cli/log_receipt.h"

#include <gtest/gtest.h>

#include "crypto/tlog/proof.h"
#include "gateway/cli/mailbox_log.h"
#include "tests/crypto/tlog/naive.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::cli {
namespace {

using ::safeconduct::testing::kLogOrigin;
using ::safeconduct::testing::kNow;
using ::safeconduct::testing::MakeParty;

constexpr std::int64_t kYears = 20LL * 365 * 86'400;
constexpr std::uint32_t kInterval = 3'600;

class Receipts : public ::testing::Test {
 protected:
  Receipts()
      : key(sample.office.log.Key(identity::Purpose::kNote)),
        leaf(report::MakeLeaf(report::LeafKind::kReport, sample.sealed.hash, kNow, kInterval)) {
    for (std::size_t i = 0; i < 5; ++i) {
      names.push_back("witness-" + std::to_string(i));
      witnesses.push_back(MakeParty(static_cast<std::uint8_t>(200 + i)));
    }
  }

  // In a log of eleven entries, cosigned by the first `cosigned` witnesses at `time`.
  std::string Make(const v1::StoredLeaf& of, std::size_t cosigned = 0, std::int64_t time = kNow) {
    tlog::Log log;
    for (std::size_t i = 0; i < 11; ++i) {
      if (i == 6) {
        log.Add(report::LeafOf(of));
      } else {
        log.Add(AsBytes("entry " + std::to_string(i)));
      }
    }
    tlog::LogProof proof;
    proof.extra = Bytes(of.salt().begin(), of.salt().end());
    proof.index = 6;
    proof.hashes = tlog::NaivePath(6, log.First(11));
    note::Note checkpoint;
    checkpoint.text =
        tlog::FormatCheckpoint({std::string(kLogOrigin), 11, tlog::NaiveRoot(log.First(11))});
    EXPECT_TRUE(note::Sign(checkpoint, kLogOrigin, key).ok());
    for (std::size_t i = 0; i < cosigned; ++i) {
      EXPECT_TRUE(tlog::Cosign(checkpoint, names[i],
                               witnesses[i].Key(identity::Purpose::kCosignature), time)
                      .ok());
    }
    proof.checkpoint = note::Serialize(checkpoint);
    return tlog::FormatLogProof(proof);
  }

  charter::Trust Trust(std::size_t threshold) const {
    charter::Trust trust;
    for (std::size_t i = 0; i < witnesses.size(); ++i) {
      trust.witnesses.push_back(*tlog::MakeWitnessKey(
          names[i], witnesses[i].Key(identity::Purpose::kCosignature).public_key()));
    }
    trust.witness_threshold = threshold;
    return trust;
  }

  Result<Receipt> Check(const std::string& receipt, const charter::Trust& trust,
                        std::int64_t now = kNow) {
    return CheckReceipt(receipt, report::LeafKind::kReport, sample.sealed.hash,
                        sample.charter->logs(), trust, now);
  }

  testing::Sample sample;
  SigningKey key;
  v1::StoredLeaf leaf;
  std::vector<std::string> names;
  std::vector<identity::Party> witnesses;
};

TEST_F(Receipts, ProveTheReport) {
  const Result<Receipt> receipt = Check(Make(leaf), Trust(0));
  ASSERT_TRUE(receipt.ok()) << receipt.error().message();
  EXPECT_EQ(receipt->log, kLogOrigin);
  EXPECT_EQ(receipt->entry, 6u);
  EXPECT_EQ(receipt->size, 11u);
}

TEST_F(Receipts, DoNotAge) {
  const std::string receipt = Make(leaf, 3, kNow - kYears);
  const Result<Receipt> checked = Check(receipt, Trust(3));
  ASSERT_TRUE(checked.ok()) << checked.error().message();
  EXPECT_EQ(checked->witnesses.size(), 3u);
  EXPECT_EQ(checked->witnesses[0].time, kNow - kYears);
  EXPECT_TRUE(Check(receipt, Trust(3), kNow + kYears).ok());
  EXPECT_EQ(Check(receipt, Trust(4)).error().code(), Code::kUnverified);
  EXPECT_EQ(Check(Make(leaf, 3, kNow + 86'400), Trust(3)).error().code(), Code::kUnverified)
      << "of a time that has not come";
}

TEST_F(Receipts, AreOfNothingElse) {
  EXPECT_EQ(CheckReceipt(Make(leaf), report::LeafKind::kEvent, sample.sealed.hash,
                         sample.charter->logs(), Trust(0), kNow)
                .error()
                .code(),
            Code::kUnverified);
  EXPECT_EQ(CheckReceipt(Make(leaf), report::LeafKind::kReport, Hash{}, sample.charter->logs(),
                         Trust(0), kNow)
                .error()
                .code(),
            Code::kUnverified);
  const std::vector<note::VerifierKey> none;
  EXPECT_EQ(
      CheckReceipt(Make(leaf), report::LeafKind::kReport, sample.sealed.hash, none, Trust(0), kNow)
          .error()
          .code(),
      Code::kUnverified);
}

TEST_F(Receipts, NoByteCanBeChanged) {
  const std::string receipt = Make(leaf);
  const std::size_t text = receipt.find("\xe2\x80\x94");  // signatures may come in other spellings
  for (std::size_t i = 0; i < text; ++i) {
    std::string changed = receipt;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(Check(changed, Trust(0)).ok()) << i;
  }
  for (std::size_t length = 0; length < receipt.size(); ++length) {
    EXPECT_FALSE(Check(receipt.substr(0, length), Trust(0)).ok()) << length;
  }
}

class Standing : public Receipts {
 protected:
  Standing() {
    mailbox.set_promise(report::MakePromise(leaf, kLogOrigin, key));
    mailbox.set_report_id(report::FormatId(sample.sealed.id));
  }
  LogStanding At(std::int64_t now, std::size_t threshold = 0) {
    return StandingOf(mailbox, sample.sealed.hash, *sample.charter, Trust(threshold), now);
  }
  v1::Mailbox mailbox;
};

using State = LogStanding::State;

TEST_F(Standing, WaitsUntilThePromisesTime) {
  EXPECT_EQ(At(leaf.promised_until()).state, State::kWaiting);
  EXPECT_TRUE(JudgeStanding(At(leaf.promised_until())).ok());
  EXPECT_EQ(At(kNow).until, leaf.promised_until());
}

TEST_F(Standing, IsBrokenAfterIt) {
  const LogStanding standing = At(leaf.promised_until() + 1);
  EXPECT_EQ(standing.state, State::kBroken);
  const Done judged = JudgeStanding(standing);
  ASSERT_FALSE(judged.ok());
  EXPECT_EQ(judged.error().exit, Exit::kUnverified);
  EXPECT_NE(judged.error().hint.find("oversight body"), std::string::npos);
}

TEST_F(Standing, IsInTheLogWithItsReceipt) {
  mailbox.set_receipt(Make(leaf));
  for (const std::int64_t now : {kNow, leaf.promised_until() + kYears}) {
    const LogStanding standing = At(now);
    EXPECT_EQ(standing.state, State::kInLog);
    EXPECT_EQ(standing.receipt->entry, 6u);
    EXPECT_TRUE(JudgeStanding(standing).ok());
  }
}

TEST_F(Standing, AReceiptOfAnotherLeafIsForged) {
  v1::StoredLeaf other = leaf;
  other.set_entry_hash(std::string(32, 'x'));
  mailbox.set_receipt(Make(other));
  EXPECT_EQ(At(kNow).state, State::kWaiting);
  EXPECT_EQ(JudgeStanding(At(kNow)).error().exit, Exit::kUnverified);
  EXPECT_EQ(At(leaf.promised_until() + 1).state, State::kBroken);
}

TEST_F(Standing, TooFewWitnessesCountAsNoneOnlyWhenTimeIsOver) {
  mailbox.set_receipt(Make(leaf, 1));
  EXPECT_EQ(At(kNow, 2).state, State::kWaiting);
  EXPECT_FALSE(At(kNow, 2).trouble.empty());
  EXPECT_TRUE(JudgeStanding(At(kNow, 2)).ok());
  EXPECT_EQ(At(leaf.promised_until() + 1, 2).state, State::kBroken);
  EXPECT_EQ(At(leaf.promised_until() + 1, 1).state, State::kInLog);
}

TEST_F(Standing, WhatWasErasedIsNotBroken) {
  mailbox.set_erased(true);
  EXPECT_EQ(At(leaf.promised_until() + kYears).state, State::kErased);
  EXPECT_TRUE(JudgeStanding(At(leaf.promised_until() + kYears)).ok());
}

}  // namespace
}  // namespace safeconduct::cli
