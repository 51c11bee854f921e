// The parts that are pure: media types, ranges, queries, buckets.
#include <gtest/gtest.h>

#include "gateway/routes/bucket.h"
#include "gateway/routes/media_type.h"
#include "gateway/routes/query.h"
#include "gateway/routes/range.h"
#include "proto/parse.h"

namespace safeconduct::routes {
namespace {

http::RequestHead HeadWith(std::vector<http::Header> headers) {
  http::RequestHead head;
  head.method = http::Method::kGet;
  head.headers = std::move(headers);
  return head;
}

TEST(MediaTypeTest, AcceptIsWeighed) {
  const struct {
    std::vector<std::string> accept;
    std::optional<Format> format;
  } kTable[] = {
      {{}, Format::kJson},
      {{""}, Format::kJson},
      {{"*/*"}, Format::kJson},
      {{"application/*"}, Format::kJson},
      {{"APPLICATION/X-PROTOBUF"}, Format::kProtobuf},
      {{"application/x-protobuf, application/json"}, Format::kJson},
      {{"application/x-protobuf;q=0.9, application/json;q=0.8"}, Format::kProtobuf},
      {{"application/json;q=0, */*"}, Format::kProtobuf},
      {{"application/json;q=0"}, std::nullopt},
      {{"text/html"}, std::nullopt},
      {{"text/html", "application/x-protobuf"}, Format::kProtobuf},
      {{"application/x-protobuf; q=1.000"}, Format::kProtobuf},
      {{"application/x-protobuf; q=1.5"}, std::nullopt},
      {{"application/x-protobuf; q=abc"}, std::nullopt},
      {{"application/x-protobuf;v=1;q=0.2, */*;q=0.1"}, Format::kProtobuf},
      {{",,,"}, Format::kJson},
  };
  for (const auto& row : kTable) {
    std::vector<http::Header> headers;
    std::string shown;
    for (const std::string& value : row.accept) {
      headers.push_back({"accept", value});
      shown += value + " | ";
    }
    const Result<Format> format = AnswerFormat(HeadWith(headers));
    ASSERT_EQ(format.ok(), row.format.has_value()) << shown;
    if (format.ok()) {
      EXPECT_EQ(*format, *row.format) << shown;
    }
  }
}

TEST(MediaTypeTest, ContentTypeIsOneMediaType) {
  const struct {
    std::vector<std::string> values;
    const char* type;
  } kTable[] = {
      {{"application/json"}, "application/json"},
      {{"Application/JSON; charset=utf-8"}, "application/json"},
      {{"  text/plain  "}, "text/plain"},
      {{"application/json, text/plain"}, ""},
      {{"application/json", "application/json"}, ""},
      {{"json"}, ""},
      {{"/json"}, ""},
      {{"application/"}, ""},
      {{""}, ""},
      {{}, ""},
  };
  for (const auto& row : kTable) {
    std::vector<http::Header> headers;
    for (const std::string& value : row.values) headers.push_back({"content-type", value});
    EXPECT_EQ(ContentType(HeadWith(headers)), row.type);
  }
}

TEST(RangeTest, OneRangeOfBytes) {
  struct Expected {
    bool ok = true;
    std::optional<ByteRange> range;
  };
  const auto bytes = [](std::uint64_t begin, std::uint64_t end) {
    return Expected{true, ByteRange{begin, end}};
  };
  const Expected whole{true, std::nullopt};
  const Expected unsatisfied{false, std::nullopt};
  const struct {
    const char* value;
    Expected expected;
  } kTable[] = {
      {"bytes=0-0", bytes(0, 1)},
      {"bytes=0-99", bytes(0, 100)},
      {"bytes=10-", bytes(10, 100)},
      {"bytes=99-", bytes(99, 100)},
      {"bytes=90-1000", bytes(90, 100)},
      {"bytes=-1", bytes(99, 100)},
      {"bytes=-1000", bytes(0, 100)},
      {"bytes=0-99999999999999999999999", bytes(0, 100)},
      {"bytes=100-", unsatisfied},
      {"bytes=100-200", unsatisfied},
      {"bytes=99999999999999999999999-", unsatisfied},
      {"bytes=-0", unsatisfied},
      {"bytes=5-4", whole},
      {"bytes=0-1,5-6", whole},
      {"bytes=", whole},
      {"bytes=-", whole},
      {"bytes=a-b", whole},
      {"bytes=1-b", whole},
      {"bytes= 1-2", whole},
      {"items=0-1", whole},
      {"", whole},
  };
  for (const auto& row : kTable) {
    const auto range = RequestedRange(HeadWith({{"range", row.value}}), 100, "\"tag\"");
    ASSERT_EQ(range.ok(), row.expected.ok) << row.value;
    if (!range.ok()) continue;
    ASSERT_EQ(range->has_value(), row.expected.range.has_value()) << row.value;
    if (!range->has_value()) continue;
    EXPECT_EQ((*range)->begin, row.expected.range->begin) << row.value;
    EXPECT_EQ((*range)->end, row.expected.range->end) << row.value;
  }
}

TEST(RangeTest, AnotherEntityTagMeansTheWhole) {
  EXPECT_TRUE(
      RequestedRange(HeadWith({{"range", "bytes=0-1"}, {"if-range", "\"tag\""}}), 9, "\"tag\"")
          ->has_value());
  EXPECT_FALSE(
      RequestedRange(HeadWith({{"range", "bytes=0-1"}, {"if-range", "\"other\""}}), 9, "\"tag\"")
          ->has_value());
  EXPECT_FALSE(RequestedRange(HeadWith({{"range", "bytes=0-1"}, {"range", "bytes=2-3"}}), 9, "t")
                   ->has_value());
}

TEST(QueryTest, ValuesAreFoundByName) {
  EXPECT_EQ(QueryValue("a=1&b=2", "b"), "2");
  EXPECT_EQ(QueryValue("a=1&a=2", "a"), "1");
  EXPECT_EQ(QueryValue("a", "a"), "");
  EXPECT_EQ(QueryValue("a=b=c", "a"), "b=c");
  EXPECT_EQ(QueryValue("ab=1", "a"), std::nullopt);
  EXPECT_EQ(QueryValue("", "a"), std::nullopt);
  EXPECT_EQ(QueryValue("&&a=1&", "a"), "1");
}

TEST(QueryTest, LimitsAreNumbersWithinBounds) {
  EXPECT_EQ(*QueryLimit("", 50, 500), 50U);
  EXPECT_EQ(*QueryLimit("limit=1", 50, 500), 1U);
  EXPECT_EQ(*QueryLimit("limit=500", 50, 500), 500U);
  for (const char* bad : {"limit=0", "limit=501", "limit=-1", "limit=", "limit=01", "limit=1e2"}) {
    EXPECT_FALSE(QueryLimit(bad, 50, 500).ok()) << bad;
  }
  EXPECT_EQ(*QueryAfter("after=7"), 7U);
  EXPECT_EQ(*QueryAfter(""), 0U);
  EXPECT_FALSE(QueryAfter("after=x").ok());
}

// All lengths around where the padding's own length grows, and around the bucket's.
TEST(BucketTest, EveryMailboxFillsItsBuckets) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 300; ++i) lengths.push_back(i);
  for (std::size_t i = kBucketBytes - 300; i < kBucketBytes + 300; ++i) lengths.push_back(i);
  for (std::size_t i = 2 * kBucketBytes - 20; i < 2 * kBucketBytes + 20; ++i) lengths.push_back(i);
  for (const std::size_t length : lengths) {
    v1::Mailbox mailbox;
    mailbox.set_report_id(std::string(32, 'a'));
    mailbox.set_promise(std::string(length, 'p'));
    for (const Format format : {Format::kProtobuf, Format::kJson}) {
      const Result<std::string> body = SerializeInBuckets(format, mailbox);
      ASSERT_TRUE(body.ok());
      ASSERT_EQ(body->size() % kBucketBytes, 0U) << length;
      ASSERT_GT(body->size(), 0U);
      ASSERT_LE(body->size(), length + 2 * kBucketBytes);
      v1::Mailbox back;
      const proto::Bounds bounds{body->size(), 1'000};
      const Status parsed =
          format == Format::kJson
              ? proto::FromJsonInto(*body, bounds, proto::Unknown::kRefuse, back)
              : proto::ParseInto(AsBytes(*body), bounds, proto::Unknown::kRefuse, back);
      ASSERT_TRUE(parsed.ok()) << parsed.error().message();
      ASSERT_EQ(back.promise().size(), length);
    }
  }
}

}  // namespace
}  // namespace safeconduct::routes
