#include "bench/load/demo.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "crypto/base/bytes.h"

namespace safeconduct::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The newest of the charters that deploy/run made.
std::string NewestCharter(const std::string& folder) {
  std::string newest;
  for (int version = 1;; ++version) {
    std::string note = ReadFile(folder + "/charter-" + std::to_string(version) + ".note");
    if (note.empty()) return newest;
    newest = std::move(note);
  }
}

}  // namespace

Demo LoadDemo(const std::string& folder) {
  const std::string note = NewestCharter(folder + "/demo");
  auto charter = charter::OpenCharter::FromText(note.substr(0, note.find("\n\n") + 1));
  auto intake = identity::ParseKeyFile(AsBytes(ReadFile(folder + "/demo/intake.key")), nullptr);
  if (!charter.ok() || !intake.ok()) {
    std::fprintf(stderr, "no demo in %s: deploy/run --once --data %s --port %d makes one\n",
                 folder.c_str(), folder.c_str(), kDemoPort);
    std::exit(2);
  }
  std::string channel = (*charter)->message().channels(0).id();
  return Demo{std::move(*charter), std::move(channel), std::move(*intake)};
}

}  // namespace safeconduct::bench
