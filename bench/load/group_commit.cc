#include "bench/load/group_commit.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace safeconduct::bench {
namespace {

class RocksDbGroupCommit final : public GroupCommit {
 public:
  explicit RocksDbGroupCommit(const std::string& folder) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kNoCompression;  // ciphertext does not compress
    rocksdb::DB* db = nullptr;
    if (!rocksdb::DB::Open(options, folder, &db).ok()) std::abort();
    db_.reset(db);
    thread_ = std::thread([this] { Run(); });
  }
  ~RocksDbGroupCommit() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  RocksDbGroupCommit(const RocksDbGroupCommit&) = delete;
  RocksDbGroupCommit& operator=(const RocksDbGroupCommit&) = delete;

  void Put(std::string body, std::function<void()> done) override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.emplace_back(std::move(body), std::move(done));
    }
    wake_.notify_one();
  }

 private:
  using Item = std::pair<std::string, std::function<void()>>;

  void Run() {
    std::vector<Item> taken;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        taken.swap(waiting_);
      }
      Write(taken);
      for (Item& item : taken) item.second();
      taken.clear();
    }
  }

  void Write(const std::vector<Item>& items) {
    rocksdb::WriteBatch batch;
    for (const Item& item : items) {
      char key[8];
      ++sequence_;
      for (int i = 0; i < 8; ++i) key[i] = static_cast<char>(sequence_ >> (56 - 8 * i));
      if (!batch.Put(rocksdb::Slice(key, sizeof key), item.first).ok()) std::abort();
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    if (!db_->Write(options, &batch).ok()) std::abort();
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Item> waiting_;
  bool stopping_ = false;
  std::uint64_t sequence_ = 0;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<GroupCommit> OpenGroupCommit(const std::string& folder) {
  return std::make_unique<RocksDbGroupCommit>(folder);
}

}  // namespace safeconduct::bench
