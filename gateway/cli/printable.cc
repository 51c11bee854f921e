#include "gateway/cli/printable.h"

#include <cstdio>
#include <optional>

#include "crypto/base/utf8.h"

namespace safeconduct::cli {
namespace {

// Characters that act on a terminal, or that change how others are read.
bool Steers(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) ||         // C0, DEL, C1
         (c >= 0x202A && c <= 0x202E) ||                 // bidirectional embeddings, overrides
         (c >= 0x2066 && c <= 0x2069) ||                 // isolates
         c == 0x2028 || c == 0x2029 ||                   // line and paragraph separators
         c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);  // byte order mark, tags
}

void AppendHex(std::string& out, const char* format, char32_t value) {
  char buffer[16];
  const int length = std::snprintf(buffer, sizeof buffer, format, static_cast<unsigned int>(value));
  if (length > 0) out.append(buffer, static_cast<std::size_t>(length));
}

void AppendJsonEscape(std::string& out, char32_t c) {
  if (c < 0x10000) return AppendHex(out, "\\u%04x", c);
  AppendHex(out, "\\u%04x", 0xD800 + ((c - 0x10000) >> 10));
  AppendHex(out, "\\u%04x", 0xDC00 + ((c - 0x10000) & 0x3FF));
}

// Calls `character(code point, its bytes)` for each character, and `broken(byte)` for each byte
// that belongs to none.
template <typename OnCharacter, typename OnBroken>
void ForEachCharacter(std::string_view text, OnCharacter character, OnBroken broken) {
  while (!text.empty()) {
    const std::string_view before = text;
    if (const std::optional<char32_t> c = TakeCodePoint(text)) {
      character(*c, before.substr(0, before.size() - text.size()));
    } else {
      broken(static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
    }
  }
}

}  // namespace

std::string Printable(std::string_view text, Lines lines) {
  std::string out;
  out.reserve(text.size());
  ForEachCharacter(
      text,
      [&](char32_t c, std::string_view bytes) {
        const bool line = c == '\n' || c == '\t';
        if (line && lines == Lines::kEscaped) {
          out += c == '\n' ? "\\n" : "\\t";
        } else if (!line && Steers(c)) {
          AppendHex(out, "\\u{%x}", c);
        } else {
          out += bytes;
        }
      },
      [&](unsigned char byte) { AppendHex(out, "\\x%02x", byte); });
  return out;
}

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  ForEachCharacter(
      text,
      [&](char32_t c, std::string_view bytes) {
        if (c == '"' || c == '\\') {
          out += '\\';
          out += bytes;
        } else if (c == '\n') {
          out += "\\n";
        } else if (c == '\t') {
          out += "\\t";
        } else if (Steers(c)) {
          AppendJsonEscape(out, c);
        } else {
          out += bytes;
        }
      },
      [&](unsigned char) { out += "\\ufffd"; });
  out += '"';
  return out;
}

}  // namespace safeconduct::cli
