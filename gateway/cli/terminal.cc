#include "gateway/cli/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "gateway/cli/files.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxLineBytes = 4096;

// The terminal with echo off; echo comes back when this dies.
class QuietTerminal {
 public:
  QuietTerminal() : fd_(open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (fd_ < 0 || tcgetattr(fd_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet_ = tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (quiet_) tcsetattr(fd_, TCSAFLUSH, &before_);
    if (fd_ >= 0) close(fd_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool ok() const { return quiet_; }

  void Show(const std::string& text) const {
    if (write(fd_, text.data(), text.size()) < 0) return;  // the reading fails as well then
  }

  SecretBytes ReadLine() const {
    SecretBytes line;
    std::uint8_t byte = 0;
    while (line.size() < kMaxLineBytes && read(fd_, &byte, 1) == 1 && byte != '\n') {
      line.Append({&byte, 1});
    }
    Wipe({&byte, 1});
    return line;
  }

 private:
  int fd_;
  termios before_{};
  bool quiet_ = false;
};

void CutToFirstLine(SecretBytes& text) {
  const ByteView bytes = text.Reveal();
  const auto end = std::find(bytes.begin(), bytes.end(), std::uint8_t{'\n'});
  std::size_t size = static_cast<std::size_t>(end - bytes.begin());
  if (size > 0 && bytes[size - 1] == '\r') --size;
  text.Truncate(size);
}

}  // namespace

bool HasTerminal() {
  const int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

bool InputIsTerminal() { return isatty(STDIN_FILENO) == 1; }

Outcome<SecretBytes> AskSecret(const std::string& prompt) {
  const QuietTerminal terminal;
  if (!terminal.ok()) return UsageFailure("There is no terminal to ask on");
  terminal.Show(prompt);
  SecretBytes line = terminal.ReadLine();
  terminal.Show("\n");
  if (line.empty()) return UsageFailure("Nothing was entered");
  return line;
}

Outcome<SecretBytes> ReadPassphrase(Passphrase kind, const std::string& what_for) {
  if (const char* file = std::getenv("SAFECONDUCT_PASSPHRASE_FILE")) {
    SC_ASSIGN(SecretBytes passphrase, ReadFile(file, kMaxLineBytes, "the passphrase"));
    CutToFirstLine(passphrase);
    if (passphrase.empty())
      return KeyFailure(std::string("The first line of ") + file + " is empty");
    return passphrase;
  }
  if (!HasTerminal()) {
    return KeyFailure("A passphrase is needed for " + what_for,
                      "There is no terminal to ask on: name a file that holds it with "
                      "SAFECONDUCT_PASSPHRASE_FILE.");
  }
  SC_ASSIGN(SecretBytes passphrase, AskSecret("Passphrase for " + what_for + ": "));
  if (kind == Passphrase::kNew) {
    SC_ASSIGN(const SecretBytes again, AskSecret("The same passphrase again: "));
    if (!ConstantTimeEqual(passphrase.Reveal(), again.Reveal())) {
      return KeyFailure("The two passphrases differ", "Nothing was written. Try again.");
    }
  }
  return passphrase;
}

}  // namespace safeconduct::cli
