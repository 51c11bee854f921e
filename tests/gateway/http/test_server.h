// A running server with a handler that tests program, certificates made on the spot, and a place
// to wait for what the handler saw.
#ifndef SAFECONDUCT_TESTS_GATEWAY_HTTP_TEST_SERVER_H_
#define SAFECONDUCT_TESTS_GATEWAY_HTTP_TEST_SERVER_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/http/http.h"
#include "tests/gateway/http/client.h"

namespace safeconduct::http::test {

// Answers what a Handler was asked, when the test says so.
class HeldAnswers {
 public:
  void Hold(Request request, Responder respond);
  // Waits until `count` are held.
  bool WaitFor(std::size_t count);
  // The oldest.
  Responder Take();
  std::size_t size();

 private:
  struct Held {
    Request request;
    Responder respond;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Held>> held_;
};

// Plans to buffer up to a mebibyte and answers 200 with "METHOD target\n" and the body.
class TestHandler : public Handler {
 public:
  std::function<BodyPlan(const RequestHead&)> plan;
  std::function<void(Request, Responder)> handle;
  std::function<Response(int, const Error&)> failure;

  BodyPlan Plan(const RequestHead& head) override;
  void Handle(Request request, Responder respond) override;
  // A body of {"status":N}.
  Response Failure(int status, const Error& error) override;

  std::vector<std::string> handled();  // targets, in order

 private:
  std::mutex mutex_;
  std::vector<std::string> handled_;
};

Response Text(int status, std::string body);
// What TestHandler answers.
std::string Echo(const RequestHead& head, std::string_view body);

// A folder that is removed with its content.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A self-signed certificate for localhost; each one is new.
void WriteCertificate(const std::string& certificate_file, const std::string& key_file);

// A thread that is not an io thread.
class Elsewhere {
 public:
  Elsewhere();
  // After all that was given to it is done.
  ~Elsewhere();
  void Do(std::function<void()> call);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> calls_;
  std::thread thread_;
};

// Bytes that do not repeat soon.
std::string Pattern(std::size_t size);

class TestServer {
 public:
  // Listeners: 0 TLS, 1 private in clear, 2 a Unix socket.
  explicit TestServer(Limits limits = {}, int threads = 2, bool allow_tls12 = false);
  ~TestServer();

  Client Tls(const TlsChoice& choice = {}) { return Client::Tls(server().port(0), choice); }
  Client Plain() { return Client::Tcp(server().port(1)); }
  Client Unix() { return Client::Unix(unix_path()); }
  std::string unix_path() const { return folder_.File("onion.sock"); }
  std::string certificate_file() const { return folder_.File("cert.pem"); }
  std::string key_file() const { return folder_.File("key.pem"); }

  TestHandler& handler() { return handler_; }
  Server& server() { return *server_; }
  Counters counters() { return server_->counters(); }
  void Destroy() { server_.reset(); }
  // A server of its own still answers: nothing is broken.
  bool Serves();

 private:
  TemporaryFolder folder_;
  TestHandler handler_;
  std::unique_ptr<Server> server_;
};

// Whether `condition` comes true within half a minute.
bool Eventually(const std::function<bool()>& condition);

}  // namespace safeconduct::http::test

#endif  // SAFECONDUCT_TESTS_GATEWAY_HTTP_TEST_SERVER_H_
