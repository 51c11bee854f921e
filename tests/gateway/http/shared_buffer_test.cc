#include "gateway/http/shared_buffer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace safeconduct::http {
namespace {

void Put(Inbox& inbox, std::string_view bytes) {
  const std::span<char> room = inbox.Room();
  ASSERT_GE(room.size(), bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  inbox.Commit(bytes.size());
}

TEST(SharedBuffer, KeepsWhatEachInboxHasNotUsed) {
  Budget memory(1000);
  SharedBuffer buffer(100, 50, memory);
  Inbox a(buffer);
  Inbox b(buffer);
  Put(a, "hello");
  a.Consume(2);
  EXPECT_EQ(a.Unread(), "llo");
  Put(b, "world");
  EXPECT_EQ(a.Unread(), "llo");
  EXPECT_EQ(b.Unread(), "world");
  Put(a, " again");
  EXPECT_EQ(a.Unread(), "llo again");
  EXPECT_EQ(b.Unread(), "world");
  a.Consume(9);
  EXPECT_EQ(a.Unread(), "");
  b.Consume(1);
  EXPECT_EQ(b.Unread(), "orld");
  EXPECT_EQ(memory.used(), 0u);
}

TEST(SharedBuffer, MakesRoomByMovingUp) {
  Budget memory(1000);
  SharedBuffer buffer(100, 50, memory);
  Inbox inbox(buffer);
  Put(inbox, std::string(90, 'a'));
  inbox.Consume(85);
  EXPECT_EQ(inbox.Room().size(), 95u);
  EXPECT_EQ(inbox.Unread(), "aaaaa");
}

TEST(SharedBuffer, SaysWhenItIsFull) {
  Budget memory(1000);
  SharedBuffer buffer(100, 50, memory);
  Inbox inbox(buffer);
  Put(inbox, std::string(100, 'a'));
  EXPECT_TRUE(inbox.Room().empty());
}

TEST(SharedBuffer, ChargesWhatIsMoreThanAConnectionsDue) {
  Budget memory(30);
  SharedBuffer buffer(100, 50, memory);
  Inbox first(buffer);
  Inbox second(buffer);
  Inbox third(buffer);
  Put(first, std::string(70, 'a'));
  Put(second, std::string(70, 'b'));
  EXPECT_EQ(memory.used(), 20u);
  EXPECT_FALSE(first.lost());
  Put(third, "c");  // 20 more cannot be had
  EXPECT_TRUE(second.lost());
  EXPECT_EQ(second.Unread(), "");
  EXPECT_EQ(first.Unread(), std::string(70, 'a'));
  first.Consume(70);
  EXPECT_EQ(memory.used(), 0u);
}

TEST(SharedBuffer, ForgetsAnInboxThatIsGone) {
  Budget memory(1000);
  SharedBuffer buffer(100, 50, memory);
  {
    Inbox gone(buffer);
    Put(gone, "bytes");
  }
  Inbox next(buffer);
  EXPECT_EQ(next.Unread(), "");
  Put(next, "mine");
  EXPECT_EQ(next.Unread(), "mine");
}

}  // namespace
}  // namespace safeconduct::http
