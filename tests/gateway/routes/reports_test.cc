#include <gtest/gtest.h>

#include <thread>

#include "crypto/age/age.h"
#include "gateway/report/attachment.h"
#include "gateway/report/event.h"
#include "tests/gateway/routes/harness.h"
#include "tests/gateway/routes/uploading.h"

namespace safeconduct::testing {
namespace {

Answer SubmitJson(Harness& harness, const v1::SubmitReport& request) {
  return harness.Send({.method = "POST",
                       .target = "/v1/reports",
                       .headers = {{"content-type", "application/json"}},
                       .body = *proto::ToJson(request)});
}

v1::SubmitReport RequestFor(const report::Sealed& sealed) {
  v1::SubmitReport request;
  *request.mutable_sealed() = sealed.report;
  for (const Bytes& payload : sealed.payloads) request.add_payloads(std::string(AsText(payload)));
  return request;
}

std::string AgeFileFor(const identity::Party& holder, std::string_view text) {
  const auto recipient = age::ParseRecipient(holder.recipient());
  const age::Recipient* const recipients[] = {recipient->get()};
  return std::string(AsText(*age::Encrypt(recipients, AsBytes(text))));
}

Answer SubmitRaw(Harness& harness, std::string body, std::string type = "application/age",
                 std::string target = "/v1/reports?channel=mission") {
  return harness.Send({.method = "POST",
                       .target = std::move(target),
                       .headers = {{"content-type", std::move(type)}},
                       .body = std::move(body)});
}

TEST(ReportsTest, AnAcceptedReportIsStoredWithAPromiseThatVerifies) {
  Harness harness;
  const Sample sample;
  const Answer answer = harness.Submit(sample.sealed);
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto reply = answer.Message<v1::SubmitReply>();
  EXPECT_EQ(reply.report_id(), report::FormatId(sample.sealed.id));
  const auto promise = report::VerifyPromise(reply.promise(), report::LeafKind::kReport,
                                             sample.sealed.hash, DemoTrust(harness.office).logs);
  ASSERT_TRUE(promise.ok()) << promise.error().message();
  EXPECT_GT(promise->until, kNow);

  const auto ref = harness.store().FindCase(sample.sealed.id);
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(ref->record.channel(), "mission");
  EXPECT_EQ(ref->record.report_hash(), AsText(sample.sealed.hash));
  EXPECT_EQ(ref->record.head(), ref->record.report_hash());
  EXPECT_EQ(ref->record.received_day() % 86'400, 0);
  EXPECT_EQ(ref->record.status(), v1::CASE_STATUS_RECEIVED);
  EXPECT_EQ(ref->record.compartments_size(), 3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(*harness.store().ReadPayload(*ref, i, 0, 1 << 20), sample.sealed.payloads[i]);
  }
  EXPECT_EQ(report::LeafOf(harness.store().FindLeaf(ref->record.leaf())->record), promise->leaf);
}

TEST(ReportsTest, TheSameBytesAgainGetTheSameAnswer) {
  Harness harness;
  const Sample sample;
  const Answer first = harness.Submit(sample.sealed);
  ASSERT_EQ(first.status, 201);
  harness.clock.Advance(100'000);  // a fresh promise would differ
  EXPECT_EQ(harness.Submit(sample.sealed), first);
  const auto json = SubmitJson(harness, RequestFor(sample.sealed));
  EXPECT_EQ(json.status, 201);
  EXPECT_EQ(json, first);
  // A long body takes another way, through the pool.
  EXPECT_EQ(
      SubmitRaw(harness, *proto::ToJson(RequestFor(sample.sealed)) + std::string(300'000, ' '),
                "application/json"),
      first);
  EXPECT_EQ(harness.store().ListCases("mission", 0, 10)->size(), 1U);
}

TEST(ReportsTest, ManyAtOnceAllGetTheSameAnswer) {
  Harness harness;
  const Sample sample;
  std::vector<Answer> answers(8);
  std::vector<std::thread> threads;
  for (Answer& answer : answers) {
    threads.emplace_back([&] { answer = harness.Submit(sample.sealed); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Answer& answer : answers) EXPECT_EQ(answer, answers[0]);
  EXPECT_EQ(answers[0].status, 201);
}

TEST(ReportsTest, TheSameBytesUnderALaterCharterAreStillAccepted) {
  Harness harness;
  const Sample sample;
  const Sample other(0, 81);
  const Answer first = harness.Submit(sample.sealed);
  ASSERT_EQ(first.status, 201);
  v1::CharterDocument document;
  document.set_note(harness.CharterNote(2, harness.Charter()));
  ASSERT_EQ(harness
                .Send({.method = "PUT",
                       .target = "/v1/charter",
                       .headers = {{"content-type", "application/x-protobuf"}},
                       .body = document.SerializeAsString()})
                .status,
            204);
  EXPECT_EQ(harness.Submit(sample.sealed), first);
  const Answer late = harness.Submit(other.sealed);
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.ErrorField(), "charter_version");
}

TEST(ReportsTest, OneMailboxTakesOneReport) {
  Harness harness;
  const Sample first(0);
  const Sample second(1);  // the same reporter, other consent
  ASSERT_EQ(harness.Submit(first.sealed).status, 201);
  const Answer answer = harness.Submit(second.sealed);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.ErrorCode(), "conflict");
}

TEST(ReportsTest, WhatIsWrongIsNamedAndNothingIsStored) {
  Harness harness;
  const Sample sample;
  using Change = std::function<void(v1::SubmitReport&)>;
  const auto resign = [&](v1::SubmitReport& request, const std::function<void(v1::Manifest&)>& f) {
    v1::Manifest manifest = sample.manifest();
    f(manifest);
    *request.mutable_sealed() = SignManifest(manifest, sample.reporter);
  };
  const struct {
    const char* name;
    Change change;
    int status;
    const char* field;
  } kTable[] = {
      {"signature", [](auto& r) { (*r.mutable_sealed()->mutable_signature())[0] ^= 1; }, 422,
       "signature"},
      {"manifest cut", [](auto& r) { r.mutable_sealed()->mutable_manifest()->pop_back(); }, 400,
       nullptr},
      {"payload changed", [](auto& r) { (*r.mutable_payloads(1))[100] ^= 1; }, 422, nullptr},
      {"payload cut", [](auto& r) { r.mutable_payloads(0)->pop_back(); }, 422, nullptr},
      {"payload missing", [](auto& r) { r.mutable_payloads()->RemoveLast(); }, 422, "payloads"},
      {"payload too many", [](auto& r) { r.add_payloads("x"); }, 422, "payloads"},
      {"an upload too many", [](auto& r) { r.add_uploads(std::string(32, '0')); }, 422, "uploads"},
      {"another channel",
       [&](auto& r) { resign(r, [](v1::Manifest& m) { m.set_channel("none"); }); }, 404, "channel"},
      {"another version",
       [&](auto& r) { resign(r, [](v1::Manifest& m) { m.set_charter_version(2); }); }, 409,
       "charter_version"},
      {"a holder's key as mailbox",
       [&](auto& r) {
         resign(r, [&](v1::Manifest& m) {
           m.set_request_key(KeyText(harness.office.intake, identity::Purpose::kRequest));
         });
       },
       422, "request_key"},
      {"no report", [](auto& r) { r.clear_report(); }, 400, "report"},
      {"an empty report", [](auto& r) { r.mutable_sealed()->Clear(); }, 400, nullptr},
  };
  for (const auto& row : kTable) {
    v1::SubmitReport request = RequestFor(sample.sealed);
    row.change(request);
    const Answer answer = harness.Post("/v1/reports", request);
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    if (row.field != nullptr) {
      EXPECT_EQ(answer.ErrorField(), row.field) << row.name;
    }
    EXPECT_EQ(SubmitJson(harness, request), answer) << row.name;
  }
  EXPECT_EQ(harness.store().ListCases("mission", 0, 10)->size(), 0U);
  EXPECT_EQ(*harness.store().LastSequence(), 0U);
}

TEST(ReportsTest, BodiesThatAreNoMessageAre400) {
  Harness harness;
  for (const auto& [type, body] : {std::pair{"application/json", "{\"sealed\":"},
                                   {"application/json", ""},
                                   {"application/json", "[]"},
                                   {"application/json", "{\"payloads\":7}"},
                                   {"application/x-protobuf", "\x0a\xff"},
                                   {"application/x-protobuf", "\x0f"}}) {
    const Answer answer = SubmitRaw(harness, body, type);
    EXPECT_EQ(answer.status, 400) << type << " " << body << answer.body;
  }
  // Unknown fields of what is not signed are tolerated.
  EXPECT_EQ(SubmitRaw(harness, "{\"colour\":1}", "application/json").ErrorField(), "report");
}

// --- Plain reports ----------------------------------------------------------------------------

TEST(ReportsTest, PlainReportsComeAsFilesOrMessages) {
  Harness harness;
  const std::string file = AgeFileFor(harness.office.intake, "they came at night");
  const Answer raw = SubmitRaw(harness, file);
  ASSERT_EQ(raw.status, 201) << raw.body;
  const auto reply = raw.Message<v1::SubmitReply>();
  EXPECT_EQ(SubmitRaw(harness, file, "application/octet-stream"), raw);
  EXPECT_EQ(SubmitRaw(harness, age::Armor(AsBytes(file)), "text/plain; charset=utf-8"), raw);
  v1::SubmitReport request;
  request.mutable_plain()->set_channel("mission");
  request.mutable_plain()->set_age_file(file);
  EXPECT_EQ(harness.Post("/v1/reports", request), raw);

  const auto ref = harness.store().FindCase(*report::ParseId(reply.report_id()));
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(ref->record.mailbox(), "");
  ASSERT_EQ(ref->record.compartments_size(), 1);
  const v1::StoredCompartment& plain = ref->record.compartments(0);
  EXPECT_EQ(plain.name(), "plain");
  EXPECT_EQ(plain.header() + std::string(AsText(*harness.store().ReadPayload(*ref, 0, 0, 1 << 20))),
            file);
}

TEST(ReportsTest, BadPlainReportsAreRefused) {
  Harness harness;
  const std::string file = AgeFileFor(harness.office.intake, "text");
  EXPECT_EQ(SubmitRaw(harness, file, "application/age", "/v1/reports").status, 404);
  EXPECT_EQ(SubmitRaw(harness, file, "application/age", "/v1/reports?channel=none").status, 404);
  EXPECT_EQ(SubmitRaw(harness, file, "application/age", "/v1/reports?channel=fraud").status, 422);
  EXPECT_EQ(SubmitRaw(harness, "hello").status, 400);
  EXPECT_EQ(SubmitRaw(harness, "").status, 400);
  EXPECT_EQ(SubmitRaw(harness, file.substr(0, file.size() - 20)).status, 400);
  EXPECT_EQ(SubmitRaw(harness, file + std::string(1 << 20, 'x')).status, 413);
}

// --- Attachments ------------------------------------------------------------------------------

TEST(ReportsTest, AttachmentsAreTakenFromTheirUploads) {
  Harness harness;
  const AttachedReport attached(harness, {100, 2'500'000});
  const Answer answer = harness.Submit(attached.sealed, attached.upload_ids);
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto ref = harness.store().FindCase(attached.sealed.id);
  ASSERT_TRUE(ref.ok());
  ASSERT_EQ(ref->record.compartments_size(), 5);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& stored = ref->record.compartments(static_cast<int>(3 + i));
    EXPECT_NE(stored.upload(), 0U);
    EXPECT_EQ(stored.payload_bytes(), attached.payloads[i].size());
    std::string read;
    while (read.size() < attached.payloads[i].size()) {
      const auto piece = harness.store().ReadPayload(*ref, 3 + i, read.size(), 1 << 20);
      ASSERT_TRUE(piece.ok());
      ASSERT_FALSE(piece->empty());
      read += AsText(*piece);
    }
    EXPECT_EQ(read, attached.payloads[i]);
  }
  // Bound uploads are nobody's any more and use no quota.
  EXPECT_EQ(*harness.store().UploadBytes(), 0U);
  for (const std::string& id : attached.upload_ids) EXPECT_EQ(Offset(harness, id), std::nullopt);
}

TEST(ReportsTest, AReportWithAttachmentsIsIdempotentToo) {
  Harness harness;
  const AttachedReport attached(harness, {1'000});
  const Answer first = harness.Submit(attached.sealed, attached.upload_ids);
  ASSERT_EQ(first.status, 201);
  EXPECT_EQ(harness.Submit(attached.sealed, attached.upload_ids), first);
}

TEST(ReportsTest, UploadsMustBeFinishedAndWhatTheManifestSays) {
  Harness harness;
  const AttachedReport attached(harness, {1'000, 2'000});
  const std::vector<std::string>& ids = attached.upload_ids;
  const std::string unfinished = Create(harness, attached.payloads[1].size());
  Append(harness, unfinished, 0, attached.payloads[1].substr(1));
  std::string damaged_bytes = attached.payloads[1];
  damaged_bytes[5] ^= 1;
  const std::string damaged = Upload(harness, damaged_bytes);
  const std::string longer = Upload(harness, attached.payloads[1] + "x");

  const struct {
    const char* name;
    std::vector<std::string> uploads;
  } kTable[] = {
      {"none", {}},
      {"one of two", {ids[0]}},
      {"in the wrong order", {ids[1], ids[0]}},
      {"one twice", {ids[0], ids[0]}},
      {"unheard of", {ids[0], std::string(32, '0')}},
      {"no id", {ids[0], "x"}},
      {"unfinished", {ids[0], unfinished}},
      {"damaged", {ids[0], damaged}},
      {"longer", {ids[0], longer}},
  };
  for (const auto& row : kTable) {
    const Answer answer = harness.Submit(attached.sealed, row.uploads);
    EXPECT_TRUE(answer.status == 422 || answer.status == 503) << row.name << answer.body;
    EXPECT_EQ(answer.ErrorField(), "uploads") << row.name;
    EXPECT_FALSE(harness.store().FindCase(attached.sealed.id).ok()) << row.name;
  }
  EXPECT_EQ(harness.Submit(attached.sealed, ids).status, 201);
}

TEST(ReportsTest, AnUploadBelongsToOneReport) {
  Harness harness;
  const AttachedReport first(harness, {1'000});
  ASSERT_EQ(harness.Submit(first.sealed, first.upload_ids).status, 201);
  // Another reporter who got hold of the id, and of what was uploaded.
  const AttachedReport thief(harness, first, 81);
  const Answer answer = harness.Submit(thief.sealed, first.upload_ids);
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.ErrorField(), "uploads");
  EXPECT_FALSE(harness.store().FindCase(thief.sealed.id).ok());
}

TEST(ReportsTest, TwoReportsAtOnceCannotTakeOneUpload) {
  for (int round = 0; round < 10; ++round) {
    Harness harness;
    const AttachedReport first(harness, {1'000});
    const AttachedReport second(harness, first, 81);
    Answer answers[2];
    std::thread one([&] { answers[0] = harness.Submit(first.sealed, first.upload_ids); });
    std::thread two([&] { answers[1] = harness.Submit(second.sealed, first.upload_ids); });
    one.join();
    two.join();
    EXPECT_EQ((answers[0].status == 201) + (answers[1].status == 201), 1)
        << answers[0].body << answers[1].body;
  }
}

}  // namespace
}  // namespace safeconduct::testing
