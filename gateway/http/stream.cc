#include "gateway/http/stream.h"

#include <linux/sockios.h>
#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace safeconduct::http {
namespace {

// A request of 32 KiB arrives by one system call.
constexpr std::size_t kWireBytes = 48 * 1024;
// RFC 8446 section 5.2: a record is 5 bytes of header and at most 2^14 + 256 bytes.
constexpr std::size_t kRecordHeaderBytes = 5;
constexpr std::size_t kRecordBytes = (1u << 14) + 256;
// Plaintext that is encrypted at a time: what a slow reader can make us hold, or a little more.
constexpr std::size_t kWriteBytes = 64 * 1024;

// SSL_get_error looks at the thread's whole queue, in which others may have left something.
void ForgetErrors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

// OpenSSL's view of a stream: reads come from the inbox, writes go to the thread's buffer.
struct StreamBio {
  static int Read(BIO* bio, char* out, std::size_t size, std::size_t* taken) {
    Stream& stream = *static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const std::string_view unread = stream.wire_.Unread();
    if (unread.empty()) {
      BIO_set_retry_read(bio);
      return 0;
    }
    *taken = std::min(size, unread.size());
    std::memcpy(out, unread.data(), *taken);
    stream.wire_.Consume(*taken);
    return 1;
  }

  static int Write(BIO* bio, const char* data, std::size_t size, std::size_t* taken) {
    Stream& stream = *static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    stream.buffers_.out.append(data, size);
    *taken = size;
    return 1;
  }

  static long Control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static int Create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static const BIO_METHOD* Method() {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made =
          BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "safeconduct stream");
      BIO_meth_set_read_ex(made, &Read);
      BIO_meth_set_write_ex(made, &Write);
      BIO_meth_set_ctrl(made, &Control);
      BIO_meth_set_create(made, &Create);
      return made;
    }();
    return method;
  }
};

StreamBuffers::StreamBuffers(Budget& memory) : wire(kWireBytes, kRecordBytes + 64, memory) {
  out.reserve(kWriteBytes + 4096);
}

Stream::Stream(int descriptor, TlsContext* tls, StreamBuffers& buffers)
    : descriptor_(descriptor), tls_(tls), buffers_(buffers), wire_(buffers.wire) {}

bool Stream::HasRecord() const {
  const std::string_view unread = wire_.Unread();
  if (unread.size() < kRecordHeaderBytes) return false;
  const auto byte = [unread](std::size_t at) { return static_cast<unsigned char>(unread[at]); };
  const std::size_t size = (std::size_t{byte(3)} << 8) | byte(4);
  // What is no record of TLS 1.2 or 1.3 is for OpenSSL to refuse.
  if (byte(0) < 20 || byte(0) > 23 || byte(1) != 3 || size > kRecordBytes + 2048) return true;
  return unread.size() - kRecordHeaderBytes >= size;
}

bool Stream::HasInput() const {
  if (!under_tls()) return false;
  return (ssl_ != nullptr && SSL_pending(ssl_.get()) > 0) || HasRecord();
}

bool Stream::StartSession() {
  if (ssl_ != nullptr) return true;
  SslPtr ssl = tls_->NewSession();
  BIO* const bio = ssl == nullptr ? nullptr : BIO_new(StreamBio::Method());
  if (bio == nullptr) return false;
  BIO_set_data(bio, this);
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_set_accept_state(ssl.get());
  ssl_ = std::move(ssl);
  return true;
}

Stream::Io Stream::Handshake() {
  if (!under_tls()) return Io::kDone;
  while (!broken_) {
    if (Flush() == Io::kBlocked) return Io::kBlocked;
    if (!HasRecord()) {
      const Io received = Receive();
      if (received != Io::kDone) return received;
      continue;
    }
    if (!StartSession()) break;
    ForgetErrors();
    const int result = SSL_do_handshake(ssl_.get());
    const Io io = result == 1 ? Io::kDone : Classify(result);
    const Io flushed = Flush();
    if (io == Io::kDone && flushed != Io::kBroken) return Io::kDone;
    if (io != Io::kBlocked) break;
  }
  broken_ = true;
  return Io::kBroken;
}

Stream::Io Stream::Read(std::span<char> out, std::size_t& bytes) {
  if (broken_) return Io::kBroken;
  if (!under_tls()) {
    const ssize_t got = ::recv(descriptor_, out.data(), out.size(), 0);
    if (got > 0) {
      bytes = static_cast<std::size_t>(got);
      received_ += bytes;
      return Io::kDone;
    }
    if (got == 0) return Io::kEnd;
    if (WouldBlock() || errno == EINTR) return Io::kBlocked;
    broken_ = true;
    return Io::kBroken;
  }
  for (;;) {
    if (!HasInput()) {
      const Io received = Receive();
      if (received != Io::kDone) return received;
      continue;
    }
    ForgetErrors();
    const int result = SSL_read_ex(ssl_.get(), out.data(), out.size(), &bytes);
    const Io io = result == 1 ? Io::kDone : Classify(result);
    // A peer may ask for a key update; the answer must not wait for the next write.
    if (!buffers_.out.empty() && Flush() == Io::kBroken) return Io::kBroken;
    if (unsent_.size() > kWriteBytes * 2) broken_ = true;
    if (broken_) return Io::kBroken;
    if (io != Io::kBlocked) return io;
  }
}

Stream::Io Stream::Receive() {
  const std::span<char> room = wire_.Room();
  if (wire_.lost() || room.empty()) {
    broken_ = true;
    return Io::kBroken;
  }
  const ssize_t got = ::recv(descriptor_, room.data(), room.size(), 0);
  if (got > 0) {
    wire_.Commit(static_cast<std::size_t>(got));
    received_ += static_cast<std::uint64_t>(got);
    return Io::kDone;
  }
  if (got < 0 && (WouldBlock() || errno == EINTR)) return Io::kBlocked;
  // The end without close_notify: what came before may have been cut off by anyone.
  broken_ = true;
  return Io::kBroken;
}

Stream::Io Stream::Classify(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Io::kBlocked;
    case SSL_ERROR_ZERO_RETURN:
      return Io::kEnd;
    default:
      ForgetErrors();
      // The alert that says why, if there is one.
      Flush();
      broken_ = true;
      return Io::kBroken;
  }
}

Stream::Io Stream::Send(std::string_view& data) {
  while (!data.empty()) {
    const ssize_t put = ::send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL);
    if (put < 0) {
      if (errno == EINTR) continue;
      if (WouldBlock()) return Io::kBlocked;
      broken_ = true;
      return Io::kBroken;
    }
    sent_ += static_cast<std::uint64_t>(put);
    data.remove_prefix(static_cast<std::size_t>(put));
  }
  return Io::kDone;
}

Stream::Io Stream::Flush() {
  std::string& out = buffers_.out;
  if (broken_) {
    out.clear();
    return Io::kBroken;
  }
  if (!unsent_.empty()) {
    unsent_.append(out);
    out.clear();
    std::string_view rest = unsent_;
    const Io io = Send(rest);
    if (rest.empty()) {
      unsent_ = std::string();
    } else {
      unsent_.erase(0, unsent_.size() - rest.size());
    }
    return io;
  }
  std::string_view rest = out;
  const Io io = Send(rest);
  unsent_.assign(rest);
  out.clear();
  return io;
}

void Stream::Encrypt(std::string_view data) {
  std::size_t written = 0;
  ForgetErrors();
  if (SSL_write_ex(ssl_.get(), data.data(), data.size(), &written) != 1 || written != data.size()) {
    ForgetErrors();
    broken_ = true;
  }
}

Stream::Io Stream::Write(std::string_view& data, Last last) {
  if (!under_tls()) return broken_ ? Io::kBroken : Send(data);
  for (;;) {
    const Io io = Flush();
    if (io != Io::kDone || data.empty()) return io;
    const std::string_view part = data.substr(0, kWriteBytes);
    data.remove_prefix(part.size());
    Encrypt(part);
    if (data.empty() && last == Last::kYes && !broken_) {
      SSL_shutdown(ssl_.get());
      goodbye_ = true;
    }
  }
}

void Stream::SayGoodbye() {
  if (broken_ || ssl_ == nullptr || goodbye_ || !SSL_is_init_finished(ssl_.get())) return;
  goodbye_ = true;
  ForgetErrors();
  SSL_shutdown(ssl_.get());
  ForgetErrors();
  Flush();
}

void Stream::CloseWriting() {
  SayGoodbye();
  ::shutdown(descriptor_, SHUT_WR);
}

void Stream::Cut() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  broken_ = true;
}

Stream::Io Stream::Drain(std::size_t& bytes) {
  char waste[16 * 1024];
  const ssize_t got = ::recv(descriptor_, waste, sizeof waste, 0);
  if (got > 0) {
    bytes = static_cast<std::size_t>(got);
    return Io::kDone;
  }
  if (got == 0) return Io::kEnd;
  return WouldBlock() || errno == EINTR ? Io::kBlocked : Io::kBroken;
}

std::uint64_t Stream::acknowledged() const {
  int queued = 0;
  if (::ioctl(descriptor_, SIOCOUTQ, &queued) != 0 || queued < 0) return sent_;
  const auto waiting = static_cast<std::uint64_t>(queued);
  return waiting >= sent_ ? 0 : sent_ - waiting;
}

}  // namespace safeconduct::http
