// A report log over a store, with reports that come and steps as the gateway makes them.
#ifndef SAFECONDUCT_TESTS_GATEWAY_TRANSPARENCY_REPORT_LOG_FIXTURE_H_
#define SAFECONDUCT_TESTS_GATEWAY_TRANSPARENCY_REPORT_LOG_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gateway/transparency/report_log.h"
#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"
#include "tests/gateway/transparency/high_water.h"
#include "tests/storage/faulty_store.h"
#include "tests/storage/reports.h"

namespace safeconduct::transparency {

inline constexpr const char* kOrigin = "example.org/log";
inline constexpr std::uint32_t kBlock = 8;

class ReportLogFixture : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(testing::Succeeds(Start())); }

  Status Start(const std::string& origin = kOrigin) {
    diagnosis_ = {};
    log_ = std::make_unique<ReportLog>(store_, key_, mark_, kBlock);
    return log_->Use(origin, diagnosis_);
  }
  // The sequence number of its leaf.
  storage::Sequence AddReport() {
    const storage::Sequence sequence = Draw();
    const storage::Report report = storage::SealedReportAt(sequence);
    Draw();
    EXPECT_TRUE(testing::Succeeds(storage::CommitOne(store_, report)));
    return report.leaf.sequence;
  }
  storage::Sequence Draw() { return ++last_; }
  Status GrowOnce() {
    return log_->Grow([this] { return Draw(); });
  }
  // What an interval brings.
  Status Step() {
    do {
      SC_TRY(GrowOnce());
    } while (log_->more());
    SC_TRY(log_->Keep());
    return log_->Publish();
  }
  v1::StoredLeaf LeafAt(storage::Sequence sequence) { return store_.FindLeaf(sequence)->record; }
  std::vector<Hash> Entries() {
    std::vector<Hash> entries;
    for (std::uint64_t begin = 0; begin < log_->size(); begin += 256) {
      const auto width =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(256, log_->size() - begin));
      const auto bundle = log_->Tile({tlog::TileName::Kind::kEntries, 0, begin / 256, width});
      EXPECT_TRUE(testing::Succeeds(bundle));
      EXPECT_EQ(bundle->size(), 34U * width);
      for (std::size_t i = 0; i < width; ++i) {
        EXPECT_EQ((*bundle)[34 * i], 0);
        EXPECT_EQ((*bundle)[34 * i + 1], 32);
        entries.push_back(ToArray<32>(ByteView(*bundle).subspan(34 * i + 2, 32)));
      }
    }
    return entries;
  }
  tlog::Checkpoint Checkpoint() {
    const auto opened = tlog::OpenCheckpoint(*log_->Checkpoint(), verifier());
    EXPECT_TRUE(testing::Succeeds(opened));
    return opened->checkpoint;
  }
  note::VerifierKey verifier() const { return *note::MakeVerifierKey(kOrigin, key_.public_key()); }
  // The root of the entries that are served, by the definition.
  Hash NaiveRootNow() {
    std::vector<Hash> leaves;
    for (const Hash& entry : Entries()) leaves.push_back(tlog::LeafHash(entry));
    return tlog::NaiveRoot(leaves);
  }

  const SigningKey key_ = SigningKey::FromSeed(SecretArray<32>());
  storage::FaultyStore store_;
  testing::MemoryHighWater mark_;
  Diagnosis diagnosis_;
  std::unique_ptr<ReportLog> log_;
  storage::Sequence last_ = 0;
};

}  // namespace safeconduct::transparency

#endif  // SAFECONDUCT_TESTS_GATEWAY_TRANSPARENCY_REPORT_LOG_FIXTURE_H_
