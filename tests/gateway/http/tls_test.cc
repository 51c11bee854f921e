// TLS as the server speaks it, and its certificates.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <thread>
#include <utility>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Tls, SpeaksOnly13Unless12IsAllowed) {
  const TlsChoice old{TLS1_2_VERSION, TLS1_2_VERSION, ""};
  {
    TestServer server;
    Client client = server.Tls();
    ASSERT_TRUE(client.handshaken());
    EXPECT_EQ(SSL_version(client.ssl()), TLS1_3_VERSION);
    EXPECT_FALSE(server.Tls(old).handshaken());
  }
  TestServer server(Limits(), 2, /*allow_tls12=*/true);
  Client client = server.Tls(old);
  ASSERT_TRUE(client.handshaken());
  EXPECT_EQ(SSL_version(client.ssl()), TLS1_2_VERSION);
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.ReadAnswer().status, 200);
  const TlsChoice oldest{TLS1_VERSION, TLS1_1_VERSION, ""};
  EXPECT_FALSE(server.Tls(oldest).handshaken());
  const TlsChoice any{TLS1_2_VERSION, TLS1_3_VERSION, ""};
  Client best = server.Tls(any);
  EXPECT_EQ(SSL_version(best.ssl()), TLS1_3_VERSION);
}

TEST(Tls, IssuesNoTicketsAndResumesNothing) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TestServer server(Limits(), 1, /*allow_tls12=*/true);
    const TlsChoice choice{version, version, ""};
    Client client = server.Tls(choice);
    ASSERT_TRUE(client.Send(kGet));
    ASSERT_EQ(client.ReadAnswer().status, 200);
    SSL_SESSION* const session = SSL_get1_session(client.ssl());
    EXPECT_EQ(SSL_SESSION_has_ticket(session), 0);
    EXPECT_EQ(SSL_SESSION_is_resumable(session), 0);
    if (version == TLS1_3_VERSION) {
      EXPECT_EQ(client.tickets(), 0);
    }
    SSL_SESSION_free(session);
  }
}

TEST(Tls, PrefersX25519) {
  TestServer server;
  Client client = server.Tls();
  ASSERT_TRUE(client.handshaken());
  EXPECT_EQ(SSL_get_negotiated_group(client.ssl()), NID_X25519);
}

TEST(Tls, OffersHttp11AndNothingElse) {
  TestServer server;
  Client client = server.Tls({TLS1_3_VERSION, TLS1_3_VERSION, "http/1.1"});
  ASSERT_TRUE(client.handshaken());
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(client.ssl(), &name, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(name), size), "http/1.1");
  EXPECT_FALSE(server.Tls({TLS1_3_VERSION, TLS1_3_VERSION, "h2"}).handshaken());
}

TEST(Tls, EndsWithCloseNotify) {
  TestServer server;
  Client client = server.Tls();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(client.ReadEnd(), End::kClosed);  // kReset, were it cut off
  EXPECT_NE(SSL_get_shutdown(client.ssl()) & SSL_RECEIVED_SHUTDOWN, 0);
}

TEST(Tls, ReloadsCertificatesAndKeepsConnections) {
  TestServer server;
  Client before = server.Tls();
  const std::string first = before.Certificate();
  WriteCertificate(server.certificate_file(), server.key_file());
  EXPECT_EQ(server.Tls().Certificate(), first);
  ASSERT_TRUE(server.server().ReloadCertificates().ok());
  for (int i = 0; i < 4; ++i) {  // whichever thread serves it
    Client after = server.Tls();
    EXPECT_NE(after.Certificate(), first);
    ASSERT_TRUE(after.Send(kGet));
    EXPECT_EQ(after.ReadAnswer().status, 200);
  }
  ASSERT_TRUE(before.Send(kGet));
  EXPECT_EQ(before.ReadAnswer().status, 200);
}

TEST(Tls, KeepsTheOldCertificateWhenTheNewOneIsBad) {
  TestServer server;
  const std::string first = server.Tls().Certificate();
  TemporaryFolder other;
  WriteCertificate(other.File("cert.pem"), other.File("key.pem"));
  // The key of another certificate.
  std::filesystem::copy_file(other.File("key.pem"), server.key_file(),
                             std::filesystem::copy_options::overwrite_existing);
  const Status mismatched = server.server().ReloadCertificates();
  ASSERT_FALSE(mismatched.ok());
  EXPECT_EQ(mismatched.error().code(), Code::kMalformed);
  std::filesystem::remove(server.certificate_file());
  EXPECT_FALSE(server.server().ReloadCertificates().ok());
  Client client = server.Tls();
  EXPECT_EQ(client.Certificate(), first);
}

TEST(Tls, ReloadsUnderLoad) {
  TestServer server;
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!done) {
        Client client = server.Tls();
        ASSERT_TRUE(client.handshaken());
        ASSERT_TRUE(client.Send(kGet));
        ASSERT_EQ(client.ReadAnswer().status, 200);
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    WriteCertificate(server.certificate_file(), server.key_file());
    ASSERT_TRUE(server.server().ReloadCertificates().ok());
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
}

TEST(Create, RefusesBadCertificatesAndAddresses) {
  TestHandler handler;
  TemporaryFolder folder;
  ListenerSettings settings;
  settings.address = "127.0.0.1";
  settings.tls = TlsSettings{folder.File("none.pem"), folder.File("none.key"), false};
  auto missing = Server::Create({settings}, Limits(), 1, handler);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), Code::kMalformed);
  EXPECT_STREQ(missing.error().field(), "certificate_file");
  settings.tls.reset();
  settings.address = "localhost";
  auto no_address = Server::Create({settings}, Limits(), 1, handler);
  ASSERT_FALSE(no_address.ok());
  EXPECT_EQ(no_address.error().code(), Code::kMalformed);
  EXPECT_STREQ(no_address.error().field(), "public");
}

TEST(Create, SaysWhenAPortIsTaken) {
  TestServer server;
  TestHandler handler;
  ListenerSettings settings;
  settings.kind = Listener::kPrivate;
  settings.address = "127.0.0.1";
  settings.port = server.server().port(1);
  auto created = Server::Create({settings}, Limits(), 1, handler);
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code(), Code::kUnavailable);
  EXPECT_STREQ(created.error().field(), "private");
  EXPECT_TRUE(server.Serves());
}

TEST(Create, ListensOnIpv6) {
  TestHandler handler;
  ListenerSettings settings;
  settings.address = "::1";
  auto created = Server::Create({settings}, Limits(), 1, handler);
  if (!created.ok()) GTEST_SKIP() << "no IPv6 here";
  EXPECT_NE((*created)->port(0), 0);
}

}  // namespace
}  // namespace safeconduct::http::test
