// What bounds uploads: quota, number, reserve, writers, expiry; and that reports come through.
#include <gtest/gtest.h>

#include <thread>

#include "crypto/base/hash.h"
#include "gateway/uploads/writer.h"
#include "tests/gateway/routes/uploading.h"

namespace safeconduct::testing {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

HarnessOptions WithLimits(const std::function<void(uploads::Limits&)>& change) {
  HarnessOptions options;
  change(options.uploads);
  return options;
}

TEST(UploadsTest, TheQuotaBoundsWhatIsPromised) {
  Harness harness(WithLimits([](auto& limits) { limits.quota_bytes = 10 * kMiB; }));
  const std::string first = Create(harness, 6 * kMiB);
  const Answer refused = TryCreate(harness, 4 * kMiB + 1);
  EXPECT_EQ(refused.status, 507);
  EXPECT_EQ(refused.ErrorCode(), "no_space");
  EXPECT_NE(refused.Header("retry-after"), "");
  EXPECT_EQ(TryCreate(harness, 4 * kMiB).status, 201);
  EXPECT_EQ(TryCreate(harness, 1).status, 507);
  ASSERT_EQ(
      harness.Send({.method = "DELETE", .target = kUploads + first, .headers = {kTus}}).status,
      204);
  EXPECT_EQ(TryCreate(harness, 6 * kMiB).status, 201);
}

TEST(UploadsTest, TheirNumberIsBoundedAndFreedByReports) {
  Harness harness(WithLimits([](auto& limits) { limits.unfinished = 2; }));
  const AttachedReport attached(harness, {10, 20});
  EXPECT_EQ(TryCreate(harness, 1).status, 507);
  ASSERT_EQ(harness.Submit(attached.sealed, attached.upload_ids).status, 201);
  const std::string id = Create(harness, 1);
  EXPECT_EQ(TryCreate(harness, 1).status, 201);
  EXPECT_EQ(TryCreate(harness, 1).status, 507);
  harness.Send({.method = "DELETE", .target = kUploads + id, .headers = {kTus}});
  EXPECT_EQ(TryCreate(harness, 1).status, 201);
}

TEST(UploadsTest, TheirNumberIsKnownAfterARestart) {
  storage::MemoryStore store;
  {
    Harness harness({.store = &store});
    Create(harness, 1);
    Create(harness, 1);
  }
  HarnessOptions options = WithLimits([](auto& limits) { limits.unfinished = 3; });
  options.store = &store;
  options.with_charter = false;  // it is there, but not read by the harness
  Harness harness(options);
  EXPECT_TRUE(harness.uploads().Create(1, 1).ok());
  EXPECT_EQ(harness.uploads().Create(1, 1).error().code(), Code::kNoSpace);
}

// A disk that is filled with uploads until nothing more goes in; then a report.
TEST(UploadsTest, AFloodOfFilesCannotStopAReport) {
  HarnessOptions options = WithLimits([](auto& limits) {
    limits.quota_bytes = 1'000 * kMiB;
    limits.reserve_bytes = 8 * kMiB;
  });
  options.capacity_bytes = 40 * kMiB;
  Harness harness(options);
  const std::string bytes = Pattern(6 * kMiB);
  int filled = 0;
  Answer created = TryCreate(harness, bytes.size());
  while (created.status == 201 && filled < 20) {
    const Answer appended = Append(harness, IdFrom(created), 0, bytes);
    if (appended.status != 204) {
      EXPECT_EQ(appended.status, 507) << appended.body;
      break;
    }
    ++filled;
    created = TryCreate(harness, bytes.size());
  }
  EXPECT_EQ(created.status, 507);
  EXPECT_GE(filled, 4);
  EXPECT_LT(filled, 6);
  EXPECT_GE(*harness.store().FreeBytes(), 8 * kMiB - storage::kPieceBytes);
  const Sample sample;
  EXPECT_EQ(harness.Submit(sample.sealed).status, 201);
}

// Promised before the disk filled up, written afterwards.
TEST(UploadsTest, TheReserveHoldsForUploadsThatExistAlready) {
  HarnessOptions options = WithLimits([](auto& limits) {
    limits.quota_bytes = 1'000 * kMiB;
    limits.reserve_bytes = 8 * kMiB;
  });
  options.capacity_bytes = 24 * kMiB;
  Harness harness(options);
  const std::string one = Create(harness, 12 * kMiB);
  const std::string two = Create(harness, 12 * kMiB);
  EXPECT_EQ(Append(harness, one, 0, Pattern(12 * kMiB)).status, 204);
  const Answer refused = Append(harness, two, 0, Pattern(12 * kMiB));
  EXPECT_EQ(refused.status, 507);
  EXPECT_EQ(refused.ErrorCode(), "no_space");
  // Whole pieces that went in are kept, so nothing has to be sent twice.
  const auto offset = Offset(harness, two);
  ASSERT_TRUE(offset.has_value());
  EXPECT_GE(*offset, 3 * kMiB);
  EXPECT_EQ(*offset % kMiB, 0U);
  EXPECT_EQ(harness.Submit(Sample().sealed).status, 201);
  // And it goes on when there is room again.
  ASSERT_EQ(harness.Send({.method = "DELETE", .target = kUploads + one, .headers = {kTus}}).status,
            204);
  const std::string rest = Pattern(12 * kMiB).substr(static_cast<std::size_t>(*offset));
  EXPECT_EQ(Append(harness, two, *offset, rest).status, 204);
}

TEST(UploadsTest, UnfinishedOnesExpireAndAreSwept) {
  Harness harness;
  const std::string old = Create(harness, 1'000);
  harness.clock.Advance(12 * 3600);
  const std::string renewed = Create(harness, 2'000);
  harness.clock.Advance(11 * 3600);
  ASSERT_EQ(Append(harness, renewed, 0, "x").status, 204);
  EXPECT_EQ(*harness.uploads().Sweep(), 0U);
  harness.clock.Advance(2 * 3600);                // 25 hours after the first
  EXPECT_EQ(Offset(harness, old), std::nullopt);  // not swept yet, but gone
  EXPECT_EQ(*harness.uploads().Sweep(), 1U);
  EXPECT_EQ(harness.uploads().expired(), 1U);
  EXPECT_EQ(*harness.store().UploadBytes(), 2'000U);
  // The last byte counts, not the creation.
  EXPECT_EQ(Offset(harness, renewed), 1U);
  harness.clock.Advance(25 * 3600);
  EXPECT_EQ(*harness.uploads().Sweep(), 1U);
  EXPECT_EQ(*harness.store().UploadBytes(), 0U);
}

TEST(UploadsTest, WhatAReportHasTakenNeverExpires) {
  Harness harness;
  const AttachedReport attached(harness, {3'000'000});
  ASSERT_EQ(harness.Submit(attached.sealed, attached.upload_ids).status, 201);
  harness.clock.Advance(1'000 * 3600);
  EXPECT_EQ(*harness.uploads().Sweep(), 0U);
  const auto ref = harness.store().FindCase(attached.sealed.id);
  EXPECT_TRUE(harness.store().ReadPayload(*ref, 3, 0, 100).ok());
}

TEST(UploadsTest, AThousandExpireInOneSweep) {
  Harness harness(WithLimits([](auto& limits) { limits.unfinished = 2'000; }));
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(harness.uploads().Create(1, 1).ok());
  harness.clock.Advance(26 * 3600);
  EXPECT_EQ(*harness.uploads().Sweep(), 1'000U);
  EXPECT_EQ(*harness.store().UploadBytes(), 0U);
}

TEST(UploadsTest, OneRequestAtATimeUsesAnUpload) {
  Harness harness;
  const std::string id = Create(harness, 10);
  const auto writer = harness.uploads().Write(id, 0, std::nullopt, uploads::Keeping::kAsTheyCome);
  ASSERT_TRUE(writer.ok());
  EXPECT_EQ(Append(harness, id, 0, "x").status, 423);
  EXPECT_EQ(harness.Send({.method = "DELETE", .target = kUploads + id, .headers = {kTus}}).status,
            423);
  EXPECT_EQ(Offset(harness, id), 0U);  // asking is always allowed
  harness.clock.Advance(26 * 3600);
  EXPECT_EQ(*harness.uploads().Sweep(), 0U);  // nor is it swept away under the writer
}

// A request whose connection has died without anyone noticing.
class Stalled {
 public:
  Stalled(Harness& harness, const std::string& id, const std::string& bytes) {
    http::RequestHead head;
    head.method = http::Method::kPatch;
    head.target = kUploads + id;
    head.headers = AppendAsk(id, 0, "").headers;
    plan_ = harness.api().Plan(head);
    if (plan_.kind != http::BodyPlan::Kind::kStream) throw std::runtime_error("not a stream");
    if (!Write(bytes).ok()) throw std::runtime_error("not written");
  }
  ~Stalled() { plan_.sink->Abort(Error(Code::kUnavailable, "at last"), std::nullopt); }
  Status Write(const std::string& bytes) {
    auto promise = std::make_shared<std::promise<Status>>();
    std::future<Status> written = promise->get_future();
    plan_.sink->Write(AsBytes(bytes), [promise](Status status) { promise->set_value(status); });
    return Await(std::move(written));
  }

 private:
  http::BodyPlan plan_;
};

TEST(UploadsTest, AStalledRequestMakesWayForTheNextAndLosesNothing) {
  Harness harness;
  const std::string bytes = Pattern(3'000'000);
  const std::string id = Create(harness, bytes.size());
  Stalled stalled(harness, id, bytes.substr(0, 1'300'000));
  EXPECT_EQ(Offset(harness, id), 1'300'000U);
  EXPECT_EQ(Append(harness, id, 1'300'000, bytes.substr(1'300'000, 700'000)).status, 204);
  // Whatever the old one still brings changes nothing.
  EXPECT_EQ(stalled.Write(Pattern(100, 9)).error().code(), Code::kConflict);
  EXPECT_EQ(Append(harness, id, 2'000'000, bytes.substr(2'000'000)).status, 204);
  EXPECT_EQ(harness.uploads().Take(id)->upload.record.offset(), bytes.size());
}

TEST(UploadsTest, WhoGoesOnWithoutAskingLearnsTheOffset) {
  Harness harness;
  const std::string id = Create(harness, 1'000);
  Stalled stalled(harness, id, Pattern(300));
  EXPECT_EQ(Append(harness, id, 0, Pattern(1'000)).status, 409);
  EXPECT_EQ(Offset(harness, id), 300U);
  // Nor can a stalled request hold up who wants to be rid of the upload.
  Stalled again(harness, Create(harness, 10), "x");
  EXPECT_EQ(harness.Send({.method = "DELETE", .target = kUploads + id, .headers = {kTus}}).status,
            204);
}

TEST(UploadsTest, ClientsThatTakeItFromEachOtherStillMakeOneWhole) {
  Harness harness;
  const std::string bytes = Pattern(4'000'000);
  const std::string id = Create(harness, bytes.size());
  const auto push = [&] {
    while (true) {
      const std::optional<std::uint64_t> offset = Offset(harness, id);
      if (!offset || *offset == bytes.size()) return;
      const Answer answer =
          Append(harness, id, *offset, bytes.substr(static_cast<std::size_t>(*offset), 900'000));
      EXPECT_TRUE(answer.status == 204 || answer.status == 409 || answer.status == 423)
          << answer.body;
    }
  };
  std::thread one(push);
  std::thread two(push);
  one.join();
  two.join();
  const auto ref = harness.store().FindUpload(Sha256(AsBytes(id)));
  std::string stored;
  for (std::uint64_t i = 0; i < 4; ++i) stored += AsText(*harness.store().ReadPiece(*ref, i));
  EXPECT_EQ(stored, bytes);
}

TEST(UploadsTest, RequestsThatWriteAtOnceAreBounded) {
  Harness harness({.writers = 1});
  const std::string id = Create(harness, 10);
  const std::string other = Create(harness, 10);
  http::RequestHead head;
  head.method = http::Method::kPatch;
  head.target = kUploads + id;
  head.headers = {
      kTus, {"upload-offset", "0"}, {"content-type", "application/offset+octet-stream"}};
  {
    const http::BodyPlan held = harness.api().Plan(head);
    ASSERT_EQ(held.kind, http::BodyPlan::Kind::kStream);
    const Answer busy = Append(harness, other, 0, "x");
    EXPECT_EQ(busy.status, 503);
    EXPECT_EQ(busy.ErrorCode(), "busy");
  }
  EXPECT_EQ(Append(harness, other, 0, "x").status, 204);
}

TEST(UploadsTest, NothingCanBeUploadedWithoutACharter) {
  Harness harness({.with_charter = false});
  EXPECT_EQ(TryCreate(harness, 1).status, 413);
}

// The store loses what was not synced: the upload stands where it was synced last.
TEST(UploadsTest, AfterACrashAnUploadStandsAtItsLastSync) {
  storage::MemoryStore store;
  const std::string bytes = Pattern(3 * kMiB);
  std::string id;
  {
    Harness harness({.store = &store});
    id = Create(harness, bytes.size());
    ASSERT_EQ(Append(harness, id, 0, bytes.substr(0, 100)).status, 204);
    // Written beyond the offset, but never synced.
    auto writer = harness.uploads().Write(id, 100, std::nullopt, uploads::Keeping::kAsTheyCome);
    ASSERT_TRUE(writer.ok());
  }
  HarnessOptions options;
  options.store = &store;
  options.with_charter = false;
  Harness harness(options);
  EXPECT_EQ(harness.uploads().Find(id)->offset, 100U);
}

}  // namespace
}  // namespace safeconduct::testing
