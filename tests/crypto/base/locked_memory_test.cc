// What only shows on real memory: the sanitizers make mlock do nothing, so this runs in Release.
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/crypto/testing.h"

namespace safeconduct {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#error "built with a sanitizer, this test would prove nothing"
#endif

using testing::Fails;
using testing::Pattern;
using testing::Succeeds;

// VmLck of /proc/self/status.
std::size_t LockedKilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmLck:")) return std::stoul(line.substr(6));
  }
  ADD_FAILURE() << "no VmLck";
  return 0;
}

// Lowers the limit for as long as it lives, and gives up the right to pass it, which root has.
class LimitedLocking {
 public:
  explicit LimitedLocking(rlim_t bytes) {
    EXPECT_EQ(getrlimit(RLIMIT_MEMLOCK, &before_), 0);
    const rlimit limited = {std::min(bytes, before_.rlim_max), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_MEMLOCK, &limited), 0);
    EXPECT_TRUE(geteuid() != 0 || seteuid(65534) == 0);
  }
  ~LimitedLocking() {
    EXPECT_TRUE(getuid() != 0 || seteuid(0) == 0);
    EXPECT_EQ(setrlimit(RLIMIT_MEMLOCK, &before_), 0);
  }

 private:
  rlimit before_{};
};

TEST(LockedMemory, AKeyIsLocked) {
  ASSERT_TRUE(Succeeds(ProbeLockedMemory(64 * 1024))) << "raise `ulimit -l` for this test";
  const std::size_t before = LockedKilobytes();
  {
    const LockedKey<32> key = LockedKey<32>::Copy(Pattern(32));
    EXPECT_GT(LockedKilobytes(), before);
    EXPECT_EQ(testing::ToBytes(key.Reveal()), Pattern(32));
  }
  EXPECT_EQ(LockedKilobytes(), before);
}

TEST(LockedMemory, TheProbeLeavesNothingLocked) {
  const std::size_t before = LockedKilobytes();
  ASSERT_TRUE(Succeeds(ProbeLockedMemory(64 * 1024)));
  EXPECT_EQ(LockedKilobytes(), before);
}

TEST(LockedMemory, TheProbeRefusesWhereNothingCanBeLocked) {
  const LimitedLocking limit(0);
  EXPECT_TRUE(Fails(ProbeLockedMemory(4096), Code::kUnavailable));
  EXPECT_NE(std::string(ProbeLockedMemory(1).error().message()).find("RLIMIT_MEMLOCK"),
            std::string::npos);
}

TEST(LockedMemory, TheProbeRefusesMoreThanTheLimit) {
  const LimitedLocking limit(64 * 1024);
  EXPECT_TRUE(Succeeds(ProbeLockedMemory(32 * 1024)));
  EXPECT_TRUE(Fails(ProbeLockedMemory(1024 * 1024), Code::kUnavailable));
}

// sodium_malloc goes on silently with unlocked memory: the reason for the probe.
TEST(LockedMemory, WithoutTheProbeAKeyWouldSilentlyBeUnlocked) {
  const LimitedLocking limit(0);
  const std::size_t before = LockedKilobytes();
  const LockedKey<32> key = LockedKey<32>::Copy(Pattern(32));
  EXPECT_EQ(LockedKilobytes(), before);
}

TEST(LockedMemoryDeathTest, WritingPastAKeyIsCaught) {
  EXPECT_DEATH(
      {
        LockedKey<32> key = LockedKey<32>::Copy(Pattern(32));
        volatile std::uint8_t* const end = key.RevealMutable().data() + 32;
        *end = 1;
      },
      "");
}

}  // namespace
}  // namespace safeconduct
