#include <gtest/gtest.h>

#include "crypto/age/age.h"
#include "crypto/base/encoding.h"
#include "gateway/report/event.h"
#include "tests/gateway/routes/uploading.h"

namespace safeconduct::testing {
namespace {

constexpr std::uint8_t kFirstReporter = 100;

// Reports of different reporters, oldest first; their ids.
std::vector<std::string> Fill(Harness& harness, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    const Sample sample(0, static_cast<std::uint8_t>(kFirstReporter + i));
    const Answer answer = harness.Submit(sample.sealed);
    if (answer.status != 201) throw std::runtime_error(answer.body);
    ids.push_back(report::FormatId(sample.sealed.id));
  }
  return ids;
}

std::string SendPlain(Harness& harness, std::string_view text) {
  const auto recipient = age::ParseRecipient(harness.office.intake.recipient());
  const age::Recipient* const recipients[] = {recipient->get()};
  const Answer answer =
      harness.Send({.method = "POST",
                    .target = "/v1/reports?channel=mission",
                    .headers = {{"content-type", "application/age"}},
                    .body = std::string(AsText(*age::Encrypt(recipients, AsBytes(text))))});
  if (answer.status != 201) throw std::runtime_error(answer.body);
  return answer.Message<v1::SubmitReply>().report_id();
}

std::vector<std::string> IdsOf(const v1::CaseList& list) {
  std::vector<std::string> ids;
  for (const v1::CaseSummary& summary : list.cases()) ids.push_back(summary.report_id());
  return ids;
}

// Follows `next` to the end.
std::vector<std::string> ListAll(Harness& harness, const identity::Party& holder, int limit,
                                 const std::string& more = "") {
  std::vector<std::string> ids;
  std::string after;
  do {
    const Answer answer =
        harness.Get("/v1/cases?limit=" + std::to_string(limit) + more + after, &holder);
    if (answer.status != 200) throw std::runtime_error(answer.body);
    const auto list = answer.Message<v1::CaseList>();
    EXPECT_LE(list.cases_size(), limit);
    for (const std::string& id : IdsOf(list)) ids.push_back(id);
    after = list.next().empty() ? "" : "&after=" + list.next();
  } while (!after.empty());
  return ids;
}

TEST(CasesTest, AreListedNewestFirstByPages) {
  Harness harness;
  std::vector<std::string> ids = Fill(harness, 5);
  std::reverse(ids.begin(), ids.end());
  for (const int limit : {1, 2, 3, 4, 5, 6, 500}) {
    EXPECT_EQ(ListAll(harness, harness.office.intake, limit), ids) << limit;
    EXPECT_EQ(ListAll(harness, harness.office.intake, limit, "&channel=mission"), ids) << limit;
  }
  EXPECT_TRUE(ListAll(harness, harness.office.intake, 10, "&channel=fraud").empty());
}

TEST(CasesTest, ASummaryTellsWhatTheOperatorKnowsAnyway) {
  Harness harness;
  const Sample sample;
  ASSERT_EQ(harness.Submit(sample.sealed).status, 201);
  const auto list = harness.Get("/v1/cases", &harness.office.support).Message<v1::CaseList>();
  ASSERT_EQ(list.cases_size(), 1);
  const v1::CaseSummary& summary = list.cases(0);
  EXPECT_EQ(summary.report_id(), report::FormatId(sample.sealed.id));
  EXPECT_EQ(summary.channel(), "mission");
  EXPECT_FALSE(summary.plain());
  EXPECT_EQ(summary.status(), v1::CASE_STATUS_RECEIVED);
  EXPECT_EQ(summary.received_day(), kNow - kNow % 86'400);
  EXPECT_EQ(summary.events(), 0U);
  std::uint64_t bytes = 0;
  for (const Bytes& payload : sample.sealed.payloads) bytes += payload.size();
  EXPECT_EQ(summary.size_bytes(), bytes);
}

TEST(CasesTest, EachSeesWhatIsHis) {
  Harness harness;
  const std::vector<std::string> sealed = Fill(harness, 2);
  const std::string plain = SendPlain(harness, "one");
  const Office& office = harness.office;
  const std::vector<std::string> all = {plain, sealed[1], sealed[0]};
  const std::vector<std::string> only_sealed = {sealed[1], sealed[0]};
  for (const int limit : {1, 2, 50}) {
    EXPECT_EQ(ListAll(harness, office.intake, limit), all);
    EXPECT_EQ(ListAll(harness, office.second_intake, limit), all);
    EXPECT_EQ(ListAll(harness, office.auditor, limit), all);
    EXPECT_EQ(ListAll(harness, office.support, limit), only_sealed);
    EXPECT_EQ(ListAll(harness, office.second_support, limit), only_sealed);
    EXPECT_TRUE(ListAll(harness, office.investigator, limit).empty());
    EXPECT_TRUE(ListAll(harness, office.trustee, limit).empty());
  }
}

TEST(CasesTest, BadPagesAreRefused) {
  Harness harness;
  Fill(harness, 1);
  const identity::Party& holder = harness.office.intake;
  for (const char* query : {"limit=0", "limit=501", "limit=x", "after=x", "after=7",
                            "after=00000000000000000000000000000000"}) {
    EXPECT_EQ(harness.Get(std::string("/v1/cases?") + query, &holder).status, 400) << query;
  }
}

TEST(CasesTest, ACaseIsShownWholeToWhomItIsSealed) {
  Harness harness;
  const Sample sample;
  const auto reply = harness.Submit(sample.sealed).Message<v1::SubmitReply>();
  const Answer answer = harness.Get("/v1/cases/" + reply.report_id(), &harness.office.intake);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto view = answer.Message<v1::CaseView>();
  EXPECT_EQ(view.sealed().manifest(), sample.sealed.report.manifest());
  EXPECT_EQ(view.sealed().signature(), sample.sealed.report.signature());
  EXPECT_EQ(view.report_hash(), AsText(sample.sealed.hash));
  EXPECT_EQ(view.promise(), reply.promise());
  EXPECT_EQ(view.summary().report_id(), reply.report_id());
  EXPECT_EQ(view.events_size(), 0);
  ASSERT_EQ(view.compartments_size(), 3);
  const v1::Manifest manifest = sample.manifest();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(view.compartments(i).name(), manifest.compartments(i).name());
    EXPECT_EQ(view.compartments(i).file_bytes(),
              manifest.compartments(i).header().size() + manifest.compartments(i).payload_bytes());
  }

  const auto support = harness.Get("/v1/cases/" + reply.report_id(), &harness.office.support)
                           .Message<v1::CaseView>();
  ASSERT_EQ(support.compartments_size(), 1);
  EXPECT_EQ(support.compartments(0).name(), "identity");
  EXPECT_TRUE(support.has_sealed());

  const auto auditor = harness.Get("/v1/cases/" + reply.report_id(), &harness.office.auditor)
                           .Message<v1::CaseView>();
  EXPECT_EQ(auditor.compartments_size(), 0);
  EXPECT_FALSE(auditor.has_sealed());
  EXPECT_EQ(auditor.report_hash(), view.report_hash());
}

std::string FileOf(const Sample& sample, int index) {
  return sample.manifest().compartments(index).header() +
         std::string(AsText(sample.sealed.payloads[static_cast<std::size_t>(index)]));
}

TEST(CasesTest, ACompartmentIsAReadyAgeFile) {
  Harness harness;
  const Sample sample(2);  // support services may know
  ASSERT_EQ(harness.Submit(sample.sealed).status, 201);
  const std::string path = "/v1/cases/" + report::FormatId(sample.sealed.id) + "/compartments/";
  const char* const names[] = {"triage", "account", "identity"};
  for (int i = 0; i < 3; ++i) {
    const Answer answer = harness.Get(path + names[i], &harness.office.intake);
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.Header("content-type"), "application/age");
    EXPECT_EQ(answer.Header("accept-ranges"), "bytes");
    EXPECT_EQ(answer.Header("content-disposition"), "attachment");
    EXPECT_EQ(answer.body, FileOf(sample, i)) << names[i];
  }
  const Answer triage = harness.Get(path + "triage", &harness.office.intake);
  const age::Identity* const identities[] = {&harness.office.intake.age_identity()};
  EXPECT_TRUE(age::Decrypt(identities, AsBytes(triage.body)).ok());
  const Answer identity = harness.Get(path + "identity", &harness.office.support);
  const age::Identity* const support[] = {&harness.office.support.age_identity()};
  EXPECT_TRUE(age::Decrypt(support, AsBytes(identity.body)).ok());
}

TEST(CasesTest, PlainOnesAreForTheirRecipients) {
  Harness harness;
  const std::string id = SendPlain(harness, "they came at night");
  const std::string path = "/v1/cases/" + id;
  const auto view = harness.Get(path, &harness.office.intake).Message<v1::CaseView>();
  EXPECT_TRUE(view.summary().plain());
  EXPECT_FALSE(view.has_sealed());
  ASSERT_EQ(view.compartments_size(), 1);
  const Answer file = harness.Get(path + "/compartments/plain", &harness.office.intake);
  ASSERT_EQ(file.status, 200);
  EXPECT_EQ(file.body.size(), view.compartments(0).file_bytes());
  const age::Identity* const identities[] = {&harness.office.intake.age_identity()};
  const auto opened = age::Decrypt(identities, AsBytes(file.body));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(AsText(opened->Reveal()), "they came at night");
  // Sees that it is there, but is no recipient.
  const Answer second = harness.Get(path, &harness.office.second_intake);
  EXPECT_EQ(second.Message<v1::CaseView>().compartments_size(), 0);
  EXPECT_EQ(harness.Get(path + "/compartments/plain", &harness.office.second_intake).status, 404);
  EXPECT_EQ(harness.Get(path, &harness.office.support).status, 404);
}

TEST(CasesTest, AttachmentsOfManyPiecesComeByRanges) {
  Harness harness;
  const AttachedReport attached(harness, {3'000'000});
  ASSERT_EQ(harness.Submit(attached.sealed, attached.upload_ids).status, 201);
  const std::string path =
      "/v1/cases/" + report::FormatId(attached.sealed.id) + "/compartments/attachment-0";
  const identity::Party& holder = harness.office.intake;
  const Answer whole = harness.Get(path, &holder);
  ASSERT_EQ(whole.status, 200);
  const std::string& file = whole.body;
  EXPECT_EQ(file, attached.header() + attached.payloads[0]);

  const auto get_range = [&](const std::string& range, std::vector<http::Header> more = {}) {
    more.push_back({"range", range});
    return harness.Send({.target = path, .headers = std::move(more), .signer = &holder});
  };
  const std::size_t header = attached.header().size();
  const std::size_t size = file.size();
  const std::pair<std::size_t, std::size_t> kRanges[] = {
      {0, 0},
      {0, header - 1},
      {header - 1, header},
      {header, header},
      {header + (1 << 20) - 1, header + (1 << 20)},
      {5, size - 1},
      {size - 1, size - 1},
      {header + 1'000'000, header + 2'500'000}};
  for (const auto& [first, last] : kRanges) {
    const std::string range = std::to_string(first) + "-" + std::to_string(last);
    const Answer part = get_range("bytes=" + range);
    EXPECT_EQ(part.status, 206) << range;
    EXPECT_EQ(part.body, file.substr(first, last - first + 1)) << range;
    EXPECT_EQ(part.Header("content-range"), "bytes " + range + "/" + std::to_string(size));
    EXPECT_EQ(part.Header("etag"), whole.Header("etag"));
  }
  const Answer past = get_range("bytes=" + std::to_string(size) + "-");
  EXPECT_EQ(past.status, 416);
  EXPECT_EQ(past.Header("content-range"), "bytes */" + std::to_string(size));
  EXPECT_EQ(past.ErrorField(), "range");
  EXPECT_EQ(get_range("bytes=0-1,3-4").status, 200);
  EXPECT_EQ(get_range("bytes=0-1", {{"if-range", "\"other\""}}).status, 200);
  EXPECT_EQ(get_range("bytes=0-1", {{"if-range", whole.Header("etag")}}).status, 206);
}

TEST(CasesTest, DownloadsAtOnceAreBounded) {
  Harness harness({.downloads = 1});
  const Sample sample;
  ASSERT_EQ(harness.Submit(sample.sealed).status, 201);
  const std::string path =
      "/v1/cases/" + report::FormatId(sample.sealed.id) + "/compartments/triage";
  // Held by an answer that nobody reads to its end.
  class Holder final : public http::Responder::Target {
   public:
    void Send(http::Response response) override { promise.set_value(std::move(response)); }
    std::promise<http::Response> promise;
  };
  Ask ask{.target = path};
  Harness::Sign(ask, harness.office.intake, kNow);
  http::RequestHead head;
  head.method = http::Method::kGet;
  head.target = path;
  head.headers = ask.headers;
  head.headers.push_back({"host", "report.example.org"});
  auto target = std::make_shared<Holder>();
  std::future<http::Response> future = target->promise.get_future();
  harness.api().Handle({head, {}}, http::Responder(target));
  {
    const http::Response held = Await(std::move(future));
    ASSERT_EQ(held.status, 200);
    const Answer busy = harness.Get(path, &harness.office.intake);
    EXPECT_EQ(busy.status, 503);
    EXPECT_EQ(busy.ErrorCode(), "busy");
  }
  EXPECT_EQ(harness.Get(path, &harness.office.intake).status, 200);
}

}  // namespace
}  // namespace safeconduct::testing
