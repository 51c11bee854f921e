// Bytes and JSON to messages and back, within bounds (proto/README.md says which message is parsed
// how). What is signed is parsed by ParseSigned, which refuses everything that this version does
// not know, at any depth, so that nobody signs what nobody checked; the rest by ParseTolerant.
//
// Before a message is built, its bytes are walked without allocating: depth, number of fields and
// unknown fields are known before memory is spent. What a parse may cost is thereby bounded by
// max_bytes and about 100 bytes for each of max_fields.
//
// What it does not give: that counts, sizes and values make sense; the code that uses a message
// checks those. Encodings are not canonical: bytes are hashed and signed as received.
//
// Thread-safety: free functions without state, but for QuietProtobuf.
#ifndef SAFECONDUCT_PROTO_PARSE_H_
#define SAFECONDUCT_PROTO_PARSE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace safeconduct::proto {

inline constexpr std::size_t kMaxFields = 16 * 1024;
inline constexpr int kMaxDepth = 12;      // of messages in messages; ours have at most 6
inline constexpr int kMaxJsonDepth = 24;  // of objects and arrays

enum class Unknown : std::uint8_t { kRefuse, kIgnore };

struct Bounds {
  std::size_t max_bytes = 0;
  std::size_t max_fields = kMaxFields;  // at all depths together; elements of arrays count
};

// Into an empty `message`. kTooLarge (bytes or fields); kMalformed (not a message of that type,
// text that is not UTF-8, too deep, groups); with kRefuse also kUnsupported for a field or an enum
// value that this version does not know. With kIgnore unknown fields are dropped.
Status ParseInto(ByteView bytes, const Bounds& bounds, Unknown unknown,
                 google::protobuf::Message& message);

template <typename T>
Result<T> ParseSigned(ByteView bytes, std::size_t max_bytes, std::size_t max_fields = kMaxFields) {
  T message;
  SC_TRY(ParseInto(bytes, {max_bytes, max_fields}, Unknown::kRefuse, message));
  return Result<T>(std::move(message));
}

template <typename T>
Result<T> ParseTolerant(ByteView bytes, std::size_t max_bytes,
                        std::size_t max_fields = kMaxFields) {
  T message;
  SC_TRY(ParseInto(bytes, {max_bytes, max_fields}, Unknown::kIgnore, message));
  return Result<T>(std::move(message));
}

// --- proto3 JSON ------------------------------------------------------------------------------

// Errors as ParseInto's; an unknown field refused is kMalformed here. The library's parser is laxer
// than RFC 8259 (quotes, trailing commas); nothing is signed or hashed as JSON.
Status FromJsonInto(std::string_view json, const Bounds& bounds, Unknown unknown,
                    google::protobuf::Message& message);

template <typename T>
Result<T> FromJson(std::string_view json, std::size_t max_bytes, Unknown unknown,
                   std::size_t max_fields = kMaxFields) {
  T message;
  SC_TRY(FromJsonInto(json, {max_bytes, max_fields}, unknown, message));
  return Result<T>(std::move(message));
}

enum class JsonForm : std::uint8_t {
  kCompact,   // one line; fields that have their default are left out
  kComplete,  // one line; all fields but absent messages
  kReadable,  // as kComplete, over several lines
};
// UTF-8; `<`, `>` and line separators are escaped, so that it may stand in a page. kMalformed when
// a string of the message is not UTF-8.
Result<std::string> ToJson(const google::protobuf::Message& message,
                           JsonForm form = JsonForm::kCompact);

// Stops the library from writing to stderr what it thinks of hostile input. A program calls it
// once, at its start; it holds for the whole process.
void QuietProtobuf();

}  // namespace safeconduct::proto

#endif  // SAFECONDUCT_PROTO_PARSE_H_
