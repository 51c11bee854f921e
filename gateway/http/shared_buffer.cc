#include "gateway/http/shared_buffer.h"

#include <cstring>

namespace safeconduct::http {

Inbox::~Inbox() {
  if (resident()) buffer_.tenant_ = nullptr;
}

std::string_view Inbox::Unread() const {
  if (!resident()) return own_;
  return {buffer_.data_.get() + buffer_.begin_, buffer_.end_ - buffer_.begin_};
}

void Inbox::Consume(std::size_t bytes) {
  if (resident()) {
    buffer_.begin_ += bytes;
    return;
  }
  if (bytes == own_.size()) {
    own_ = std::string();
    reservation_.Clear();
  } else {
    own_.erase(0, bytes);
  }
}

std::span<char> Inbox::Room() {
  SharedBuffer& buffer = buffer_;
  char* const data = buffer.data_.get();
  if (!resident()) {
    if (buffer.tenant_ != nullptr) buffer.tenant_->MoveOut();
    buffer.tenant_ = this;
    buffer.begin_ = 0;
    buffer.end_ = own_.size();
    std::memcpy(data, own_.data(), own_.size());
    own_ = std::string();
    reservation_.Clear();
  } else if (buffer.begin_ == buffer.end_) {
    buffer.begin_ = buffer.end_ = 0;
  } else if (buffer.begin_ > 0 && buffer.end_ > buffer.capacity_ / 2) {
    std::memmove(data, data + buffer.begin_, buffer.end_ - buffer.begin_);
    buffer.end_ -= buffer.begin_;
    buffer.begin_ = 0;
  }
  return {data + buffer.end_, buffer.capacity_ - buffer.end_};
}

void Inbox::MoveOut() {
  const std::string_view rest = Unread();
  if (rest.size() > buffer_.free_bytes_ && !reservation_.Grow(rest.size() - buffer_.free_bytes_)) {
    lost_ = true;
    return;
  }
  own_.assign(rest);
}

}  // namespace safeconduct::http
