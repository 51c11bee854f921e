// What a configuration file may say, and what an operator is told about one that is wrong.
#include "gateway/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include "gateway/config/apply.h"
#include "gateway/config/schema.h"
#include "gateway/config/system_limits.h"

namespace safeconduct::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Seven lines, with everything that must be there.
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

TEST(Config, TheMinimumIsEnough) {
  const Loaded loaded = Parse("");
  ASSERT_THAT(Complaints(loaded), IsEmpty());
  const Config& config = loaded.config;
  EXPECT_THAT(config.public_origins, ElementsAre("https://localhost:8443"));
  EXPECT_EQ(config.listen.tls_certificate, "/etc/safeconduct/tls/cert.pem");
  EXPECT_EQ(config.log_key_file, "/keys/log.key");
  EXPECT_EQ(config.storage.path, "/etc/safeconduct/store");
  EXPECT_EQ(config.http.header_bytes, http::Limits().header_bytes);
  EXPECT_EQ(config.listen.onion_socket, "");
}

TEST(Config, TheHighWaterFileLiesBesideTheStore) {
  EXPECT_EQ(Parse("").config.HighWaterFile(), "/etc/safeconduct/store.high-water");
  const auto with = [](const std::string& path) {
    return "transparency_log.high_water_file = \"" + path + "\"\n";
  };
  EXPECT_EQ(Parse(with("mark")).config.HighWaterFile(), "/etc/safeconduct/mark");
  EXPECT_EQ(Parse(with("stored")).config.HighWaterFile(), "/etc/safeconduct/stored");
  for (const char* inside : {"store/mark", "/etc/safeconduct/store/mark", "x/../store/mark"}) {
    EXPECT_THAT(ComplaintOf(with(inside)), HasSubstr("must not lie in storage.path")) << inside;
  }
  Config config;
  config.storage.path = "/var/store/";
  EXPECT_EQ(config.HighWaterFile(), "/var/store.high-water");
}

TEST(Config, EveryKindOfValueArrives) {
  const Loaded loaded = Parse(R"(
threads = 3
[http]
header_size = "32KiB"
header_time = "1500ms"
minimum_rate = 4096
connections = 77
[ledger]
waiting_memory = "1GiB"
[uploads]
expiry = "2d"
[log]
level = "warning"
[transparency_log]
block = 10
[listen2]
)");
  EXPECT_EQ(loaded.errors.size(), 1U);
  const Loaded good = Parse(R"(threads = 3
http = { header_size = "32KiB", header_time = "1500ms", minimum_rate = 4096, connections = 77 }
ledger.waiting_memory = "1GiB"
uploads.expiry = "2d"
log.level = "warning"
transparency_log.block = 10
listen.allow_tls12 = true
listen.public_address = "::1"
listen.public_port = 443
listen.onion_socket = "/run/onion.sock"
)");
  ASSERT_THAT(Complaints(good), IsEmpty());
  const Config& config = good.config;
  EXPECT_EQ(config.threads, 3U);
  EXPECT_EQ(config.http.header_bytes, 32U * 1024);
  EXPECT_EQ(config.http.header_time, std::chrono::milliseconds(1'500));
  EXPECT_EQ(config.http.minimum_rate_bytes_per_second, 4'096U);
  EXPECT_EQ(config.http.connections, 77U);
  EXPECT_EQ(config.ledger.waiting_bytes, 1'073'741'824U);
  EXPECT_EQ(config.uploads.expiry, std::chrono::hours(48));
  EXPECT_EQ(config.log.level, log::Level::kWarning);
  EXPECT_EQ(config.log_block, 10U);
  EXPECT_TRUE(config.listen.allow_tls12);
}

TEST(Config, ListenersFollowTheKeys) {
  Config config = Parse("listen.onion_socket = \"o.sock\"\nlisten.public_port = 443").config;
  auto listeners = config.Listeners();
  ASSERT_EQ(listeners.size(), 3U);
  EXPECT_EQ(listeners[0].kind, http::Listener::kPublic);
  EXPECT_EQ(listeners[0].port, 443);
  ASSERT_TRUE(listeners[0].tls);
  EXPECT_EQ(listeners[0].tls->key_file, "/etc/safeconduct/tls/key.pem");
  EXPECT_EQ(listeners[1].kind, http::Listener::kPrivate);
  EXPECT_FALSE(listeners[1].tls);
  EXPECT_EQ(listeners[2].kind, http::Listener::kOnion);
  EXPECT_EQ(listeners[2].unix_path, "/etc/safeconduct/o.sock");
  EXPECT_EQ(config.PrivateOrigin(), "http://127.0.0.1:8444");

  config = Parse("listen.private_port = 0").config;
  EXPECT_EQ(config.Listeners().size(), 1U);
  EXPECT_EQ(config.PrivateOrigin(), "");
  config = Parse("listen.private_address = \"::1\"\nlisten.private_port = 80").config;
  EXPECT_EQ(config.PrivateOrigin(), "http://[::1]");
}

TEST(Config, UnknownKeysAreRefusedWithTheNearestKnownOneAndTheirLine) {
  EXPECT_EQ(ComplaintOf("http.heder_size = 1"),
            "f:7: http.heder_size: is not known; the nearest known key is http.header_size");
  EXPECT_EQ(ComplaintOf("\n\nheader_size = 1"),
            "f:9: header_size: is not known; the nearest known key is http.header_size");
  EXPECT_EQ(ComplaintOf("[htp]\nheader_size = 1"),
            "f:7: htp: is not known; the nearest known table is [http]");
  EXPECT_EQ(ComplaintOf("uploads.x.y = 1"),
            "f:7: uploads.x: is not known; the nearest known table is [uploads]");
  EXPECT_EQ(ComplaintOf("thread = 1"),
            "f:7: thread: is not known; the nearest known key is threads");
  EXPECT_EQ(ComplaintOf("log.level.x = 1"),
            "f:7: log.level: must be one of debug, info, warning, "
            "error");
  EXPECT_EQ(ComplaintOf("http = 3"), "f:7: http: must be a table: [http]");
  EXPECT_EQ(ComplaintOf("\"h\\u001btp\" = 3").find('\x1b'), std::string::npos);
}

struct Wrong {
  const char* line;
  const char* complaint;
};

class WrongValueTest : public testing::TestWithParam<Wrong> {};

TEST_P(WrongValueTest, IsRefusedByNameAndLine) {
  EXPECT_EQ(ComplaintOf(GetParam().line), std::string("f:7: ") + GetParam().complaint);
}

INSTANTIATE_TEST_SUITE_P(
    Values, WrongValueTest,
    testing::Values(
        Wrong{"threads = 257", "threads: must be 0 to 256"},
        Wrong{"threads = -1", "threads: must be a whole number"},
        Wrong{"threads = 1.0", "threads: must be a whole number"},
        Wrong{"threads = \"1\"", "threads: must be a whole number"},
        Wrong{"listen.public_port = 65536", "listen.public_port: must be 0 to 65535"},
        Wrong{"listen.allow_tls12 = 1", "listen.allow_tls12: must be true or false"},
        Wrong{"listen.allow_tls12 = \"true\"", "listen.allow_tls12: must be true or false"},
        Wrong{"listen.public_address = \"localhost\"",
              "listen.public_address: must be an IP address, such as \"127.0.0.1\" or \"::1\""},
        Wrong{"http.header_size = \"1KiB\"", "http.header_size: must be 4KiB to 1MiB"},
        Wrong{"http.header_size = 2000000", "http.header_size: must be 4KiB to 1MiB"},
        Wrong{"http.header_size = \"64KB\"",
              "http.header_size: must be a size, such as \"64KiB\", \"256MiB\", \"1GiB\""},
        Wrong{"http.header_time = 10",
              "http.header_time: must be a duration, such as \"500ms\", \"10s\", \"5min\", \"1h\", "
              "\"7d\""},
        Wrong{"http.header_time = \"2h\"", "http.header_time: must be 100ms to 1h"},
        Wrong{"uploads.expiry = \"3600500ms\"", "uploads.expiry: must be in whole seconds"},
        Wrong{"transparency_log.block = 7", "transparency_log.block: must be 8 to 65536"},
        Wrong{"log.level = \"loud\"", "log.level: must be one of debug, info, warning, error"},
        Wrong{"log.file = 3", "log.file: must be a path"},
        Wrong{"log.file = \"a\\u0000b\"", "log.file: must be a path"},
        Wrong{"log.file = 2020-01-01", "log.file: must be a path"}),
    [](const auto& test) { return std::to_string(test.index); });

TEST(Config, OriginsAreChecked) {
  const auto complaint = [](const std::string& value) {
    std::string text = kMinimal;
    text.replace(0, text.find('\n'), "public_origins = " + value);
    const Loaded loaded = ParseConfig(text, "/");
    return loaded.ok() ? std::string() : Format(loaded.errors[0], "f");
  };
  EXPECT_EQ(complaint("[\"https://A.example:443\", \"https://b.example\"]"), "");
  const char* kWanted =
      "f:1: public_origins: must be a list of origins, such as [\"https://report.example.org\"]";
  EXPECT_EQ(complaint("\"https://a.example\""), kWanted);
  EXPECT_EQ(complaint("[1]"), kWanted);
  EXPECT_EQ(complaint("[\"https://a.example/\"]"), kWanted);
  EXPECT_EQ(complaint("[\"a.example\"]"), kWanted);
  EXPECT_EQ(complaint("[]"), "f:1: public_origins: must be 1 to 16 of them");
  EXPECT_EQ(complaint("[\"http://a.onion\"]"),
            "f:1: public_origins: has an origin without TLS, which needs listen.onion_socket");
}

TEST(Config, WhatIsMissingIsNamedAllAtOnce) {
  EXPECT_THAT(
      Complaints(ParseConfig("", "/")),
      ElementsAre("f: public_origins: is missing", "f: listen.tls_certificate: is missing",
                  "f: listen.tls_key: is missing", "f: charter.trust_file: is missing",
                  "f: transparency_log.key_file: is missing", "f: storage.path: is missing"));
  EXPECT_EQ(Complaints(ParseConfig("storage.path = \"\"", "/")).size(), 6U);
}

TEST(Config, SeveralErrorsComeInTheOrderOfTheFile) {
  EXPECT_THAT(Complaints(Parse("threads = 900\nhttp.x = 1\nlog.level = 7\n")),
              ElementsAre(HasSubstr("f:7: threads"), HasSubstr("f:8: http.x"),
                          HasSubstr("f:9: log.level")));
}

TEST(Config, KeysThatContradictEachOtherAreRefused) {
  EXPECT_EQ(ComplaintOf("ledger.batch_size = \"512MiB\""),
            "f:7: ledger.batch_size: must not be more than ledger.waiting_memory");
  EXPECT_EQ(ComplaintOf("ledger.waiting_memory = \"1MiB\"\nledger.batch_size = \"1MiB\""),
            "f: reports.max_size: must be less than ledger.waiting_memory");
  EXPECT_EQ(ComplaintOf("http.body_memory = \"1MiB\""),
            "f: reports.max_size: must not be more than http.body_memory");
  EXPECT_EQ(ComplaintOf("uploads.quota = \"1GiB\""),
            "f: uploads.max_size: must not be more than uploads.quota");
  EXPECT_EQ(ComplaintOf("replay.nonces = 2048"),
            "f: replay.nonces_per_key: must not be more than replay.nonces");
  EXPECT_EQ(ComplaintOf("ledger.first_retry = \"10s\""),
            "f:7: ledger.first_retry: must not be more than ledger.last_retry");
  EXPECT_EQ(ComplaintOf("listen.private_port = 8443"),
            "f:7: listen.private_port: must not be listen.public_port");
}

TEST(Config, BrokenTomlIsRefusedWithItsLine) {
  EXPECT_THAT(ComplaintOf("threads = = 1"), HasSubstr("f:7: is not TOML: "));
  EXPECT_THAT(ComplaintOf("threads = 1\nthreads = 2"), HasSubstr("f:8: is not TOML: "));
  EXPECT_THAT(ComplaintOf("x = \"\xff\""), HasSubstr("is not TOML: "));
  EXPECT_EQ(ComplaintOf(std::string(kMaxConfigBytes, ' ')), "f: is longer than 256KiB");
}

TEST(Config, EveryTruncationIsAnErrorOrLacksSomething) {
  const std::string whole = kMinimal;
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    EXPECT_FALSE(ParseConfig(whole.substr(0, size), "/").ok()) << size;
  }
}

TEST(Config, AFileThatIsNotThereIsSaidSo) {
  EXPECT_EQ(Complaints(LoadConfig("/nowhere/at/all.toml")),
            std::vector<std::string>{"f: cannot be read: No such file or directory"});
  EXPECT_FALSE(LoadConfig("/").ok());
}

TEST(Config, AFileIsReadWithPathsRelativeToItsFolder) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("safeconduct-config-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "gateway.toml") << kMinimal;
  const Loaded loaded = LoadConfig((folder / "gateway.toml").string());
  std::filesystem::remove_all(folder);
  ASSERT_THAT(Complaints(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.storage.path, (folder / "store").string());
}

// Every key of the schema takes its own default, written as README.md writes it.
TEST(Config, DefaultsLieWithinTheirRanges) {
  Config defaults;
  for (const Key& key : GatewaySchema().keys) {
    if (key.presence == Presence::kRequired || GatewaySchema().ListOf(key) != nullptr) continue;
    const Loaded loaded = Parse(std::string(key.name) + " = " + Written(key, &defaults));
    EXPECT_THAT(Complaints(loaded), IsEmpty()) << key.name;
  }
}

std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> out;
  std::size_t begin = line.find('|');
  for (std::size_t end; (end = line.find('|', begin + 1)) != std::string::npos; begin = end) {
    std::string cell = line.substr(begin + 1, end - begin - 1);
    cell.erase(0, cell.find_first_not_of(" `"));
    cell.erase(cell.find_last_not_of(" `") + 1);
    out.push_back(cell);
  }
  return out;
}

TEST(Config, ReadmeListsExactlyTheKnownKeys) {
  const char* tests = std::getenv("SAFECONDUCT_TESTS_DIR");
  ASSERT_NE(tests, nullptr);
  std::ifstream readme(std::string(tests) + "/../gateway/config/README.md");
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("| `")) rows.push_back(Cells(line));
  }
  const auto keys = KnownKeys();
  ASSERT_EQ(rows.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 5U) << keys[i].name;
    EXPECT_EQ(rows[i][0], keys[i].name);
    EXPECT_EQ(rows[i][1], keys[i].kind) << keys[i].name;
    EXPECT_EQ(rows[i][2], keys[i].default_value) << keys[i].name;
    EXPECT_EQ(rows[i][3], keys[i].range) << keys[i].name;
    EXPECT_GE(rows[i][4].size(), 10U) << keys[i].name << " has no meaning";
  }
}

TEST(Config, WorkIsAskedForAboveItsShareOfWhatMayWait) {
  const std::string entries = "\n[ledger]\nwaiting_entries = 1000\n";
  const auto from = [&](const std::string& work) {
    const Loaded loaded = Parse(entries + "[proof_of_work]\n" + work);
    EXPECT_TRUE(loaded.ok());
    return loaded.config.WorkFromEntries();
  };
  EXPECT_EQ(from(""), 501U);
  EXPECT_EQ(from("from_waiting = 0\n"), 1U);
  EXPECT_EQ(from("from_waiting = 100\n"), 1001U);  // more than ever wait
  EXPECT_EQ(from("from_waiting = 100\nalways = true\n"), 0U);
}

TEST(SystemLimits, AreComparedWithWhatTheConfigurationNeeds) {
  Config config;
  config.http.connections = 10'000;
  EXPECT_THAT(CheckSystemLimits(config, {1'000'000, 8 * 1024 * 1024}), IsEmpty());
  EXPECT_THAT(CheckSystemLimits(config, {std::numeric_limits<std::uint64_t>::max(),
                                         std::numeric_limits<std::uint64_t>::max()}),
              IsEmpty());
  const auto problems = CheckSystemLimits(config, {1'024, 0});
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].kind, LimitProblem::Kind::kOpenFiles);
  EXPECT_GT(problems[0].needed, 10'000U);
  EXPECT_EQ(problems[0].allowed, 1'024U);
  EXPECT_THAT(problems[0].message, HasSubstr("LimitNOFILE"));
  EXPECT_EQ(problems[1].kind, LimitProblem::Kind::kLockedMemory);
  EXPECT_THAT(problems[1].message, HasSubstr("LimitMEMLOCK"));
  RaiseOpenFileLimit();
  CheckSystemLimits(config);  // whatever this machine says, it is said
}

}  // namespace
}  // namespace safeconduct::config
