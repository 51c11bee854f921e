#include <gtest/gtest.h>

#include "gateway/routes/bucket.h"
#include "tests/gateway/routes/acting.h"

namespace safeconduct::testing {
namespace {

struct Accepted {
  explicit Accepted(Harness& harness) : chain(sample.sealed.hash) {
    const Answer answer = harness.Submit(sample.sealed);
    if (answer.status != 201) throw std::runtime_error(answer.body);
    promise = answer.Message<v1::SubmitReply>().promise();
    path = "/v1/cases/" + report::FormatId(sample.sealed.id) + "/events";
  }
  const Sample sample;
  Chain chain;
  std::string promise;
  std::string path;
};

TEST(MailboxTest, TheReportersKeyOpensIt) {
  Harness harness;
  const Accepted accepted(harness);
  const Answer answer = harness.Get("/v1/mailbox", &accepted.sample.reporter);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto mailbox = answer.Message<v1::Mailbox>();
  EXPECT_EQ(mailbox.report_id(), report::FormatId(accepted.sample.sealed.id));
  EXPECT_EQ(mailbox.channel(), "mission");
  EXPECT_EQ(mailbox.status(), v1::CASE_STATUS_RECEIVED);
  EXPECT_EQ(mailbox.report_hash(), AsText(accepted.sample.sealed.hash));
  EXPECT_EQ(mailbox.promise(), accepted.promise);
  EXPECT_EQ(mailbox.sequence(), 0U);
  EXPECT_EQ(mailbox.head(), mailbox.report_hash());
  ASSERT_EQ(mailbox.readers_size(), 2);
  EXPECT_EQ(mailbox.readers(0), "intake-1");
  EXPECT_EQ(mailbox.readers(1), "intake-2");
}

TEST(MailboxTest, ComesInBucketsInEitherForm) {
  Harness harness;
  const Accepted accepted(harness);
  for (const char* type : {"application/json", "application/x-protobuf"}) {
    const Answer answer = harness.Send({.target = "/v1/mailbox",
                                        .headers = {{"accept", type}},
                                        .signer = &accepted.sample.reporter});
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.Header("content-type"), type);
    EXPECT_EQ(answer.body.size(), routes::kBucketBytes);
    EXPECT_EQ(answer.Message<v1::Mailbox>().channel(), "mission");
  }
}

TEST(MailboxTest, AConversationGoesBothWays) {
  Harness harness;
  Accepted accepted(harness);
  const identity::Party& intake = harness.office.intake;
  const identity::Party& reporter = accepted.sample.reporter;
  const auto question = SignBy(accepted.chain.Message(intake, reporter, "where was it?"), intake);
  ASSERT_EQ(harness.Post(accepted.path, AppendOf(question), &intake).status, 201);
  accepted.chain.Follow(question);
  const auto answer_event =
      SignBy(accepted.chain.Message(reporter, reporter, "by the market"), reporter);
  const Answer sent = harness.Post("/v1/mailbox", AppendOf(answer_event), &reporter);
  ASSERT_EQ(sent.status, 201) << sent.body;
  EXPECT_EQ(sent.Message<v1::AppendEventReply>().sequence(), 2U);
  EXPECT_EQ(harness.Post("/v1/mailbox", AppendOf(answer_event), &reporter), sent);
  accepted.chain.Follow(answer_event);

  const Answer read = harness.Get("/v1/mailbox", &reporter);
  EXPECT_EQ(read.body.size() % routes::kBucketBytes, 0U);
  const auto mailbox = read.Message<v1::Mailbox>();
  ASSERT_EQ(mailbox.events_size(), 2);
  EXPECT_EQ(mailbox.events(0).event(), question.event());
  EXPECT_EQ(mailbox.events(1).event(), answer_event.event());
  EXPECT_EQ(mailbox.sequence(), 2U);
  EXPECT_EQ(mailbox.head(), AsText(accepted.chain.head().hash));
  v1::Event opened;
  ASSERT_TRUE(opened.ParseFromString(mailbox.events(0).event()));
  EXPECT_EQ(
      report::OpenMessage(AsBytes(opened.message().sealed()), reporter, accepted.sample.sealed.hash)
          ->text(),
      "where was it?");

  const auto rest = harness.Get("/v1/mailbox?after=1", &reporter).Message<v1::Mailbox>();
  ASSERT_EQ(rest.events_size(), 1);
  EXPECT_EQ(rest.events(0).event(), answer_event.event());
}

TEST(MailboxTest, OnlyTheReporterWritesAndOnlyWhatAReporterMay) {
  Harness harness;
  const Accepted accepted(harness);
  const identity::Party& reporter = accepted.sample.reporter;
  const identity::Party& intake = harness.office.intake;
  const Chain& chain = accepted.chain;
  const struct {
    const char* name;
    v1::SignedEvent event;
    const identity::Party& sender;
    int status;
  } kTable[] = {
      {"a holder's event, sent by the reporter",
       SignBy(chain.Message(intake, reporter, "x"), intake), reporter, 422},
      {"the reporter's event, sent by a holder",
       SignBy(chain.Message(reporter, reporter, "x"), reporter), intake, 404},
      {"the reporter's event, sent by a stranger",
       SignBy(chain.Message(reporter, reporter, "x"), reporter), harness.office.outsider, 404},
      {"a status by the reporter", SignBy(chain.Status(reporter, v1::CASE_STATUS_CLOSED), reporter),
       reporter, 422},
  };
  for (const auto& row : kTable) {
    const Answer answer = harness.Post("/v1/mailbox", AppendOf(row.event), &row.sender);
    EXPECT_EQ(answer.status, row.status) << row.name << answer.body;
  }
  EXPECT_EQ(harness.store().FindCase(accepted.sample.sealed.id)->record.events(), 0U);
}

TEST(MailboxTest, WorksOverTheOnionService) {
  Harness harness;
  const Accepted accepted(harness);
  EXPECT_EQ(harness
                .Send({.target = "/v1/mailbox",
                       .signer = &accepted.sample.reporter,
                       .listener = http::Listener::kOnion})
                .status,
            200);
}

}  // namespace
}  // namespace safeconduct::testing
