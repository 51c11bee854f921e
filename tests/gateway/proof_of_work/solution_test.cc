#include "gateway/proof_of_work/solution.h"

#include <gtest/gtest.h>

#include "crypto/base/encoding.h"

namespace safeconduct::proof_of_work {
namespace {

const std::string kDigest(64, 'a');
const std::string kSalt = "00112233445566778899aabb?expires=1800000300&";

// JSON with its fields as given; numbers and strings as they would be written.
std::string Header(const std::string& challenge, const std::string& number, const std::string& salt,
                   const std::string& signature, const std::string& more = "") {
  return Base64Encode(AsBytes(R"({"algorithm":"SHA-256","challenge":")" + challenge +
                              R"(","number":)" + number + R"(,"salt":")" + salt +
                              R"(","signature":")" + signature + "\"" + more + "}"));
}

TEST(ProofOfWorkSolution, IsReadAsItWasWritten) {
  const auto solution = ParseSolution(Header(kDigest, "17", kSalt, kDigest, R"(,"took":3.5)"));
  ASSERT_TRUE(solution.ok());
  EXPECT_EQ(solution->challenge, kDigest);
  EXPECT_EQ(solution->hash[31], 0xaa);
  EXPECT_EQ(solution->number, 17U);
  EXPECT_EQ(solution->salt, kSalt);
  EXPECT_EQ(solution->expires, 1'800'000'300);
  EXPECT_EQ(MakeSalt({0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb},
                     1'800'000'300),
            kSalt);
}

TEST(ProofOfWorkSolution, HasOneFormOfSalt) {
  for (const std::string& salt :
       {std::string(), std::string("&"), kSalt.substr(0, kSalt.size() - 1), kSalt + "1",
        kSalt.substr(1), "0" + kSalt, kSalt + "expires=1900000000&",
        std::string("00112233445566778899aabB?expires=1&"),
        std::string("00112233445566778899aabb?expires=&"),
        std::string("00112233445566778899aabb?expires=-1&"),
        std::string("00112233445566778899aabb?expires=01&"),
        std::string("00112233445566778899aabb?expires=1e9&"),
        std::string("00112233445566778899aabb?expires=9223372036854775808&"),
        std::string("00112233445566778899aabb?expires=99999999999999999999999&"),
        std::string("00112233445566778899aabb?expire=1&")}) {
    EXPECT_FALSE(ParseSolution(Header(kDigest, "1", salt, kDigest)).ok()) << salt;
  }
}

TEST(ProofOfWorkSolution, WhatIsNoSolutionIsRefused) {
  for (const std::string& header :
       {std::string(), std::string("e30="), std::string("!"), Base64Encode(AsBytes("[]")),
        Base64Encode(AsBytes("{\"algorithm\":")), Header(kDigest, "-1", kSalt, kDigest),
        Header(kDigest, "1.5", kSalt, kDigest), Header(kDigest, "4294967296", kSalt, kDigest),
        Header(kDigest, "\"x\"", kSalt, kDigest), Header(kDigest.substr(2), "1", kSalt, kDigest),
        Header(kDigest, "1", kSalt, kDigest.substr(2)),
        Header(std::string(64, 'A'), "1", kSalt, kDigest),
        Header(std::string(64, 'g'), "1", kSalt, kDigest),
        Header(kDigest, "1", kSalt, kDigest) + "\n",
        Header(kDigest, "1", kSalt, kDigest,
               R"(,"a":[[[[1]]]],"b":[1,1,1,1,1,1,1,1,1,1,1,1,1])")}) {
    EXPECT_FALSE(ParseSolution(header).ok()) << header;
  }
  const std::string long_one =
      Header(kDigest, "1", kSalt, kDigest, R"(,"took":")" + std::string(800, 'x') + "\"");
  ASSERT_FALSE(ParseSolution(long_one).ok());
  EXPECT_EQ(ParseSolution(long_one).error().code(), Code::kTooLarge);
}

}  // namespace
}  // namespace safeconduct::proof_of_work
