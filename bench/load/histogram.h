// Latencies in logarithmic buckets of at most 1 % width: constant memory, mergeable.
#ifndef SAFECONDUCT_BENCH_LOAD_HISTOGRAM_H_
#define SAFECONDUCT_BENCH_LOAD_HISTOGRAM_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace safeconduct::bench {

class Histogram {
 public:
  void Add(double seconds) {
    const double microseconds = std::max(seconds * 1e6, 1.0);
    const auto bucket = static_cast<std::size_t>(std::log(microseconds) / kLogWidth);
    ++counts_[std::min(bucket, counts_.size() - 1)];
    ++total_;
  }

  void Merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }

  // The upper edge, in milliseconds, of the bucket that holds the quantile.
  double Milliseconds(double quantile) const {
    const auto wanted = static_cast<std::uint64_t>(quantile * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > wanted) return std::exp(static_cast<double>(i + 1) * kLogWidth) / 1e3;
    }
    return 0;
  }

 private:
  static constexpr double kLogWidth = 0.00995;  // ln 1.01
  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(2048);
  std::uint64_t total_ = 0;
};

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_LOAD_HISTOGRAM_H_
