// One non-blocking socket, in clear or under TLS.
//
// Nothing here waits: what cannot be done now is kBlocked, and wants_write says for what to wait.
// OpenSSL works on memory: whole records go in from a read buffer that all connections of the
// thread share, and what it writes goes out by one send. So a connection in its handshake, or one
// that sends byte by byte, holds what it has sent and no buffer of fixed size; and a head, a body
// and the closing alert that are written together leave together.
//
// Thread-safety: none; a stream belongs to its io thread.
#ifndef SAFECONDUCT_GATEWAY_HTTP_STREAM_H_
#define SAFECONDUCT_GATEWAY_HTTP_STREAM_H_

#include <openssl/bio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gateway/http/shared_buffer.h"
#include "gateway/http/tls_context.h"

namespace safeconduct::http {

// What the streams of one io thread share.
struct StreamBuffers {
  explicit StreamBuffers(Budget& memory);
  SharedBuffer wire;  // what was received and not decrypted
  std::string out;    // what was encrypted and not sent; empty between calls
};

class Stream {
 public:
  enum class Io : std::uint8_t {
    kDone,
    kBlocked,  // wait for the socket: to write when wants_write(), else to read
    kEnd,      // the peer has sent all it wanted to
    kBroken,   // nothing more can be read or written
  };
  enum class Last : bool { kNo, kYes };

  // The descriptor stays the caller's; `tls` null: in clear.
  Stream(int descriptor, TlsContext* tls, StreamBuffers& buffers);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Until kDone, before anything else; in clear it is done at once.
  Io Handshake();
  // kDone: 1 to out.size() bytes were put into `out`, and `bytes` says how many.
  Io Read(std::span<char> out, std::size_t& bytes);
  // Read has bytes without asking the socket.
  bool HasInput() const;
  // Takes from the front of `data` what it can. kDone: all of it is with the kernel. `last` says
  // that nothing follows, so the end of the stream is sent along with the end of `data`.
  Io Write(std::string_view& data, Last last);

  bool wants_write() const { return !unsent_.empty(); }
  std::size_t unsent_bytes() const { return unsent_.size(); }

  // Tells the peer that nothing follows, if that can still be said.
  void SayGoodbye();
  // From here on only Drain: throws away what arrives, kDone when there was something.
  void CloseWriting();
  Io Drain(std::size_t& bytes);
  // Ends the connection so that the peer sees it was not finished, and has the kernel forget at
  // once what the peer did not take.
  void Cut();

  // Bytes from and to the network, for measuring rates: all that came; all that the peer's kernel
  // has acknowledged.
  std::uint64_t received() const { return received_; }
  std::uint64_t acknowledged() const;

 private:
  friend struct StreamBio;

  bool under_tls() const { return tls_ != nullptr; }
  bool HasRecord() const;
  bool StartSession();
  Io Receive();  // from the socket into wire_
  Io Flush();    // unsent_ and buffers_.out
  Io Send(std::string_view& data);
  Io Classify(int result);  // of an SSL call that did not succeed
  void Encrypt(std::string_view data);

  const int descriptor_;
  TlsContext* const tls_;
  StreamBuffers& buffers_;
  Inbox wire_;
  SslPtr ssl_;  // when the first record is there
  std::string unsent_;
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  bool broken_ = false;
  bool goodbye_ = false;  // the end of the stream was written
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_STREAM_H_
