#include "gateway/witness/witness.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <map>
#include <set>
#include <thread>

#include "gateway/transparency/high_water_file.h"
#include "gateway/witness/state_folder.h"
#include "tests/gateway/http/test_server.h"
#include "tests/gateway/witness/growing_log.h"

namespace safeconduct::witness {
namespace {

using testing::Fails;
using testing::Succeeds;

// A witness over files; each Start is a new process, as far as it can tell.
class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() { Start(); }

  Result<std::unique_ptr<Witness>> Open(std::vector<note::VerifierKey> logs,
                                        const std::string& name = "w.example.org") {
    const auto memory = [this](const std::string& origin) {
      return std::make_unique<transparency::HighWaterFile>(state_->FileOf(origin));
    };
    return Witness::Open(name, key_, std::move(logs), memory, clock_, failing_);
  }
  void Start() {
    witness_.reset();
    state_.reset();
    auto state = StateFolder::Open(folder_.File("witness"));
    ASSERT_TRUE(Succeeds(state));
    state_ = *std::move(state);
    auto witness = Open({log_.verifier(), other_.verifier()});
    ASSERT_TRUE(Succeeds(witness));
    witness_ = *std::move(witness);
  }
  Result<std::string> Add(const std::string& body) {
    known_ = 999;
    return witness_->AddCheckpoint(body, known_);
  }
  // That it is a cosignature, and the only line, on the checkpoint of that request.
  void ExpectCosigned(const Result<std::string>& answer, const std::string& body) {
    ASSERT_TRUE(Succeeds(answer));
    const std::string checkpoint = tlog::ParseAddCheckpoint(body)->checkpoint;
    const note::Note note = *note::Parse(checkpoint);
    EXPECT_TRUE(Succeeds(tlog::FindCosignature(*answer, note.text, witness_->verifier())));
    EXPECT_EQ(answer->find('\n'), answer->size() - 1);
  }
  void ExpectConflict(const std::string& body, std::uint64_t known) {
    EXPECT_TRUE(Fails(Add(body), Code::kConflict));
    EXPECT_EQ(known_, known);
  }
  std::string FileOf(const GrowingLog& log) const { return state_->FileOf(log.origin); }

  const SigningKey key_ = KeyOf(40);
  StoppedClock clock_;
  GrowingLog log_;
  GrowingLog fork_{"log.example.org", 5};
  GrowingLog other_{"other.example.org"};
  http::test::TemporaryFolder folder_;
  std::unique_ptr<StateFolder> state_;
  std::unique_ptr<Witness> witness_;
  std::string failing_;
  std::uint64_t known_ = 0;
};

TEST_F(WitnessTest, FollowsALogThatGrows) {
  std::size_t old_size = 0;
  for (const std::size_t size : {0U, 1U, 5U, 5U, 6U, 20U}) {
    const std::string body = log_.Request(old_size, size);
    ExpectCosigned(Add(body), body);
    old_size = size;
  }
  // Logs do not get in each other's way.
  const std::string body = other_.Request(0, 7);
  ExpectCosigned(Add(body), body);
}

TEST_F(WitnessTest, CosignsWithTheTimeOfTheClock) {
  clock_.now = 1'700'000'000;
  const std::string body = log_.Request(0, 3);
  note::Note note = *note::Parse(log_.Checkpoint(3));
  note.signatures = {*tlog::FindCosignature(*Add(body), note.text, witness_->verifier())};
  const auto cosigned = tlog::ReadCosignatures(note, std::span(&witness_->verifier(), 1));
  ASSERT_TRUE(Succeeds(cosigned));
  EXPECT_EQ(cosigned->at(0).time, 1'700'000'000);
  clock_.now = 0;
  EXPECT_TRUE(Fails(Add(log_.Request(3, 4)), Code::kRejected));
  clock_.now = kNow;
  ExpectConflict(log_.Request(0, 4), 3);  // nothing was remembered
}

TEST_F(WitnessTest, NeverASmallerSizeAndNeverAFork) {
  for (int start = 0; start < 2; ++start) {
    if (start == 0) {
      ASSERT_TRUE(Succeeds(Add(log_.Request(0, 10))));
    } else {
      Start();
    }
    for (std::size_t size = 0; size < 10; ++size) ExpectConflict(log_.Request(0, size), 10);
    for (std::size_t size = 5; size < 10; ++size) ExpectConflict(log_.Request(5, size), 10);
    ExpectConflict(fork_.Request(0, 10), 10);
    ExpectConflict(fork_.Request(4, 11), 10);
    EXPECT_TRUE(Fails(Add(fork_.Request(10, 10)), Code::kUnverified));
    EXPECT_TRUE(Fails(Add(fork_.Request(10, 11)), Code::kUnverified));
    const std::string again = log_.Request(10, 10);
    ExpectCosigned(Add(again), again);
  }
}

TEST_F(WitnessTest, RefusesAsTheSpecificationSays) {
  EXPECT_TRUE(Fails(Add("nonsense"), Code::kMalformed));
  EXPECT_TRUE(Fails(Add(GrowingLog("unknown.example.org").Request(0, 3)), Code::kNotFound));
  const auto stranger = *tlog::SignCheckpoint({log_.origin, 3, log_.Root(3)}, KeyOf(7));
  EXPECT_TRUE(Fails(Add("old 0\n\n" + stranger), Code::kUnauthorized));
  EXPECT_FALSE(std::filesystem::exists(FileOf(log_)));
}

TEST_F(WitnessTest, WhatItCosignedIsInAFileOfItsOwn) {
  const std::string body = log_.Request(0, 3);
  const std::string line = *Add(body);
  std::ifstream stream(FileOf(log_));
  const std::string kept((std::istreambuf_iterator<char>(stream)), {});
  EXPECT_EQ(kept, log_.Checkpoint(3) + line);
  EXPECT_EQ(*witness_->Checkpoint(OriginHash(log_.origin)), kept);
  EXPECT_TRUE(Fails(witness_->Checkpoint(OriginHash(other_.origin)), Code::kNotFound));
  EXPECT_TRUE(Fails(witness_->Checkpoint("x"), Code::kNotFound));
  // The SHA-256 of "log.example.org", by sha256sum.
  EXPECT_TRUE(
      FileOf(log_).ends_with("/46a919abe4719137c9182a51e8e8851aa062a5fcc88c8cebcf384f0f210879ae"));
  struct stat facts {};
  ASSERT_EQ(stat(FileOf(log_).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  ASSERT_EQ(stat(folder_.File("witness").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0700U);
}

TEST_F(WitnessTest, WhatCannotBeKeptIsNotCosigned) {
  ASSERT_TRUE(Succeeds(Add(log_.Request(0, 3))));
  std::filesystem::create_directory(FileOf(log_) + ".new");  // so that it cannot be written
  EXPECT_TRUE(Fails(Add(log_.Request(3, 5)), Code::kUnavailable));
  ExpectConflict(log_.Request(0, 5), 3);
  EXPECT_NE(witness_->Checkpoint(OriginHash(log_.origin))->find("\n3\n"), std::string::npos);
  std::filesystem::remove(FileOf(log_) + ".new");
  EXPECT_TRUE(Succeeds(Add(log_.Request(3, 5))));
}

TEST_F(WitnessTest, ADamagedMemoryKeepsItFromStarting) {
  ASSERT_TRUE(Succeeds(Add(log_.Request(0, 3))));
  const std::string good = *witness_->Checkpoint(OriginHash(log_.origin));
  const auto opens_with = [&](const std::string& kept) {
    std::ofstream(FileOf(log_), std::ios::binary | std::ios::trunc) << kept;
    return Open({log_.verifier(), other_.verifier()});
  };
  ASSERT_TRUE(Succeeds(opens_with(good)));
  std::string unsigned_size = good;
  unsigned_size.replace(good.find("\n3\n"), 3, "\n2\n");
  for (const std::string& kept :
       {std::string(), std::string("x"), good.substr(0, good.find("\n\n") + 2), unsigned_size,
        other_.Checkpoint(3), std::string(70'000, 'x')}) {
    EXPECT_FALSE(opens_with(kept).ok()) << kept.substr(0, 200);
    EXPECT_EQ(failing_, log_.origin);
  }
  // Under another key of the log, or with a new name of its own, it is still known.
  std::ofstream(FileOf(log_), std::ios::binary | std::ios::trunc) << good;
  const auto next_key = *note::MakeVerifierKey(log_.origin, KeyOf(2).public_key());
  EXPECT_TRUE(Succeeds(Open({next_key})));
  EXPECT_TRUE(Succeeds(Open({log_.verifier()}, "renamed.example.org")));
  EXPECT_TRUE(Fails(Open({next_key}, "renamed.example.org"), Code::kCorrupted));
  EXPECT_TRUE(Fails(Open({log_.verifier()}, "a name"), Code::kRejected));
}

TEST_F(WitnessTest, NoCheckpointIsTooLongToBeReadBack) {
  tlog::Checkpoint checkpoint{log_.origin, 3, log_.Root(3)};
  checkpoint.extensions = {std::string(32 * 1024, 'x')};
  EXPECT_TRUE(
      Fails(Add("old 0\n\n" + *tlog::SignCheckpoint(checkpoint, log_.key)), Code::kTooLarge));
  checkpoint.extensions = {std::string(31 * 1024, 'x')};
  EXPECT_TRUE(Succeeds(Add("old 0\n\n" + *tlog::SignCheckpoint(checkpoint, log_.key))));
  Start();
  ExpectConflict(log_.Request(0, 5), 3);
}

TEST_F(WitnessTest, TheFolderBelongsToOneAtATime) {
  EXPECT_TRUE(Fails(StateFolder::Open(folder_.File("witness")), Code::kBusy));
  EXPECT_TRUE(Fails(StateFolder::Open(folder_.File("absent/witness")), Code::kUnavailable));
  std::ofstream(folder_.File("file")) << "x";
  EXPECT_TRUE(Fails(StateFolder::Open(folder_.File("file")), Code::kUnavailable));
}

// Lets others run while it writes.
class SlowHighWater final : public transparency::HighWater {
 public:
  explicit SlowHighWater(std::atomic<bool>& overlapped) : overlapped_(overlapped) {}
  Result<std::string> Load() const override { return std::string(); }
  Status Keep(const std::string&) override {
    if (inside_.exchange(true)) overlapped_ = true;
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    inside_ = false;
    return {};
  }

 private:
  std::atomic<bool>& overlapped_;
  std::atomic<bool> inside_{false};
};

// Both histories are asked for at once, at every size, by many: whatever was first, goes on alone.
TEST(WitnessConcurrency, OfOneSizeOneRootIsCosigned) {
  const GrowingLog log;
  const GrowingLog fork("log.example.org", 3);
  const SigningKey key = KeyOf(40);
  StoppedClock clock;
  std::string failing;
  std::atomic<bool> overlapped{false};
  const auto memory = [&](const std::string&) {
    return std::make_unique<SlowHighWater>(overlapped);
  };
  const auto witness = *Witness::Open("w", key, {log.verifier()}, memory, clock, failing);
  constexpr std::size_t kThreads = 4;
  std::vector<std::map<std::size_t, std::set<std::size_t>>> cosigned(kThreads);
  std::latch ready(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      const GrowingLog& mine = thread % 2 == 0 ? log : fork;
      ready.arrive_and_wait();
      for (std::size_t old_size = 0; old_size < 20; ++old_size) {
        for (std::size_t size = std::max<std::size_t>(old_size, 1); size <= 20; size += 3) {
          std::uint64_t known = 0;
          if (witness->AddCheckpoint(mine.Request(old_size, size), known).ok()) {
            cosigned[thread][size].insert(thread % 2);
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(overlapped);
  std::map<std::size_t, std::set<std::size_t>> histories;
  for (const auto& each : cosigned) {
    for (const auto& [size, which] : each) histories[size].insert(which.begin(), which.end());
  }
  EXPECT_FALSE(histories.empty());
  for (const auto& [size, which] : histories) {
    if (size > 3) {
      EXPECT_EQ(which.size(), 1U) << size;
    }
  }
}

}  // namespace
}  // namespace safeconduct::witness
