// Walks the protobuf wire format (protobuf.dev/programming-guides/encoding) along a descriptor,
// without allocating, before a message is built from it. For parse.cc only.
#ifndef SAFECONDUCT_PROTO_WIRE_H_
#define SAFECONDUCT_PROTO_WIRE_H_

#include <cstddef>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace safeconduct::proto {

struct WireSummary {
  std::size_t fields = 0;    // at all depths; elements of packed arrays count
  bool has_unknown = false;  // a field number, wire type or enum value that the type does not have
};

// kMalformed (cut short, groups, deeper than kMaxDepth, text that is not UTF-8); kTooLarge (more
// than `max_fields`).
Result<WireSummary> ScanWire(ByteView bytes, const google::protobuf::Descriptor& type,
                             std::size_t max_fields);

}  // namespace safeconduct::proto

#endif  // SAFECONDUCT_PROTO_WIRE_H_
