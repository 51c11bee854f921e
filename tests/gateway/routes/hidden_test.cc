// What a caller may not see answers exactly as what does not exist: compared byte for byte, over
// every route that needs a signature.
#include <gtest/gtest.h>

#include "gateway/routes/route.h"
#include "safeconduct/v1/marks.pb.h"
#include "tests/gateway/routes/acting.h"

namespace safeconduct::testing {
namespace {

const std::string kAbsent(32, 'a');

// Every way in which a request can fail to show who makes it.
std::vector<Ask> BadlySigned(const Ask& ask, const Harness& harness) {
  const identity::Party& intake = harness.office.intake;
  std::vector<Ask> asks;
  asks.push_back(ask);  // not at all
  const auto add = [&](const identity::Party& signer, std::int64_t created, std::string_view origin,
                       const std::function<void(Ask&)>& change = nullptr) {
    Ask each = ask;
    Harness::Sign(each, signer, created, origin);
    if (change) change(each);
    asks.push_back(std::move(each));
  };
  const auto header = [](Ask& each, std::string_view name) -> std::string& {
    for (http::Header& candidate : each.headers) {
      if (candidate.name == name) return candidate.value;
    }
    throw std::runtime_error("no such header");
  };
  add(harness.office.outsider, kNow, kPublicOrigin);                     // an unknown key
  add(intake, kNow - 1000, kPublicOrigin);                               // too old
  add(intake, kNow + 1000, kPublicOrigin);                               // not yet
  add(intake, kNow, "https://other.example.org");                        // for another gateway
  add(intake, kNow, kPublicOrigin, [](Ask& e) { e.target += "?x=1"; });  // for another target
  add(intake, kNow, kPublicOrigin, [&](Ask& e) {                         // a flipped bit
    std::string& value = header(e, "signature");
    value[value.find(':') + 3] = value[value.find(':') + 3] == 'A' ? 'B' : 'A';
  });
  add(intake, kNow, kPublicOrigin, [&](Ask& e) { header(e, "signature") = "sig=:AAAA:"; });
  add(intake, kNow, kPublicOrigin, [&](Ask& e) { header(e, "signature-input") = "nonsense;;"; });
  add(intake, kNow, kPublicOrigin, [&](Ask& e) {
    std::erase_if(e.headers, [](const http::Header& h) { return h.name == "signature"; });
  });
  if (!ask.body.empty()) {
    add(intake, kNow, kPublicOrigin, [](Ask& e) { e.body += " "; });  // another body
  }
  return asks;
}

TEST(HiddenTest, EveryFailureToSignIsTheSameAnswer) {
  Harness harness;
  const Sample sample;
  ASSERT_EQ(harness.Submit(sample.sealed).status, 201);
  const std::string id = report::FormatId(sample.sealed.id);
  const Chain chain(sample.sealed.hash);
  const std::string event =
      AppendOf(SignBy(chain.Status(harness.office.intake, v1::CASE_STATUS_CLOSED),
                      harness.office.intake))
          .SerializeAsString();
  const std::vector<http::Header> protobuf = {{"content-type", "application/x-protobuf"}};
  v1::PutMarks marks;
  marks.set_sealed("sealed");
  std::vector<Ask> asks = {{.target = "/v1/cases"},
                           {.target = "/v1/marks"},
                           {.method = "PUT",
                            .target = "/v1/marks",
                            .headers = protobuf,
                            .body = marks.SerializeAsString()}};
  for (const std::string& each : {id, kAbsent}) {
    asks.push_back({.target = "/v1/cases/" + each});
    asks.push_back({.target = "/v1/cases/" + each + "/events"});
    asks.push_back({.target = "/v1/cases/" + each + "/compartments/triage"});
    asks.push_back({.method = "POST",
                    .target = "/v1/cases/" + each + "/events",
                    .headers = protobuf,
                    .body = event});
  }
  const Answer expected = harness.Get("/v1/cases");
  EXPECT_EQ(expected.status, 401);
  EXPECT_NE(expected.Header("www-authenticate"), "");
  for (const Ask& ask : asks) {
    for (const Ask& each : BadlySigned(ask, harness)) {
      EXPECT_EQ(harness.Send(each), expected) << each.method << " " << each.target;
    }
  }
}

TEST(HiddenTest, ARepeatedRequestIsNoBetterThanAnUnsignedOne) {
  Harness harness;
  Ask ask{.target = "/v1/cases"};
  Harness::Sign(ask, harness.office.intake, kNow);
  EXPECT_EQ(harness.Send(ask).status, 200);
  EXPECT_EQ(harness.Send(ask), harness.Get("/v1/cases"));
}

TEST(HiddenTest, WhatIsNotForAHolderIsNotThere) {
  Harness harness;
  const Sample sample;
  ASSERT_EQ(harness.Submit(sample.sealed).status, 201);
  const Office& office = harness.office;
  const std::string id = report::FormatId(sample.sealed.id);
  const Chain chain(sample.sealed.hash);
  struct Hidden {
    const identity::Party& holder;
    std::string path;  // without the id
  };
  std::vector<Hidden> hidden;
  for (const identity::Party* nobody : {&office.investigator, &office.trustee}) {
    for (const char* path : {"", "/events", "/compartments/triage", "/compartments/account",
                             "/compartments/identity", "/compartments/none"}) {
      hidden.push_back({*nobody, path});
    }
  }
  for (const char* name : {"triage", "account", "attachment-0", "plain", "none", "."}) {
    hidden.push_back({office.support, std::string("/compartments/") + name});
  }
  for (const char* name : {"triage", "account", "identity", "none"}) {
    hidden.push_back({office.auditor, std::string("/compartments/") + name});
  }
  hidden.push_back({office.intake, "/compartments/attachment-0"});
  const std::string kBadIds[] = {kAbsent, "x", "..", id.substr(1), id + "0", std::string(32, 'A')};
  for (const Hidden& each : hidden) {
    const Answer answer = harness.Get("/v1/cases/" + id + each.path, &each.holder);
    EXPECT_EQ(answer.status, 404) << each.path;
    for (const std::string& bad : kBadIds) {
      EXPECT_EQ(harness.Get("/v1/cases/" + bad + each.path, &each.holder), answer) << bad;
    }
    // Neither can a path that does not exist be told from it.
    EXPECT_EQ(harness.Get("/v1/nothing", &each.holder), answer);
  }
  // Writing, likewise, whether the event would fit or not.
  for (const identity::Party* holder : {&office.investigator, &office.trustee}) {
    const auto event = AppendOf(SignBy(chain.Status(*holder, v1::CASE_STATUS_CLOSED), *holder));
    EXPECT_EQ(harness.Post("/v1/cases/" + id + "/events", event, holder),
              harness.Post("/v1/cases/" + kAbsent + "/events", event, holder));
  }
  EXPECT_EQ(harness.Get("/v1/cases?channel=fraud", &office.second_support),
            harness.Get("/v1/cases?channel=none", &office.second_support));
}

TEST(HiddenTest, AnotherChannelIsNotThere) {
  Harness harness;
  // A report on a channel that support-2, bound to "mission", has nothing to do with.
  report::Draft draft = MakeDraft();
  draft.channel = "fraud";
  const identity::Party reporter = MakeParty(90);
  const auto sealed = report::SealReport(draft, *harness.charters().InForce()->charter, reporter);
  ASSERT_TRUE(sealed.ok());
  ASSERT_EQ(harness.Submit(*sealed).status, 201);
  const std::string id = report::FormatId(sealed->id);
  const identity::Party& bound = harness.office.second_support;
  EXPECT_EQ(harness.Get("/v1/cases/" + id, &harness.office.support).status, 200);
  for (const char* path : {"", "/events", "/compartments/identity"}) {
    EXPECT_EQ(harness.Get("/v1/cases/" + id + path, &bound),
              harness.Get("/v1/cases/" + kAbsent + path, &bound));
  }
  EXPECT_EQ(harness.Get("/v1/cases?channel=fraud", &bound),
            harness.Get("/v1/cases?channel=none", &bound));
  // Nor can its id be used as the end of a page.
  EXPECT_EQ(harness.Get("/v1/cases?after=" + id, &bound),
            harness.Get("/v1/cases?after=" + kAbsent, &bound));
}

TEST(HiddenTest, AMailboxOfSomeoneElseIsNotThere) {
  Harness harness;
  const Sample sample;
  ASSERT_EQ(harness.Submit(sample.sealed).status, 201);
  const Answer stranger = harness.Get("/v1/mailbox", &harness.office.outsider);
  EXPECT_EQ(stranger.status, 404);
  EXPECT_EQ(harness.Get("/v1/mailbox", &harness.office.intake), stranger);
  // Without the key it is 401, whether there is such a mailbox or not.
  const identity::Party* const kOwners[] = {&sample.reporter, &harness.office.outsider};
  for (const identity::Party* whose : kOwners) {
    Ask ask{.target = "/v1/mailbox"};
    Harness::Sign(ask, *whose, kNow);
    ask.target += "?after=0";
    EXPECT_EQ(harness.Send(ask), harness.Get("/v1/mailbox"));
  }
  EXPECT_EQ(harness.Get("/v1/mailbox").status, 401);
}

TEST(HiddenTest, AnUploadTakenOrExpiredIsAsIfNeverMade) {
  Harness harness;
  const auto ask = [](std::string method, const std::string& id) {
    return Ask{.method = std::move(method),
               .target = "/v1/uploads/" + id,
               .headers = {{"tus-resumable", "1.0.0"},
                           {"upload-offset", "0"},
                           {"content-type", "application/offset+octet-stream"}}};
  };
  const Answer created =
      harness.Send({.method = "POST",
                    .target = "/v1/uploads",
                    .headers = {{"tus-resumable", "1.0.0"}, {"upload-length", "5"}}});
  const std::string location = created.Header("location");
  const std::string id = location.substr(location.rfind('/') + 1);
  harness.clock.Advance(26 * 3600);
  for (const char* method : {"HEAD", "PATCH", "DELETE"}) {
    const Answer expired = harness.Send(ask(method, id));
    EXPECT_EQ(expired.status, 404) << method;
    EXPECT_EQ(harness.Send(ask(method, kAbsent)), expired) << method;
    EXPECT_EQ(harness.Send(ask(method, "x")), expired) << method;
  }
}

// So that no route with a signature is left out above when one is added.
TEST(HiddenTest, TheRoutesThatNeedASignatureAreTheKnownOnes) {
  std::vector<std::string> closed;
  for (const routes::Route& route : routes::AllRoutes()) {
    if (route.caller == routes::Caller::kAnyone) continue;
    closed.push_back(std::string(http::MethodName(route.method)) + " " + std::string(route.path));
  }
  EXPECT_EQ(closed, (std::vector<std::string>{
                        "GET /v1/log/openings", "GET /v1/cases", "GET /v1/cases/{id}",
                        "GET /v1/cases/{id}/compartments/{name}", "GET /v1/cases/{id}/events",
                        "POST /v1/cases/{id}/events", "GET /v1/cases/{id}/proofs", "GET /v1/marks",
                        "PUT /v1/marks", "GET /v1/outbox", "GET /v1/mailbox", "POST /v1/mailbox",
                        "POST /backup", "POST /verify"}));
}

}  // namespace
}  // namespace safeconduct::testing
