// The head of an answer, as bytes.
//
// Thread-safety: a DateLine, none; the rest is pure.
#ifndef SAFECONDUCT_GATEWAY_HTTP_ANSWER_HEAD_H_
#define SAFECONDUCT_GATEWAY_HTTP_ANSWER_HEAD_H_

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "gateway/http/http.h"

namespace safeconduct::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7), whatever the locale.
std::string FormatDate(std::time_t seconds);

// The date of now, formatted at most once a second.
class DateLine {
 public:
  std::string_view Get();

 private:
  std::time_t seconds_ = 0;
  std::string text_;
};

enum class AfterAnswer : bool { kKeepOpen, kClose };

// A status from 200 to 599, header names that are tokens, and no control characters in values: the
// rest would break the framing of this answer and of the next.
bool IsSendable(const Response& response);

// Answers that never have a body, and no Content-Length either (RFC 9110 section 8.6).
bool HasNoBody(int status);

// Status line and headers up to the empty line. What the server sets itself (Content-Length, Date,
// Connection, Transfer-Encoding) is left out of `response.headers`. `response` must be sendable.
void AppendAnswerHead(const Response& response, std::uint64_t content_length, AfterAnswer after,
                      std::string_view date, std::string& out);

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_ANSWER_HEAD_H_
