#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "gateway/report/report.h"

namespace safeconduct::report {
namespace {

TEST(ReportId, IsTheStartOfTheHashOfTheManifest) {
  const Hash hash = ReportHash(AsBytes("abc"));
  EXPECT_EQ(HexEncode(hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(FormatId(IdOf(hash)), "ba7816bf8f01cfea414140de5dae2223");
}

TEST(ReportId, HasOneSpelling) {
  const std::string id = "ba7816bf8f01cfea414140de5dae2223";
  ASSERT_TRUE(ParseId(id).ok());
  EXPECT_EQ(FormatId(*ParseId(id)), id);
  for (const std::string& bad :
       {std::string(), id.substr(1), id + "0", id + "00", std::string(32, 'g'),
        std::string("BA7816BF8F01CFEA414140DE5DAE2223"), " " + id.substr(1)}) {
    EXPECT_FALSE(ParseId(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace safeconduct::report
