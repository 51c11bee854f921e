// Canary: bytes that must not be in any file of a folder.
#ifndef SAFECONDUCT_TESTS_STORAGE_CANARY_H_
#define SAFECONDUCT_TESTS_STORAGE_CANARY_H_

#include <gtest/gtest.h>

#include <bitset>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unordered_set>

#include "tests/storage/reports.h"

namespace safeconduct::storage {

class Canary {
 public:
  // A run of 15 of these bytes, wherever it begins, will be found. Not of the first and last ones,
  // since those of different contents are alike (SomeBytes), and part of records that stay.
  void Add(ByteView content) {
    constexpr std::size_t kMargin = 250;
    for (std::size_t at = kMargin; at + kMargin + kWindow <= content.size(); at += kWindow) {
      const std::uint64_t window = Window(content.data() + at);
      windows_.insert(window);
      likely_.set(window % likely_.size());
    }
  }
  // Of bytes that are unlike all others from their beginning to their end.
  void AddUnique(std::string_view content) {
    for (std::size_t at = 0; at + kWindow <= content.size(); at += kWindow) {
      const std::uint64_t window = Window(AsBytes(content).data() + at);
      windows_.insert(window);
      likely_.set(window % likely_.size());
    }
  }
  void Add(const Report& report) {
    AddUnique(report.leaf.record.salt());
    Add(report.sealed);
    for (const Bytes& payload : report.payloads) Add(payload);
  }

  void Add(const Canary& other) {
    windows_.insert(other.windows_.begin(), other.windows_.end());
    likely_ |= other.likely_;
  }

  // The files that hold any of it.
  std::vector<std::string> FilesWithIt(const std::string& folder) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && IsInFile(entry.path())) {
        found.push_back(entry.path().string());
      }
    }
    return found;
  }

 private:
  static constexpr std::size_t kWindow = 8;
  static std::uint64_t Window(const std::uint8_t* bytes) {
    std::uint64_t window = 0;
    std::memcpy(&window, bytes, kWindow);
    return window;
  }
  // An open store may remove a file meanwhile.
  bool IsInFile(const std::filesystem::path& path) const {
    std::ifstream in(path, std::ios::binary);
    if (!in.good() && !std::filesystem::exists(path)) return false;
    EXPECT_TRUE(in.good()) << path;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return IsIn(AsBytes(text));
  }
  bool IsIn(ByteView bytes) const {
    for (std::size_t at = 0; at + kWindow <= bytes.size(); ++at) {
      const std::uint64_t window = Window(bytes.data() + at);
      if (likely_[window % likely_.size()] && windows_.contains(window)) return true;
    }
    return false;
  }

  std::unordered_set<std::uint64_t> windows_;
  std::bitset<(1 << 20)> likely_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_CANARY_H_
