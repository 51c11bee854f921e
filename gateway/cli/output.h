// The one place that writes to standard output and standard error.
//
// Text: what was asked for goes to standard output, everything about it (warnings, steps, progress)
// to standard error. JSON: one object on standard output and nothing else; a failure is one object
// {"error": …} on standard error. Strings of others are made printable here (printable.h).
//
// Not thread-safe: one per program.
#ifndef SAFECONDUCT_GATEWAY_CLI_OUTPUT_H_
#define SAFECONDUCT_GATEWAY_CLI_OUTPUT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/secret.h"
#include "gateway/cli/failure.h"
#include "gateway/cli/json.h"

namespace safeconduct::cli {

enum class Format : std::uint8_t { kText, kJson };

class Output {
 public:
  Output(int out_fd, int error_fd);

  void set_format(Format format) { format_ = format; }
  bool json() const { return format_ == Format::kJson; }

  // Text form only; each is one or more lines of standard output.
  void Line(std::string_view text = "");                         // our own words
  void Pair(std::string_view name, std::string_view value);      // "name:  value", one line
  void Block(std::string_view text);                             // a text of others, indented
  void Secret(std::string_view name, const SecretBytes& value);  // as Pair, and wiped

  // JSON form only.
  void Print(const JsonObject& object);

  // Either form, as it is: a key file or a note that is the whole output.
  void Raw(ByteView bytes);

  // To standard error. Notes are for people and left out with --json; warnings never are.
  void Note(std::string_view text);
  void Warn(std::string_view text);
  void Fail(const Failure& failure);

  // A line that is drawn over itself, only on a terminal: `done` of `total` bytes of `what`.
  void Progress(std::string_view what, std::uint64_t done, std::uint64_t total);
  void EndProgress();

  // Whether something could not be written to standard output: then what it held is lost.
  bool failed() const { return failed_; }

 private:
  void Write(int fd, std::string_view text);

  int out_;
  int error_;
  bool error_is_terminal_;
  Format format_ = Format::kText;
  bool failed_ = false;
  bool progress_shown_ = false;
  int progress_percent_ = -1;
};

// "3.4 MiB"; below 1 KiB "12 bytes".
std::string FormatBytes(std::uint64_t bytes);
// "2026-05-01 14:00 UTC" and "2026-05-01".
std::string FormatTime(std::int64_t unix_seconds);
std::string FormatDay(std::int64_t unix_seconds);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_OUTPUT_H_
