#include "gateway/program/terminal.h"

#include <unistd.h>

#include <string>

namespace safeconduct::program {
namespace {

// Unbuffered, so that a script that waits for a line gets it. Nobody is left to tell of a failure.
void WriteLine(int file, std::string_view line) {
  std::string text(line);
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = write(file, rest.data(), rest.size());
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void Say(std::string_view line) { WriteLine(STDOUT_FILENO, line); }

void Complain(std::string_view line) { WriteLine(STDERR_FILENO, line); }

}  // namespace safeconduct::program
