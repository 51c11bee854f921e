#include "storage/rocksdb/crc32c.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>

#include <string>

#include "storage/rocksdb/rocksdb_store.h"
#include "tests/storage/reports.h"
#include "tests/storage/temp_folder.h"

namespace rocksdb::crc32c {
std::uint32_t Extend(std::uint32_t crc, const char* data, std::size_t size);
}  // namespace rocksdb::crc32c

namespace safeconduct::storage {
namespace {

// As the definition has it, bit by bit.
std::uint32_t Slowly(std::uint32_t crc, ByteView bytes) {
  crc = ~crc;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
  }
  return ~crc;
}

TEST(Crc32c, GivesTheAnswersOfRfc3720) {
  EXPECT_EQ(ExtendCrc32c(0, Bytes(32, 0x00)), 0x8a9136aau);
  EXPECT_EQ(ExtendCrc32c(0, Bytes(32, 0xff)), 0x62a8ab43u);
  Bytes rising(32);
  for (std::size_t i = 0; i < 32; ++i) rising[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(ExtendCrc32c(0, rising), 0x46dd794eu);
  EXPECT_EQ(ExtendCrc32c(0, AsBytes("123456789")), 0xe3069283u);
  EXPECT_EQ(ExtendCrc32c(0, {}), 0u);
  EXPECT_TRUE(Crc32cIsRight());
}

TEST(Crc32c, OfEveryLengthAndAlignmentIsTheSlowOne) {
  const Bytes bytes = SomeBytes(1, 300);
  for (std::size_t start = 0; start < 9; ++start) {
    for (std::size_t size = 0; start + size <= 100; ++size) {
      const ByteView part = ByteView(bytes).subspan(start, size);
      ASSERT_EQ(ExtendCrc32c(77, part), Slowly(77, part)) << start << " " << size;
    }
  }
}

// The linker leaves the library out of a program that opens no store.
void UseRocksDb() {
  const TempFolder folder;
  RocksDbSettings settings;
  settings.folder = folder.path();
  ASSERT_TRUE(OpenRocksDb(settings).ok());
}

TEST(Crc32c, IsTheOneThatRocksDbCalls) {
  UseRocksDb();
  const char* const symbol = "_ZN7rocksdb6crc32c6ExtendEjPKcm";
  void* const preferred = dlsym(RTLD_DEFAULT, symbol);
  ASSERT_NE(preferred, nullptr) << "this RocksDB has no such function";
  EXPECT_EQ(preferred, reinterpret_cast<void*>(&rocksdb::crc32c::Extend));
  Dl_info place{};
  ASSERT_NE(dladdr(preferred, &place), 0);
  EXPECT_EQ(std::string(place.dli_fname).find("librocksdb"), std::string::npos)
      << "the library's own, slow one";
}

TEST(Crc32c, AgreesWithTheOneThatItReplaces) {
  UseRocksDb();
  void* const library = dlopen("librocksdb.so.7.8", RTLD_NOW | RTLD_NOLOAD);
  ASSERT_NE(library, nullptr);
  using Function = std::uint32_t (*)(std::uint32_t, const char*, std::size_t);
  const auto original =
      reinterpret_cast<Function>(dlsym(library, "_ZN7rocksdb6crc32c6ExtendEjPKcm"));
  ASSERT_NE(original, nullptr);
  ASSERT_NE(reinterpret_cast<void*>(original), reinterpret_cast<void*>(&ExtendCrc32c));
  for (std::size_t size = 0; size < 3000; size += 7) {
    const Bytes bytes = SomeBytes(size, size);
    EXPECT_EQ(original(5, reinterpret_cast<const char*>(bytes.data()), size),
              ExtendCrc32c(5, bytes));
  }
  dlclose(library);
}

}  // namespace
}  // namespace safeconduct::storage
