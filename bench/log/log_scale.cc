// What the report log costs when it is large: `log_scale FOLDER ENTRIES`. Fills a store in FOLDER,
// which must not be there, with a log of that many entries, and prints what a step, a checkpoint
// and a receipt cost of processor time, and what an entry takes on the disk.
//
// The large log is of covers, which come fastest. What an entry takes is measured beside it on
// leaves of events, which are the longest.
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "crypto/base/secret.h"
#include "gateway/transparency/report_log.h"
#include "storage/rocksdb/options.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace safeconduct {
namespace {

constexpr std::uint32_t kBlock = 65'536;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message());
  return *std::move(result);
}
void Must(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.error().message());
}

class NoMark final : public transparency::HighWater {
 public:
  Result<std::string> Load() const override { return kept_; }
  Status Keep(const std::string& checkpoint) override {
    kept_ = checkpoint;
    return {};
  }

 private:
  std::string kept_;
};

// An interval's leaves, and for how long each step keeps the ledger's thread.
void Steps(transparency::ReportLog& log, const std::function<storage::Sequence()>& draw) {
  using Clock = std::chrono::steady_clock;
  const auto milliseconds = [](Clock::duration took) {
    return std::chrono::duration<double, std::milli>(took).count();
  };
  Clock::duration preparing{};
  std::vector<double> steps;
  do {
    auto begin = Clock::now();
    Must(log.Prepare());
    preparing += Clock::now() - begin;
    begin = Clock::now();
    Must(log.Grow(draw));
    steps.push_back(milliseconds(Clock::now() - begin));
  } while (log.more());
  std::sort(steps.begin(), steps.end());
  std::printf("beside the ledger:       %8.1f ms in all\n", milliseconds(preparing));
  std::printf("a step of %zu leaves:  %8.1f ms in the middle, %.1f ms the longest of %zu\n",
              transparency::ReportLog::kStep, steps[steps.size() / 2], steps.back(), steps.size());
}

double CpuMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

template <typename Work>
double MicrosecondsOf(int times, const Work& work) {
  const double begin = CpuMicroseconds();
  for (int i = 0; i < times; ++i) work(i);
  return (CpuMicroseconds() - begin) / times;
}

std::unique_ptr<storage::EnvelopeStore> OpenStore(const std::string& folder) {
  storage::RocksDbSettings settings;
  settings.folder = folder;
  return Must(storage::OpenRocksDb(settings));
}

// Bytes of the tables of both families, compacted, with the options of the store.
double TableBytes(const std::string& folder) {
  storage::RocksDbSettings settings;
  settings.folder = folder;
  const rocksdb::DBOptions options = storage::MakeOptions(settings, rocksdb::Env::Default());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  if (!rocksdb::DB::Open(options, folder + "/db", storage::MakeFamilies(settings), &handles, &db)
           .ok()) {
    throw std::runtime_error("the database cannot be opened");
  }
  std::uint64_t bytes = 0;
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    if (handle->GetName() == "leaves" || handle->GetName() == "log") {
      std::uint64_t of_family = 0;
      rocksdb::CompactRangeOptions all;
      all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
      db->CompactRange(all, handle, nullptr, nullptr);
      db->GetIntProperty(handle, rocksdb::DB::Properties::kTotalSstFilesSize, &of_family);
      bytes += of_family;
    }
    db->DestroyColumnFamilyHandle(handle);
  }
  delete db;
  return static_cast<double>(bytes);
}

std::string RandomText(std::size_t size) {
  Bytes bytes(size);
  FillRandom(bytes);
  return std::string(AsText(bytes));
}

v1::StoredLeaf LeafOfEvent() {
  v1::StoredLeaf leaf;
  leaf.set_salt(RandomText(32));
  leaf.set_kind(2);
  leaf.set_entry_hash(RandomText(32));
  leaf.set_promised_until(1'800'000'000);
  return leaf;
}

// One case with that many events; gives what the log and its leaves take for each, without salts.
double BytesOfAnEntry(const std::string& folder, std::uint64_t events, const SigningKey& key) {
  {
    const auto store = OpenStore(folder);
    storage::Sequence last = 0;
    const auto draw = [&last] { return ++last; };
    v1::StoredCase record;
    record.set_report_hash(RandomText(32));
    record.set_channel("conduct");
    storage::Batch batch;
    storage::NewCase& added = batch.cases.emplace_back();
    added.sequence = draw();
    added.record = record;
    added.leaf = {draw(), LeafOfEvent()};
    Must(store->Commit(batch));
    const Bytes event(100);
    for (std::uint64_t number = 1; number <= events;) {
      batch = {};
      for (int i = 0; i < 1'000 && number <= events; ++i, ++number) {
        record.set_events(number);
        storage::NewEvent next{1, record, number, event, {draw(), LeafOfEvent()}};
        next.leaf.record.set_case_sequence(next.leaf.sequence / 40);  // as long as real ones
        batch.events.push_back(std::move(next));
      }
      Must(store->Commit(batch));
    }
    NoMark mark;
    transparency::ReportLog log(*store, key, mark, 64);
    transparency::Diagnosis diagnosis;
    Must(log.Use("log.example.org", diagnosis));
    Steps(log, draw);
  }
  return TableBytes(folder) / static_cast<double>(events) - 32;
}

void Run(const std::string& folder, std::uint64_t entries) {
  const SigningKey key = SigningKey::FromSeed(SecretArray<32>::Random());
  std::printf("an entry of an event takes %.1f bytes without its salt\n",
              BytesOfAnEntry(folder + "-events", 500'000, key));

  const auto store = OpenStore(folder);
  storage::Sequence last = 0;
  NoMark mark;
  transparency::ReportLog log(*store, key, mark, kBlock);
  transparency::Diagnosis diagnosis;
  Must(log.Use("log.example.org", diagnosis));
  while (Must(store->Log()).size < entries) Must(log.Grow([&last] { return ++last; }));
  Must(log.Keep());
  Must(log.Publish());
  std::printf("the log has %llu entries\n", static_cast<unsigned long long>(log.size()));

  transparency::ReportLog small(*store, key, mark, 64);
  double start = MicrosecondsOf(1, [&](int) { Must(small.Use("log.example.org", diagnosis)); });
  std::printf("start of the log:        %8.0f us of processor time\n", start);
  const double step =
      MicrosecondsOf(100, [&](int) { Must(small.Grow([&last] { return ++last; })); });
  std::printf("a step of 64 entries:    %8.0f us, the checkpoint and its write included\n", step);
  Must(small.Keep());
  Must(small.Publish());
  std::mt19937_64 random(1);
  std::vector<v1::StoredLeaf> leaves;
  for (int i = 0; i < 1'000; ++i) {
    leaves.push_back(Must(store->FindLeaf(1 + random() % entries)).record);
  }
  const double receipt = MicrosecondsOf(
      1'000, [&](int i) { Must(small.Receipt(leaves[static_cast<std::size_t>(i)])); });
  std::printf("checkpoint and receipt:  %8.0f us\n", receipt);
  const double tile = MicrosecondsOf(1'000, [&](int) {
    Must(small.Tile({tlog::TileName::Kind::kHashes, 0, random() % (entries / 256)}));
  });
  std::printf("a hash tile of level 0:  %8.0f us\n", tile);
}

}  // namespace
}  // namespace safeconduct

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("log_scale FOLDER ENTRIES\n", stderr);
    return 2;
  }
  if (!safeconduct::InitCrypto().ok()) return 1;
  try {
    safeconduct::Run(argv[1], std::strtoull(argv[2], nullptr, 10));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "log_scale: %s\n", error.what());
    return 1;
  }
}
