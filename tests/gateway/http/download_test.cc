// Answers that come from a source, and callbacks that are forgotten.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

// A source that is read on another thread.
struct SourceLog {
  std::atomic<int> reads{0};
  std::atomic<bool> destroyed{false};
};

class PatternSource final : public BodySource {
 public:
  PatternSource(std::shared_ptr<SourceLog> log, Elsewhere& elsewhere, const std::string& bytes,
                std::size_t piece, std::size_t fail_at)
      : log_(std::move(log)),
        elsewhere_(elsewhere),
        bytes_(bytes),
        piece_(piece),
        fail_at_(fail_at) {}
  ~PatternSource() override { log_->destroyed = true; }
  std::uint64_t size() const override { return bytes_.size(); }
  void Read(std::function<void(Result<Bytes>)> done) override {
    ++log_->reads;
    const std::size_t at = at_;
    at_ += std::min(piece_, bytes_.size() - at);
    elsewhere_.Do([this, at, done = std::move(done)] {
      if (at >= fail_at_) {
        done(Error(Code::kCorrupted, "damaged"));
        return;
      }
      const std::string piece = bytes_.substr(at, piece_);
      done(Bytes(piece.begin(), piece.end()));
    });
  }

 private:
  const std::shared_ptr<SourceLog> log_;
  Elsewhere& elsewhere_;
  const std::string& bytes_;
  const std::size_t piece_;
  const std::size_t fail_at_;
  std::size_t at_ = 0;
};

class Downloads : public testing::Test {
 protected:
  void Serve(std::size_t piece, std::size_t fail_at) {
    server_.handler().handle = [this, piece, fail_at](Request, Responder respond) {
      log_ = std::make_shared<SourceLog>();
      Response response;
      response.source = std::make_unique<PatternSource>(log_, elsewhere_, bytes_, piece, fail_at);
      respond(std::move(response));
    };
  }

  const std::string bytes_ = Pattern(10'000'000);
  std::shared_ptr<SourceLog> log_;
  Elsewhere elsewhere_;
  TestServer server_;
};

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::size_t kNever = std::size_t{1} << 40;

TEST_F(Downloads, ArriveWhole) {
  Serve(1u << 20, kNever);
  for (int i = 0; i < 2; ++i) {
    Client client = i == 0 ? server_.Tls() : server_.Plain();
    for (int j = 0; j < 2; ++j) {
      ASSERT_TRUE(client.Send(kGet));
      const Answer answer = client.ReadAnswer();
      EXPECT_EQ(answer.headers.at("content-length"), "10000000");
      EXPECT_TRUE(answer.body == bytes_);
    }
  }
}

TEST_F(Downloads, CloseWhenAsked) {
  Serve(3u << 20, kNever);
  Client client = server_.Tls();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(client.ReadAnswer().body == bytes_);
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
}

TEST_F(Downloads, ReadNothingForHead) {
  Serve(1u << 20, kNever);
  Client client = server_.Tls();
  ASSERT_TRUE(client.Send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"));
  const Answer answer = client.ReadAnswer(Expect::kNoBody);
  EXPECT_EQ(answer.headers.at("content-length"), "10000000");
  EXPECT_EQ(log_->reads, 0);
}

TEST_F(Downloads, Answer500WhenTheFirstPieceFails) {
  Serve(1u << 20, 0);
  Client client = server_.Tls();
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.ReadAnswer().status, 500);
}

TEST_F(Downloads, BreakOffWhenALaterPieceFails) {
  Serve(1u << 20, 3u << 20);
  for (int i = 0; i < 2; ++i) {
    Client client = i == 0 ? server_.Tls() : server_.Plain();
    ASSERT_TRUE(client.Send(kGet));
    const Answer answer = client.ReadAnswer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.complete);
    // Not an orderly end, which could pass for all of it.
    EXPECT_EQ(client.ReadEnd(), End::kReset);
  }
}

TEST_F(Downloads, StopWhenTheClientIsGone) {
  Serve(64 * 1024, kNever);
  Client client = server_.Tls();
  client.ShrinkReceiveBuffer();
  ASSERT_TRUE(client.Send(kGet));
  ASSERT_FALSE(client.Read().empty());
  client.Reset();
  EXPECT_TRUE(Eventually([&] { return log_->destroyed.load(); }));
  EXPECT_LT(log_->reads, 150);
  EXPECT_TRUE(Eventually([&] { return server_.counters().connections_open == 0; }));
  EXPECT_EQ(server_.counters().body_memory_in_use, 0u);
}

TEST_F(Downloads, DoNotRunAheadOfTheClient) {
  Serve(64 * 1024, kNever);
  Client client = server_.Plain();
  client.ShrinkReceiveBuffer();
  ASSERT_TRUE(client.Send(kGet));
  ASSERT_FALSE(client.Read().empty());
  // What the kernel takes, and one piece; not ten megabytes.
  EXPECT_TRUE(Eventually([&] { return server_.counters().body_memory_in_use > 0; }));
  EXPECT_LT(log_->reads, 100);
  EXPECT_FALSE(log_->destroyed);
}

// A sink or source that forgets to call back must not hang a connection.
TEST(ForgottenCallbacks, CountAsErrors) {
  class ForgetfulSink final : public BodySink {
   public:
    void Write(ByteView, std::function<void(Status)>) override {}
    void End(Responder) override {}
    void Abort(Error, std::optional<Responder>) override {}
  };
  class ForgetfulSource final : public BodySource {
   public:
    std::uint64_t size() const override { return 5; }
    void Read(std::function<void(Result<Bytes>)>) override {}
  };
  TestServer server;
  server.handler().plan = [](const RequestHead& head) {
    return head.method == Method::kPatch ? BodyPlan::Stream(std::make_unique<ForgetfulSink>(), 1000)
                                         : BodyPlan::None();
  };
  server.handler().handle = [](Request, Responder respond) {
    Response response;
    response.source = std::make_unique<ForgetfulSource>();
    respond(std::move(response));
  };
  const std::string kPatch = "PATCH /u HTTP/1.1\r\nHost: h\r\nContent-Length: ";
  for (const std::string& request :
       {kPatch + "3\r\n\r\nabc", kPatch + "0\r\n\r\n", std::string(kGet)}) {
    Client client = server.Tls();
    ASSERT_TRUE(client.Send(request));
    EXPECT_EQ(client.ReadAnswer().status, 500);
  }
}

}  // namespace
}  // namespace safeconduct::http::test
