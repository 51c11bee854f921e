#include "proto/parse.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include "proto/wire.h"

namespace safeconduct::proto {

Status ParseInto(ByteView bytes, const Bounds& bounds, Unknown unknown,
                 google::protobuf::Message& message) {
  if (bytes.size() > bounds.max_bytes) return Error(Code::kTooLarge, "message is too long");
  SC_ASSIGN(const WireSummary summary,
            ScanWire(bytes, *message.GetDescriptor(), bounds.max_fields));
  if (summary.has_unknown && unknown == Unknown::kRefuse) {
    return Error(Code::kUnsupported, "has a field or value that this version does not know");
  }
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error(Code::kMalformed, "not a message of the expected type");
  }
  if (summary.has_unknown) message.DiscardUnknownFields();
  return {};
}

void QuietProtobuf() { google::protobuf::SetLogHandler(nullptr); }

}  // namespace safeconduct::proto
