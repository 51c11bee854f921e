#include "gateway/uploads/writer.h"

#include <gtest/gtest.h>

#include "crypto/base/secret.h"
#include "gateway/uploads/uploads.h"
#include "storage/memory/memory_store.h"

namespace safeconduct::uploads {
namespace {

class StillClock final : public work::Clock {
 public:
  std::int64_t UnixSeconds() const override { return 1'800'000'000; }
  std::chrono::steady_clock::time_point Steady() const override { return {}; }
};

class WriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(InitCrypto().ok());
    Limits limits;
    limits.quota_bytes = limits.max_bytes = 1 << 30;
    auto opened = Uploads::Open(
        clock_, store_, [this] { return ++sequence_; }, limits);
    ASSERT_TRUE(opened.ok());
    uploads_ = *std::move(opened);
  }

  std::unique_ptr<Writer> Start(const std::string& id, std::uint64_t offset,
                                Keeping keeping = Keeping::kAsTheyCome) {
    auto writer = uploads_->Write(id, offset, std::nullopt, keeping);
    EXPECT_TRUE(writer.ok());
    return writer.ok() ? *std::move(writer) : nullptr;
  }

  static Status Feed(Writer& writer, ByteView bytes) {
    while (!bytes.empty()) {
      SC_ASSIGN(const std::size_t taken, writer.Buffer(bytes));
      bytes = bytes.subspan(taken);
      if (writer.room() == 0) SC_TRY(writer.StorePiece());
    }
    return {};
  }

  StillClock clock_;
  storage::MemoryStore store_;
  storage::Sequence sequence_ = 0;
  std::unique_ptr<Uploads> uploads_;
};

TEST_F(WriterTest, TakesNoMoreThanTheUploadIsToHave) {
  const std::string id = uploads_->Create(10, 10)->id;
  const auto writer = Start(id, 0);
  EXPECT_EQ(writer->Buffer(Bytes(11)).error().code(), Code::kTooLarge);
  EXPECT_EQ(*writer->Buffer(Bytes(10)), 10U);
  EXPECT_EQ(writer->Buffer(Bytes(1)).error().code(), Code::kTooLarge);
  EXPECT_TRUE(writer->Keep().ok());
  EXPECT_EQ(writer->progress().offset, 10U);
  EXPECT_EQ(writer->Buffer(Bytes(1)).error().code(), Code::kTooLarge);
}

TEST_F(WriterTest, AWriterThatDiesKeepsNothingThatWasNotSynced) {
  const std::string id = uploads_->Create(3 << 20, 3 << 20)->id;
  EXPECT_TRUE(Feed(*Start(id, 0), Bytes(2'000'000, 1)).ok());
  EXPECT_EQ(uploads_->Find(id)->offset, 0U);
}

TEST_F(WriterTest, LongWritesAreSyncedOnTheWay) {
  constexpr std::size_t kBytes = 40 << 20;
  const std::string id = uploads_->Create(kBytes, kBytes)->id;
  {
    const auto writer = Start(id, 0);
    ASSERT_TRUE(Feed(*writer, Bytes(kBytes - 1, 1)).ok());
  }
  EXPECT_EQ(uploads_->Find(id)->offset, 32U << 20);
  const std::string checked = uploads_->Create(kBytes, kBytes)->id;
  {
    const auto writer = Start(checked, 0, Keeping::kAllOrNothing);
    ASSERT_TRUE(Feed(*writer, Bytes(kBytes - 1, 1)).ok());
  }
  EXPECT_EQ(uploads_->Find(checked)->offset, 0U);
}

TEST_F(WriterTest, AnUploadIsFreeAgainWhenItsWriterIsGone) {
  const std::string id = uploads_->Create(10, 10)->id;
  {
    const auto writer = Start(id, 0);
    EXPECT_EQ(uploads_->Write(id, 0, std::nullopt, Keeping::kAsTheyCome).error().code(),
              Code::kBusy);
    EXPECT_EQ(uploads_->Take(id).error().code(), Code::kBusy);
    EXPECT_EQ(uploads_->Remove(id).error().code(), Code::kBusy);
  }
  EXPECT_TRUE(uploads_->Remove(id).ok());
  EXPECT_EQ(uploads_->Find(id).error().code(), Code::kNotFound);
}

TEST_F(WriterTest, OnlyAFinishedUploadCanBeTaken) {
  const std::string id = uploads_->Create(10, 10)->id;
  EXPECT_EQ(uploads_->Take(id).error().code(), Code::kRejected);
  {
    const auto writer = Start(id, 0);
    ASSERT_TRUE(Feed(*writer, Bytes(10)).ok());
    ASSERT_TRUE(writer->Keep().ok());
  }
  const auto claim = uploads_->Take(id);
  ASSERT_TRUE(claim.ok());
  EXPECT_EQ(claim->root, tlog::LeafHash(Bytes(10)));
  EXPECT_EQ(uploads_->Take(id).error().code(), Code::kBusy);
}

}  // namespace
}  // namespace safeconduct::uploads
