// A folder with everything that a gateway's configuration names.
#ifndef SAFECONDUCT_TESTS_GATEWAY_PROGRAM_INSTALLATION_H_
#define SAFECONDUCT_TESTS_GATEWAY_PROGRAM_INSTALLATION_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "gateway/charter/charter.h"
#include "gateway/config/config.h"
#include "tests/gateway/charter/demo_charter.h"
#include "tests/gateway/http/test_server.h"

namespace safeconduct::program {

// One that was free a moment ago.
inline std::uint16_t FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(listener);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

struct Installation {
  Installation() : private_port(FreePort()) {
    http::test::WriteCertificate(folder.File("tls.pem"), folder.File("tls.key"));
    Write("trust.txt", charter::FormatTrust(testing::DemoTrust(office)));
    const SecretBytes key = office.log.KeyFile("2027-01-15T08:00:00Z");
    Write("log.key", std::string(AsText(key.Reveal())));
    Write("gateway.toml", Toml());
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder.File(name), std::ios::binary) << text;
  }
  std::string Toml() const {
    return "public_origins = [\"https://report.example.org\"]\n"
           "[listen]\npublic_address = \"127.0.0.1\"\npublic_port = 0\n"
           "tls_certificate = \"tls.pem\"\ntls_key = \"tls.key\"\n"
           "private_port = " +
           std::to_string(private_port) +
           "\nonion_socket = \"onion.sock\"\n"
           "[charter]\ntrust_file = \"trust.txt\"\n"
           "[transparency_log]\nkey_file = \"log.key\"\n"
           "[storage]\npath = \"store\"\ndisk_reserve = \"1MiB\"\n"
           "[log]\nfile = \"gateway.log\"\n";
  }
  std::string file() const { return folder.File("gateway.toml"); }
  config::Config Config() const {
    config::Loaded loaded = config::LoadConfig(file());
    if (!loaded.ok()) throw std::runtime_error(config::Format(loaded.errors[0], file()));
    return std::move(loaded.config);
  }

  testing::Office office;
  http::test::TemporaryFolder folder;
  std::uint16_t private_port;
};

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_TESTS_GATEWAY_PROGRAM_INSTALLATION_H_
