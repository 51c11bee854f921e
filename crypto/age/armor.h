// The armored form in pieces, in constant memory (c2sp.org/age, "ASCII armor"): strict PEM with the
// label AGE ENCRYPTED FILE.
//
// Thread-safety: an object belongs to one thread at a time.
#ifndef SAFECONDUCT_CRYPTO_AGE_ARMOR_H_
#define SAFECONDUCT_CRYPTO_AGE_ARMOR_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::age {

// White space before and after the armor, taken together, may be this long.
inline constexpr std::size_t kMaxArmorWhitespaceBytes = 1024;

class ArmorEncoder {
 public:
  // Appends to `out` the lines that are complete.
  void Update(ByteView file, std::string& out);
  // The rest and the last line. Nothing may be called after it.
  void Finish(std::string& out);

 private:
  void Begin(std::string& out);
  bool begun_ = false;
  Bytes pending_;
};

// Lines end in LF or in CRLF, all in the same. kMalformed for whatever else is not exactly what the
// encoder makes, white space around it excepted; after an error the decoder gives only errors.
class ArmorDecoder {
 public:
  Status Update(ByteView text, Bytes& out);
  Status Finish(Bytes& out);

 private:
  enum class Part : std::uint8_t { kBefore, kBody, kFooter, kAfter, kFailed };
  enum class LineEnd : std::uint8_t { kUnknown, kLf, kCrLf };

  Status TakeCharacter(char character, Bytes& out);
  Status TakeLine(Bytes& out);
  Status TakeBodyLine(std::string_view line, Bytes& out);
  Status CountWhitespace(std::size_t bytes);
  Status CheckLineEnd();

  Part part_ = Part::kBefore;
  LineEnd line_end_ = LineEnd::kUnknown;
  std::string line_;
  std::size_t whitespace_bytes_ = 0;
};

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_ARMOR_H_
