#include "gateway/sms/inbound/user_data_header.h"

#include "tests/crypto/testing.h"

namespace safeconduct::sms {
namespace {

using testing::FromHex;

std::string Read(std::string_view hex) {
  const std::optional<Part> part = PartFromUserDataHeader(FromHex(hex));
  if (!part) return "none";
  return std::to_string(part->reference) + ":" + std::to_string(part->index) + "/" +
         std::to_string(part->count);
}

TEST(UserDataHeader, ReferencesOfEitherWidth) {
  EXPECT_EQ(Read("0500032a0302"), "42:2/3");
  EXPECT_EQ(Read("0608041234ff01"), "4660:1/255");
  // Among other elements, such as ports.
  EXPECT_EQ(Read("0b0504158a00000003aa0201"), "170:1/2");
}

TEST(UserDataHeader, WhatIsNoPartIsNone) {
  for (const char* hex :
       {"", "00", "05", "0500032a03", "0500032a0100", "0500032a0101", "0500032a0304",
        "0500032a0300", "0500042a0302", "0300032a0302", "02080a", "060504158a0000"}) {
    EXPECT_EQ(Read(hex), "none") << hex;
  }
}

}  // namespace
}  // namespace safeconduct::sms
