// What all io threads of a server share: the handler, the limits, and how much of them is used.
//
// Thread-safety: all of it.
#ifndef SAFECONDUCT_GATEWAY_HTTP_SHARED_STATE_H_
#define SAFECONDUCT_GATEWAY_HTTP_SHARED_STATE_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "gateway/http/budget.h"
#include "gateway/http/http.h"

namespace safeconduct::http {

struct SharedState {
  SharedState(Handler& the_handler, const Limits& the_limits)
      : handler(the_handler),
        limits(the_limits),
        connections(the_limits.connections),
        in_flight(the_limits.requests_in_flight),
        body_memory(the_limits.body_memory_bytes) {}

  void CountAnswer(int status) {
    if (status >= 0 && static_cast<std::size_t>(status) < limit_answers.size()) {
      limit_answers[static_cast<std::size_t>(status)].fetch_add(1, std::memory_order_relaxed);
    }
  }

  Handler& handler;
  const Limits limits;
  Budget connections;
  Budget in_flight;
  Budget body_memory;
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> requests{0};
  std::array<std::atomic<std::uint64_t>, 600> limit_answers{};
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_SHARED_STATE_H_
