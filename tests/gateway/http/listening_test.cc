#include "gateway/http/listening.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

ListenerSettings UnixAt(const std::string& path) {
  ListenerSettings settings;
  settings.kind = Listener::kOnion;
  settings.unix_path = path;
  return settings;
}

TEST(UnixSocket, HasMode0660WhateverTheUmask) {
  TemporaryFolder folder;
  const std::string path = folder.File("s");
  for (const mode_t mask : {0000, 0022, 0077, 0777}) {
    const mode_t before = ::umask(mask);
    auto listening = Listen(UnixAt(path));
    ::umask(before);
    ASSERT_TRUE(listening.ok());
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0660u);
  }
}

TEST(UnixSocket, IsRemovedWithItsOwner) {
  TemporaryFolder folder;
  const std::string path = folder.File("s");
  {
    auto listening = Listen(UnixAt(path));
    ASSERT_TRUE(listening.ok());
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(UnixSocket, LeavesAnotherOwnersFileAlone) {
  TemporaryFolder folder;
  const std::string path = folder.File("s");
  {
    auto listening = Listen(UnixAt(path));
    ASSERT_TRUE(listening.ok());
    std::filesystem::remove(path);
    std::ofstream(path) << "not ours";
  }
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(UnixSocket, TakesThePlaceOfAStaleOne) {
  TemporaryFolder folder;
  const std::string path = folder.File("s");
  {
    // What a process that was killed leaves behind.
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(Listen(UnixAt(path)).ok());
}

TEST(UnixSocket, DoesNotTakeThePlaceOfOneInUse) {
  TemporaryFolder folder;
  const std::string path = folder.File("s");
  auto first = Listen(UnixAt(path));
  ASSERT_TRUE(first.ok());
  auto second = Listen(UnixAt(path));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kExists);
  EXPECT_STREQ(second.error().field(), "onion");
  EXPECT_TRUE(Client::Unix(path).connected());
}

TEST(UnixSocket, DoesNotTakeThePlaceOfAnotherFile) {
  TemporaryFolder folder;
  const std::string path = folder.File("s");
  std::ofstream(path) << "precious";
  auto listening = Listen(UnixAt(path));
  ASSERT_FALSE(listening.ok());
  EXPECT_EQ(listening.error().code(), Code::kExists);
  std::string content;
  std::ifstream(path) >> content;
  EXPECT_EQ(content, "precious");
}

TEST(UnixSocket, RefusesPathsThatDoNotFit) {
  auto too_long = Listen(UnixAt("/tmp/" + std::string(200, 'x')));
  ASSERT_FALSE(too_long.ok());
  EXPECT_EQ(too_long.error().code(), Code::kMalformed);
  auto nowhere = Listen(UnixAt("/nonexistent-folder/s"));
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace safeconduct::http::test
