// What holders have read, kept for them and told to nobody else.
#include <gtest/gtest.h>

#include "crypto/age/age.h"
#include "safeconduct/v1/marks.pb.h"
#include "tests/gateway/routes/harness.h"
#include "tests/storage/faulty_store.h"

namespace safeconduct::testing {
namespace {

std::string Sealed(const identity::Party& holder, std::size_t plaintext_bytes = 4'096) {
  const auto recipient = age::ParseRecipient(holder.recipient());
  const age::Recipient* const one = recipient->get();
  return std::string(AsText(*age::Encrypt(std::span(&one, 1), Bytes(plaintext_bytes, ' '))));
}

Answer Put(Harness& harness, const identity::Party* holder, std::uint64_t replaces,
           const std::string& sealed) {
  v1::PutMarks request;
  request.set_replaces(replaces);
  request.set_sealed(sealed);
  return harness.Send({.method = "PUT",
                       .target = "/v1/marks",
                       .headers = {{"content-type", "application/x-protobuf"}},
                       .body = request.SerializeAsString(),
                       .signer = holder});
}

v1::Marks Marks(Harness& harness, const identity::Party& holder) {
  const Answer answer = harness.Get("/v1/marks", &holder);
  if (answer.status != 200) throw std::runtime_error(answer.body);
  return answer.Message<v1::Marks>();
}

TEST(MarksTest, AreTheNewestThatTheHolderPut) {
  Harness harness;
  const identity::Party& intake = harness.office.intake;
  EXPECT_EQ(Marks(harness, intake).version(), 0U);
  EXPECT_EQ(Marks(harness, intake).sealed(), "");
  const std::string first = Sealed(intake);
  const Answer put = Put(harness, &intake, 0, first);
  EXPECT_EQ(put.status, 204) << put.body;
  EXPECT_EQ(put.body, "");
  EXPECT_EQ(Marks(harness, intake).version(), 1U);
  EXPECT_EQ(Marks(harness, intake).sealed(), first);
  const std::string second = Sealed(intake, 65'536);
  EXPECT_EQ(Put(harness, &intake, 1, second).status, 204);
  EXPECT_EQ(Marks(harness, intake).version(), 2U);
  EXPECT_EQ(Marks(harness, intake).sealed(), second);
  // Each has their own.
  EXPECT_EQ(Marks(harness, harness.office.investigator).version(), 0U);
  EXPECT_EQ(Put(harness, &harness.office.investigator, 0, first).status, 204);
  EXPECT_EQ(Marks(harness, intake).sealed(), second);
}

TEST(MarksTest, ThatOthersReplacedMeanwhileAreAConflict) {
  Harness harness;
  const identity::Party& intake = harness.office.intake;
  const std::string kept = Sealed(intake);
  ASSERT_EQ(Put(harness, &intake, 0, kept).status, 204);
  for (const std::uint64_t replaces : {std::uint64_t{0}, std::uint64_t{2}, ~std::uint64_t{0}}) {
    const Answer answer = Put(harness, &intake, replaces, Sealed(intake));
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.ErrorField(), "replaces");
  }
  EXPECT_EQ(Marks(harness, intake).version(), 1U);
  EXPECT_EQ(Marks(harness, intake).sealed(), kept);
}

TEST(MarksTest, AreForHoldersWhoReadCases) {
  Harness harness({.with_relays = true});
  const std::string sealed = Sealed(harness.office.intake);
  for (const identity::Party* nobody :
       std::initializer_list<const identity::Party*>{nullptr, &harness.office.outsider}) {
    EXPECT_EQ(harness.Get("/v1/marks", nobody).status, 401);
    EXPECT_EQ(Put(harness, nobody, 0, sealed).status, 401);
  }
  EXPECT_EQ(harness.Get("/v1/marks", &harness.office.relay).status, 422);
  const Answer refused = Put(harness, &harness.office.relay, 0, sealed);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.ErrorCode(), "rejected");
}

TEST(MarksTest, AreOfAFormAndSizeThatAHolderCanHaveSealed) {
  Harness harness;
  const identity::Party& intake = harness.office.intake;
  const struct {
    std::string sealed;
    int status;
  } cases[] = {
      {"", 400},
      {"{}", 400},
      {Sealed(intake) + "x", 422},
      {Sealed(intake, 4'000), 422},
      {Sealed(intake, 1'048'576), 413},
  };
  for (const auto& [sealed, status] : cases) {
    const Answer answer = Put(harness, &intake, 0, sealed);
    EXPECT_EQ(answer.status, status) << sealed.size();
    EXPECT_EQ(answer.ErrorField(), "sealed") << sealed.size();
  }
  // Longer than such a request can be: refused before it is read.
  EXPECT_EQ(Put(harness, &intake, 0, std::string(2'000'000, 'x')).status, 413);
  EXPECT_EQ(Marks(harness, intake).version(), 0U);
  EXPECT_EQ(Put(harness, &intake, 0, Sealed(intake, 983'040)).status, 204);
}

TEST(MarksTest, OfHoldersWhomACharterDoesNotNameGo) {
  Harness harness;
  const identity::Party& leaver = harness.office.auditor;
  ASSERT_EQ(Put(harness, &leaver, 0, Sealed(leaver)).status, 204);
  ASSERT_EQ(Put(harness, &harness.office.intake, 0, Sealed(harness.office.intake)).status, 204);
  v1::Charter charter = harness.Charter();
  const std::string key = KeyText(leaver, identity::Purpose::kEvent);
  auto& holders = *charter.mutable_holders();
  const auto left = std::find_if(holders.begin(), holders.end(), [&](const v1::Holder& holder) {
    return holder.event_key() == key;
  });
  ASSERT_NE(left, holders.end());
  const v1::Holder again = *left;
  holders.erase(left);
  ASSERT_EQ(harness.PutCharter(2, charter), 204);
  EXPECT_EQ(harness.Get("/v1/marks", &leaver).status, 401);
  EXPECT_EQ(Marks(harness, harness.office.intake).version(), 1U);
  *charter.add_holders() = again;
  ASSERT_EQ(harness.PutCharter(3, charter), 204);
  EXPECT_EQ(Marks(harness, leaver).version(), 0U);
}

TEST(MarksTest, AreAcknowledgedWhenTheyAreOnDisk) {
  storage::FaultyStore store;
  Harness harness({.store = &store});
  const identity::Party& intake = harness.office.intake;
  store.Inject({.call = storage::Call::kPutMarks, .times = 1});
  EXPECT_EQ(Put(harness, &intake, 0, Sealed(intake)).status, 503);
  int status = 503;
  while (status == 503) status = Put(harness, &intake, 0, Sealed(intake)).status;
  EXPECT_EQ(status, 204);
  store.Crash();
  EXPECT_EQ(Marks(harness, intake).version(), 1U);
}

}  // namespace
}  // namespace safeconduct::testing
