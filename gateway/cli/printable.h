// Text of others on the user's terminal. What a reporter wrote was sealed by a stranger: written
// to a terminal as it is, it could move the cursor, change the title or overwrite what was shown.
#ifndef SAFECONDUCT_GATEWAY_CLI_PRINTABLE_H_
#define SAFECONDUCT_GATEWAY_CLI_PRINTABLE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace safeconduct::cli {

// kKept: line feeds and tabs stay as they are (a narrative). kEscaped: they are written \n and \t,
// so that a value stays on its line (a name).
enum class Lines : std::uint8_t { kKept, kEscaped };

// Writes control characters (C0, DEL, C1), bidirectional overrides, embeddings and isolates, line
// and paragraph separators as \u{…}, and bytes that are not UTF-8 as \xNN. Everything else, in any
// script, stays as it is. Not reversible: a backslash is not escaped. --json is for exact text.
std::string Printable(std::string_view text, Lines lines);

// The same characters as \uXXXX, quotes and backslashes escaped, with the quotation marks: a JSON
// string of exactly that text, as safe on a terminal. Bytes that are not UTF-8 become U+FFFD.
std::string JsonString(std::string_view text);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_PRINTABLE_H_
