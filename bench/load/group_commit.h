// One RocksDB group-commit thread and nothing else: takes all bodies that wait, writes them in one
// batch under rising keys, syncs once and answers all.
#ifndef SAFECONDUCT_BENCH_LOAD_GROUP_COMMIT_H_
#define SAFECONDUCT_BENCH_LOAD_GROUP_COMMIT_H_

#include <functional>
#include <memory>
#include <string>

namespace safeconduct::bench {

class GroupCommit {
 public:
  virtual ~GroupCommit() = default;
  // `done` is called on the writing thread.
  virtual void Put(std::string body, std::function<void()> done) = 0;
};

std::unique_ptr<GroupCommit> OpenGroupCommit(const std::string& folder);

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_LOAD_GROUP_COMMIT_H_
