// Coroutines of one io thread.
//
// A Task starts when it is awaited, on the awaiting coroutine's stack, and when it ends without
// having waited nothing is suspended at all. So a loop over tasks that find their data at hand
// does not deepen the stack, with or without optimisation. Exceptions pass to who awaits.
//
// Thread-safety: none; a Task is started and resumed on one thread.
#ifndef SAFECONDUCT_GATEWAY_HTTP_TASK_H_
#define SAFECONDUCT_GATEWAY_HTTP_TASK_H_

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace safeconduct::http {

template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type {
    std::optional<T> value;
    std::exception_ptr failure;
    std::coroutine_handle<> awaiting;

    struct Resume {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        const std::coroutine_handle<> next = self.promise().awaiting;
        return next ? next : std::coroutine_handle<>(std::noop_coroutine());
      }
      void await_resume() const noexcept {}
    };

    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    Resume final_suspend() const noexcept { return {}; }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() { failure = std::current_exception(); }
  };
  using Handle = std::coroutine_handle<promise_type>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() {
    handle_.resume();
    return handle_.done();
  }
  void await_suspend(std::coroutine_handle<> awaiting) { handle_.promise().awaiting = awaiting; }
  T await_resume() {
    promise_type& promise = handle_.promise();
    if (promise.failure) std::rethrow_exception(promise.failure);
    return std::move(*promise.value);
  }

 private:
  explicit Task(Handle handle) : handle_(handle) {}

  Handle handle_;
};

// The root of a tree of tasks: runs at once and frees itself. It must catch what it awaits.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_TASK_H_
