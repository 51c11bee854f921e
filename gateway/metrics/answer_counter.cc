// AnswerCounter of metrics.h: cells per thread, summed when they are asked for.
#include <algorithm>
#include <atomic>

#include "gateway/metrics/metrics.h"

namespace safeconduct::metrics {
namespace {

// More than the threads that answer; two that share cells are still right, only slower.
constexpr std::size_t kCells = 16;

std::size_t CellOfThisThread() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t cell = next.fetch_add(1, std::memory_order_relaxed) % kCells;
  return cell;
}

void Add(std::atomic<std::uint64_t>& cell, std::uint64_t value) {
  cell.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Read(const std::atomic<std::uint64_t>& cell) {
  return cell.load(std::memory_order_relaxed);
}

}  // namespace

struct alignas(64) AnswerCounter::Cells {
  struct OfRoute {
    std::array<std::atomic<std::uint64_t>, kStatusClasses> answers{};
    std::array<std::atomic<std::uint64_t>, kLatencyBounds.size() + 1> latency{};
    std::atomic<std::uint64_t> latency_microseconds{0};
  };
  std::array<OfRoute, kRoutes> routes{};
};

AnswerCounter::AnswerCounter() : cells_(std::make_unique<Cells[]>(kCells)) {}
AnswerCounter::~AnswerCounter() = default;

void AnswerCounter::Count(Route route, int status, std::chrono::microseconds latency) {
  Cells::OfRoute& cells = cells_[CellOfThisThread()].routes[static_cast<std::size_t>(route)];
  const int status_class = std::clamp(status / 100, 1, static_cast<int>(kStatusClasses));
  Add(cells.answers[static_cast<std::size_t>(status_class - 1)], 1);
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
  const auto bucket = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), microseconds);
  Add(cells.latency[static_cast<std::size_t>(bucket - kLatencyBounds.begin())], 1);
  Add(cells.latency_microseconds, microseconds);
}

Answers AnswerCounter::Sum() const {
  Answers out{};
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    for (std::size_t route = 0; route < kRoutes; ++route) {
      const Cells::OfRoute& from = cells_[cell].routes[route];
      RouteFigures& to = out[route];
      for (std::size_t i = 0; i < to.answers.size(); ++i) to.answers[i] += Read(from.answers[i]);
      for (std::size_t i = 0; i < to.latency.size(); ++i) to.latency[i] += Read(from.latency[i]);
      to.latency_microseconds += Read(from.latency_microseconds);
    }
  }
  return out;
}

}  // namespace safeconduct::metrics
