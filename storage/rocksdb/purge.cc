#include "storage/rocksdb/purge.h"

#include <chrono>
#include <vector>

#include "storage/rocksdb/erasure.h"
#include "storage/rocksdb/keys.h"

namespace safeconduct::storage {
namespace {

constexpr std::chrono::seconds kRetryAfter{60};
constexpr std::chrono::milliseconds kLookAgainAfter{50};
constexpr std::chrono::seconds kLookFor{60};
constexpr Error kClosing(Code::kUnavailable, "the store is being closed or failed");

// Tables then hold what the keys of the case have now, and nothing that they had.
Status DropOldVersions(Database& database, const Erasure& erasure) {
  const Sequence number = erasure.case_sequence;
  constexpr std::uint64_t kLast = ~std::uint64_t{0};
  SC_TRY(database.DropOldVersions(Family::kCases, keys::Case(number), keys::Case(number)));
  SC_TRY(database.DropOldVersions(Family::kEnvelopes, keys::Envelope(number, 0, 0),
                                  keys::Envelope(number, kLast, kLast)));
  SC_TRY(database.DropOldVersions(Family::kEvents, keys::Event(number, 0),
                                  keys::Event(number, kLast)));
  for (const Sequence leaf : erasure.leaves) {
    SC_TRY(database.DropOldVersions(Family::kLeaves, keys::Leaf(leaf), keys::Leaf(leaf)));
  }
  for (const Sequence upload : erasure.uploads) {
    SC_TRY(database.DropOldVersions(Family::kPieces, keys::Piece(upload, 0),
                                    keys::Piece(upload, kLast)));
  }
  return {};
}

}  // namespace

Purger::Purger(const DatabaseSlot& slot) : slot_(slot), thread_(&Purger::Loop, this) {}

Purger::~Purger() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Purger::Wake() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++wanted_;
  changed_.notify_all();
}

Status Purger::Finish() {
  std::unique_lock<std::mutex> lock(mutex_);
  const std::uint64_t run = ++wanted_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return stop_ || done_ >= run; });
  return done_ >= run ? outcome_ : Status(kClosing);
}

void Purger::Loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    const auto asked = [this] { return stop_ || wanted_ > done_; };
    if (outcome_.ok()) {
      changed_.wait(lock, asked);
    } else {
      changed_.wait_for(lock, kRetryAfter, asked);
    }
    if (stop_) return;
    const std::uint64_t run = wanted_;
    lock.unlock();
    Status outcome = Purge();
    lock.lock();
    outcome_ = outcome;
    done_ = run;
    changed_.notify_all();
  }
}

Status Purger::Purge() {
  SC_ASSIGN(const auto database, slot_.Use());
  SC_ASSIGN(const std::vector<Erasure> pending, PendingErasures(*database));
  if (pending.empty()) return {};
  SC_ASSIGN(FileNumbers files, database->Logs());
  SC_TRY(database->Flush());
  for (const Erasure& erasure : pending) SC_TRY(DropOldVersions(*database, erasure));
  SC_ASSIGN(const FileNumbers data, database->TablesAndBlobs());
  for (const Family family : {Family::kEnvelopes, Family::kEvents, Family::kPieces}) {
    SC_TRY(database->ReplaceBlobFiles(family, data));
  }
  files.insert(data.begin(), data.end());
  SC_TRY(AwaitRemoval(*database, files));

  Changes changes(*database);
  for (const Erasure& erasure : pending) StageForgetting(erasure, changes);
  SC_TRY(database->Write(changes, Sync::kNo));
  return {};
}

// Readers, or a backup being made, may hold a file that nothing needs for some time.
Status Purger::AwaitRemoval(Database& database, const FileNumbers& files) {
  const auto end = std::chrono::steady_clock::now() + kLookFor;
  while (std::chrono::steady_clock::now() < end) {
    SC_ASSIGN(const bool removed, database.Removed(files));
    if (removed) return {};
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, kLookAgainAfter, [this] { return stop_; });
    if (stop_ || database.stopping() || !database.writable()) return kClosing;
  }
  return Error(Code::kUnavailable, "files with erased bytes are still in use");
}

}  // namespace safeconduct::storage
