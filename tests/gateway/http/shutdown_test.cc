// Stop: what was accepted is finished, what is idle is closed, and it ends in time.
#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <utility>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

using std::chrono::milliseconds;

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

class Shutdown : public testing::Test {
 protected:
  void Start(Limits limits = {}) {
    server_ = std::make_unique<TestServer>(limits);
    server_->handler().handle = [this](Request request, Responder respond) {
      held_.Hold(std::move(request), std::move(respond));
    };
  }
  std::future<void> StopLater() {
    return std::async(std::launch::async, [this] { server_->server().Stop(); });
  }
  bool Refuses() {
    return Eventually([&] { return !Client::Tcp(server_->server().port(1)).connected(); });
  }

  HeldAnswers held_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(Shutdown, FinishesAcceptedRequests) {
  Start();
  Client tls = server_->Tls();
  Client plain = server_->Plain();
  Client onion = server_->Unix();
  for (Client* client : {&tls, &plain, &onion}) ASSERT_TRUE(client->Send(kGet));
  ASSERT_TRUE(held_.WaitFor(3));
  std::future<void> stopped = StopLater();
  ASSERT_TRUE(Refuses());
  for (int i = 0; i < 3; ++i) held_.Take()(Text(200, std::string(1u << 20, 'x')));
  for (Client* client : {&tls, &plain, &onion}) {
    Answer answer = client->ReadAnswer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.size(), 1u << 20);
    EXPECT_EQ(answer.headers["connection"], "close");
    EXPECT_EQ(client->ReadEnd(), End::kClosed);
  }
  stopped.get();
  EXPECT_EQ(server_->counters().connections_open, 0u);
}

TEST_F(Shutdown, ClosesWhatHasNoRequest) {
  Start();
  server_->handler().handle = nullptr;
  Client fresh = server_->Plain();
  Client idle = server_->Tls();
  ASSERT_TRUE(idle.Send(kGet));
  ASSERT_EQ(idle.ReadAnswer().status, 200);
  Client half = server_->Tls();
  ASSERT_TRUE(half.Send("GET / HT"));
  Client handshake = Client::Tcp(server_->server().port(0));
  ASSERT_TRUE(Eventually([&] { return server_->counters().connections_open == 4; }));
  server_->server().Stop();  // returns, though none of the four does anything
  for (Client* client : {&fresh, &idle, &half, &handshake}) {
    EXPECT_NE(client->ReadEnd(), End::kStillOpen);
  }
  EXPECT_EQ(server_->counters().connections_open, 0u);
}

TEST_F(Shutdown, DoesNotBeginThePipelinedRest) {
  Start();
  Client client = server_->Tls();
  ASSERT_TRUE(client.Send(std::string(kGet) + kGet));
  ASSERT_TRUE(held_.WaitFor(1));
  std::future<void> stopped = StopLater();
  ASSERT_TRUE(Refuses());
  held_.Take()(Text(200, "first"));
  EXPECT_EQ(client.ReadAnswer().body, "first");
  EXPECT_NE(client.ReadEnd(), End::kStillOpen);
  stopped.get();
  EXPECT_EQ(server_->handler().handled().size(), 1u);
}

TEST_F(Shutdown, FinishesABodyThatIsOnItsWay) {
  Start();
  server_->handler().handle = nullptr;
  Client client = server_->Tls();
  ASSERT_TRUE(client.Send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc"));
  ASSERT_TRUE(Eventually([&] { return server_->counters().body_memory_in_use > 0; }));
  std::future<void> stopped = StopLater();
  ASSERT_TRUE(Refuses());
  ASSERT_TRUE(client.Send("def"));
  EXPECT_EQ(client.ReadAnswer().body, "POST /p\nabcdef");
  stopped.get();
}

TEST_F(Shutdown, EndsWithoutAnswersWhenTimeIsUp) {
  Limits limits;
  limits.shutdown_time = milliseconds(50);
  Start(limits);
  Client waiting = server_->Tls();
  ASSERT_TRUE(waiting.Send(kGet));
  Client body = server_->Plain();
  ASSERT_TRUE(body.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"));
  ASSERT_TRUE(held_.WaitFor(1));
  ASSERT_TRUE(Eventually([&] { return server_->counters().body_memory_in_use > 0; }));
  server_->server().Stop();
  EXPECT_NE(waiting.ReadEnd(), End::kStillOpen);
  EXPECT_NE(body.ReadEnd(), End::kStillOpen);
  EXPECT_EQ(server_->counters().connections_open, 0u);
  EXPECT_EQ(server_->counters().body_memory_in_use, 0u);
  held_.Take()(Text(200, "too late"));
}

TEST_F(Shutdown, EndsSlowReadersWhenTimeIsUp) {
  Limits limits;
  limits.shutdown_time = milliseconds(50);
  Start(limits);
  Client client = server_->Tls();
  client.ShrinkReceiveBuffer();
  ASSERT_TRUE(client.Send(kGet));
  ASSERT_TRUE(held_.WaitFor(1));
  held_.Take()(Text(200, std::string(32u << 20, 'x')));
  ASSERT_TRUE(Eventually([&] { return server_->counters().body_memory_in_use > 0; }));
  server_->server().Stop();
  std::string rest;
  EXPECT_NE(client.ReadEnd(&rest), End::kStillOpen);
  EXPECT_LT(rest.size(), 32u << 20);
}

TEST_F(Shutdown, TellsASinkWhoseWriteIsUnderWay) {
  struct Log {
    std::mutex mutex;
    std::function<void(Status)> pending;
    std::string seen;
    int aborts = 0;
    bool destroyed = false;
  } log;
  class SlowSink final : public BodySink {
   public:
    explicit SlowSink(Log& log) : log_(log) {}
    ~SlowSink() override {
      const std::lock_guard lock(log_.mutex);
      log_.destroyed = true;
    }
    void Write(ByteView bytes, std::function<void(Status)> done) override {
      const std::lock_guard lock(log_.mutex);
      bytes_ = bytes;
      log_.pending = std::move(done);
    }
    void End(Responder) override {}
    void Abort(Error, std::optional<Responder> respond) override {
      const std::lock_guard lock(log_.mutex);
      log_.aborts += respond ? 100 : 1;
      log_.seen = AsText(bytes_);  // still there
    }

   private:
    Log& log_;
    ByteView bytes_;
  };
  Limits limits;
  limits.shutdown_time = milliseconds(50);
  Start(limits);
  server_->handler().plan = [&](const RequestHead&) {
    return BodyPlan::Stream(std::make_unique<SlowSink>(log), 1000);
  };
  Client client = server_->Plain();
  ASSERT_TRUE(client.Send("PATCH / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"));
  ASSERT_TRUE(Eventually([&] {
    const std::lock_guard lock(log.mutex);
    return log.pending != nullptr;
  }));
  server_->server().Stop();
  server_->Destroy();
  {
    const std::lock_guard lock(log.mutex);
    EXPECT_EQ(log.aborts, 0);
    EXPECT_FALSE(log.destroyed);
  }
  std::exchange(log.pending, nullptr)({});
  EXPECT_EQ(log.aborts, 1);
  EXPECT_EQ(log.seen, "abc");
  EXPECT_TRUE(log.destroyed);
}

TEST_F(Shutdown, MayBeAskedForTwiceAndBeforeStart) {
  Start();
  server_->server().Stop();
  server_->server().Stop();
  TestHandler handler;
  ListenerSettings settings;
  settings.address = "127.0.0.1";
  auto never_started = Server::Create({settings}, Limits(), 1, handler);
  ASSERT_TRUE(never_started.ok());
  (*never_started)->Stop();
  (*never_started)->Start();
}

TEST_F(Shutdown, LosesNothingUnderLoad) {
  Start();
  server_->handler().handle = nullptr;
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (;;) {
        Client client = server_->Tls();
        if (!client.handshaken()) return;
        for (;;) {
          if (!client.Send(kGet)) break;
          const Answer answer = client.ReadAnswer();
          if (answer.status == 0) break;
          EXPECT_EQ(answer.status, 200);
          EXPECT_TRUE(answer.complete);
          ++answered;
        }
      }
    });
  }
  ASSERT_TRUE(Eventually([&] { return answered > 200; }));
  server_->server().Stop();
  for (std::thread& thread : threads) thread.join();
  // Every request that reached the handler was answered whole.
  EXPECT_EQ(static_cast<std::size_t>(answered), server_->handler().handled().size());
}

}  // namespace
}  // namespace safeconduct::http::test
