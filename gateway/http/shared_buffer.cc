#include "gateway/http/shared_buffer.h"

#include <cstring>

#include "crypto/base/secret.h"

namespace safeconduct::http {
namespace {

void WipeText(char* begin, std::size_t size) {
  Wipe({reinterpret_cast<std::uint8_t*>(begin), size});
}

}  // namespace

Inbox::~Inbox() {
  if (!resident()) return;
  WipeText(buffer_.data_.get() + buffer_.begin_, buffer_.end_ - buffer_.begin_);
  buffer_.tenant_ = nullptr;
}

std::string_view Inbox::Unread() const {
  if (!resident()) return own_;
  return {buffer_.data_.get() + buffer_.begin_, buffer_.end_ - buffer_.begin_};
}

void Inbox::Consume(std::size_t bytes) {
  if (resident()) {
    WipeText(buffer_.data_.get() + buffer_.begin_, bytes);
    buffer_.begin_ += bytes;
    return;
  }
  if (bytes == own_.size()) {
    own_ = std::string();
    reservation_.Clear();
  } else {
    std::memmove(own_.data(), own_.data() + bytes, own_.size() - bytes);
    WipeText(own_.data() + own_.size() - bytes, bytes);
    own_.resize(own_.size() - bytes);
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
    const std::size_t size = buffer.end_ - buffer.begin_;
    std::memmove(data, data + buffer.begin_, size);
    WipeText(data + size, buffer.end_ - size);
    buffer.end_ = size;
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
  WipeText(buffer_.data_.get() + buffer_.begin_, rest.size());
}

}  // namespace safeconduct::http
