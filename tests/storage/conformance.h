// What every EnvelopeStore must do. Each implementation instantiates StoreConformance in its own
// test; the cases are in conformance_*.cc.
#ifndef SAFECONDUCT_TESTS_STORAGE_CONFORMANCE_H_
#define SAFECONDUCT_TESTS_STORAGE_CONFORMANCE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "storage/envelope_store.h"
#include "tests/storage/reports.h"

namespace safeconduct::storage {

// A store under test with what belongs to it (a folder, for example).
class Subject {
 public:
  virtual ~Subject() = default;
  virtual EnvelopeStore& store() = 0;
  // Closes the store and opens it again, where that makes sense.
  virtual void Reopen() {}
};

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Subject>()> make;
};

inline std::ostream& operator<<(std::ostream& out, const Implementation& implementation) {
  return out << implementation.name;
}

class StoreConformance : public ::testing::TestWithParam<Implementation> {
 protected:
  EnvelopeStore& store() { return subject_->store(); }
  void Reopen() { subject_->Reopen(); }

 private:
  std::unique_ptr<Subject> subject_ = GetParam().make();
};

inline std::string NameOf(const ::testing::TestParamInfo<Implementation>& info) {
  return info.param.name;
}

// The code of a Result's error; kInternal's stand-in for "ok" would hide mistakes, so it fails.
template <typename T>
Code CodeOf(const Result<T>& result) {
  EXPECT_FALSE(result.ok()) << "an error was expected";
  return result.ok() ? Code::kInternal : result.error().code();
}

#define SC_EXPECT_OK(expression)                                                           \
  do {                                                                                     \
    const auto sc_outcome = (expression);                                                  \
    EXPECT_TRUE(sc_outcome.ok()) << #expression << ": "                                    \
                                 << (sc_outcome.ok() ? "" : sc_outcome.error().message()); \
  } while (false)
#define SC_ASSERT_OK(expression)                                                           \
  do {                                                                                     \
    const auto sc_outcome = (expression);                                                  \
    ASSERT_TRUE(sc_outcome.ok()) << #expression << ": "                                    \
                                 << (sc_outcome.ok() ? "" : sc_outcome.error().message()); \
  } while (false)

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_CONFORMANCE_H_
