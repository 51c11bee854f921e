#include "storage/relay/relay_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "crypto/base/secret.h"
#include "safeconduct/v1/event.pb.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

const bool kCryptoReady = InitCrypto().ok();

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::int64_t kDay = 86'400;

template <std::size_t N>
ByteArray<N> Filled(std::uint8_t with) {
  ByteArray<N> out;
  out.fill(with);
  return out;
}
MailboxKey Mailbox(std::uint8_t number) { return Filled<32>(number); }
SendToken Token(std::uint8_t number) { return Filled<16>(number); }

v1::RelayQueued Message(std::uint8_t mailbox, const std::string& sealed, std::uint64_t epoch = 1) {
  v1::RelayQueued queued;
  queued.set_thread(std::string(AsText(Mailbox(mailbox))));
  queued.set_epoch(epoch);
  queued.mutable_message()->set_sealed(sealed);
  return queued;
}
v1::RelayQueued Report(std::uint8_t mailbox, const std::string& bytes, std::uint64_t epoch = 1) {
  v1::RelayQueued queued;
  queued.set_thread(std::string(AsText(Mailbox(mailbox))));
  queued.set_epoch(epoch);
  queued.set_report(bytes);
  return queued;
}
v1::RelayThread Thread(std::uint64_t epoch) {
  v1::RelayThread thread;
  thread.set_channel("mission");
  thread.set_epoch(epoch);
  return thread;
}
v1::RelayPart Part(std::uint32_t index, std::int64_t time) {
  v1::RelayPart part;
  part.set_index(index);
  part.set_time(time);
  part.set_sealed("sealed");
  return part;
}

class RelayStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<RelayStore> Open(const std::string& name = "store") {
    settings_.folder = folder_ / name;
    auto store = OpenRelayStore(settings_);
    EXPECT_TRUE(store.ok()) << store.error().message();
    return store.ok() ? *std::move(store) : nullptr;
  }
  // As a killed process would have left it: `store` is still open, and never closed.
  std::unique_ptr<RelayStore> OpenAfterKill() {
    CopyFolder(folder_ / "store", folder_ / "killed");
    std::filesystem::remove(folder_ / "killed/LOCK");
    return Open("killed");
  }
  TempFolder folder_;
  RelayStoreSettings settings_;
};

TEST_F(RelayStoreTest, WhatWasCommittedOutlivesAKill) {
  const auto store = Open();
  RelayChange change;
  change.now = kNow;
  change.seen = {store->Keyed("id", AsBytes("1"))};
  change.threads = {{Mailbox(1), Thread(7)}};
  change.queued = {Report(1, "report"), Message(1, "next")};
  change.outgoing = {{Token(9), v1::RelayOutgoing()}};
  const auto places = store->Commit(change);
  ASSERT_TRUE(places.ok());
  ASSERT_EQ(places->size(), 2U);
  const auto after = OpenAfterKill();
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->Keyed("id", AsBytes("1")), change.seen[0]) << "the key is kept";
  EXPECT_TRUE(*after->Seen(change.seen[0]));
  EXPECT_FALSE(*after->Seen(after->Keyed("id", AsBytes("2"))));
  EXPECT_EQ(after->FindThread(Mailbox(1))->epoch(), 7U);
  const auto queue = *after->Queue(0, 10);
  ASSERT_EQ(queue.size(), 2U);
  EXPECT_EQ(after->ReadQueued(queue[0])->report(), "report");
  EXPECT_EQ(after->ReadQueued(queue[1])->message().sealed(), "next");
  EXPECT_EQ(after->queue_size().entries, 2U);
  EXPECT_TRUE(after->FindOutgoing(Token(9)).ok());
}

TEST_F(RelayStoreTest, KeyedHashesAreOfOneStoreAndOneUse) {
  const auto one = Open("one");
  const auto other = Open("other");
  EXPECT_NE(one->Keyed("id", AsBytes("1")), other->Keyed("id", AsBytes("1")));
  EXPECT_NE(one->Keyed("id", AsBytes("1")), one->Keyed("parts", AsBytes("1")));
}

TEST_F(RelayStoreTest, OneProcessAtATime) {
  const auto store = Open();
  const auto second = OpenRelayStore(settings_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kBusy);
}

TEST_F(RelayStoreTest, TheQueueKeepsItsOrderAlsoAfterItWasOpenedAgain) {
  auto store = Open();
  for (int i = 0; i < 300; ++i) {
    RelayChange change;
    change.queued = {Message(static_cast<std::uint8_t>(i), std::to_string(i))};
    ASSERT_TRUE(store->Commit(change).ok());
  }
  const auto first = *store->Queue(0, 100);
  for (const RelayPlace& place : first) ASSERT_TRUE(store->RemoveQueued(place).ok());
  ASSERT_TRUE(store->RemoveQueued(first[0]).ok()) << "what is not there is removed already";
  EXPECT_EQ(store->queue_size().entries, 200U);
  store.reset();
  store = Open();
  RelayChange change;
  change.queued = {Message(1, "last")};
  ASSERT_TRUE(store->Commit(change).ok());
  const auto left = *store->Queue(0, 1000);
  ASSERT_EQ(left.size(), 201U);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(store->ReadQueued(left[i])->message().sealed(), std::to_string(i + 100));
  }
  EXPECT_EQ(store->ReadQueued(left[200])->message().sealed(), "last");
  EXPECT_EQ(store->Queue(left[199].sequence, 10)->size(), 1U);
}

TEST_F(RelayStoreTest, AFullQueueTakesNothingOfAChange) {
  settings_.queue_entries = 3;
  settings_.queue_bytes = 2'000;
  const auto store = Open();
  RelayChange change;
  change.seen = {store->Keyed("id", AsBytes("1"))};
  change.queued = {Message(1, "a"), Message(1, "b"), Message(1, "c"), Message(1, "d")};
  auto refused = store->Commit(change);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kNoSpace);
  EXPECT_FALSE(*store->Seen(change.seen[0])) << "it will be sent again";
  change.queued = {Message(1, std::string(2'000, 'x'))};
  EXPECT_EQ(store->Commit(change).error().code(), Code::kNoSpace) << "bytes are bounded too";
  EXPECT_EQ(store->queue_size().entries, 0U);
  EXPECT_EQ(store->queue_size().bytes, 0U);
  change.queued = {Message(1, "a"), Message(1, "b"), Message(1, "c")};
  ASSERT_TRUE(store->Commit(change).ok());
  ASSERT_TRUE(store->RemoveQueued((*store->Queue(0, 1))[0]).ok());
  change.queued = {Message(1, "d")};
  EXPECT_TRUE(store->Commit(change).ok()) << "there is room again";
}

TEST_F(RelayStoreTest, JoiningRemovesThePartsInTheSameChange) {
  const auto store = Open();
  const KeyedHash message = store->Keyed("parts", AsBytes("a"));
  const KeyedHash other = store->Keyed("parts", AsBytes("b"));
  for (const std::uint32_t index : {3U, 1U, 255U}) {
    RelayChange change;
    change.part_of = message;
    change.part = Part(index, kNow);
    ASSERT_TRUE(store->Commit(change).ok());
  }
  RelayChange change;
  change.part_of = other;
  change.part = Part(1, kNow + 100);
  ASSERT_TRUE(store->Commit(change).ok());
  const auto parts = *store->Parts(message);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].index(), 1U);
  EXPECT_EQ(parts[2].index(), 255U);
  EXPECT_THAT(*store->PartsBefore(kNow + 1), ::testing::ElementsAre(message));
  EXPECT_EQ(store->PartsBefore(kNow + 101)->size(), 2U);

  RelayChange join;
  join.joined = message;
  join.queued = {Message(1, "whole")};
  ASSERT_TRUE(store->Commit(join).ok());
  const auto after = OpenAfterKill();
  EXPECT_TRUE(after->Parts(message)->empty());
  EXPECT_EQ(after->Parts(other)->size(), 1U);
  EXPECT_EQ(after->queue_size().entries, 1U);
}

TEST_F(RelayStoreTest, IdsAreForgottenAfterThreeDays) {
  const auto store = Open();
  RelayChange old;
  old.now = kNow;
  old.seen = {store->Keyed("id", AsBytes("old"))};
  RelayChange young;
  young.now = kNow + 2 * kDay;
  young.seen = {store->Keyed("id", AsBytes("young"))};
  ASSERT_TRUE(store->Commit(old).ok());
  ASSERT_TRUE(store->Commit(young).ok());
  ASSERT_TRUE(store->Tidy(kNow + 2 * kDay, 10).ok());
  EXPECT_TRUE(*store->Seen(old.seen[0]));
  ASSERT_TRUE(store->Tidy(kNow + 3 * kDay + 3600, 10).ok());
  EXPECT_FALSE(*store->Seen(old.seen[0]));
  EXPECT_TRUE(*store->Seen(young.seen[0]));
}

TEST_F(RelayStoreTest, WhatHangsOnAnEpochGoesWithIt) {
  const auto store = Open();
  v1::RelayOutgoing done;
  done.set_epoch(1);
  done.set_outcome(v1::DELIVERY_STATE_SENT);
  done.set_reported(v1::DELIVERY_STATE_SENT);
  v1::RelayOutgoing unreported = done;
  unreported.set_outcome(v1::DELIVERY_STATE_DELIVERED);
  unreported.set_capsule("capsule");
  v1::RelayOutgoing living = done;
  living.set_epoch(2);
  RelayChange change;
  change.threads = {{Mailbox(1), Thread(1)}, {Mailbox(2), Thread(2)}};
  change.queued = {Message(1, "old", 1), Report(1, "report", 1), Message(2, "new", 2)};
  change.outgoing = {{Token(1), done}, {Token(2), unreported}, {Token(3), living}};
  ASSERT_TRUE(store->Commit(change).ok());
  const auto forgotten = store->KeepEpochs({2});
  ASSERT_TRUE(forgotten.ok());
  EXPECT_EQ(forgotten->threads, 1U);
  EXPECT_EQ(forgotten->queued, 1U);
  const auto after = OpenAfterKill();
  EXPECT_EQ(after->FindThread(Mailbox(1)).error().code(), Code::kNotFound);
  EXPECT_TRUE(after->FindThread(Mailbox(2)).ok());
  const auto queue = *after->Queue(0, 10);
  ASSERT_EQ(queue.size(), 2U) << "a report is signed already, and still goes";
  EXPECT_EQ(after->ReadQueued(queue[0])->report(), "report");
  EXPECT_EQ(after->FindOutgoing(Token(1)).error().code(), Code::kNotFound);
  EXPECT_TRUE(after->FindOutgoing(Token(2))->capsule().empty());
  EXPECT_TRUE(after->FindOutgoing(Token(3)).ok());
}

TEST_F(RelayStoreTest, AnOutgoingIsAddedOnceAndFoundByTheProvidersId) {
  const auto store = Open();
  const KeyedHash id = store->Keyed("provider-id", AsBytes("abc"));
  v1::RelayOutgoing record;
  record.set_event(5);
  EXPECT_TRUE(*store->AddOutgoing(Token(1), record));
  record.set_event(6);
  EXPECT_FALSE(*store->AddOutgoing(Token(1), record));
  EXPECT_EQ(store->FindOutgoing(Token(1))->event(), 5U);
  const auto edit = [&](v1::RelayOutgoing& each) {
    each.set_provider_id(std::string(AsText(id)));
    return true;
  };
  ASSERT_TRUE(store->UpdateOutgoing(Token(1), edit).ok());
  EXPECT_EQ(*store->FindByProvider(id), Token(1));
  EXPECT_EQ(store->UpdateOutgoing(Token(2), edit).error().code(), Code::kNotFound);
  ASSERT_TRUE(store->RemoveOutgoing(Token(1)).ok());
  EXPECT_EQ(store->FindByProvider(id).error().code(), Code::kNotFound);
}

TEST_F(RelayStoreTest, UpdatesOfOneTokenDoNotLoseEachOther) {
  const auto store = Open();
  ASSERT_TRUE(*store->AddOutgoing(Token(1), v1::RelayOutgoing()));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        const auto edit = [](v1::RelayOutgoing& record) {
          record.set_event(record.event() + 1);
          return true;
        };
        EXPECT_TRUE(store->UpdateOutgoing(Token(1), edit).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store->FindOutgoing(Token(1))->event(), 200U);
}

TEST_F(RelayStoreTest, WhatWasRemovedLeavesTheFiles) {
  auto store = Open();
  const std::string canary = "a canary that is found in files of the store while it is there";
  const KeyedHash message = store->Keyed("parts", AsBytes("a"));
  RelayChange change;
  change.part_of = message;
  change.part = Part(1, kNow);
  change.part.set_sealed(canary);
  ASSERT_TRUE(store->Commit(change).ok());
  const auto found = [&] {
    for (const auto& entry : std::filesystem::directory_iterator(settings_.folder)) {
      const Bytes bytes = ReadFile(entry.path().string());
      if (AsText(bytes).find(canary) != std::string_view::npos) return true;
    }
    return false;
  };
  ASSERT_TRUE(found());
  RelayChange join;
  join.joined = message;
  ASSERT_TRUE(store->Commit(join).ok());
  ASSERT_TRUE(store->Tidy(kNow, 10).ok());
  store.reset();  // waits for files that are being removed
  EXPECT_FALSE(found());
}

}  // namespace
}  // namespace safeconduct::storage
