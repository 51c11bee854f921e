// The raw limit of the disk: bodies appended to a file in groups, each group synced once.
#ifndef SAFECONDUCT_BENCH_LOAD_RAW_APPEND_H_
#define SAFECONDUCT_BENCH_LOAD_RAW_APPEND_H_

#include <cstddef>
#include <string>

namespace safeconduct::bench {

// Bodies per second when `group` of `body_bytes` each share one write and one fdatasync.
double RawAppendRate(const std::string& folder, std::size_t body_bytes, int group, double seconds);

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_LOAD_RAW_APPEND_H_
