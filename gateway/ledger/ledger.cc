#include "gateway/ledger/ledger.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "gateway/ledger/batch_builder.h"

namespace safeconduct::ledger {
namespace {

using Items = std::vector<std::unique_ptr<Item>>;

// Of one entry, beside its bytes: the objects themselves, their nodes and what allocation adds.
constexpr std::size_t kItemOverhead = 1024;

std::size_t BytesOf(const ReportEntry& entry) {
  std::size_t bytes = entry.sealed.size() + entry.record.ByteSizeLong();
  for (const Bytes& payload : entry.payloads) bytes += payload.size();
  return bytes;
}

std::size_t BytesOf(const DecoyEntry& entry) {
  std::size_t bytes = entry.sealed.size();
  for (const Bytes& payload : entry.payloads) bytes += payload.size();
  return bytes;
}

// What may wait in half of the room only, so that it crowds out no report.
bool GivesWay(const Item& item) {
  return std::holds_alternative<DecoyEntry>(item.entry) ||
         std::holds_alternative<MarksEntry>(item.entry);
}

// What the store takes by a call of its own.
bool ComesAlone(const Item& item) {
  return std::holds_alternative<storage::CharterRecord>(item.entry) ||
         std::holds_alternative<MarksEntry>(item.entry) ||
         std::holds_alternative<Item::Work>(item.entry);
}

std::size_t BytesOf(const storage::CharterRecord& charter) {
  std::size_t bytes = charter.note.size();
  for (const Bytes& text : charter.texts) bytes += text.size();
  return bytes;
}

// What is no fault of one entry, but of the store: nothing can be written until it recovers.
bool StoreFailed(const Error& error) {
  switch (error.code()) {
    case Code::kUnavailable:
    case Code::kNoSpace:
    case Code::kCorrupted:
    case Code::kInternal:
      return true;
    default:
      return false;
  }
}

bool CannotWrite(const Status& status) {
  return !status.ok() &&
         (status.error().code() == Code::kUnavailable || status.error().code() == Code::kNoSpace);
}

// What entries are answered that never reached the store.
Error RefusalWhileFailed(const Error& error) {
  if (error.code() == Code::kNoSpace) return error;
  return Error(Code::kUnavailable, "storage has failed; try again later");
}

class WriterLedger final : public Ledger {
 public:
  WriterLedger(storage::EnvelopeStore& store, const Limits& limits, Observer* observer,
               storage::Sequence last)
      : store_(store),
        limits_(limits),
        observer_(observer),
        sequence_(last),
        retry_(limits.first_retry),
        thread_([this] { Run(); }) {
    pthread_setname_np(thread_.native_handle(), "ledger");
  }

  ~WriterLedger() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void SubmitReport(ReportEntry entry, Done done) override {
    auto item = std::make_unique<Item>();
    item->bytes = BytesOf(entry) + kItemOverhead;
    item->entry = std::move(entry);
    item->done = std::move(done);
    Submit(std::move(item));
  }

  void SubmitEvent(EventEntry entry, Done done) override {
    auto item = std::make_unique<Item>();
    item->bytes = entry.signed_event.size() + kItemOverhead;
    item->entry = std::move(entry);
    item->done = std::move(done);
    Submit(std::move(item));
  }

  void SubmitDecoy(DecoyEntry entry, std::function<void(Status)> done) override {
    SubmitSettled(std::move(entry), BytesOf(entry), std::move(done));
  }

  void SubmitCharter(storage::CharterRecord charter, std::function<void(Status)> done) override {
    SubmitSettled(std::move(charter), BytesOf(charter), std::move(done));
  }

  void SubmitMarks(MarksEntry entry, std::function<void(Status)> done) override {
    SubmitSettled(std::move(entry), entry.sealed.size(), std::move(done));
  }

  void SubmitWork(std::function<Status(const Draw&)> work,
                  std::function<void(Status)> done) override {
    SubmitSettled(std::move(work), 0, std::move(done));
  }

  std::size_t waiting_entries() const override { return waiting_entries_.load(); }

  Counters counters() const override {
    Counters out;
    {
      const std::lock_guard lock(mutex_);
      out.waiting_entries = waiting_entries_;
      out.waiting_bytes = waiting_bytes_;
      out.failing = failure_.has_value();
    }
    out.batches = batches_.load();
    out.entries = entries_.load();
    out.decoys = decoys_.load();
    out.failed_batches = failed_batches_.load();
    out.commit_microseconds = commit_microseconds_.load();
    out.largest_batch = largest_batch_.load();
    return out;
  }

  storage::Sequence NextSequence() override { return sequence_.fetch_add(1) + 1; }

 private:
  // `entry` is moved from within only, so `bytes` may be counted beside it.
  template <typename Entry>
  void SubmitSettled(Entry&& entry, std::size_t bytes, std::function<void(Status)> done) {
    auto item = std::make_unique<Item>();
    item->bytes = bytes + kItemOverhead;
    item->entry = std::forward<Entry>(entry);
    item->settled = std::move(done);
    Submit(std::move(item));
  }

  void Submit(std::unique_ptr<Item> item) {
    std::optional<Error> refusal;
    bool idle = false;
    {
      const std::lock_guard lock(mutex_);
      refusal = Refusal(*item);
      if (!refusal) {
        ++waiting_entries_;
        waiting_bytes_ += item->bytes;
        queue_.push_back(std::move(item));
        idle = std::exchange(idle_, false);
      }
    }
    if (idle) wake_.notify_one();
    if (refusal) item->Refuse(*refusal);
  }

  std::optional<Error> Refusal(const Item& item) const {
    if (failure_) return failure_;
    // It is the gateway's own, and what was promised must not wait for a flood to end.
    if (std::holds_alternative<Item::Work>(item.entry)) return std::nullopt;
    const std::size_t share = GivesWay(item) ? 2 : 1;
    if (item.bytes > limits_.waiting_bytes / share) {
      return Error(Code::kTooLarge, "more than the ledger takes at once");
    }
    if (waiting_entries_ >= limits_.waiting_entries / share ||
        waiting_bytes_ + item.bytes > limits_.waiting_bytes / share) {
      return Error(Code::kBusy, "too much is waiting to be written; try again soon");
    }
    return std::nullopt;
  }

  void Run() {
    for (;;) {
      Items items = Take();
      if (items.empty()) return;
      const std::optional<Error> failure = Process(items);
      Release(items);
      if (failure) WaitForStore(*failure);
    }
  }

  // Waits for entries and takes as many as a batch may have; a charter, marks or work come alone.
  // None at the end.
  Items Take() {
    std::unique_lock lock(mutex_);
    while (queue_.empty() && !stopping_) {
      idle_ = true;
      wake_.wait(lock);
    }
    idle_ = false;
    Items out;
    std::size_t bytes = 0;
    while (!queue_.empty() && out.size() < limits_.batch_entries) {
      const Item& next = *queue_.front();
      const bool alone = ComesAlone(next);
      if (!out.empty() && (alone || bytes + next.bytes > limits_.batch_bytes)) break;
      bytes += next.bytes;
      out.push_back(std::move(queue_.front()));
      queue_.pop_front();
      if (alone) break;
    }
    return out;
  }

  void Release(Items& items) {
    std::size_t bytes = 0;
    for (const auto& item : items) bytes += item->bytes;
    const std::lock_guard lock(mutex_);
    waiting_entries_ -= items.size();
    waiting_bytes_ -= bytes;
  }

  // Answers everything. The error is the store's, if it failed.
  std::optional<Error> Process(Items& items) {
    if (std::holds_alternative<storage::CharterRecord>(items.front()->entry)) {
      return ProcessCharter(*items.front());
    }
    if (std::holds_alternative<MarksEntry>(items.front()->entry)) {
      return ProcessMarks(*items.front());
    }
    if (std::holds_alternative<Item::Work>(items.front()->entry)) {
      return ProcessWork(*items.front());
    }
    std::vector<Item*> run;
    run.reserve(items.size());
    for (const auto& item : items) run.push_back(item.get());
    return ProcessRun(run);
  }

  std::optional<Error> ProcessRun(std::span<Item* const> run) {
    BatchBuilder builder(store_, sequence_, run.size());
    for (Item* item : run) builder.Add(*item);
    if (builder.batch().empty()) return builder.read_failure();

    const Status status = Commit(builder);
    if (status.ok()) {
      builder.Succeed();
      return builder.read_failure();
    }
    if (StoreFailed(status.error()) || builder.waiting() == 1) {
      builder.Fail(status.error());
      return StoreFailed(status.error()) ? std::optional(status.error()) : builder.read_failure();
    }
    // One entry spoils the batch (an upload that is gone): halve it until that one stands alone.
    const std::vector<Item*> items = builder.Undo();
    const std::span<Item* const> all(items);
    if (auto failure = ProcessRun(all.first(all.size() / 2))) {
      for (Item* item : all.subspan(all.size() / 2)) item->Refuse(RefusalWhileFailed(*failure));
      return failure;
    }
    return ProcessRun(all.subspan(all.size() / 2));
  }

  Status Commit(const BatchBuilder& builder) {
    const auto begin = std::chrono::steady_clock::now();
    const Status status = store_.Commit(builder.batch());
    const auto took = std::chrono::steady_clock::now() - begin;
    commit_microseconds_ += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    Count(status, builder.entries(), builder.decoys());
    return status;
  }

  std::optional<Error> ProcessCharter(Item& item) {
    const Status status = store_.PutCharter(std::get<storage::CharterRecord>(item.entry));
    Count(status, 1, 0);
    item.Settle(status);
    if (!status.ok() && StoreFailed(status.error())) return status.error();
    return std::nullopt;
  }

  // Others put meanwhile, and marks that are damaged, concern their holder only.
  std::optional<Error> ProcessMarks(Item& item) {
    const auto& marks = std::get<MarksEntry>(item.entry);
    const Status status = store_.PutMarks(marks.holder, marks.replaces, marks.sealed);
    const bool failed = CannotWrite(status);
    if (failed || status.ok()) Count(status, 1, 0);
    item.Settle(status);
    return failed ? std::optional(status.error()) : std::nullopt;
  }

  std::optional<Error> ProcessWork(Item& item) {
    const Status status =
        std::get<Item::Work>(item.entry)([this] { return sequence_.fetch_add(1) + 1; });
    const bool failed = CannotWrite(status);
    if (failed) ++failed_batches_;
    item.Settle(status);
    return failed ? std::optional(status.error()) : std::nullopt;
  }

  void Count(const Status& status, std::size_t entries, std::size_t decoys) {
    if (!status.ok()) {
      ++failed_batches_;
      return;
    }
    ++batches_;
    entries_ += entries;
    decoys_ += decoys;
    largest_batch_ = std::max<std::uint64_t>(largest_batch_, entries + decoys);
    retry_ = limits_.first_retry;
    if (std::exchange(told_of_failure_, false) && observer_ != nullptr) {
      observer_->StoreRecovered();
    }
  }

  // Refuses what is waiting and what comes, until the store says that it can be tried again.
  void WaitForStore(const Error& error) {
    Items refused;
    {
      const std::lock_guard lock(mutex_);
      failure_ = RefusalWhileFailed(error);
      refused.assign(std::make_move_iterator(queue_.begin()),
                     std::make_move_iterator(queue_.end()));
      queue_.clear();
    }
    if (!std::exchange(told_of_failure_, true) && observer_ != nullptr) {
      observer_->StoreFailed(error);
    }
    for (const auto& item : refused) item->Refuse(RefusalWhileFailed(error));
    Release(refused);

    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait_for(lock, retry_, [this] { return stopping_; });
      if (stopping_) return;
      retry_ = std::min(2 * retry_, limits_.last_retry);
      lock.unlock();
      const Status status = store_.Recover();
      lock.lock();
      if (!status.ok()) continue;
      failure_.reset();
      return;
    }
  }

  storage::EnvelopeStore& store_;
  const Limits limits_;
  Observer* const observer_;
  std::atomic<storage::Sequence> sequence_;

  // Of the ledger's thread only. After a failure the waits grow until a write succeeds, since a
  // store may call itself recovered and fail again at once.
  std::chrono::milliseconds retry_;
  bool told_of_failure_ = false;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Item>> queue_;
  std::atomic<std::size_t> waiting_entries_ = 0;  // both: of the queue and of the batch in work
  std::size_t waiting_bytes_ = 0;
  std::optional<Error> failure_;  // while the store is down
  bool idle_ = false;             // the thread waits for an entry
  bool stopping_ = false;

  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> entries_{0};
  std::atomic<std::uint64_t> decoys_{0};
  std::atomic<std::uint64_t> failed_batches_{0};
  std::atomic<std::uint64_t> commit_microseconds_{0};
  std::atomic<std::uint64_t> largest_batch_{0};

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::Start(storage::EnvelopeStore& store, const Limits& limits,
                                              Observer* observer) {
  SC_ASSIGN(const storage::Sequence last, store.LastSequence());
  return std::unique_ptr<Ledger>(std::make_unique<WriterLedger>(store, limits, observer, last));
}

}  // namespace safeconduct::ledger
