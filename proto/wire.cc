#include "proto/wire.h"

#include <google/protobuf/descriptor.h>

#include "crypto/base/utf8.h"
#include "proto/parse.h"

namespace safeconduct::proto {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

enum WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

class Scanner {
 public:
  explicit Scanner(std::size_t max_fields) : max_fields_(max_fields) {}

  Status ScanMessage(ByteView bytes, const Descriptor& type, int depth) {
    if (depth > kMaxDepth) return Error(Code::kMalformed, "message is nested too deeply");
    while (!bytes.empty()) {
      SC_ASSIGN(const std::uint64_t tag, TakeVarint(bytes));
      // The number is 29 bits and not 0; the library would refuse it as well.
      if (tag > UINT32_MAX || (tag >> 3) == 0) return Cut();
      SC_TRY(Count());
      const FieldDescriptor* field = type.FindFieldByNumber(static_cast<int>(tag >> 3));
      if (field == nullptr) summary_.has_unknown = true;
      SC_TRY(ScanField(bytes, static_cast<std::uint8_t>(tag & 7), field, depth));
    }
    return {};
  }

  const WireSummary& summary() const { return summary_; }

 private:
  static Error Cut() { return Error(Code::kMalformed, "not a message of the expected type"); }

  static Result<std::uint64_t> TakeVarint(ByteView& bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 10 && i < bytes.size(); ++i) {
      value |= static_cast<std::uint64_t>(bytes[i] & 0x7f) << (7 * i);
      if ((bytes[i] & 0x80) == 0) {
        bytes = bytes.subspan(i + 1);
        return value;
      }
    }
    return Cut();
  }

  Status Count() {
    if (++summary_.fields > max_fields_)
      return Error(Code::kTooLarge, "message has too many parts");
    return {};
  }

  Status ScanField(ByteView& bytes, std::uint8_t wire_type, const FieldDescriptor* field,
                   int depth) {
    switch (wire_type) {
      case kVarint: {
        SC_ASSIGN(const std::uint64_t value, TakeVarint(bytes));
        CheckScalar(value, field);
        return {};
      }
      case kFixed64:
      case kFixed32: {
        const std::size_t size = wire_type == kFixed64 ? 8 : 4;
        if (bytes.size() < size) return Cut();
        bytes = bytes.subspan(size);
        // None of our messages has a fixed-size field.
        summary_.has_unknown = true;
        return {};
      }
      case kBytes: {
        SC_ASSIGN(const std::uint64_t size, TakeVarint(bytes));
        if (size > bytes.size()) return Cut();
        const ByteView content = bytes.first(static_cast<std::size_t>(size));
        bytes = bytes.subspan(content.size());
        return field == nullptr ? Status() : ScanContent(content, *field, depth);
      }
      default:
        return Cut();  // groups, which proto3 does not have
    }
  }

  void CheckScalar(std::uint64_t value, const FieldDescriptor* field) {
    if (field == nullptr) return;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
      case FieldDescriptor::CPPTYPE_MESSAGE:
        summary_.has_unknown = true;  // the library keeps a known number of a wrong type as unknown
        return;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const std::int32_t number = static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
        const EnumDescriptor& type = *field->enum_type();
        if (type.FindValueByNumber(number) == nullptr) summary_.has_unknown = true;
        return;
      }
      default:
        return;
    }
  }

  Status ScanContent(ByteView content, const FieldDescriptor& field, int depth) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return ScanMessage(content, *field.message_type(), depth + 1);
      case FieldDescriptor::CPPTYPE_STRING:
        // The library would refuse it too, but writes a line to stderr about each.
        if (field.type() == FieldDescriptor::TYPE_STRING && !IsUtf8(AsText(content))) {
          return Error(Code::kMalformed, "text is not UTF-8");
        }
        return {};
      default:
        break;
    }
    if (!field.is_repeated()) {
      summary_.has_unknown = true;
      return {};
    }
    while (!content.empty()) {  // a packed array of varints
      SC_TRY(Count());
      SC_ASSIGN(const std::uint64_t value, TakeVarint(content));
      CheckScalar(value, &field);
    }
    return {};
  }

  const std::size_t max_fields_;
  WireSummary summary_;
};

}  // namespace

Result<WireSummary> ScanWire(ByteView bytes, const Descriptor& type, std::size_t max_fields) {
  Scanner scanner(max_fields);
  SC_TRY(scanner.ScanMessage(bytes, type, 1));
  return scanner.summary();
}

}  // namespace safeconduct::proto
