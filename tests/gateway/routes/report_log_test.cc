// The report log as reporters, auditors and monitors see it.
#include <gtest/gtest.h>

#include <set>

#include "crypto/tlog/leaf.h"
#include "crypto/tlog/proof.h"
#include "tests/gateway/routes/acting.h"
#include "tests/storage/faulty_store.h"

namespace safeconduct::testing {
namespace {

class ReportLogTest : public ::testing::Test {
 protected:
  // The path of its events.
  std::string Submit(const Sample& sample) {
    EXPECT_EQ(harness.Submit(sample.sealed).status, 201);
    return "/v1/cases/" + report::FormatId(sample.sealed.id) + "/events";
  }
  std::string ReceiptPath(const Sample& sample) const {
    return "/v1/reports/" + report::FormatId(sample.sealed.id) + "/receipt";
  }
  note::VerifierKey log() { return harness.charters().InForce()->charter->log(); }
  std::vector<v1::LogOpening> Openings(const identity::Party& holder,
                                       const std::string& query = "") {
    const Answer answer = harness.Get("/v1/log/openings" + query, &holder);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto page = answer.Message<v1::LogOpenings>();
    EXPECT_EQ(page.next(), "");
    return {page.openings().begin(), page.openings().end()};
  }

  Harness harness;
};

TEST_F(ReportLogTest, ServesACheckpointFromTheFirstCharterOn) {
  const Answer checkpoint = harness.Get("/log/checkpoint");
  EXPECT_EQ(checkpoint.status, 200);
  EXPECT_EQ(checkpoint.Header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(tlog::OpenCheckpoint(checkpoint.body, log())->checkpoint.size, 0U);
  EXPECT_EQ(harness.Get("/log/tile/0/000.p/1").status, 404);
  Harness empty{{.with_charter = false}};
  EXPECT_EQ(empty.Get("/log/checkpoint").status, 404);
}

TEST_F(ReportLogTest, AReportHasAReceiptOnceAnIntervalEnds) {
  const Sample sample;
  EXPECT_EQ(harness.Get(ReceiptPath(sample)).status, 404);
  Submit(sample);
  EXPECT_EQ(harness.Get(ReceiptPath(sample)).status, 404);
  EXPECT_EQ(harness.Get("/v1/mailbox", &sample.reporter).Message<v1::Mailbox>().receipt(), "");
  harness.GrowLog();

  const Answer receipt = harness.Get(ReceiptPath(sample));
  ASSERT_EQ(receipt.status, 200);
  EXPECT_EQ(receipt.Header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(receipt.Header("cache-control"), "no-store");
  const auto proof = tlog::ParseLogProof(receipt.body);
  ASSERT_TRUE(proof.ok());
  const auto entry = tlog::CommitLeaf(*proof->extra, 1, sample.sealed.hash);
  ASSERT_TRUE(entry.ok());
  EXPECT_TRUE(tlog::CheckLogProof(*proof, *entry, log(), {}).ok());
  const auto mailbox = harness.Get("/v1/mailbox", &sample.reporter).Message<v1::Mailbox>();
  EXPECT_EQ(mailbox.receipt(), receipt.body);
  for (const char* wrong :
       {"", "0", "00112233445566778899aabbccddeeff", "00112233445566778899AABBCCDDEEFF"}) {
    EXPECT_EQ(harness.Get(std::string("/v1/reports/") + wrong + "/receipt").status, 404) << wrong;
  }
}

TEST_F(ReportLogTest, TilesAreThoseOfTheCheckpoint) {
  for (int i = 0; i < 40; ++i) harness.GrowLog();
  const auto checkpoint =
      tlog::OpenCheckpoint(harness.Get("/log/checkpoint").body, log())->checkpoint;
  ASSERT_EQ(checkpoint.size, 320U);
  tlog::Frontier frontier;
  for (const char* bundle : {"/log/tile/entries/000", "/log/tile/entries/001.p/64"}) {
    const Answer entries = harness.Get(bundle);
    ASSERT_EQ(entries.status, 200);
    for (std::size_t at = 0; at < entries.body.size(); at += 34) {
      frontier.Append(tlog::LeafHash(AsBytes(entries.body).subspan(at + 2, 32)));
    }
  }
  EXPECT_EQ(frontier.Root(), checkpoint.root);
  EXPECT_EQ(harness.Get("/log/tile/1/000.p/1").body, AsText(frontier.subtree_roots()[0]));
  EXPECT_EQ(harness.Get("/log/tile/0/001.p/64").body.size(), 64U * 32);
  for (const char* absent : {"0/001.p/65", "0/002.p/1", "1/000.p/2", "1/000", "entries/001",
                             "entries/001.p/65", "2/000.p/1", "7/000", "63/000", "x"}) {
    EXPECT_EQ(harness.Get(std::string("/log/tile/") + absent).status, 404) << absent;
  }
}

TEST_F(ReportLogTest, AuditorsGetEveryOpeningAndOthersThoseOfTheirChannel) {
  const Sample sample;
  const std::string path = Submit(sample);
  const identity::Party& intake = harness.office.intake;
  const Chain chain(sample.sealed.hash);
  const auto acknowledged = SignBy(chain.Status(intake, v1::CASE_STATUS_ACKNOWLEDGED), intake);
  ASSERT_EQ(harness.Post(path, AppendOf(acknowledged), &intake).status, 201);
  EXPECT_TRUE(Openings(harness.office.auditor).empty());
  harness.GrowLog();

  const std::string bundle = harness.Get("/log/tile/entries/000.p/8").body;
  const std::vector<v1::LogOpening> all = Openings(harness.office.auditor);
  ASSERT_EQ(all.size(), 8U);
  std::set<std::uint64_t> opened;
  int kinds[4] = {};
  for (const v1::LogOpening& opening : all) {
    EXPECT_TRUE(opened.insert(opening.entry()).second);
    const auto entry =
        tlog::CommitLeaf(AsBytes(opening.salt()), opening.kind(), AsBytes(opening.entry_hash()));
    ASSERT_TRUE(entry.ok());
    EXPECT_EQ(bundle.substr(34 * opening.entry() + 2, 32), AsText(*entry));
    EXPECT_EQ(opening.report_id().empty(), opening.kind() == 3);
    ++kinds[opening.kind()];
    if (opening.kind() == 1) {
      EXPECT_EQ(opening.entry_hash(), AsText(sample.sealed.hash));
    }
    if (opening.kind() == 2) {
      EXPECT_EQ(opening.entry_hash(), AsText(Sha256(AsBytes(acknowledged.event()))));
    }
  }
  EXPECT_EQ(kinds[1], 1);
  EXPECT_EQ(kinds[2], 1);
  EXPECT_EQ(kinds[3], 6);

  EXPECT_EQ(Openings(intake, "?channel=mission").size(), 2U);
  EXPECT_EQ(harness.Get("/v1/log/openings", &intake).status, 404);
  EXPECT_EQ(harness.Get("/v1/log/openings?channel=nowhere", &intake).status, 404);
  EXPECT_EQ(harness.Get("/v1/log/openings?channel=mission", &harness.office.investigator).status,
            404);
  EXPECT_EQ(harness.Get("/v1/log/openings", &sample.reporter).status, 401);
  EXPECT_EQ(harness.Get("/v1/log/openings").status, 401);
}

// An auditor of another channel checks the whole log, and learns of no case that he does not see.
TEST_F(ReportLogTest, AnAuditorOfSomeChannelsGetsNoIdsOfOtherCases) {
  const Sample sample;
  Submit(sample);
  harness.GrowLog();
  for (const char* channel : {"fraud", "mission"}) {
    v1::Charter charter = harness.Charter();
    for (v1::Holder& holder : *charter.mutable_holders()) {
      if (holder.label() == "auditor") holder.add_channels(channel);
    }
    v1::CharterDocument document;
    document.set_note(harness.CharterNote(harness.taken_version + 1, charter));
    const Answer put = harness.Send({.method = "PUT",
                                     .target = "/v1/charter",
                                     .headers = {{"content-type", "application/x-protobuf"}},
                                     .body = document.SerializeAsString()});
    ASSERT_EQ(put.status, 204) << put.body;
    const bool sees = std::string_view(channel) == "mission";
    const std::vector<v1::LogOpening> all = Openings(harness.office.auditor);
    ASSERT_EQ(all.size(), 8U);
    for (const v1::LogOpening& opening : all) {
      const bool named = sees && opening.kind() == 1;
      EXPECT_EQ(opening.report_id(), named ? report::FormatId(sample.sealed.id) : "");
      EXPECT_TRUE(
          tlog::CommitLeaf(AsBytes(opening.salt()), opening.kind(), AsBytes(opening.entry_hash()))
              .ok());
    }
  }
}

TEST_F(ReportLogTest, WhoeverSeesACaseGetsAProofForEachOfItsEvents) {
  const Sample sample;
  const std::string events = Submit(sample);
  const std::string path = "/v1/cases/" + report::FormatId(sample.sealed.id) + "/proofs";
  const identity::Party& intake = harness.office.intake;
  Chain chain(sample.sealed.hash);
  std::vector<Hash> hashes = {sample.sealed.hash};
  for (int i = 0; i < 150; ++i) {
    const auto status = i % 2 == 0 ? v1::CASE_STATUS_ACKNOWLEDGED : v1::CASE_STATUS_IN_ASSESSMENT;
    const v1::SignedEvent event = SignBy(chain.Status(intake, status), intake);
    ASSERT_EQ(harness.Post(events, AppendOf(event), &intake).status, 201);
    chain.Follow(event);
    hashes.push_back(Sha256(AsBytes(event.event())));
  }
  EXPECT_EQ(harness.Get(path, &intake).Message<v1::CaseProofs>().proofs(7).proof(), "");
  harness.GrowLog();
  std::vector<std::string> proofs;
  std::vector<int> pages;
  std::string after;
  do {
    const Answer answer = harness.Get(path + (after.empty() ? "" : "?after=" + after), &intake);
    ASSERT_EQ(answer.status, 200);
    const auto page = answer.Message<v1::CaseProofs>();
    for (const v1::CaseProof& proof : page.proofs()) {
      EXPECT_EQ(proof.event(), proofs.size());
      proofs.push_back(proof.proof());
    }
    pages.push_back(page.proofs_size());
    after = page.next();
  } while (!after.empty());
  EXPECT_EQ(pages, (std::vector<int>{100, 51}));
  ASSERT_EQ(proofs.size(), hashes.size());
  EXPECT_EQ(proofs[0], harness.Get(ReceiptPath(sample)).body);
  for (std::size_t i = 0; i < proofs.size(); ++i) {
    const auto proof = tlog::ParseLogProof(proofs[i]);
    ASSERT_TRUE(proof.ok());
    const auto entry = tlog::CommitLeaf(*proof->extra, i == 0 ? 1 : 2, hashes[i]);
    EXPECT_TRUE(tlog::CheckLogProof(*proof, *entry, log(), {}).ok());
  }
  EXPECT_EQ(harness.Get(path + "?after=150", &intake).Message<v1::CaseProofs>().proofs_size(), 0);
  EXPECT_EQ(harness.Get(path + "?after=x", &intake).status, 400);
  EXPECT_EQ(harness.Get(path, &harness.office.auditor).status, 200);
  EXPECT_EQ(harness.Get(path, &harness.office.investigator).status, 404);
  EXPECT_EQ(harness.Get(path, &sample.reporter).status, 401);
  EXPECT_EQ(harness.Get("/v1/cases/00112233445566778899aabbccddeeff/proofs", &intake).status, 404);
}

TEST_F(ReportLogTest, OpeningsComeInPages) {
  for (int i = 0; i < 300; ++i) harness.GrowLog();
  std::set<std::uint64_t> opened;
  std::string after;
  int pages = 0;
  do {
    const Answer answer = harness.Get("/v1/log/openings" + (after.empty() ? "" : "?after=" + after),
                                      &harness.office.auditor);
    const auto page = answer.Message<v1::LogOpenings>();
    for (const v1::LogOpening& opening : page.openings()) opened.insert(opening.entry());
    after = page.next();
    ++pages;
  } while (!after.empty());
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(opened.size(), 2'400U);
}

TEST_F(ReportLogTest, ACharterCannotNameAnotherLog) {
  v1::Charter charter = harness.Charter();
  const note::VerifierKey other = *note::MakeVerifierKey("example.org/other-log", log().key);
  charter.mutable_logs(0)->set_vkey(note::FormatVerifierKey(other));
  v1::CharterDocument document;
  document.set_note(harness.CharterNote(2, charter));
  const Answer put = harness.Send({.method = "PUT",
                                   .target = "/v1/charter",
                                   .headers = {{"content-type", "application/x-protobuf"}},
                                   .body = document.SerializeAsString()});
  EXPECT_EQ(put.status, 422);
  EXPECT_EQ(harness.taken_version, 1U);
}

// A mailbox without its receipt would say that a promise was broken.
TEST(ReportLogFailure, AReceiptThatCannotBeReadIsNotLeftOutOfTheMailbox) {
  storage::FaultyStore store;
  Harness faulty({.store = &store});
  const Sample sample;
  ASSERT_EQ(faulty.Submit(sample.sealed).status, 201);
  faulty.GrowLog();
  store.Inject({.call = storage::Call::kReadLogPart});
  EXPECT_EQ(faulty.Get("/v1/mailbox", &sample.reporter).status, 503);
  store.EndFault();
  const auto mailbox = faulty.Get("/v1/mailbox", &sample.reporter).Message<v1::Mailbox>();
  EXPECT_NE(mailbox.receipt(), "");
}

}  // namespace
}  // namespace safeconduct::testing
