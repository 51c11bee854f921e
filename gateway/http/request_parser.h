// One request head, and the chunks of its body, as Beast parses them, and stricter.
//
// Refused beyond what Beast refuses, because proxies and servers have been known to disagree on it
// (RFC 9112 section 11.2): Content-Length twice or in a list, Content-Length with
// Transfer-Encoding, any transfer coding but one `chunked`, line folding, a bare CR or LF, a
// missing, repeated or malformed Host, and any target but the origin form. Trailers are checked
// and dropped.
//
// Thread-safety: none; one parser per request.
#ifndef SAFECONDUCT_GATEWAY_HTTP_REQUEST_PARSER_H_
#define SAFECONDUCT_GATEWAY_HTTP_REQUEST_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/http/http.h"

namespace safeconduct::http {

class RequestParser {
 public:
  static constexpr std::size_t kMaxHeaders = 100;
  // What a chunk's header, and all trailers, may be long.
  static constexpr std::size_t kMaxChunkHeaderBytes = 4 * 1024;

  enum class State : std::uint8_t {
    kMore,      // what was put is not enough
    kHeadDone,  // head() and what follows may be asked
    kBodyDone,  // chunked: nothing follows
    kFull,      // chunked: `out` holds what it may
    kFailed,    // status() says how to answer; the connection cannot go on
  };

  // `header_bytes`: of the whole head.
  explicit RequestParser(std::uint32_t header_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // All that was received and not yet used; `used` says how much of it may go. After kMore, call
  // again with what is left and more.
  State PutHead(std::string_view input, std::size_t& used);
  // The same for a chunked body: appends to `out` until it is `out_bytes` long. A body of more
  // than `max_bytes` in all is 413.
  State PutChunks(std::string_view input, std::size_t& used, std::string& out,
                  std::size_t out_bytes, std::uint64_t max_bytes);

  // 400, 413, 417, 431 or 501.
  int status() const;

  RequestHead& head();
  bool chunked() const;
  // HTTP/1.1 that did not ask to close.
  bool keep_alive() const;
  bool expects_continue() const;

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_REQUEST_PARSER_H_
