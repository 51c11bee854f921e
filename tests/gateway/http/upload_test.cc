// Bodies that go on into a sink.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

using std::chrono::milliseconds;

// What a sink was told, and what it answers.
struct SinkLog {
  std::mutex mutex;
  std::condition_variable changed;
  std::string bytes;
  std::vector<std::size_t> pieces;
  std::function<void(Status)> pending;  // a Write that the test ends
  bool hold = false;
  bool fail = false;
  bool ended = false;
  bool destroyed = false;
  bool busy = false;        // between Write and its end
  bool overlapped = false;  // called while it was busy
  std::optional<Code> aborted;
  bool aborted_with_responder = false;

  bool WaitFor(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(30), condition);
  }
};

class LoggingSink final : public BodySink {
 public:
  // `elsewhere`, if there is one, calls back.
  LoggingSink(SinkLog& log, Elsewhere* elsewhere) : log_(log), elsewhere_(elsewhere) {}
  ~LoggingSink() override {
    const std::lock_guard lock(log_.mutex);
    log_.destroyed = true;
    log_.changed.notify_all();
  }

  void Write(ByteView bytes, std::function<void(Status)> done) override {
    Status status;
    {
      const std::lock_guard lock(log_.mutex);
      Begin();
      log_.bytes.append(AsText(bytes));
      log_.pieces.push_back(bytes.size());
      if (log_.fail) status = Error(Code::kNoSpace, "full");
      if (log_.hold) {
        log_.pending = std::move(done);
        log_.changed.notify_all();
        return;
      }
    }
    auto finish = [&log = log_, done = std::move(done), status] {
      {
        const std::lock_guard lock(log.mutex);
        log.busy = false;
        log.changed.notify_all();
      }
      done(status);
      done(status);  // a second call counts for nothing
    };
    if (elsewhere_ != nullptr) {
      elsewhere_->Do(std::move(finish));
    } else {
      finish();
    }
  }

  void End(Responder respond) override {
    {
      const std::lock_guard lock(log_.mutex);
      Begin();
      log_.ended = true;
      log_.changed.notify_all();
    }
    respond(Text(201, "stored"));
  }

  void Abort(Error error, std::optional<Responder> respond) override {
    {
      const std::lock_guard lock(log_.mutex);
      Begin();
      log_.aborted = error.code();
      log_.aborted_with_responder = respond.has_value();
      log_.changed.notify_all();
    }
    if (respond) (*respond)(Text(507, "no space"));
  }

 private:
  void Begin() {
    log_.overlapped = log_.overlapped || log_.busy;
    log_.busy = true;
  }

  SinkLog& log_;
  Elsewhere* const elsewhere_;
};

std::string PatchHead(std::size_t length) {
  return "PATCH /u HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

class Uploads : public testing::TestWithParam<bool> {
 protected:
  void Serve(TestServer& server, std::uint64_t max_bytes = 1u << 30) {
    server.handler().plan = [this, max_bytes](const RequestHead&) {
      return BodyPlan::Stream(
          std::make_unique<LoggingSink>(log_, GetParam() ? &elsewhere_ : nullptr), max_bytes);
    };
  }

  SinkLog log_;
  Elsewhere elsewhere_;
};

INSTANTIATE_TEST_SUITE_P(Http, Uploads, testing::Bool(),
                         [](const auto& p) { return p.param ? "OtherThread" : "SameThread"; });

TEST_P(Uploads, ArriveWholeInPieces) {
  TestServer server;
  Serve(server);
  const std::string body = Pattern(5'000'001);
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(PatchHead(body.size()) + body));
  EXPECT_EQ(client.ReadAnswer().body, "stored");
  EXPECT_TRUE(log_.bytes == body);
  EXPECT_TRUE(log_.ended);
  EXPECT_FALSE(log_.overlapped);
  EXPECT_FALSE(log_.aborted.has_value());
  EXPECT_EQ(*std::max_element(log_.pieces.begin(), log_.pieces.end()), 256u * 1024);
  EXPECT_LT(log_.pieces.size(), 30u);
  ASSERT_TRUE(log_.WaitFor([&] { return log_.destroyed; }));
  EXPECT_TRUE(Eventually([&] { return server.counters().body_memory_in_use == 0; }));
  // The connection is good for more.
  server.handler().plan = nullptr;
  ASSERT_TRUE(client.Send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer().body, "GET /next\n");
}

TEST_P(Uploads, ArriveWholeInChunks) {
  TestServer server;
  Serve(server);
  const std::string body = Pattern(1'000'000);
  std::string wire;
  for (std::size_t at = 0; at < body.size(); at += 33'333) {
    const std::string chunk = body.substr(at, 33'333);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    wire += size + chunk + "\r\n";
  }
  Client client = server.Plain();
  ASSERT_TRUE(client.Send("PATCH /u HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                          wire + "0\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer().status, 201);
  EXPECT_TRUE(log_.bytes == body);
}

TEST_P(Uploads, MayBeEmpty) {
  TestServer server;
  Serve(server);
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(PatchHead(0)));
  EXPECT_EQ(client.ReadAnswer().status, 201);
  EXPECT_TRUE(log_.pieces.empty());
  EXPECT_TRUE(log_.ended);
}

TEST_P(Uploads, KeepWhatArrivedWhenTheConnectionBreaks) {
  TestServer server;
  Serve(server);
  const std::string body = Pattern(300'000);
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(PatchHead(1'000'000) + body));
  ASSERT_TRUE(log_.WaitFor([&] { return !log_.pieces.empty(); }));
  client.Close();
  ASSERT_TRUE(log_.WaitFor([&] { return log_.aborted.has_value(); }));
  EXPECT_EQ(log_.aborted, Code::kUnavailable);
  EXPECT_FALSE(log_.aborted_with_responder);
  EXPECT_TRUE(log_.bytes == body);
  EXPECT_FALSE(log_.overlapped);
  ASSERT_TRUE(log_.WaitFor([&] { return log_.destroyed; }));
  EXPECT_EQ(server.counters().body_memory_in_use, 0u);
}

TEST_P(Uploads, KeepWhatArrivedWhenTheClientStalls) {
  Limits limits;
  limits.rate_window = milliseconds(100);
  TestServer server(limits);
  Serve(server);
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(PatchHead(1000) + "begun"));
  EXPECT_EQ(client.ReadAnswer().status, 408);
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
  EXPECT_EQ(log_.bytes, "begun");
  EXPECT_EQ(log_.aborted, Code::kExpired);
}

TEST_P(Uploads, StopWhenTheSinkFails) {
  TestServer server;
  Serve(server);
  log_.fail = true;
  Client client = server.Plain();
  ASSERT_TRUE(client.Send(PatchHead(1'000'000)));
  client.Send(std::string(600'000, 'x'));
  const Answer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, 507);
  EXPECT_EQ(answer.body, "no space");
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
  EXPECT_EQ(log_.pieces.size(), 1u);
  EXPECT_EQ(log_.aborted, Code::kNoSpace);
  EXPECT_TRUE(log_.aborted_with_responder);
}

TEST_P(Uploads, AreRefusedWhenTooLong) {
  TestServer server;
  Serve(server, 1000);
  Client announced = server.Tls();
  ASSERT_TRUE(announced.Send(PatchHead(1001)));
  EXPECT_EQ(announced.ReadAnswer().status, 413);
  EXPECT_EQ(log_.aborted, Code::kTooLarge);
  log_.aborted.reset();
  Client grown = server.Tls();
  ASSERT_TRUE(
      grown.Send("PATCH /u HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" +
                 std::string(1000, 'x') + "\r\n1\r\n"));
  EXPECT_EQ(grown.ReadAnswer().status, 413);
  EXPECT_EQ(log_.aborted, Code::kTooLarge);
  EXPECT_EQ(log_.bytes.size(), 1000u);
}

TEST_P(Uploads, WaitForTheSink) {
  TestServer server;
  Serve(server);
  log_.hold = true;
  Client client = server.Plain();
  const std::string body = Pattern(16u << 20);
  std::thread sender([&] { client.Send(PatchHead(body.size()) + body); });
  // As long as the first piece is not taken, no more memory is used than for one.
  ASSERT_TRUE(log_.WaitFor([&] { return log_.pending != nullptr; }));
  EXPECT_EQ(log_.pieces.size(), 1u);
  EXPECT_EQ(server.counters().body_memory_in_use, 256u * 1024);
  std::function<void(Status)> done;
  {
    const std::lock_guard lock(log_.mutex);
    log_.hold = false;
    log_.busy = false;
    done = std::exchange(log_.pending, nullptr);
  }
  done({});
  EXPECT_EQ(client.ReadAnswer().status, 201);
  sender.join();
  EXPECT_TRUE(log_.bytes == body);
}

TEST_P(Uploads, LeaveMemoryToReports) {
  Limits limits;
  limits.body_memory_bytes = 1u << 20;
  limits.shutdown_time = milliseconds(10);
  std::mutex mutex;
  std::vector<std::unique_ptr<SinkLog>> logs;
  TestServer server(limits);
  server.handler().plan = [&](const RequestHead& head) {
    if (head.target == "/report") return BodyPlan::Buffer(200'000);
    const std::lock_guard lock(mutex);
    logs.push_back(std::make_unique<SinkLog>());
    return BodyPlan::Stream(std::make_unique<LoggingSink>(*logs.back(), nullptr), 1u << 30);
  };
  std::vector<Client> uploads;
  int refused = 0;
  for (int i = 0; i < 60; ++i) {
    Client client = server.Plain();
    ASSERT_TRUE(client.Send(PatchHead(1u << 20) + "begun"));
    ASSERT_TRUE(Eventually([&] { return server.counters().requests > static_cast<unsigned>(i); }));
    if (server.counters().limit_answers[503] > static_cast<unsigned>(refused)) {
      ++refused;
      EXPECT_EQ(client.ReadAnswer().status, 503);
    }
    uploads.push_back(std::move(client));
  }
  EXPECT_TRUE(Eventually([&] { return server.counters().limit_answers[503] >= 12; }));
  Client report = server.Tls();
  ASSERT_TRUE(report.Send("POST /report HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" +
                          std::string(200'000, 'r')));
  EXPECT_EQ(report.ReadAnswer().status, 200);
  server.server().Stop();
}

}  // namespace
}  // namespace safeconduct::http::test
