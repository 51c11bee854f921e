// Does one thing again and again, on a thread of its own, until it dies.
#ifndef SAFECONDUCT_GATEWAY_WORK_TIMER_H_
#define SAFECONDUCT_GATEWAY_WORK_TIMER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace safeconduct::work {

class Timer {
 public:
  // `work` may block and must not throw; it is first done after one `period`.
  Timer(std::chrono::milliseconds period, std::function<void()> work);
  // Waits for work that has begun.
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace safeconduct::work

#endif  // SAFECONDUCT_GATEWAY_WORK_TIMER_H_
