// The configuration file: whatever it says, it is taken whole or refused with reasons that can be
// shown on a terminal.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "gateway/config/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;
  const auto require = [](bool holds) {
    if (!holds) std::abort();
  };
  const config::Loaded loaded = config::ParseConfig(AsText({data, size}), "/folder");
  for (const config::ConfigError& error : loaded.errors) {
    const std::string text = config::Format(error, "gateway.toml");
    require(!error.message.empty() && text.size() < 400);
    require(std::none_of(text.begin(), text.end(), [](char c) {
      return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    }));
  }
  if (loaded.ok()) {
    require(!loaded.config.public_origins.empty() && !loaded.config.storage.path.empty());
    require(loaded.config.ledger.batch_bytes <= loaded.config.ledger.waiting_bytes);
    require(!loaded.config.Listeners().empty());
  }
  return 0;
}
