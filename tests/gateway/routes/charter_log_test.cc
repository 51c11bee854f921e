// The charters' log as clients and monitors see it.
#include <gtest/gtest.h>

#include "crypto/tlog/proof.h"
#include "crypto/tlog/tiles.h"
#include "gateway/charter/published.h"
#include "tests/crypto/tlog/naive.h"
#include "tests/gateway/routes/harness.h"

namespace safeconduct::testing {
namespace {

class CharterLogTest : public ::testing::Test {
 protected:
  // Charter `version`, unlike the others.
  std::string Note(std::uint64_t version) {
    v1::Charter charter = harness.Charter();
    charter.mutable_channels(0)->mutable_limits()->set_attachments(
        static_cast<std::uint32_t>(version));
    return harness.CharterNote(version, charter);
  }
  Answer Put(const std::string& note) {
    v1::CharterDocument document;
    document.set_note(note);
    document.add_texts(harness.TextBody());
    return harness.Send({.method = "PUT",
                         .target = "/v1/charter",
                         .headers = {{"content-type", "application/x-protobuf"}},
                         .body = document.SerializeAsString()});
  }
  v1::CharterDocument Served() { return harness.Get("/v1/charter").Message<v1::CharterDocument>(); }
  // The tree of what was put, by its definition.
  void Expect(const std::string& note) {
    const note::Note parsed = *note::Parse(note);
    entries.push_back(*charter::LogEntry(parsed.text));
    log.Add(AsBytes(entries.back()));
  }

  Harness harness{{.with_charter = false}};
  std::vector<std::string> entries;
  tlog::Log log;
};

TEST_F(CharterLogTest, IsAbsentBeforeTheFirstCharter) {
  EXPECT_EQ(harness.Get("/charter-log/checkpoint").status, 404);
  EXPECT_EQ(harness.Get("/charter-log/tile/0/000.p/1").status, 404);
  EXPECT_EQ(harness.Get("/charter-log/tile/entries/000.p/1").status, 404);
}

TEST_F(CharterLogTest, EveryCharterComesWithAProofThatItIsTheNewest) {
  charter::Trust trust = DemoTrust(harness.office);
  for (std::uint64_t version = 1; version <= 4; ++version) {
    const std::string note = Note(version);
    ASSERT_EQ(Put(note).status, 204);
    Expect(note);
    const v1::CharterDocument document = Served();
    EXPECT_EQ(document.note(), note);
    const auto opened = charter::OpenPublished(document.note(), document.proof(), trust,
                                               harness.clock.UnixSeconds());
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    EXPECT_EQ(opened->checkpoint.root, tlog::NaiveRoot(log.First(version)));
    const Answer checkpoint = harness.Get("/charter-log/checkpoint");
    EXPECT_EQ(checkpoint.status, 200);
    EXPECT_EQ(checkpoint.Header("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(checkpoint.Header("cache-control"), "no-store");
    EXPECT_EQ(checkpoint.body, opened->checkpoint_note);
    EXPECT_EQ(harness.high_water.kept, checkpoint.body);
  }
}

TEST_F(CharterLogTest, TilesAreThoseOfTheSpecification) {
  for (std::uint64_t version = 1; version <= 3; ++version) {
    ASSERT_EQ(Put(Note(version)).status, 204);
    Expect(Note(version));
  }
  std::string hashes;
  for (std::size_t width = 1; width <= 3; ++width) {
    hashes += AsText(log.leaves[width - 1]);
    const Answer tile = harness.Get("/charter-log/tile/0/000.p/" + std::to_string(width));
    EXPECT_EQ(tile.status, 200);
    EXPECT_EQ(tile.Header("content-type"), "application/octet-stream");
    EXPECT_EQ(tile.body, hashes);
    const Answer bundle = harness.Get("/charter-log/tile/entries/000.p/" + std::to_string(width));
    EXPECT_EQ(bundle.status, 200);
    EXPECT_EQ(bundle.Header("content-type"), "application/octet-stream");
    EXPECT_EQ(bundle.body, AsText(*tlog::EntryBundle(std::span(entries).first(width))));
  }
  const Answer absent = harness.Get("/charter-log/tile/0/000");
  EXPECT_EQ(absent.status, 404);
  for (const char* name :
       {"0/000.p/4", "0/001.p/1", "1/000.p/1", "63/000.p/1", "64/000", "0/x001/000", "entries/000",
        "entries/000.p/4", "0/0", "x", "", "0/000.p/1/", "0//000", "../checkpoint",
        "0/x018/x014/x398/x509/x481/984", "0/x999/x999/x999/x999/x999/x999/x999/999"}) {
    EXPECT_EQ(harness.Get("/charter-log/tile/" + std::string(name)), absent) << name;
  }
  EXPECT_EQ(harness.Send({.method = "POST", .target = "/charter-log/checkpoint"}).status, 405);
}

TEST_F(CharterLogTest, AFullTileIsThereFromTheTwoHundredFiftySixthCharterOn) {
  for (std::uint64_t version = 1; version <= 257; ++version) {
    const std::string entry = tlog::EntryAt(version);
    ASSERT_TRUE(harness.charter_log().Append(version, entry).ok());
    log.Add(AsBytes(entry));
  }
  std::string hashes;
  for (std::size_t i = 0; i < 256; ++i) hashes += AsText(log.leaves[i]);
  EXPECT_EQ(harness.Get("/charter-log/tile/0/000").body, hashes);
  EXPECT_EQ(harness.Get("/charter-log/tile/0/000.p/255").body, hashes.substr(0, 255 * 32));
  EXPECT_EQ(harness.Get("/charter-log/tile/0/001.p/1").body, AsText(log.leaves[256]));
  EXPECT_EQ(harness.Get("/charter-log/tile/1/000.p/1").body,
            AsText(tlog::NaiveRoot(log.First(256))));
  EXPECT_EQ(harness.Get("/charter-log/tile/entries/000").status, 200);
}

TEST_F(CharterLogTest, NothingIsInForceThatTheHighWaterMarkDoesNotHave) {
  ASSERT_EQ(Put(Note(1)).status, 204);
  const Answer before = harness.Get("/v1/charter");
  harness.high_water.fault = Error(Code::kNoSpace, "full");
  EXPECT_EQ(Put(Note(2)).status, 507);
  EXPECT_EQ(harness.Get("/v1/charter"), before);
  EXPECT_EQ((*harness.store().NewestCharter())->version, 2U);
  // It is in the store: nothing else takes its place, and it comes into force by another try.
  harness.high_water.fault.reset();
  v1::Charter other = harness.Charter();
  other.mutable_channels(0)->mutable_limits()->set_attachments(9);
  EXPECT_EQ(Put(harness.CharterNote(2, other)).status, 409);
  EXPECT_EQ(harness.Get("/v1/charter"), before);
  EXPECT_EQ(Put(Note(2)).status, 204);
  EXPECT_EQ(Served().note(), Note(2));
  EXPECT_EQ(Put(Note(2)).status, 204);
  EXPECT_EQ(Put(Note(3)).status, 204);
}

}  // namespace
}  // namespace safeconduct::testing
