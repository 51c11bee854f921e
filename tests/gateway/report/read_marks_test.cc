#include "gateway/report/read_marks.h"

#include <gtest/gtest.h>

#include "crypto/age/age.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::MakeParty;

Bytes SealTo(const std::vector<std::string>& recipients, std::size_t plaintext_bytes) {
  std::vector<std::unique_ptr<age::Recipient>> parsed;
  std::vector<const age::Recipient*> all;
  for (const std::string& text : recipients) {
    parsed.push_back(*age::ParseRecipient(text));
    all.push_back(parsed.back().get());
  }
  return *age::Encrypt(all, Bytes(plaintext_bytes, ' '));
}

std::string One() { return MakeParty(1).recipient(); }

TEST(ReadMarksTest, AreOnePaddedFileToOneRecipient) {
  for (const std::size_t padded : {4'096u, 4'352u, 65'536u, 983'040u}) {
    EXPECT_TRUE(CheckReadMarks(SealTo({One()}, padded)).ok()) << padded;
  }
}

TEST(ReadMarksTest, AreRefusedWhenTheyAreNot) {
  // A classic recipient, from the age specification's own test vectors.
  const std::string classic = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
  const struct {
    const char* what;
    Bytes sealed;
    Code code;
  } cases[] = {
      {"two recipients", SealTo({One(), MakeParty(2).recipient()}, 4'096), Code::kRejected},
      {"a classic recipient", SealTo({classic}, 4'096), Code::kRejected},
      {"too small", SealTo({One()}, 4'095), Code::kRejected},
      {"empty", SealTo({One()}, 0), Code::kRejected},
      {"not padded", SealTo({One()}, 4'097), Code::kRejected},
      {"no file", Bytes(5'000, 'x'), Code::kMalformed},
      {"nothing", {}, Code::kMalformed},
  };
  for (const auto& [what, sealed, code] : cases) {
    const Status status = CheckReadMarks(sealed);
    ASSERT_FALSE(status.ok()) << what;
    EXPECT_EQ(status.error().code(), code) << what;
    EXPECT_STREQ(status.error().field(), "sealed") << what;
  }
}

TEST(ReadMarksTest, AreRefusedWhereverTheyAreCut) {
  const Bytes whole = SealTo({One()}, 4'096);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(CheckReadMarks(ByteView(whole).first(length)).ok()) << length;
  }
}

}  // namespace
}  // namespace safeconduct::report
