// tus 1.0 as a client meets it: core, creation, expiration, checksum, termination.
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/tlog/tree.h"
#include "gateway/routes/tus.h"
#include "tests/gateway/routes/uploading.h"

namespace safeconduct::testing {
namespace {

constexpr std::size_t kPiece = storage::kPieceBytes;

std::string StoredBytes(Harness& harness, const std::string& id) {
  const auto ref = harness.store().FindUpload(Sha256(AsBytes(id)));
  if (!ref.ok()) throw std::runtime_error("no such upload");
  std::string bytes;
  for (std::uint64_t i = 0; bytes.size() < ref->record.offset(); ++i) {
    bytes += AsText(*harness.store().ReadPiece(*ref, i));
  }
  bytes.resize(ref->record.offset());
  return bytes;
}

Hash RootOf(std::string_view bytes) {
  tlog::Frontier frontier;
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    frontier.Append(tlog::LeafHash(AsBytes(bytes.substr(at, kPiece))));
  }
  return frontier.Root();
}

std::string Sha1Of(std::string_view bytes) {
  Sha1Stream stream;
  stream.Update(AsBytes(bytes));
  return "sha1 " + Base64Encode(stream.Finish());
}

std::string Sha256Of(std::string_view bytes) {
  return "sha256 " + Base64Encode(Sha256(AsBytes(bytes)));
}

Answer AppendChecked(Harness& harness, const std::string& id, std::uint64_t offset,
                     const std::string& body, const std::string& checksum) {
  Ask ask = AppendAsk(id, offset, body);
  ask.headers.push_back({"upload-checksum", checksum});
  return harness.Send(ask);
}

TEST(TusTest, OptionsSayWhatIsSpoken) {
  Harness harness;
  const Answer answer = harness.Send({.method = "OPTIONS", .target = "/v1/uploads"});
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Header("tus-resumable"), "1.0.0");
  EXPECT_EQ(answer.Header("tus-version"), "1.0.0");
  EXPECT_EQ(answer.Header("tus-extension"), "creation,expiration,checksum,termination");
  EXPECT_EQ(answer.Header("tus-max-size"), std::to_string(64 << 20));  // of the channel
  EXPECT_EQ(answer.Header("tus-checksum-algorithm"), "sha1,sha256");
}

TEST(TusTest, EveryAnswerNamesTheVersion) {
  Harness harness;
  const std::string id = Create(harness, 10);
  for (const Ask& ask :
       {Ask{.method = "HEAD", .target = kUploads + id, .headers = {kTus}},
        Ask{.method = "HEAD", .target = kUploads + id},
        Ask{.method = "HEAD", .target = kUploads + std::string(32, '0'), .headers = {kTus}},
        AppendAsk(id, 5, "x"), AppendAsk(id, 0, "x"),
        Ask{.method = "POST", .target = "/v1/uploads", .headers = {kTus}},
        Ask{.method = "DELETE", .target = kUploads + id, .headers = {kTus}}}) {
    EXPECT_EQ(harness.Send(ask).Header("tus-resumable"), "1.0.0") << ask.method;
  }
}

TEST(TusTest, AnotherVersionIs412AndChangesNothing) {
  Harness harness;
  const std::string id = Create(harness, 10);
  for (const char* version : {"", "0.2.2", "1.0.1", "1.0.0, 1.0.0"}) {
    const std::vector<http::Header> headers =
        *version == '\0' ? std::vector<http::Header>{}
                         : std::vector<http::Header>{{"tus-resumable", version}};
    const auto with = [&](Ask ask) {
      std::erase_if(ask.headers, [](const http::Header& h) { return h.name == "tus-resumable"; });
      ask.headers.insert(ask.headers.end(), headers.begin(), headers.end());
      return ask;
    };
    for (const Ask& ask :
         {with({.method = "POST", .target = "/v1/uploads", .headers = {{"upload-length", "9"}}}),
          with({.method = "HEAD", .target = kUploads + id}), with(AppendAsk(id, 0, "x")),
          with({.method = "DELETE", .target = kUploads + id})}) {
      const Answer answer = harness.Send(ask);
      EXPECT_EQ(answer.status, 412) << ask.method << version;
      EXPECT_EQ(answer.Header("tus-version"), "1.0.0");
    }
  }
  EXPECT_EQ(Offset(harness, id), 0U);
  EXPECT_EQ(*harness.store().UploadBytes(), 10U);
}

TEST(TusTest, CreationGivesACapability) {
  Harness harness;
  const Answer answer = TryCreate(harness, 1'000);
  ASSERT_EQ(answer.status, 201);
  EXPECT_TRUE(answer.Header("location").starts_with("/v1/uploads/"));
  const std::string id = IdFrom(answer);
  EXPECT_EQ(id.size(), 32U);
  EXPECT_NE(id, Create(harness, 1'000));
  // The next whole hour after a day.
  EXPECT_EQ(answer.Header("upload-expires"), routes::tus::HttpDate(kNow + 24 * 3600));
  const Answer head = Head(harness, id);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("upload-offset"), "0");
  EXPECT_EQ(head.Header("upload-length"), "1000");
  EXPECT_EQ(head.Header("cache-control"), "no-store");
  // Only its hash is stored.
  const auto ref = harness.store().FindUpload(Sha256(AsBytes(id)));
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(ref->record.SerializeAsString().find(id), std::string::npos);
}

TEST(TusTest, CreationIsRefusedWithTheFieldNamed) {
  Harness harness;
  using Headers = std::vector<http::Header>;
  const struct {
    const char* name;
    Headers headers;
    std::string body;
    int status;
    const char* field;
  } kTable[] = {
      {"no length", {}, "", 400, "upload-length"},
      {"no number", {{"upload-length", "x"}}, "", 400, "upload-length"},
      {"negative", {{"upload-length", "-1"}}, "", 400, "upload-length"},
      {"two lengths", {{"upload-length", "1"}, {"upload-length", "1"}}, "", 400, "upload-length"},
      {"empty", {{"upload-length", "0"}}, "", 400, ""},
      {"overflow", {{"upload-length", "18446744073709551616"}}, "", 400, "upload-length"},
      {"over the channel's limit", {{"upload-length", "67108865"}}, "", 413, ""},
      {"huge", {{"upload-length", "18446744073709551615"}}, "", 413, ""},
      {"deferred", {{"upload-defer-length", "1"}}, "", 422, "upload-defer-length"},
      {"partial", {{"upload-length", "9"}, {"upload-concat", "partial"}}, "", 422, "upload-concat"},
      {"with a body", {{"upload-length", "9"}}, "body", 413, ""},
  };
  for (const auto& row : kTable) {
    Ask ask{.method = "POST", .target = "/v1/uploads", .headers = row.headers, .body = row.body};
    ask.headers.push_back(kTus);
    const Answer answer = harness.Send(ask);
    EXPECT_EQ(answer.status, row.status) << row.name << answer.body;
    EXPECT_EQ(answer.ErrorField(), row.field) << row.name;
  }
  EXPECT_EQ(*harness.store().UploadBytes(), 0U);
}

TEST(TusTest, MetadataIsNeverKept) {
  Harness harness;
  const Answer answer = harness.Send(
      {.method = "POST",
       .target = "/v1/uploads",
       .headers = {kTus, {"upload-length", "9"}, {"upload-metadata", "filename Y2FuYXJ5"}}});
  ASSERT_EQ(answer.status, 201);
  const Answer head = Head(harness, IdFrom(answer));
  EXPECT_EQ(head.Header("upload-metadata"), "");
}

TEST(TusTest, BytesArriveWholeHoweverTheyAreCut) {
  for (const std::size_t size :
       {std::size_t{1}, kPiece - 1, kPiece, kPiece + 1, 2 * kPiece, 3 * kPiece + 12345}) {
    Harness harness;
    const std::string bytes = Pattern(size);
    for (const std::size_t part : {size, size / 2 + 1, kPiece, std::size_t{777'777}}) {
      for (const std::size_t chunk : {std::size_t{100'000}, std::size_t{262'144}}) {
        const std::string id = Create(harness, size);
        for (std::size_t at = 0; at < size; at += part) {
          Ask ask = AppendAsk(id, at, bytes.substr(at, part));
          ask.chunk_bytes = chunk;
          const Answer answer = harness.Send(ask);
          ASSERT_EQ(answer.status, 204) << answer.body;
          ASSERT_EQ(answer.Header("upload-offset"), std::to_string(std::min(size, at + part)));
          ASSERT_NE(answer.Header("upload-expires"), "");
        }
        ASSERT_EQ(Offset(harness, id), size);
        ASSERT_EQ(StoredBytes(harness, id), bytes);
        const auto claim = harness.uploads().Take(id);
        ASSERT_TRUE(claim.ok());
        ASSERT_EQ(claim->root, RootOf(bytes)) << size << " by " << part;
      }
    }
  }
}

TEST(TusTest, ChunkedBodiesOfUnknownLengthWork) {
  Harness harness;
  const std::string bytes = Pattern(kPiece + 5);
  const std::string id = Create(harness, bytes.size());
  Ask ask = AppendAsk(id, 0, bytes);
  ask.tell_length = false;
  EXPECT_EQ(harness.Send(ask).status, 204);
  EXPECT_EQ(StoredBytes(harness, id), bytes);
}

TEST(TusTest, AnEmptyPatchChangesNothing) {
  Harness harness;
  const std::string id = Create(harness, 10);
  const Answer answer = Append(harness, id, 0, "");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Header("upload-offset"), "0");
  EXPECT_EQ(Append(harness, id, 0, "0123456789").status, 204);
  EXPECT_EQ(Append(harness, id, 10, "").status, 204);
  EXPECT_EQ(StoredBytes(harness, id), "0123456789");
}

TEST(TusTest, BadPatchesAreRefusedAndChangeNothing) {
  Harness harness;
  const std::string id = Create(harness, 10);
  ASSERT_EQ(Append(harness, id, 0, "0123").status, 204);
  const auto patch = [&](const std::string& offset, const std::string& type, std::string body) {
    return Ask{.method = "PATCH",
               .target = kUploads + id,
               .headers = {kTus, {"upload-offset", offset}, {"content-type", type}},
               .body = std::move(body)};
  };
  const std::string type = "application/offset+octet-stream";
  Ask chunked = patch("4", type, "456789x");
  chunked.tell_length = false;
  const struct {
    const char* name;
    Ask ask;
    int status;
    const char* field;
  } kTable[] = {
      {"an old offset", patch("0", type, "x"), 409, "upload-offset"},
      {"an offset to come", patch("5", type, "x"), 409, "upload-offset"},
      {"no number", patch("four", type, "x"), 400, "upload-offset"},
      {"another spelling", patch("04", type, "x"), 400, "upload-offset"},
      {"another type", patch("4", "application/octet-stream", "x"), 415, "content-type"},
      {"too long", patch("4", type, "4567890"), 413, ""},
  };
  for (const auto& row : kTable) {
    const Answer answer = harness.Send(row.ask);
    EXPECT_EQ(answer.status, row.status) << row.name << answer.body;
    EXPECT_EQ(answer.ErrorField(), row.field) << row.name;
    EXPECT_EQ(Offset(harness, id), 4U) << row.name;
  }
  EXPECT_EQ(harness.Send(chunked).status, 413);
  EXPECT_EQ(Append(harness, id, 4, "456789").status, 204);
  EXPECT_EQ(StoredBytes(harness, id), "0123456789");
}

TEST(TusTest, WhatArrivedBeforeACutIsKept) {
  for (const std::size_t cut : {std::size_t{1}, kPiece - 1, kPiece, kPiece + 1, 2 * kPiece + 500}) {
    Harness harness({.pool_threads = 1});
    const std::string bytes = Pattern(3 * kPiece);
    const std::string id = Create(harness, bytes.size());
    Ask ask = AppendAsk(id, 0, bytes);
    ask.cut_after = cut;
    EXPECT_FALSE(harness.Send(ask).answered);
    ASSERT_EQ(Offset(harness, id), cut);
    EXPECT_EQ(Append(harness, id, cut, bytes.substr(cut)).status, 204);
    EXPECT_EQ(StoredBytes(harness, id), bytes);
    EXPECT_EQ(harness.uploads().Take(id)->root, RootOf(bytes));
  }
}

TEST(TusTest, ManyCutsInARowStillAddUp) {
  Harness harness({.pool_threads = 1});
  const std::string bytes = Pattern(2 * kPiece + 999);
  const std::string id = Create(harness, bytes.size());
  std::size_t at = 0;
  for (const std::size_t step : {100UL, 500'000UL, 1UL, 700'000UL, 0UL, 600'000UL}) {
    Ask ask = AppendAsk(id, at, bytes.substr(at));
    ask.cut_after = step;
    harness.Send(ask);
    at += step;
    ASSERT_EQ(Offset(harness, id), at);
  }
  EXPECT_EQ(Append(harness, id, at, bytes.substr(at)).status, 204);
  EXPECT_EQ(harness.uploads().Take(id)->root, RootOf(bytes));
}

// --- Checksum ---------------------------------------------------------------------------------

TEST(TusTest, AChecksumThatFitsIsTaken) {
  Harness harness;
  const std::string bytes = Pattern(kPiece + 100);
  for (const auto& checksum : {Sha1Of, Sha256Of}) {
    const std::string id = Create(harness, bytes.size());
    const std::string first = bytes.substr(0, 1'000);
    const std::string rest = bytes.substr(1'000);
    EXPECT_EQ(AppendChecked(harness, id, 0, first, checksum(first)).status, 204);
    EXPECT_EQ(AppendChecked(harness, id, 1'000, rest, checksum(rest)).status, 204);
    EXPECT_EQ(StoredBytes(harness, id), bytes);
    EXPECT_EQ(harness.uploads().Take(id)->root, RootOf(bytes));
  }
}

TEST(TusTest, ABodyWithoutItsChecksumIs460AndLeavesNothingBehind) {
  Harness harness;
  const std::string bytes = Pattern(2 * kPiece + 300);
  const std::string id = Create(harness, bytes.size());
  ASSERT_EQ(Append(harness, id, 0, bytes.substr(0, 500)).status, 204);
  const std::string rest = bytes.substr(500);
  const std::string wrong = Pattern(rest.size(), 7);
  const Answer answer = AppendChecked(harness, id, 500, wrong, Sha1Of(rest));
  EXPECT_EQ(answer.status, 460);
  EXPECT_EQ(answer.ErrorField(), "upload-checksum");
  EXPECT_EQ(Offset(harness, id), 500U);
  EXPECT_EQ(StoredBytes(harness, id), bytes.substr(0, 500));
  EXPECT_EQ(AppendChecked(harness, id, 500, rest, Sha1Of(rest)).status, 204);
  EXPECT_EQ(StoredBytes(harness, id), bytes);
  EXPECT_EQ(harness.uploads().Take(id)->root, RootOf(bytes));
}

TEST(TusTest, ACutBodyWithAChecksumIsDiscardedWhole) {
  Harness harness({.pool_threads = 1});
  const std::string bytes = Pattern(2 * kPiece);
  const std::string id = Create(harness, bytes.size());
  Ask ask = AppendAsk(id, 0, bytes);
  ask.headers.push_back({"upload-checksum", Sha256Of(bytes)});
  ask.cut_after = kPiece + 5;
  harness.Send(ask);
  EXPECT_EQ(Offset(harness, id), 0U);
  EXPECT_EQ(Append(harness, id, 0, bytes).status, 204);
  EXPECT_EQ(harness.uploads().Take(id)->root, RootOf(bytes));
}

TEST(TusTest, ChecksumsThatAreNoneAre400) {
  Harness harness;
  const std::string id = Create(harness, 1);
  for (const char* checksum : {"", "sha1", "sha1 ", "sha1 !", "sha1 AAAA", "md5 AAAA", "SHA1 AAAA",
                               "sha256 2jmj7l5rSw0yVb/vlWAYkK/YBwk="}) {
    EXPECT_EQ(AppendChecked(harness, id, 0, "x", checksum).status, 400) << checksum;
  }
  EXPECT_EQ(Offset(harness, id), 0U);
}

// --- Termination, overriding ------------------------------------------------------------------

TEST(TusTest, ADeletedUploadIsGoneAndItsQuotaFree) {
  Harness harness;
  const std::string id = Upload(harness, Pattern(5'000));
  EXPECT_EQ(*harness.store().UploadBytes(), 5'000U);
  const Answer answer =
      harness.Send({.method = "DELETE", .target = kUploads + id, .headers = {kTus}});
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(Offset(harness, id), std::nullopt);
  EXPECT_EQ(*harness.store().UploadBytes(), 0U);
  EXPECT_EQ(harness.Send({.method = "DELETE", .target = kUploads + id, .headers = {kTus}}).status,
            404);
}

TEST(TusTest, PostCanStandForTheOtherMethods) {
  Harness harness;
  const std::string id = Create(harness, 4);
  Ask patch = AppendAsk(id, 0, "data");
  patch.method = "POST";
  patch.headers.push_back({"x-http-method-override", "PATCH"});
  EXPECT_EQ(harness.Send(patch).status, 204);
  EXPECT_EQ(StoredBytes(harness, id), "data");
  const Answer head = harness.Send({.method = "POST",
                                    .target = kUploads + id,
                                    .headers = {kTus, {"x-http-method-override", "HEAD"}}});
  EXPECT_EQ(head.Header("upload-offset"), "4");
  EXPECT_EQ(harness
                .Send({.method = "POST",
                       .target = kUploads + id,
                       .headers = {kTus, {"x-http-method-override", "DELETE"}}})
                .status,
            204);
  // Elsewhere it means nothing.
  EXPECT_EQ(harness
                .Send({.method = "POST",
                       .target = "/v1/charter",
                       .headers = {{"x-http-method-override", "GET"}}})
                .status,
            405);
}

TEST(TusTest, DatesAreImfFixdates) {
  EXPECT_EQ(routes::tus::HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(routes::tus::HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(routes::tus::HttpDate(1'709'210'096), "Thu, 29 Feb 2024 12:34:56 GMT");
}

}  // namespace
}  // namespace safeconduct::testing
