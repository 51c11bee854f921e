// A charter: its text, and within it the serialized message.
#include <cstdlib>
#include <string>

#include "crypto/base/encoding.h"
#include "gateway/charter/charter.h"
#include "tests/gateway/charter/demo_charter.h"

using namespace safeconduct;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  const std::string text = data[0] == 'T'
                               ? std::string(AsText(rest))
                               : "example.org/charter\n1\n1900000000\n" + Base64Encode(rest) + "\n";
  const auto charter = charter::OpenCharter::FromText(text);
  if (!charter.ok()) return 0;
  // What is taken can be made, and answers every question.
  const charter::OpenCharter& open = **charter;
  if (!charter::MakeText(open.origin(), open.version(), open.expiry(), open.message()).ok()) {
    std::abort();
  }
  (void)charter::Warnings(open, testing::kNow);
  for (const charter::ChannelInfo& info : open.channels()) {
    if (info.intake.empty() || open.FindChannel(info.channel->id()) != &info) std::abort();
  }
  return 0;
}
