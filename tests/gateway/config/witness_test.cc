// Lists of tables: the witnesses of this gateway's logs, and the logs that it is a witness of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/config/config.h"

namespace safeconduct::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Six lines, with everything that must be there.
constexpr const char* kMinimal = R"(public_origins = ["https://localhost:8443"]
listen.tls_certificate = "tls/cert.pem"
listen.tls_key = "tls/key.pem"
charter.trust_file = "trust.txt"
transparency_log.key_file = "/keys/log.key"
storage.path = "store"
)";

Loaded Parse(const std::string& more) { return ParseConfig(kMinimal + more, "/etc/safeconduct"); }

// The complaints, as an operator sees them.
std::vector<std::string> Complaints(const Loaded& loaded) {
  std::vector<std::string> out;
  for (const ConfigError& error : loaded.errors) out.push_back(Format(error, "f"));
  return out;
}

std::string ComplaintOf(const std::string& more) {
  const auto complaints = Complaints(Parse(more));
  return complaints.size() == 1 ? complaints[0] : std::to_string(complaints.size()) + " complaints";
}

constexpr const char* kLog =
    "charter.example+7ad0402b+AZsfhHkc/HZjBFhU04netcqVRJ2HXydqg4QLBgqznPxx";
constexpr const char* kWitness =
    "witness-0.example+e1066d87+BKgueHQrpxVELgCDCcJk+V17H9XwacabRtCryDXFaUbd";
constexpr const char* kOtherWitness =
    "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G";

std::string WitnessTable(const std::string& key, const std::string& more = "") {
  return "[[transparency_log.witnesses]]\nkey = \"" + key + "\"\n" +
         (more.empty() ? "url = \"https://w.example.org/x\"\n" : more);
}
std::string LogTable(const std::string& key) { return "[[witness.logs]]\nkey = \"" + key + "\"\n"; }

TEST(WitnessConfig, WitnessesAreListed) {
  EXPECT_TRUE(Parse("").config.witnesses.empty());
  const Loaded loaded =
      Parse(WitnessTable(kWitness) +
            WitnessTable(kOtherWitness, "ca_file = \"ca.pem\"\nurl = \"https://o.example\"\n"));
  ASSERT_THAT(Complaints(loaded), IsEmpty());
  const auto& witnesses = loaded.config.witnesses;
  ASSERT_EQ(witnesses.size(), 2U);
  EXPECT_EQ(witnesses[0].key.name, "witness-0.example");
  EXPECT_EQ(witnesses[0].url, "https://w.example.org/x");
  EXPECT_EQ(witnesses[0].ca_file, "");
  EXPECT_EQ(witnesses[1].key.id, 0xa3e00fe2U);
  EXPECT_EQ(witnesses[1].ca_file, "/etc/safeconduct/ca.pem");
  const std::string inline_tables = std::string("transparency_log.witnesses = [{ key = \"") +
                                    kWitness + "\", url = \"https://w.example.org\" }]";
  EXPECT_EQ(Parse(inline_tables).config.witnesses.size(), 1U);
}

TEST(WitnessConfig, AWitnessNamesItsLogs) {
  const std::string table = "[witness]\nname = \"w.example.org\"\nstate_folder = \"witness\"\n";
  const Loaded loaded = Parse(table + LogTable(kLog));
  ASSERT_THAT(Complaints(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.witness.name, "w.example.org");
  EXPECT_EQ(loaded.config.witness.state_folder, "/etc/safeconduct/witness");
  ASSERT_EQ(loaded.config.witness.logs.size(), 1U);
  EXPECT_EQ(loaded.config.witness.logs[0].name, "charter.example");

  EXPECT_EQ(ComplaintOf(table),
            "f:8: witness.name: needs a log to be a witness of: [[witness.logs]]");
  EXPECT_EQ(ComplaintOf(LogTable(kLog)), "f:7: witness.logs: needs witness.name");
  EXPECT_EQ(ComplaintOf("witness.state_folder = \"x\""),
            "f:7: witness.state_folder: needs witness.name");
  EXPECT_EQ(ComplaintOf("[witness]\nname = \"w\"\n" + LogTable(kLog)),
            "f:8: witness.name: needs witness.state_folder");
  for (const char* inside : {"store", "store/witness", "x/../store/"}) {
    EXPECT_EQ(ComplaintOf("[witness]\nname = \"w\"\nstate_folder = \"" + std::string(inside) +
                          "\"\n" + LogTable(kLog)),
              "f:9: witness.state_folder: must not lie in storage.path, where a restored backup "
              "would set it back");
  }
  EXPECT_EQ(ComplaintOf(table + LogTable(kLog) + LogTable(kLog)),
            "f:10: witness.logs: has a key twice");
}

TEST(WitnessConfig, WhatIsWrongInAListIsNamedWithItsLine) {
  const std::string good = WitnessTable(kWitness);
  EXPECT_EQ(ComplaintOf(good + good), "f:7: transparency_log.witnesses: has a key twice");
  const std::string alias = "alias.example+ecae8eba+BKgueHQrpxVELgCDCcJk+V17H9XwacabRtCryDXFaUbd";
  EXPECT_EQ(ComplaintOf(good + WitnessTable(alias)),
            "f:7: transparency_log.witnesses: has a key twice");
  EXPECT_EQ(ComplaintOf(good + "[[transparency_log.witnesses]]\nkey = \"" + kOtherWitness + "\""),
            "f:10: transparency_log.witnesses.url: is missing");
  EXPECT_EQ(ComplaintOf(good + "urk = 3"),
            "f:10: transparency_log.witnesses.urk: is not known; the nearest known key is "
            "transparency_log.witnesses.url");
  EXPECT_EQ(ComplaintOf("[transparency_log.witnesses]\nurl = \"https://w\""),
            "f:7: transparency_log.witnesses: must be a list of tables: "
            "[[transparency_log.witnesses]]");
  EXPECT_EQ(ComplaintOf("witness.logs = [\"x\"]"),
            "f:7: witness.logs: must be a list of tables: [[witness.logs]]");
  EXPECT_EQ(ComplaintOf(WitnessTable(kLog)),
            "f:8: transparency_log.witnesses.key: must be the vkey of a witness: name+id+key, of "
            "type 4");
  EXPECT_EQ(ComplaintOf(LogTable(kWitness)),
            "f:8: witness.logs.key: must be the vkey of a log: name+id+key, of type 1");
  for (const char* url : {"http://w.example.org", "https://w.example.org/?a", "https://w#b", "w"}) {
    EXPECT_THAT(ComplaintOf(WitnessTable(kWitness, "url = \"" + std::string(url) + "\"\n")),
                HasSubstr("must be an https URL"))
        << url;
  }
  EXPECT_EQ(ComplaintOf("witness.name = \"a b\""),
            "f:7: witness.name: must not have spaces or plus signs");
  std::string many;
  for (int i = 0; i < 65; ++i) many += LogTable(kLog);
  EXPECT_EQ(ComplaintOf(many), "f:7: witness.logs: must be at most 64");
}

}  // namespace
}  // namespace safeconduct::config
