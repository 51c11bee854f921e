// A file descriptor that is closed by its owner.
#ifndef SAFECONDUCT_GATEWAY_HTTP_DESCRIPTOR_H_
#define SAFECONDUCT_GATEWAY_HTTP_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace safeconduct::http {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    Reset(other.Release());
    return *this;
  }
  ~Descriptor() { Reset(); }

  bool valid() const { return number_ >= 0; }
  int get() const { return number_; }
  int Release() { return std::exchange(number_, -1); }
  void Reset(int number = -1) {
    if (number_ >= 0) ::close(number_);
    number_ = number;
  }

 private:
  int number_ = -1;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_DESCRIPTOR_H_
