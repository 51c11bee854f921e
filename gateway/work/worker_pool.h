// A few threads for what may block on the disk, so that no io thread ever does.
//
// Thread-safety: Post may be called from any thread. Work runs on any of the pool's threads, in no
// promised order. Memory: at most `waiting` pieces of work wait.
#ifndef SAFECONDUCT_GATEWAY_WORK_WORKER_POOL_H_
#define SAFECONDUCT_GATEWAY_WORK_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "crypto/base/result.h"

namespace safeconduct::work {

class WorkerPool {
 public:
  using Work = std::function<void()>;

  WorkerPool(std::size_t threads, std::size_t waiting);
  ~WorkerPool();  // as Stop
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // kBusy when too much is waiting, kUnavailable after Stop; `work` is then dropped. `work` must
  // not throw.
  Status Post(Work work);
  // For those who bound their own number: the next step of work that was admitted already. After
  // Stop it runs at once, on the calling thread.
  void PostAdmitted(Work work);

  // Runs what is waiting, then ends the threads. Not from the pool's own threads.
  void Stop();

  std::size_t waiting() const;

 private:
  void Run();

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace safeconduct::work

#endif  // SAFECONDUCT_GATEWAY_WORK_WORKER_POOL_H_
