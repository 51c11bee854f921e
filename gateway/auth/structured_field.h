// Structured Field Values (RFC 8941): what Signature-Input, Signature and Content-Digest are made
// of. Strict: text that the RFC's parsing algorithms refuse is refused here. Bounded: longer or
// more numerous things than the limits below are refused too, though the RFC would take them.
//
// Dictionaries only, since every field that is read here is one.
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_AUTH_STRUCTURED_FIELD_H_
#define SAFECONDUCT_GATEWAY_AUTH_STRUCTURED_FIELD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::auth::sf {

inline constexpr std::size_t kMaxFieldBytes = 8 * 1024;
inline constexpr std::size_t kMaxMembers = 16;  // of a dictionary
inline constexpr std::size_t kMaxItems = 32;    // of an inner list
inline constexpr std::size_t kMaxParameters = 16;

struct Token {
  std::string text;
  bool operator==(const Token&) const = default;
};
// Thousandths: the RFC allows three digits after the point.
struct Decimal {
  std::int64_t thousandths = 0;
  bool operator==(const Decimal&) const = default;
};
using BareItem = std::variant<std::int64_t, Decimal, std::string, Token, Bytes, bool>;

// In the order of the text; a key that comes again replaces the earlier value in its place.
using Parameters = std::vector<std::pair<std::string, BareItem>>;

struct Item {
  BareItem value;
  Parameters parameters;
  bool operator==(const Item&) const = default;
};

struct InnerList {
  std::vector<Item> items;
  Parameters parameters;
  bool operator==(const InnerList&) const = default;
};

using Member = std::variant<Item, InnerList>;
using Dictionary = std::vector<std::pair<std::string, Member>>;

// §4.2.2. kMalformed, kTooLarge.
Result<Dictionary> ParseDictionary(std::string_view text);

// §4.1: the one canonical text. Values must be ones that ParseDictionary can give.
std::string Serialize(const Dictionary& dictionary);
std::string Serialize(const InnerList& list);
std::string Serialize(const Item& item);

// Null when there is none of that name.
const Member* Find(const Dictionary& dictionary, std::string_view name);
const BareItem* Find(const Parameters& parameters, std::string_view name);

}  // namespace safeconduct::auth::sf

#endif  // SAFECONDUCT_GATEWAY_AUTH_STRUCTURED_FIELD_H_
