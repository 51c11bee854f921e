// A request's body on its way in. Internal to the sources of Connection.
#ifndef SAFECONDUCT_GATEWAY_HTTP_CONNECTION_BODY_H_
#define SAFECONDUCT_GATEWAY_HTTP_CONNECTION_BODY_H_

#include "gateway/http/connection.h"
#include "gateway/http/rate_window.h"

namespace safeconduct::http {

struct Connection::Body {
  // `max_bytes`: longer is refused. `received`: what Stream::received says now.
  Body(RequestParser& the_parser, std::optional<std::uint64_t> content_length,
       std::uint64_t max_bytes, const Limits& limits, std::uint64_t received)
      : parser(&the_parser),
        chunked(the_parser.chunked()),
        length(content_length.value_or(0)),
        left(length),
        max(max_bytes),
        complete(!chunked && length == 0),
        window(limits, received) {}

  bool too_long() const { return length > max; }

  RequestParser* parser;
  bool chunked;
  std::uint64_t length;  // 0 when chunked
  std::uint64_t left;
  std::uint64_t max;
  bool complete;
  bool continued = false;  // 100 was sent, or is not needed
  RateWindow window;
  Clock::time_point deadline = Clock::time_point::max();
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_CONNECTION_BODY_H_
