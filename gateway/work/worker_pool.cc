#include "gateway/work/worker_pool.h"

#include <utility>

namespace safeconduct::work {

WorkerPool::WorkerPool(std::size_t threads, std::size_t waiting) : limit_(waiting) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() { Stop(); }

void WorkerPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

Status WorkerPool::Post(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return Error(Code::kUnavailable, "the gateway is stopping");
    if (queue_.size() >= limit_) {
      return Error(Code::kBusy, "too much is waiting for the storage; try again later");
    }
    queue_.push_back(std::move(work));
  }
  changed_.notify_one();
  return {};
}

void WorkerPool::PostAdmitted(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      queue_.push_back(std::move(work));
      changed_.notify_one();
      return;
    }
  }
  work();
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerPool::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Work work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // what it holds is let go before the lock is taken
    lock.lock();
  }
}

}  // namespace safeconduct::work
