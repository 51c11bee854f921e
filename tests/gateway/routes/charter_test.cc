#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "tests/gateway/routes/harness.h"

namespace safeconduct::testing {
namespace {

Answer Put(Harness& harness, const v1::CharterDocument& document) {
  return harness.Send({.method = "PUT",
                       .target = "/v1/charter",
                       .headers = {{"content-type", "application/x-protobuf"}},
                       .body = document.SerializeAsString()});
}

v1::CharterDocument Document(std::string note, std::vector<std::string> texts = {}) {
  v1::CharterDocument document;
  document.set_note(std::move(note));
  for (std::string& text : texts) document.add_texts(std::move(text));
  return document;
}

TEST(CharterTest, IsServedAsItWasSigned) {
  Harness harness;
  const std::string note = harness.CharterNote(1, harness.Charter());
  EXPECT_EQ(harness.Get("/v1/charter").Message<v1::CharterDocument>().note(), note);
  const Answer protobuf =
      harness.Send({.target = "/v1/charter", .headers = {{"accept", "application/x-protobuf"}}});
  EXPECT_EQ(protobuf.Message<v1::CharterDocument>().note(), note);
}

TEST(CharterTest, IsAbsentBeforeTheFirstOne) {
  Harness harness({.with_charter = false});
  EXPECT_EQ(harness.Get("/v1/charter").status, 404);
  EXPECT_EQ(harness.Get("/v1/channels/mission").status, 404);
  EXPECT_EQ(harness.Get("/v1/cases", &harness.office.intake).status, 401);
  EXPECT_EQ(harness.Get("/v1/mailbox", &harness.office.outsider).status, 404);
  EXPECT_EQ(harness.Post("/v1/reports", v1::SubmitReport()).status, 503);
}

TEST(CharterTest, TheNextOneComesIntoForceAtOnce) {
  Harness harness;
  v1::Charter charter = harness.Charter();
  charter.mutable_channels(0)->mutable_limits()->set_attachments(2);
  // The text is there already, so it need not come again.
  const Answer put = Put(harness, Document(harness.CharterNote(2, charter)));
  EXPECT_EQ(put.status, 204) << put.body;
  EXPECT_EQ(put.body, "");
  const auto view = harness.Get("/v1/channels/mission").Message<v1::ChannelView>();
  EXPECT_EQ(view.charter_version(), 2U);
  EXPECT_EQ(view.attachments(), 2U);
  EXPECT_TRUE(view.plain_reports());
  EXPECT_EQ(view.attachment_bytes(), 64U << 20);
  EXPECT_EQ(harness.taken_version, 2U);
  EXPECT_EQ((*harness.store().NewestCharter())->version, 2U);
}

TEST(CharterTest, TheOneInForceIsTakenAgainWithoutEffect) {
  Harness harness;
  EXPECT_EQ(Put(harness, Document(harness.CharterNote(1, harness.Charter()))).status, 204);
  EXPECT_EQ((*harness.store().NewestCharter())->version, 1U);
}

TEST(CharterTest, TextsComeByTheirDigest) {
  // Without what tells a path of the table from one that is none.
  Harness harness({.offline_copy = false});
  const std::string digest = HexEncode(Sha256(AsBytes(harness.TextBody())));
  const Answer text = harness.Get("/v1/texts/" + digest);
  EXPECT_EQ(text.status, 200);
  EXPECT_EQ(text.body, harness.TextBody());
  EXPECT_EQ(text.Header("content-type"), "application/octet-stream");
  const Answer absent = harness.Get("/v1/texts/" + std::string(64, '0'));
  EXPECT_EQ(absent.status, 404);
  const std::vector<std::string> bad_digests = {"x", "00", digest.substr(1), "../../etc"};
  for (const std::string& bad : bad_digests) {
    EXPECT_EQ(harness.Get("/v1/texts/" + bad), absent) << bad;
  }
}

TEST(CharterTest, RefusedOnesChangeNothing) {
  Harness harness;
  const v1::Charter charter = harness.Charter();
  const Result<std::string> text = charter::MakeText(kOrigin, 2, kExpiry, charter);
  ASSERT_TRUE(text.ok());
  const auto root = [&](int i) {
    return std::pair<std::string, const identity::Party*>(RootName(i), &harness.office.roots[i]);
  };
  v1::Charter other_log = charter;
  other_log.mutable_logs(0)->set_vkey(
      note::FormatVerifierKey(NoteKey(harness.office.outsider, kLogOrigin)));
  v1::Charter missing_text = charter;
  missing_text.mutable_texts(0)->set_sha256(std::string(32, '\1'));
  const std::string expired = *charter::MakeText(kOrigin, 2, kNow, charter);
  std::string tampered = SignNote(*text, {root(0), root(1)});
  tampered[tampered.find('\n') + 1] = '3';  // the version

  const struct {
    const char* name;
    v1::CharterDocument document;
    int status;
    const char* field;
  } kTable[] = {
      {"signed by one root", Document(SignNote(*text, {root(0)})), 422, nullptr},
      {"signed by one root twice", Document(SignNote(*text, {root(0), root(0)})), 422, nullptr},
      {"signed by strangers",
       Document(SignNote(
           *text, {{"root-0", &harness.office.outsider}, {"root-1", &harness.office.intake}})),
       422, nullptr},
      {"tampered with", Document(tampered), 422, nullptr},
      {"a version too far", Document(harness.CharterNote(3, charter)), 409, "version"},
      {"an old version", Document(harness.CharterNote(1, missing_text)), 409, "version"},
      {"expired", Document(SignNote(expired, {root(0), root(1)})), 422, "expiry"},
      {"a log with another key", Document(harness.CharterNote(2, other_log)), 422, "logs"},
      {"a text that is missing", Document(harness.CharterNote(2, missing_text)), 422, "texts"},
      {"a text that is not named", Document(harness.CharterNote(2, charter), {"other"}), 422,
       "texts"},
      {"no note", Document("hello"), 400, nullptr},
      {"nothing", Document(""), 400, nullptr},
  };
  for (const auto& row : kTable) {
    const Answer answer = Put(harness, row.document);
    EXPECT_EQ(answer.status, row.status) << row.name << answer.body;
    if (row.field != nullptr) {
      EXPECT_EQ(answer.ErrorField(), row.field) << row.name;
    }
    EXPECT_EQ(harness.charters().InForce()->charter->version(), 1U) << row.name;
    EXPECT_EQ((*harness.store().NewestCharter())->version, 1U) << row.name;
  }
}

TEST(CharterTest, JsonIsTakenToo) {
  Harness harness;
  const auto json = proto::ToJson(Document(harness.CharterNote(2, harness.Charter())));
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(harness
                .Send({.method = "PUT",
                       .target = "/v1/charter",
                       .headers = {{"content-type", "application/json; charset=utf-8"}},
                       .body = *json})
                .status,
            204);
  EXPECT_EQ(harness
                .Send({.method = "PUT",
                       .target = "/v1/charter",
                       .headers = {{"content-type", "application/json"}},
                       .body = "{"})
                .status,
            400);
}

TEST(CharterTest, HoldersAreThoseOfTheCharterInForce) {
  Harness harness;
  EXPECT_EQ(harness.Get("/v1/cases", &harness.office.second_intake).status, 200);
  v1::Charter charter = harness.Charter();
  charter.mutable_holders()->DeleteSubrange(1, 1);  // intake-2
  ASSERT_EQ(Put(harness, Document(harness.CharterNote(2, charter))).status, 204);
  EXPECT_EQ(harness.Get("/v1/cases", &harness.office.second_intake).status, 401);
  EXPECT_EQ(harness.Get("/v1/cases", &harness.office.intake).status, 200);
}

}  // namespace
}  // namespace safeconduct::testing
