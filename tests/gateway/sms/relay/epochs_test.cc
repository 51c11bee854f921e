#include "gateway/sms/relay/epochs.h"

#include <gtest/gtest.h>

#include "gateway/sms/relay/files.h"
#include "tests/gateway/charter/demo_charter.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::sms {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::int64_t kDay = 86'400;

class EpochsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Epochs> Open(std::int64_t now) {
    auto epochs = Epochs::Open({folder_ / "epochs", 30, 60}, relay_, now);
    EXPECT_TRUE(epochs.ok());
    return epochs.ok() ? *std::move(epochs) : nullptr;
  }
  std::vector<std::string> Files() { return storage::FilesOf(folder_ / "epochs", ""); }
  static Bytes KeyOf(const Epoch& epoch) { return {epoch.key().begin(), epoch.key().end()}; }

  storage::TempFolder folder_;
  identity::Party relay_ = testing::MakeParty(70);
};

TEST_F(EpochsTest, AKeyOutlivesARestartSealed) {
  const auto epochs = Open(kNow);
  const EpochPtr epoch = epochs->Newest();
  ASSERT_NE(epoch, nullptr);
  EXPECT_LE(epoch->begin(), kNow);
  ASSERT_EQ(Files().size(), 1U);
  const Bytes file = storage::ReadFile(Files()[0]);
  EXPECT_EQ(AsText(file).find(AsText(epoch->key())), std::string_view::npos);
  const auto again = Open(kNow + 29 * kDay);
  EXPECT_EQ(again->Newest()->number(), epoch->number());
  EXPECT_EQ(KeyOf(*again->Newest()), KeyOf(*epoch));
  EXPECT_EQ(again->Newest()->begin(), epoch->begin());
}

TEST_F(EpochsTest, ANewOneBeginsAndTheOldOneStaysForAnswers) {
  const auto epochs = Open(kNow);
  const EpochPtr first = epochs->Newest();
  EXPECT_FALSE(*epochs->Turn(first->begin() + 30 * kDay - 1));
  EXPECT_EQ(epochs->Newest()->number(), first->number());
  EXPECT_FALSE(*epochs->Turn(first->begin() + 30 * kDay));
  EXPECT_GT(epochs->Newest()->number(), first->number());
  EXPECT_NE(KeyOf(*epochs->Newest()), KeyOf(*first));
  EXPECT_NE(epochs->Find(first->number()), nullptr);
  EXPECT_EQ(epochs->Living().size(), 2U);
  EXPECT_EQ(Open(kNow + 30 * kDay)->Living().size(), 2U);
}

TEST_F(EpochsTest, AKeyIsDestroyedWhenTheTimeForAnswersIsOver) {
  const auto epochs = Open(kNow);
  const EpochPtr first = epochs->Newest();
  ASSERT_TRUE(epochs->Turn(first->begin() + 30 * kDay).ok());
  const std::string file = folder_ / "epochs/" + std::to_string(first->number()) + ".age";
  // A second name of the file shows what became of its bytes.
  std::filesystem::create_hard_link(file, folder_ / "kept");
  const Bytes before = storage::ReadFile(folder_ / "kept");
  EXPECT_FALSE(*epochs->Turn(first->begin() + 90 * kDay - 1));
  ASSERT_TRUE(std::filesystem::exists(file));
  EXPECT_TRUE(*epochs->Turn(first->begin() + 90 * kDay));
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_NE(storage::ReadFile(folder_ / "kept"), before) << "overwritten before it was removed";
  EXPECT_EQ(epochs->Find(first->number()), nullptr);
  EXPECT_FALSE(epochs->Numbers().contains(first->number()));
}

TEST_F(EpochsTest, AfterALongTimeOffEverythingIsDestroyedAtTheStart) {
  const std::uint64_t first = Open(kNow)->Newest()->number();
  const auto epochs = Open(kNow + 400 * kDay);
  EXPECT_EQ(epochs->Living().size(), 1U);
  EXPECT_NE(epochs->Newest()->number(), first) << "a number is not used twice";
  EXPECT_EQ(Files().size(), 1U);
}

TEST_F(EpochsTest, WhatCannotBeOpenedStopsTheStart) {
  (void)Open(kNow);
  const std::string file = Files()[0];
  const Bytes good = storage::ReadFile(file);
  const identity::Party other = testing::MakeParty(71);
  EXPECT_EQ(Epochs::Open({folder_ / "epochs", 30, 60}, other, kNow).error().code(),
            Code::kCorrupted);
  Bytes bad = good;
  bad.back() ^= 1;
  storage::WriteFile(file, bad);
  EXPECT_EQ(Epochs::Open({folder_ / "epochs", 30, 60}, relay_, kNow).error().code(),
            Code::kCorrupted);
  // Under another number, whose threads would be lost.
  storage::WriteFile(file, good);
  std::filesystem::rename(file, folder_ / "epochs/7.age");
  EXPECT_EQ(Epochs::Open({folder_ / "epochs", 30, 60}, relay_, kNow).error().code(),
            Code::kCorrupted);
}

TEST_F(EpochsTest, AWriteThatWasBrokenOffIsCleanedUp) {
  (void)Open(kNow);
  storage::WriteFile(folder_ / "epochs/9.age.new", AsBytes("half"));
  EXPECT_EQ(Open(kNow)->Living().size(), 1U);
  EXPECT_EQ(Files().size(), 1U);
}

}  // namespace
}  // namespace safeconduct::sms
