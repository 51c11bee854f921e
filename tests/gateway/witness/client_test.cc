// Asking witnesses: real ones behind a server of TLS, and servers that answer what they like.
#include "gateway/witness/client.h"

#include "gateway/witness/witness.h"
#include "tests/gateway/http/test_server.h"
#include "tests/gateway/transparency/high_water.h"
#include "tests/gateway/witness/growing_log.h"

namespace safeconduct::witness {
namespace {

using testing::Succeeds;

http::Response AnswerOf(int status, std::string body, std::string type = "text/plain") {
  http::Response response;
  response.status = status;
  response.headers.push_back({"content-type", std::move(type)});
  response.body = std::move(body);
  return response;
}

// A witness with a server; `script` answers instead of it, when there is one.
class WitnessServer {
 public:
  explicit WitnessServer(std::uint8_t number, const note::VerifierKey& log) : key_(KeyOf(number)) {
    std::string failing;
    const auto memory = [](const std::string&) {
      return std::make_unique<testing::MemoryHighWater>();
    };
    witness_ = *Witness::Open("w" + std::to_string(number), key_, {log}, memory, clock_, failing);
    server_.handler().handle = [this](http::Request request, http::Responder respond) {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request.body);
      strange_ = strange_ || request.head.target != "/prefix/add-checkpoint" ||
                 request.head.method != http::Method::kPost ||
                 !request.head.Find("user-agent").empty();
      respond(script ? script(request.body) : Truly(request.body));
    };
  }
  http::Response Truly(const std::string& body) {
    std::uint64_t known = 0;
    const auto line = witness_->AddCheckpoint(body, known);
    if (line.ok()) return AnswerOf(200, *line);
    if (line.error().code() != Code::kConflict) return AnswerOf(422, "no");
    return AnswerOf(409, tlog::FormatTreeSize(known), std::string(tlog::kTreeSizeType));
  }
  Settings settings() {
    const std::string port = std::to_string(server_.server().port(0));
    return {witness_->verifier(), "https://localhost:" + port + "/prefix",
            server_.certificate_file()};
  }
  // The old sizes that were asked with.
  std::vector<std::uint64_t> OldSizes() {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint64_t> out;
    for (const auto& body : requests_) out.push_back(tlog::ParseAddCheckpoint(body)->old_size);
    EXPECT_FALSE(strange_);
    return out;
  }

  std::function<http::Response(const std::string& body)> script;

 private:
  const SigningKey key_;
  StoppedClock clock_;
  std::unique_ptr<Witness> witness_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  bool strange_ = false;
  http::test::TestServer server_;
};

using Sizes = std::vector<std::uint64_t>;

class ClientTest : public ::testing::Test {
 protected:
  ConsistencyProver Prover() {
    return [this](std::uint64_t old_size, std::uint64_t new_size) {
      ++proofs_;
      return tlog::ProveConsistency(old_size, new_size, log_.tree);
    };
  }
  // How many witnesses' cosignatures the note has; all must verify.
  std::size_t CosignedBy(const Round& round, std::vector<note::VerifierKey> witnesses) {
    const auto opened = tlog::OpenCheckpoint(round.checkpoint, log_.verifier());
    EXPECT_TRUE(Succeeds(opened));
    const auto cosigned = tlog::ReadCosignatures(opened->note, witnesses);
    EXPECT_TRUE(Succeeds(cosigned));
    EXPECT_EQ(opened->note.signatures.size(), 1 + cosigned->size());
    return cosigned->size();
  }

  const GrowingLog log_;
  int proofs_ = 0;
  WitnessServer one_{41, log_.verifier()};
  WitnessServer two_{42, log_.verifier()};
};

TEST_F(ClientTest, EveryWitnessCosignsAndIsAskedFromWhereItIs) {
  Client client({one_.settings(), two_.settings()});
  EXPECT_EQ(client.witnesses(), 2U);
  for (const std::size_t size : {3U, 8U, 8U, 20U}) {
    const Round round = client.Gather(log_.Checkpoint(size), Prover());
    EXPECT_EQ(round.cosigned, 2U);
    EXPECT_EQ(round.unreachable + round.refused + round.largest_known, 0U);
    EXPECT_EQ(CosignedBy(round, {one_.settings().key, two_.settings().key}), 2U);
  }
  EXPECT_EQ(one_.OldSizes(), (Sizes{0, 3, 8, 8}));
  EXPECT_EQ(two_.OldSizes(), (Sizes{0, 3, 8, 8}));
  EXPECT_EQ(proofs_, 4);  // two sizes that grew, for two
}

TEST_F(ClientTest, AWitnessThatKnowsOfAnotherSizeIsAskedOnceMore) {
  Client client({one_.settings()});
  ASSERT_EQ(client.Gather(log_.Checkpoint(5), Prover()).cosigned, 1U);
  Client forgetful({one_.settings()});
  const Round round = forgetful.Gather(log_.Checkpoint(9), Prover());
  EXPECT_EQ(round.cosigned, 1U);
  EXPECT_EQ(round.largest_known, 5U);
  EXPECT_EQ(one_.OldSizes(), (Sizes{0, 0, 5}));
  // The first one's memory is too old now.
  EXPECT_EQ(client.Gather(log_.Checkpoint(12), Prover()).cosigned, 1U);
  EXPECT_EQ(one_.OldSizes(), (Sizes{0, 0, 5, 5, 9}));
}

TEST_F(ClientTest, AWitnessThatKnowsMoreIsNotCosigningAndSaysHowMuch) {
  Client client({one_.settings(), two_.settings()});
  ASSERT_EQ(client.Gather(log_.Checkpoint(12), Prover()).cosigned, 2U);
  for (int i = 0; i < 2; ++i) {
    const Round round = client.Gather(log_.Checkpoint(7), Prover());
    EXPECT_EQ(round.refused, 2U);
    EXPECT_EQ(round.largest_known, 12U);
    EXPECT_EQ(round.checkpoint, log_.Checkpoint(7));
  }
  EXPECT_EQ(one_.OldSizes(), (Sizes{0, 7, 7}));
}

TEST_F(ClientTest, AForkIsRefused) {
  Client client({one_.settings()});
  ASSERT_EQ(client.Gather(log_.Checkpoint(12), Prover()).cosigned, 1U);
  const GrowingLog fork(log_.origin, 5);
  const Round round = client.Gather(fork.Checkpoint(14), Prover());
  EXPECT_EQ(round.refused, 1U);
  EXPECT_EQ(round.checkpoint, fork.Checkpoint(14));
}

TEST_F(ClientTest, WhatOneDoesNotGiveTheOtherDoes) {
  Settings nobody = two_.settings();
  nobody.url = "https://localhost:1";
  Settings stranger = two_.settings();
  stranger.ca_file = one_.settings().ca_file;
  Settings plain = two_.settings();
  plain.url.replace(0, 5, "http");
  for (const Settings& absent : {nobody, stranger, plain}) {
    Client client({absent, one_.settings()});
    const Round round = client.Gather(log_.Checkpoint(4), Prover());
    EXPECT_EQ(round.unreachable, 1U);
    EXPECT_EQ(round.cosigned, 1U);
    EXPECT_EQ(CosignedBy(round, {one_.settings().key}), 1U);
  }
  EXPECT_EQ(two_.OldSizes(), Sizes{});
}

TEST_F(ClientTest, ACosignatureByAnotherKeyDoesNotCount) {
  Settings mistaken = one_.settings();
  mistaken.key = two_.settings().key;
  Client client({mistaken});
  const Round round = client.Gather(log_.Checkpoint(4), Prover());
  EXPECT_EQ(round.refused, 1U);
  EXPECT_EQ(round.checkpoint, log_.Checkpoint(4));
}

struct Row {
  const char* name;
  int status;
  std::string body;
  std::string type;
  bool unreachable;
  std::size_t requests;
};

TEST_F(ClientTest, WhateverAServerAnswersIsBorne) {
  const std::string size_type(tlog::kTreeSizeType);
  const Row rows[] = {
      {"nothing", 200, "", "text/plain", false, 1},
      {"no line", 200, "ok\n", "text/plain", false, 1},
      {"too long", 200, std::string(65'537, 'x'), "text/plain", true, 1},
      {"refused", 403, "", "text/plain", false, 1},
      {"unknown", 404, "", "text/plain", false, 1},
      {"elsewhere", 307, "", "text/plain", false, 1},
      {"busy", 503, "", "text/plain", true, 1},
      {"too many", 429, "", "text/plain", true, 1},
      {"a size without its type", 409, "2\n", "text/plain", false, 1},
      {"no size", 409, "two\n", size_type, false, 1},
      {"the size that was sent", 409, "0\n", size_type, false, 1},
      {"always a conflict", 409, "2\n", size_type + "; charset=utf-8", false, 2},
      {"a larger size", 409, "4611686018427387904\n", size_type, false, 1},
  };
  for (const Row& row : rows) {
    WitnessServer server(43, log_.verifier());
    server.script = [&](const std::string&) {
      http::Response response = AnswerOf(row.status, row.body, row.type);
      if (row.status == 307) {
        response.headers.push_back({"location", one_.settings().url + "/add-checkpoint"});
      }
      return response;
    };
    Client client({server.settings()});
    const Round round = client.Gather(log_.Checkpoint(4), Prover());
    EXPECT_EQ(round.cosigned, 0U) << row.name;
    EXPECT_EQ(round.unreachable, row.unreachable ? 1U : 0U) << row.name;
    EXPECT_EQ(round.refused, row.unreachable ? 0U : 1U) << row.name;
    EXPECT_EQ(round.checkpoint, log_.Checkpoint(4)) << row.name;
    EXPECT_EQ(server.OldSizes().size(), row.requests) << row.name;
  }
  EXPECT_EQ(one_.OldSizes(), Sizes{});
}

TEST_F(ClientTest, NobodyIsAskedWithoutACheckpointOrAProof) {
  Client client({one_.settings()});
  const Round none = client.Gather("nothing", Prover());
  EXPECT_EQ(none.checkpoint, "nothing");
  EXPECT_EQ(none.cosigned + none.unreachable + none.refused, 0U);
  EXPECT_EQ(Client({}).Gather(log_.Checkpoint(3), Prover()).checkpoint, log_.Checkpoint(3));
  ASSERT_EQ(client.Gather(log_.Checkpoint(3), Prover()).cosigned, 1U);
  const auto failing = [](std::uint64_t, std::uint64_t) -> Result<std::vector<Hash>> {
    return Error(Code::kUnavailable, "the disk is gone");
  };
  EXPECT_EQ(client.Gather(log_.Checkpoint(4), failing).unreachable, 1U);
  EXPECT_EQ(one_.OldSizes(), Sizes{0});
}

TEST_F(ClientTest, AnOlderCosignatureIsReplaced) {
  Client client({one_.settings()});
  const Round first = client.Gather(log_.Checkpoint(4), Prover());
  const Round second = client.Gather(first.checkpoint, Prover());
  EXPECT_EQ(second.cosigned, 1U);
  EXPECT_EQ(CosignedBy(second, {one_.settings().key}), 1U);
}

}  // namespace
}  // namespace safeconduct::witness
