// The header of an age file and its textual grammar (c2sp.org/age, "Header"). Knows nothing of
// keys.
//
// Thread-safety: plain values.
#ifndef SAFECONDUCT_CRYPTO_AGE_HEADER_H_
#define SAFECONDUCT_CRYPTO_AGE_HEADER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::age {

// Bounds of this implementation on a header, so that one costs bounded memory.
inline constexpr std::size_t kMaxHeaderBytes = 1024 * 1024;
inline constexpr std::size_t kMaxStanzas = 1024;

// The types of the native recipients' stanzas.
inline constexpr std::string_view kX25519Type = "X25519";
inline constexpr std::string_view kHybridType = "mlkem768x25519";
inline constexpr std::string_view kScryptType = "scrypt";

// One recipient stanza, as c2sp.org/age "Recipient stanza" has it.
struct Stanza {
  std::string type;               // the first argument
  std::vector<std::string> args;  // the others
  Bytes body;
  bool operator==(const Stanza&) const = default;
};

struct Header {
  std::vector<Stanza> stanzas;
  ByteArray<32> mac{};
};

struct ParsedHeader {
  Header header;
  std::size_t size = 0;  // bytes from the version line to the newline after the MAC
};

// What ParseHeader says of bytes that end before the header does.
inline constexpr char kHeaderIncomplete[] = "the header is not complete";
inline bool IsHeaderIncomplete(const Error& error) { return error.message() == kHeaderIncomplete; }

// The header that `bytes` begins with; what follows it is not looked at. Only the one canonical
// encoding is accepted. kMalformed; kUnsupported (another version); kTooLarge; and, when `bytes`
// ends before the header does, kMalformed with the message kHeaderIncomplete.
Result<ParsedHeader> ParseHeader(ByteView bytes);
// Exactly the bytes that ParseHeader takes. A type or an argument that is empty or has other than
// visible ASCII is a defect of the caller, and aborts.
Bytes SerializeHeader(const Header& header);

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_HEADER_H_
