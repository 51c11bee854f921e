// One read buffer for all connections of an io thread.
//
// Between two suspensions a connection fills the buffer and empties it again, so thousands of idle
// connections need none of their own. What a connection leaves in it (a record or a head that is
// not complete yet, a pipelined request) stays there until another connection wants the buffer,
// and is only then copied to memory of its own, in exactly its size. What was used is wiped: the
// next one may be anybody's, and the relay for SMS reads words here that are not sealed yet.
//
// Thread-safety: none; one buffer per io thread.
#ifndef SAFECONDUCT_GATEWAY_HTTP_SHARED_BUFFER_H_
#define SAFECONDUCT_GATEWAY_HTTP_SHARED_BUFFER_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/http/budget.h"

namespace safeconduct::http {

class Inbox;

class SharedBuffer {
 public:
  // An inbox that must move out may take `free_bytes` along as of right; more is charged to
  // `budget`, and where that is refused the inbox is lost.
  SharedBuffer(std::size_t capacity, std::size_t free_bytes, Budget& budget)
      : data_(new char[capacity]), capacity_(capacity), free_bytes_(free_bytes), budget_(budget) {}
  SharedBuffer(const SharedBuffer&) = delete;
  SharedBuffer& operator=(const SharedBuffer&) = delete;

 private:
  friend class Inbox;
  const std::unique_ptr<char[]> data_;
  const std::size_t capacity_;
  const std::size_t free_bytes_;
  Budget& budget_;
  Inbox* tenant_ = nullptr;
  std::size_t begin_ = 0;  // of what the tenant has not consumed
  std::size_t end_ = 0;
};

// What one connection has read and not yet used.
class Inbox {
 public:
  explicit Inbox(SharedBuffer& buffer) : buffer_(buffer), reservation_(buffer.budget_) {}
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Valid until the next Room or suspension.
  std::string_view Unread() const;
  void Consume(std::size_t bytes);
  // Where the next bytes may be put, behind what is unread; empty when the buffer is full.
  std::span<char> Room();
  void Commit(std::size_t bytes) { buffer_.end_ += bytes; }
  // Bytes were lost, since memory is short: the connection cannot go on.
  bool lost() const { return lost_; }

 private:
  bool resident() const { return buffer_.tenant_ == this; }
  void MoveOut();

  SharedBuffer& buffer_;
  std::string own_;  // what was moved out
  Reservation reservation_;
  bool lost_ = false;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_SHARED_BUFFER_H_
