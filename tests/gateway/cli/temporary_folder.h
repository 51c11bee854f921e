// A folder for one test, empty at its start and gone at its end.
#ifndef SAFECONDUCT_TESTS_GATEWAY_CLI_TEMPORARY_FOLDER_H_
#define SAFECONDUCT_TESTS_GATEWAY_CLI_TEMPORARY_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace safeconduct::cli {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "safeconduct-cli-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::size_t entries() const {
    std::size_t count = 0;
    for (auto it = std::filesystem::directory_iterator(path_); it != end(it); ++it) ++count;
    return count;
  }

 private:
  std::string path_;
};

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_TESTS_GATEWAY_CLI_TEMPORARY_FOLDER_H_
