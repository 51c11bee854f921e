// Whose signatures make a charter one.
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "gateway/charter/charter.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::charter {
namespace {

using ::safeconduct::testing::DemoCharter;
using ::safeconduct::testing::DemoTrust;
using ::safeconduct::testing::kExpiry;
using ::safeconduct::testing::kLogOrigin;
using ::safeconduct::testing::kNow;
using ::safeconduct::testing::kOrigin;
using ::safeconduct::testing::NoteKey;
using ::safeconduct::testing::Office;
using ::safeconduct::testing::RootName;
using ::safeconduct::testing::SignNote;

class Open : public ::testing::Test {
 protected:
  std::string Text(std::uint64_t version, std::int64_t expiry = kExpiry) {
    return *MakeText(kOrigin, version, expiry, message);
  }
  // Signed by root-0 and root-1: enough.
  std::string Signed(std::uint64_t version, std::int64_t expiry = kExpiry) {
    return SignNote(Text(version, expiry),
                    {{RootName(0), &office.roots[0]}, {RootName(1), &office.roots[1]}});
  }
  std::string SignedByNewRoots(std::uint64_t version) {
    return SignNote(Text(version),
                    {{"new-0", &office.new_roots[0]}, {"new-1", &office.new_roots[1]}});
  }
  void NameNewRoots() {
    for (int i = 0; i < 2; ++i) {
      message.mutable_next_roots()->add_vkeys(
          note::FormatVerifierKey(NoteKey(office.new_roots[i], "new-" + std::to_string(i))));
    }
    message.mutable_next_roots()->set_threshold(2);
  }

  const Office office{};
  v1::Charter message = DemoCharter(office);
  Trust trust = DemoTrust(office);
};

TEST_F(Open, TakesWhatTheThresholdSigned) {
  const auto opened = OpenTrusted(Signed(3), trust, kNow);
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  EXPECT_EQ((*opened)->version(), 3u);
  // Any two of the roots will do, whatever else stands there.
  const std::string other = SignNote(Text(1), {{RootName(2), &office.roots[2]},
                                               {"stranger", &office.log},
                                               {RootName(0), &office.roots[0]}});
  EXPECT_TRUE(OpenTrusted(other, trust, kNow).ok());
}

TEST_F(Open, RefusesTooFewSignatures) {
  const auto open = [&](const std::vector<std::pair<std::string, const identity::Party*>>& by) {
    return OpenTrusted(SignNote(Text(1), by), trust, kNow).error().code();
  };
  EXPECT_EQ(open({{RootName(0), &office.roots[0]}}), Code::kUnverified);
  EXPECT_EQ(open({{RootName(0), &office.roots[0]}, {"stranger", &office.log}}), Code::kUnverified);
  EXPECT_EQ(open({{RootName(0), &office.roots[0]}, {RootName(1), &office.roots[0]}}),
            Code::kUnverified)
      << "one key under two names is one signer";
}

TEST_F(Open, RefusesAnotherTextUnderTheSameSignatures) {
  std::string note = Signed(2);
  note.replace(note.find("\n2\n"), 3, "\n9\n");
  EXPECT_EQ(OpenTrusted(note, trust, kNow).error().code(), Code::kUnverified);
}

TEST_F(Open, RefusesRolledBackExpiredAndForeignCharters) {
  trust.minimum_version = 5;
  EXPECT_EQ(OpenTrusted(Signed(4), trust, kNow).error().code(), Code::kRejected);
  EXPECT_STREQ(OpenTrusted(Signed(4), trust, kNow).error().field(), "version");
  EXPECT_TRUE(OpenTrusted(Signed(5), trust, kNow).ok());
  EXPECT_EQ(OpenTrusted(Signed(5, kNow), trust, kNow).error().code(), Code::kExpired);
  EXPECT_TRUE(OpenTrusted(Signed(5, kNow + 1), trust, kNow).ok());
  trust.origin = "example.org/another";
  EXPECT_EQ(OpenTrusted(Signed(5), trust, kNow).error().code(), Code::kRejected);
  EXPECT_STREQ(OpenTrusted(Signed(5), trust, kNow).error().field(), "origin");
}

TEST_F(Open, NeedsRootsAndAThreshold) {
  trust.threshold = 0;
  EXPECT_EQ(OpenTrusted(Signed(1), trust, kNow).error().code(), Code::kRejected);
  trust.threshold = 1;
  trust.roots.clear();
  EXPECT_EQ(OpenTrusted(Signed(1), trust, kNow).error().code(), Code::kRejected);
}

TEST_F(Open, GatewayTakesTheNextVersionOnly) {
  const auto first = OpenNext(Signed(1), nullptr, trust, kNow);
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_EQ(OpenNext(Signed(2), nullptr, trust, kNow).error().code(), Code::kConflict);
  EXPECT_TRUE(OpenNext(Signed(2), first->get(), trust, kNow).ok());
  for (const std::uint64_t version : {1u, 3u}) {
    EXPECT_EQ(OpenNext(Signed(version), first->get(), trust, kNow).error().code(), Code::kConflict);
  }
  EXPECT_EQ(OpenNext(Signed(2, kNow), first->get(), trust, kNow).error().code(), Code::kExpired);
  const std::string unsigned_enough = SignNote(Text(2), {{RootName(0), &office.roots[0]}});
  EXPECT_EQ(OpenNext(unsigned_enough, first->get(), trust, kNow).error().code(), Code::kUnverified);
}

TEST_F(Open, ALogThatEndedStaysEnded) {
  const auto first = OpenNext(Signed(1), nullptr, trust, kNow);
  ASSERT_TRUE(first.ok());
  const v1::Log old_log = message.logs(0);
  const auto last = [&](int size) {
    const std::string origin(kLogOrigin);
    return SignNote(origin + "\n" + std::to_string(size) + "\n" + Base64Encode(Bytes(32)) + "\n",
                    {{origin, &office.log}});
  };
  v1::Log next;
  next.set_vkey(note::FormatVerifierKey(NoteKey(office.witness, "example.org/log-2")));
  next.set_interval_seconds(60);
  *message.mutable_logs(0) = next;
  const auto forgotten = OpenNext(Signed(2), first->get(), trust, kNow);
  EXPECT_EQ(forgotten.error().code(), Code::kRejected) << "the old one is missing";
  EXPECT_STREQ(forgotten.error().field(), "logs");
  *message.add_logs() = old_log;
  message.mutable_logs(1)->set_last_checkpoint(last(17));
  const std::string v2 = Signed(2);
  const auto second = OpenNext(v2, first->get(), trust, kNow);
  ASSERT_TRUE(second.ok()) << second.error().message();
  EXPECT_EQ((*second)->log().name, "example.org/log-2");
  EXPECT_TRUE(OpenNext(Signed(3), second->get(), trust, kNow).ok());

  message.mutable_logs(1)->set_last_checkpoint(last(18));
  EXPECT_STREQ(OpenNext(Signed(3), second->get(), trust, kNow).error().field(),
               "logs.last_checkpoint");
  message.mutable_logs(1)->set_last_checkpoint(last(17));
  message.mutable_logs()->SwapElements(0, 1);
  message.mutable_logs(0)->clear_last_checkpoint();
  message.mutable_logs()->RemoveLast();
  const std::string v3 = Signed(3);
  EXPECT_FALSE(OpenNext(v3, second->get(), trust, kNow).ok()) << "in use again";
  EXPECT_FALSE(OpenTrustedChain(std::vector{Signed(1), v2, v3}, trust, kNow).ok());
}

TEST_F(Open, NewRootsSignFromTheNextVersionOn) {
  const std::string v1 = Signed(1);
  NameNewRoots();
  const std::string v2 = Signed(2);  // the old roots name the new ones
  const std::string v3 = SignedByNewRoots(3);
  const auto first = OpenNext(v1, nullptr, trust, kNow);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(OpenNext(SignedByNewRoots(2), first->get(), trust, kNow).error().code(),
            Code::kUnverified);
  const auto second = OpenNext(v2, first->get(), trust, kNow);
  ASSERT_TRUE(second.ok()) << second.error().message();
  EXPECT_EQ(RootsAfter(second->get(), trust).keys.size(), 2u);
  EXPECT_EQ(OpenNext(Signed(3), second->get(), trust, kNow).error().code(), Code::kUnverified)
      << "the old roots are out";
  const auto third = OpenNext(v3, second->get(), trust, kNow);
  ASSERT_TRUE(third.ok()) << third.error().message();

  message.clear_next_roots();
  const auto forgot = OpenNext(SignedByNewRoots(4), third->get(), trust, kNow);
  ASSERT_FALSE(forgot.ok());
  EXPECT_STREQ(forgot.error().field(), "next_roots") << "would bring the old roots back";

  // A client with the old trust file needs the chain; one with a new file does not.
  EXPECT_EQ(OpenTrusted(v3, trust, kNow).error().code(), Code::kUnverified);
  const std::vector<std::string> chain = {v2, v3};
  const auto opened = OpenTrustedChain(chain, trust, kNow);
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  EXPECT_EQ((*opened)->version(), 3u);
  Trust new_trust = trust;
  new_trust.roots = RootsAfter(third->get(), trust).keys;
  EXPECT_TRUE(OpenTrusted(v3, new_trust, kNow).ok());
}

TEST_F(Open, AChainHasNoGapAndEndsFresh) {
  const std::vector<std::string> expired_first = {Signed(1, kNow - 1), Signed(2)};
  EXPECT_TRUE(OpenTrustedChain(expired_first, trust, kNow).ok());
  const std::vector<std::string> expired_last = {Signed(1), Signed(2, kNow - 1)};
  EXPECT_EQ(OpenTrustedChain(expired_last, trust, kNow).error().code(), Code::kExpired);
  const std::vector<std::string> gap = {Signed(1), Signed(3)};
  EXPECT_EQ(OpenTrustedChain(gap, trust, kNow).error().code(), Code::kConflict);
  const std::vector<std::string> backwards = {Signed(2), Signed(1)};
  EXPECT_EQ(OpenTrustedChain(backwards, trust, kNow).error().code(), Code::kConflict);
  EXPECT_FALSE(OpenTrustedChain({}, trust, kNow).ok());
  trust.minimum_version = 3;
  const std::vector<std::string> below = {Signed(1), Signed(2)};
  EXPECT_EQ(OpenTrustedChain(below, trust, kNow).error().code(), Code::kRejected);
}

}  // namespace
}  // namespace safeconduct::charter
