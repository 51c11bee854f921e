#include "gateway/http/request_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace safeconduct::http {
namespace {

using State = RequestParser::State;

struct Parsed {
  State state = State::kMore;
  int status = 0;
  std::string target;
  std::string headers;
  std::string body;
  std::string left;

  friend bool operator==(const Parsed&, const Parsed&) = default;
};

// Feeds `input` in pieces of `step`, as a connection does: what is not used comes again.
Parsed Parse(std::string_view input, std::size_t step) {
  RequestParser parser(4096);
  Parsed parsed;
  std::string held;
  bool head_done = false;
  std::size_t used = 0;
  while (parsed.state != State::kFailed && parsed.state != State::kBodyDone) {
    held += input.substr(0, step);
    input.remove_prefix(std::min(step, input.size()));
    if (!head_done) {
      parsed.state = parser.PutHead(held, used);
      held.erase(0, used);
      head_done = parsed.state == State::kHeadDone;
      if (head_done && !parser.chunked()) break;
    }
    if (head_done) {
      parsed.state = parser.PutChunks(held, used, parsed.body, 1000, 1000);
      held.erase(0, used);
    }
    if (input.empty() && parsed.state == State::kMore) break;
  }
  parsed.status = parser.status();
  if (head_done) {
    parsed.target = parser.head().target;
    for (const Header& header : parser.head().headers) {
      parsed.headers += header.name + "=" + header.value + ";";
    }
  }
  parsed.left = held + std::string(input);
  return parsed;
}

constexpr char kChunked[] =
    "POST /t HTTP/1.1\r\nHost: h\r\nA:  b \r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;x=\"y z\"\r\nhello\r\n6\r\n world\r\n000\r\nT: u\r\n\r\nNEXT";

TEST(RequestParser, UnderstandsTheSameHoweverItIsCut) {
  const Parsed whole = Parse(kChunked, 10'000);
  EXPECT_EQ(whole.state, State::kBodyDone);
  EXPECT_EQ(whole.target, "/t");
  EXPECT_EQ(whole.headers, "host=h;a=b;transfer-encoding=chunked;");
  EXPECT_EQ(whole.body, "hello world");
  EXPECT_EQ(whole.left, "NEXT");
  for (std::size_t step = 1; step < sizeof kChunked; ++step) {
    EXPECT_EQ(Parse(kChunked, step), whole) << step;
  }
}

TEST(RequestParser, TakesAnEmptyChunkedBodyHoweverItIsCut) {
  const std::string input =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (std::size_t step = 1; step <= input.size(); ++step) {
    const Parsed parsed = Parse(input, step);
    EXPECT_EQ(parsed.state, State::kBodyDone) << step;
    EXPECT_EQ(parsed.left, "") << step;
  }
}

TEST(RequestParser, WantsMoreOfEveryTruncation) {
  const std::string_view whole(kChunked, sizeof kChunked - 5);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(Parse(whole.substr(0, size), 10'000).state, State::kMore) << size;
    EXPECT_EQ(Parse(whole.substr(0, size), 1).state, State::kMore) << size;
  }
}

TEST(RequestParser, JudgesBitFlipsTheSameHoweverTheyAreCut) {
  const std::string original(kChunked);
  for (std::size_t at = 0; at < original.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = original;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const Parsed whole = Parse(flipped, 10'000);
      const Parsed bytes = Parse(flipped, 1);
      ASSERT_EQ(whole.state, bytes.state) << at << "/" << bit;
      ASSERT_EQ(whole.status, bytes.status) << at << "/" << bit;
      if (whole.state != State::kFailed) {
        ASSERT_EQ(whole, bytes) << at << "/" << bit;
      }
    }
  }
}

TEST(RequestParser, StopsWhenTheOutputIsFull) {
  RequestParser parser(4096);
  std::string input(kChunked);
  std::size_t used = 0;
  ASSERT_EQ(parser.PutHead(input, used), State::kHeadDone);
  input.erase(0, used);
  std::string out;
  ASSERT_EQ(parser.PutChunks(input, used, out, 3, 1000), State::kFull);
  EXPECT_EQ(out, "hel");
  input.erase(0, used);
  ASSERT_EQ(parser.PutChunks(input, used, out, 5, 1000), State::kFull);
  input.erase(0, used);
  EXPECT_EQ(out, "hello");
  out.clear();
  ASSERT_EQ(parser.PutChunks(input, used, out, 6, 1000), State::kBodyDone);
  EXPECT_EQ(out, " world");
  EXPECT_EQ(input.substr(used), "NEXT");
}

TEST(RequestParser, TellsWhatTheConnectionNeedsToKnow) {
  const auto parse = [](std::string_view text) {
    auto parser = std::make_unique<RequestParser>(4096);
    std::size_t used = 0;
    EXPECT_EQ(parser->PutHead(text, used), State::kHeadDone) << text;
    EXPECT_EQ(used, text.size());
    return parser;
  };
  EXPECT_TRUE(parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n")->keep_alive());
  EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: h\r\nConnection: a, CLOSE\r\n\r\n")->keep_alive());
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive());
  EXPECT_TRUE(
      parse("GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n\r\n")->expects_continue());
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")->expects_continue());
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n")->head().content_length, std::nullopt);
  EXPECT_EQ(parse("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")->head().content_length,
            0u);
  EXPECT_EQ(parse("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n")
                ->head()
                .content_length,
            18'446'744'073'709'551'615u);
}

}  // namespace
}  // namespace safeconduct::http
