// What relays are told to send, what they say of it, and how they wait.
#include "gateway/routes/outbox.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/gateway/routes/acting.h"

namespace safeconduct::testing {
namespace {

const HarnessOptions kWithRelays{.with_relays = true};

// A case of a reporter by SMS, through `relay`.
struct SmsCase {
  SmsCase(Harness& to, const identity::Party& relay, std::uint8_t reporter_number,
          std::string capsule = "way back")
      : harness(to),
        reporter(MakeParty(reporter_number)),
        sealed(Seal(relay, std::move(capsule))),
        chain(sealed.hash),
        id(report::FormatId(sealed.id)),
        path("/v1/cases/" + id + "/events") {
    if (harness.Submit(sealed).status != 201) throw std::runtime_error("not accepted");
  }
  report::Sealed Seal(const identity::Party& relay, std::string capsule) const {
    report::Draft draft = MakeDraft();
    draft.relay = RelayOf(relay, std::move(capsule));
    return *report::SealReport(draft, *OpenCharterOf(harness.Charter()), reporter);
  }

  int Append(const v1::Event& event, const identity::Party& author) {
    const v1::SignedEvent signed_event = SignBy(event, author);
    const Answer answer = harness.Post(path, AppendOf(signed_event), &author);
    if (answer.status == 201) {
      chain.Follow(signed_event);
      last = signed_event;
    }
    return answer.status;
  }
  // A holder's answer.
  int Reply(const std::string& text = "Are you safe?") {
    return Append(chain.Message(harness.office.intake, reporter, text), harness.office.intake);
  }
  int Say(const identity::Party& relay, std::uint64_t message, v1::DeliveryState state) {
    v1::Event event = chain.Next(relay);
    event.mutable_delivery()->set_message(message);
    event.mutable_delivery()->set_state(state);
    return Append(event, relay);
  }

  Harness& harness;
  const identity::Party reporter;
  const report::Sealed sealed;
  Chain chain;
  const std::string id;
  const std::string path;
  v1::SignedEvent last;
};

v1::Outbox Outbox(Harness& harness, const identity::Party& relay) {
  const Answer answer = harness.Get("/v1/outbox", &relay);
  if (answer.status != 200) throw std::runtime_error(answer.body);
  return answer.Message<v1::Outbox>();
}

std::future<Answer> BeginWait(Harness& harness, const identity::Party& relay, int seconds = 30) {
  return harness.Begin({.target = "/v1/outbox?wait=" + std::to_string(seconds), .signer = &relay});
}

// Until so many calls are parked.
void AwaitParked(Harness& harness, std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (harness.outbox().waiting() != count) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("nobody waits");
    std::this_thread::yield();
  }
}

TEST(OutboxTest, IsForRelaysAlone) {
  Harness harness(kWithRelays);
  SmsCase sms(harness, harness.office.relay, 80);
  ASSERT_EQ(sms.Reply(), 201);
  EXPECT_EQ(harness.Get("/v1/outbox").status, 401);
  EXPECT_EQ(harness.Get("/v1/outbox", &harness.office.outsider).status, 401);
  EXPECT_EQ(harness.Get("/v1/outbox", &sms.reporter).status, 401);
  for (const identity::Party* party : {&harness.office.intake, &harness.office.auditor}) {
    const Answer answer = harness.Get("/v1/outbox", party);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.ErrorCode(), "rejected");
  }
  EXPECT_EQ(Outbox(harness, harness.office.second_relay).items_size(), 0);
  for (const char* wait : {"31", "-1", "x", "", "1.5"}) {
    const Answer answer =
        harness.Get(std::string("/v1/outbox?wait=") + wait, &harness.office.relay);
    EXPECT_EQ(answer.status, 400) << wait;
    EXPECT_EQ(answer.ErrorField(), "wait") << wait;
  }
}

TEST(OutboxTest, HasTheAnswersOfWhichNothingWasSaid) {
  Harness harness(kWithRelays);
  const identity::Party& relay = harness.office.relay;
  SmsCase first(harness, relay, 80, "first capsule");
  SmsCase second(harness, relay, 81, std::string("second\0capsule", 14));
  EXPECT_EQ(Outbox(harness, relay).items_size(), 0);
  ASSERT_EQ(second.Reply(), 201);
  ASSERT_EQ(first.Reply("one"), 201);
  const v1::SignedEvent one = first.last;
  ASSERT_EQ(first.Append(first.chain.Status(harness.office.intake, v1::CASE_STATUS_ACKNOWLEDGED),
                         harness.office.intake),
            201);
  ASSERT_EQ(first.Reply("two"), 201);

  const v1::Outbox outbox = Outbox(harness, relay);
  ASSERT_EQ(outbox.items_size(), 3);
  for (const int i : {0, 1}) {
    const v1::OutboxItem& item = outbox.items(i);
    EXPECT_EQ(item.report_id(), first.id);
    EXPECT_EQ(item.report_hash(), AsText(first.sealed.hash));
    EXPECT_EQ(item.channel(), "mission");
    EXPECT_EQ(item.capsule(), "first capsule");
    EXPECT_EQ(item.sequence(), 3u);
    EXPECT_EQ(item.head(), AsText(first.chain.head().hash));
    EXPECT_EQ(item.message().SerializeAsString(), (i == 0 ? one : first.last).SerializeAsString());
  }
  EXPECT_EQ(outbox.items(2).report_id(), second.id);
  EXPECT_EQ(outbox.items(2).capsule(), std::string_view("second\0capsule", 14));

  // The reporter's own message is none.
  const v1::SignedEvent own =
      SignBy(second.chain.Message(second.reporter, second.reporter, "hello"), second.reporter);
  ASSERT_EQ(harness.Post("/v1/mailbox", AppendOf(own), &second.reporter).status, 201);
  second.chain.Follow(own);
  EXPECT_EQ(Outbox(harness, relay).items_size(), 3);

  ASSERT_EQ(first.Say(relay, 1, v1::DELIVERY_STATE_SENT), 201);
  ASSERT_EQ(first.Say(relay, 3, v1::DELIVERY_STATE_UNSURE), 201);
  EXPECT_EQ(Outbox(harness, relay).items_size(), 1);
  EXPECT_EQ(first.Say(relay, 1, v1::DELIVERY_STATE_DELIVERED), 201);
  EXPECT_EQ(second.Say(relay, 1, v1::DELIVERY_STATE_STOPPED), 201);
  EXPECT_EQ(Outbox(harness, relay).items_size(), 0);
  EXPECT_EQ(first.Say(relay, 1, v1::DELIVERY_STATE_DELIVERED), 422) << "that was said";
}

TEST(OutboxTest, ARelayAddsDeliveriesAndSeesNothing) {
  Harness harness(kWithRelays);
  const identity::Party& relay = harness.office.relay;
  const identity::Party& other = harness.office.second_relay;
  SmsCase sms(harness, relay, 80);
  ASSERT_EQ(sms.Reply(), 201);
  const std::string at = "/v1/cases/" + sms.id;
  for (const identity::Party* party : {&relay, &other}) {
    EXPECT_EQ(harness.Get(at, party).status, 404);
    EXPECT_EQ(harness.Get(at + "/events", party).status, 404);
    EXPECT_EQ(harness.Get(at + "/compartments/triage", party).status, 404);
    EXPECT_EQ(harness.Get("/v1/cases", party).Message<v1::CaseList>().cases_size(), 0);
  }
  EXPECT_EQ(sms.Append(sms.chain.Status(relay, v1::CASE_STATUS_CLOSED), relay), 422);
  EXPECT_EQ(sms.Append(sms.chain.Message(relay, sms.reporter, "no"), relay), 422);
  EXPECT_EQ(sms.Say(other, 1, v1::DELIVERY_STATE_SENT), 404);
  EXPECT_EQ(sms.Say(harness.office.intake, 1, v1::DELIVERY_STATE_SENT), 422);

  // The chain moved meanwhile: the relay looks into its outbox again.
  v1::Event early = sms.chain.Next(relay);
  early.mutable_delivery()->set_message(1);
  early.mutable_delivery()->set_state(v1::DELIVERY_STATE_SENT);
  ASSERT_EQ(sms.Reply("more"), 201);
  EXPECT_EQ(sms.Append(early, relay), 409);
  const v1::Outbox outbox = Outbox(harness, relay);
  ASSERT_EQ(outbox.items_size(), 2);
  v1::Event anew = early;
  anew.set_sequence(outbox.items(0).sequence() + 1);
  anew.set_previous(outbox.items(0).head());
  const v1::SignedEvent sent = SignBy(anew, relay);
  const Answer taken = harness.Post(sms.path, AppendOf(sent), &relay);
  EXPECT_EQ(taken.status, 201);
  EXPECT_EQ(harness.Post(sms.path, AppendOf(sent), &relay), taken) << "the same bytes again";
  const auto view = harness.Get(at, &harness.office.intake).Message<v1::CaseView>();
  ASSERT_EQ(view.events_size(), 3);
  EXPECT_EQ(view.events(2).SerializeAsString(), sent.SerializeAsString());
}

TEST(OutboxTest, OfCasesThatAreNotItsAnyMoreThereIsNothing) {
  Harness harness(kWithRelays);
  const Office& office = harness.office;
  SmsCase excluded(harness, office.relay, 80);
  SmsCase erased(harness, office.relay, 81);
  SmsCase whole(harness, office.relay, 82);
  for (SmsCase* each : {&excluded, &erased, &whole}) {
    ASSERT_EQ(each->Reply(), 201);
  }
  v1::Event exclusion = excluded.chain.Next(office.auditor);
  exclusion.mutable_exclusion()->set_holder(KeyText(office.relay, identity::Purpose::kEvent));
  ASSERT_EQ(excluded.Append(exclusion, office.auditor), 201);
  v1::Event dismissal = erased.chain.Next(office.intake);
  dismissal.mutable_dismissal();
  ASSERT_EQ(erased.Append(dismissal, office.intake), 201);
  v1::Event erasure = erased.chain.Next(office.second_intake);
  erasure.mutable_erasure();
  ASSERT_EQ(erased.Append(erasure, office.second_intake), 201);
  const v1::Outbox outbox = Outbox(harness, office.relay);
  ASSERT_EQ(outbox.items_size(), 1);
  EXPECT_EQ(outbox.items(0).report_id(), whole.id);

  v1::Charter next = harness.Charter();
  next.mutable_holders(next.holders_size() - 2)->set_channels(0, "fraud");
  ASSERT_EQ(harness.PutCharter(2, next), 204);
  EXPECT_EQ(Outbox(harness, office.relay).items_size(), 0);
  next.mutable_holders(next.holders_size() - 2)->set_roles(0, v1::ROLE_AUDITOR);
  ASSERT_EQ(harness.PutCharter(3, next), 204);
  EXPECT_EQ(harness.Get("/v1/outbox", &office.relay).status, 422);
}

TEST(OutboxTest, HasAHundredAtMost) {
  Harness harness(kWithRelays);
  const identity::Party& relay = harness.office.relay;
  std::vector<std::unique_ptr<SmsCase>> cases;
  for (std::uint8_t i = 0; i < 2; ++i) {
    cases.push_back(std::make_unique<SmsCase>(harness, relay, static_cast<std::uint8_t>(80 + i)));
    SmsCase& sms = *cases.back();
    const std::string sealed =
        sms.chain.Message(harness.office.intake, sms.reporter, "again").message().sealed();
    for (int n = 0; n < 60; ++n) {
      v1::Event event = sms.chain.Next(harness.office.intake);
      event.mutable_message()->set_sealed(sealed);
      ASSERT_EQ(sms.Append(event, harness.office.intake), 201);
    }
  }
  const v1::Outbox outbox = Outbox(harness, relay);
  ASSERT_EQ(outbox.items_size(), 100);
  EXPECT_EQ(outbox.items(59).report_id(), cases[0]->id);
  EXPECT_EQ(outbox.items(60).report_id(), cases[1]->id);
}

TEST(OutboxTest, ARelayWaitsUntilThereIsSomethingForIt) {
  Harness harness(kWithRelays);
  const Office& office = harness.office;
  SmsCase sms(harness, office.relay, 80);
  SmsCase others(harness, office.second_relay, 81);
  std::future<Answer> first = BeginWait(harness, office.relay);
  std::future<Answer> second = BeginWait(harness, office.second_relay);
  AwaitParked(harness, 2);
  // Neither a status nor the reporter's own message is something to send.
  ASSERT_EQ(
      sms.Append(sms.chain.Status(office.intake, v1::CASE_STATUS_ACKNOWLEDGED), office.intake),
      201);
  const v1::SignedEvent own =
      SignBy(sms.chain.Message(sms.reporter, sms.reporter, "hello"), sms.reporter);
  ASSERT_EQ(harness.Post("/v1/mailbox", AppendOf(own), &sms.reporter).status, 201);
  sms.chain.Follow(own);
  EXPECT_EQ(harness.outbox().waiting(), 2u);

  ASSERT_EQ(sms.Reply(), 201);
  const Answer got = first.get();
  ASSERT_EQ(got.status, 200);
  ASSERT_EQ(got.Message<v1::Outbox>().items_size(), 1);
  EXPECT_EQ(got.Message<v1::Outbox>().items(0).report_id(), sms.id);
  EXPECT_EQ(harness.outbox().waiting(), 1u) << "the other relay waits still";
  ASSERT_EQ(others.Reply(), 201);
  EXPECT_EQ(second.get().Message<v1::Outbox>().items(0).report_id(), others.id);
  // What is there already is not waited for.
  EXPECT_EQ(BeginWait(harness, office.relay).get().Message<v1::Outbox>().items_size(), 1);
}

TEST(OutboxTest, WaitingEndsEmptyWhenItsTimeIsOver) {
  Harness harness(kWithRelays);
  std::future<Answer> shorter = BeginWait(harness, harness.office.relay, 10);
  std::future<Answer> longer = BeginWait(harness, harness.office.relay, 30);
  AwaitParked(harness, 2);
  harness.clock.Pass(10);
  harness.outbox().EndOverdue(harness.clock.Steady());
  const Answer over = shorter.get();
  EXPECT_EQ(over.status, 200);
  EXPECT_EQ(over.Message<v1::Outbox>().items_size(), 0);
  EXPECT_EQ(harness.outbox().waiting(), 1u);
  harness.clock.Pass(20);
  harness.outbox().EndOverdue(harness.clock.Steady());
  EXPECT_EQ(longer.get().Message<v1::Outbox>().items_size(), 0);
}

TEST(OutboxTest, WaitingEndsWithTheGateway) {
  Harness harness(kWithRelays);
  std::future<Answer> waiting = BeginWait(harness, harness.office.relay);
  AwaitParked(harness, 1);
  harness.outbox().Stop();
  EXPECT_EQ(waiting.get().status, 200);
  EXPECT_EQ(BeginWait(harness, harness.office.relay).get().status, 200);
}

// Told of something that it does not get: it goes on waiting, and no longer than it asked.
TEST(OutboxTest, NewsThatIsNoneDoesNotEndTheWaiting) {
  Harness harness(kWithRelays);
  std::future<Answer> waiting = BeginWait(harness, harness.office.relay, 10);
  AwaitParked(harness, 1);
  harness.outbox().Tell(
      ToArray<32>(AsBytes(KeyText(harness.office.relay, identity::Purpose::kEvent))));
  AwaitParked(harness, 1);
  harness.clock.Pass(10);
  harness.outbox().Tell(
      ToArray<32>(AsBytes(KeyText(harness.office.relay, identity::Purpose::kEvent))));
  EXPECT_EQ(waiting.get().Message<v1::Outbox>().items_size(), 0);
}

}  // namespace
}  // namespace safeconduct::testing
