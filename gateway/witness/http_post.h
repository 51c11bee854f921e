// POSTs of small texts to one URL over libcurl: HTTPS alone, TLS 1.2 or later, no redirect, no
// proxy, no cookie, no user agent. http_post.cc is the one file of this folder that uses libcurl.
//
// Not thread-safe; several may be used by several threads.
#ifndef SAFECONDUCT_GATEWAY_WITNESS_HTTP_POST_H_
#define SAFECONDUCT_GATEWAY_WITNESS_HTTP_POST_H_

#include <memory>
#include <string>

#include "crypto/base/result.h"

namespace safeconduct::witness {

inline constexpr std::size_t kMaxAnswerBytes = 64 * 1024;

struct PostAnswer {
  int status = 0;
  std::string content_type;  // empty when there is none
  std::string body;
};

class HttpPost {
 public:
  // `ca_file`: PEM of the only authorities that count; empty: the system's.
  HttpPost(std::string url, std::string ca_file);
  ~HttpPost();
  HttpPost(const HttpPost&) = delete;
  HttpPost& operator=(const HttpPost&) = delete;

  // As text/plain; over one connection, as long as the server keeps it. Blocks at most
  // kRequestSeconds. An answer of any status is a value. kUnavailable when no whole answer came in
  // time, kUnverified when the server's certificate does not verify, kTooLarge for an answer over
  // kMaxAnswerBytes.
  Result<PostAnswer> Send(const std::string& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace safeconduct::witness

#endif  // SAFECONDUCT_GATEWAY_WITNESS_HTTP_POST_H_
