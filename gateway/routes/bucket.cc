#include "gateway/routes/bucket.h"

#include "gateway/routes/message_body.h"

namespace safeconduct::routes {
namespace {

std::size_t InBuckets(std::size_t bytes) {
  return (bytes + kBucketBytes - 1) / kBucketBytes * kBucketBytes;
}

// Bytes that a varint takes.
std::size_t VarintBytes(std::size_t value) {
  std::size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}

// How much padding makes `bytes` fill a bucket: its tag is one byte, its length a varint. Where
// the varint grows, one total cannot be had; then it is the next bucket.
std::size_t PaddingFor(std::size_t bytes) {
  for (std::size_t total = InBuckets(bytes);; total += kBucketBytes) {
    const std::size_t missing = total - bytes;
    for (std::size_t length_bytes = 1; length_bytes <= 3; ++length_bytes) {
      if (missing < 2 + length_bytes) break;
      const std::size_t padding = missing - 1 - length_bytes;
      if (VarintBytes(padding) == length_bytes) return padding;
    }
    if (missing == 0) return 0;
  }
}

}  // namespace

Result<std::string> SerializeInBuckets(Format format, v1::Mailbox mailbox) {
  mailbox.clear_padding();
  if (format == Format::kProtobuf) {
    const std::size_t padding = PaddingFor(mailbox.ByteSizeLong());
    mailbox.set_padding(std::string(padding, '\0'));
    return SerializeMessage(format, mailbox);
  }
  SC_ASSIGN(std::string json, SerializeMessage(format, mailbox));
  json.resize(InBuckets(json.size() + 1) - 1, ' ');
  json += '\n';
  return json;
}

}  // namespace safeconduct::routes
