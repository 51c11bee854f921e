#include "gateway/program/page_settings.h"

#include <cstdint>

namespace safeconduct::program {
namespace {

// How long an age file may be so that it fits into a body armored, 48 bytes in a line of 65, with
// what a form puts around it.
std::uint64_t LargestInForm(std::uint64_t body_bytes) {
  constexpr std::uint64_t kAround = 4096;
  return (body_bytes - kAround) / 65 * 48;
}

}  // namespace

pages::Settings PageSettings(const config::Config& config, const charter::Trust& trust) {
  return {.title = config.web.title,
          .exit_url = config.web.exit_url,
          .onion = config.OnionOrigin(),
          .trust = charter::FormatTrust(trust),
          .plain_bytes = LargestInForm(config.reports.max_bytes),
          .decoys = config.decoys.enabled};
}

}  // namespace safeconduct::program
