// A folder of its own for one test, removed at the end.
#ifndef SAFECONDUCT_TESTS_STORAGE_TEMP_FOLDER_H_
#define SAFECONDUCT_TESTS_STORAGE_TEMP_FOLDER_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"

namespace safeconduct::storage {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = Parent() + "/safeconduct-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  // In memory where there is room: these tests sync often, and play the loss of power themselves.
  static std::string Parent() {
    std::error_code error;
    const auto memory = std::filesystem::space("/dev/shm", error);
    const bool chosen = std::getenv("TEST_TMPDIR") != nullptr;
    if (!error && !chosen && memory.available > (std::uintmax_t{1} << 30)) return "/dev/shm";
    return ::testing::TempDir();
  }

  std::string path_;
};

inline Bytes ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  EXPECT_TRUE(in.good()) << path;
  Bytes bytes(in.good() ? static_cast<std::size_t>(in.tellg()) : 0);
  in.seekg(0);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  EXPECT_TRUE(in.good()) << path;
  return bytes;
}

inline void WriteFile(const std::string& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  out.flush();
  EXPECT_TRUE(out.good()) << path;
}

// Replaces `to` by a copy of `from`: what a killed process would have left.
inline void CopyFolder(const std::string& from, const std::string& to) {
  std::filesystem::remove_all(to);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

// The files of a folder whose names end in `ending`, in order.
inline std::vector<std::string> FilesOf(const std::string& folder, const std::string& ending) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().string().ends_with(ending)) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_TEMP_FOLDER_H_
