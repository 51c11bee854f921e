#include "gateway/cli/http_client.h"

#include <gtest/gtest.h>

namespace safeconduct::cli {
namespace {

TEST(ParseAddress, TakesOriginsOnly) {
  const struct {
    const char* url;
    const char* scheme;
    const char* authority;
    const char* host;
  } cases[] = {
      {"https://report.example.org", "https", "report.example.org", "report.example.org"},
      {"https://Report.Example.org/", "https", "report.example.org", "report.example.org"},
      {"HTTPS://localhost:8443", "https", "localhost:8443", "localhost"},
      {"https://[::1]:8443", "https", "[::1]:8443", "::1"},
      {"http://abcdef.onion", "http", "abcdef.onion", "abcdef.onion"},
  };
  for (const auto& each : cases) {
    const Outcome<Address> address = ParseAddress(each.url);
    ASSERT_TRUE(address.ok()) << each.url;
    EXPECT_EQ(address->scheme, each.scheme);
    EXPECT_EQ(address->authority, each.authority);
    EXPECT_EQ(address->host, each.host);
  }
  for (const char* url :
       {"", "localhost:8443", "https://", "https:///", "ftp://a", "https://a/b", "https://a?b",
        "https://a#b", "https://user@a", "https://a:", "https://a:x", "https://[::1", "https://a b",
        "https://:8443", "https://a\\b"}) {
    const Outcome<Address> address = ParseAddress(url);
    EXPECT_FALSE(address.ok()) << url;
  }
}

Exit ExitOf(const HttpSettings& settings) {
  const Outcome<std::unique_ptr<HttpClient>> client = HttpClient::Create(settings);
  return client.ok() ? Exit::kOk : client.error().exit;
}

TEST(HttpClient, NothingGoesOutInAWayThatGivesTheReporterAway) {
  EXPECT_EQ(ExitOf({"https://a.example", "", "", ""}), Exit::kOk);
  EXPECT_EQ(ExitOf({"https://a.example", "", "socks5h://127.0.0.1:9050", ""}), Exit::kOk);
  EXPECT_EQ(ExitOf({"http://a.onion", "", "socks5h://127.0.0.1:9050", ""}), Exit::kOk);
  EXPECT_EQ(ExitOf({"http://a.onion", "", "", "/run/gateway.sock"}), Exit::kOk);
  // Plain http, an onion address without Tor, a proxy that looks names up here.
  EXPECT_EQ(ExitOf({"http://a.example", "", "", ""}), Exit::kUsage);
  EXPECT_EQ(ExitOf({"http://localhost:8443", "", "", ""}), Exit::kUsage);
  EXPECT_EQ(ExitOf({"http://a.onion", "", "", ""}), Exit::kUsage);
  EXPECT_EQ(ExitOf({"https://a.onion", "", "", ""}), Exit::kUsage);
  EXPECT_EQ(ExitOf({"https://a.example", "", "socks5://127.0.0.1:9050", ""}), Exit::kUsage);
  EXPECT_EQ(ExitOf({"https://a.example", "", "http://127.0.0.1:8080", ""}), Exit::kUsage);
}

TEST(HttpClient, NoConnectionIsANetworkFailureWithAHint) {
  // Port 1 of the loopback address: nothing listens there.
  Outcome<std::unique_ptr<HttpClient>> client =
      HttpClient::Create({"https://127.0.0.1:1", "", "", ""});
  ASSERT_TRUE(client.ok());
  HttpRequest request;
  request.target = "/healthz";
  const Outcome<HttpResponse> response = (*client)->Send(request);
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().exit, Exit::kNetwork);
  EXPECT_FALSE(response.error().hint.empty());
}

TEST(HttpResponse, FindsHeadersByTheirLowerCaseName) {
  HttpResponse response;
  response.headers = {{"date", "today"}, {"etag", "x"}};
  EXPECT_EQ(response.Find("etag"), "x");
  EXPECT_EQ(response.Find("location"), "");
}

}  // namespace
}  // namespace safeconduct::cli
