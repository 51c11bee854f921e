#include "gateway/cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

#include "gateway/cli/printable.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kNameColumn = 18;
constexpr int kBarWidth = 24;

std::string FormatUtc(std::int64_t unix_seconds, const char* format) {
  const std::time_t time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  char buffer[64];
  if (gmtime_r(&time, &parts) == nullptr) return "an impossible time";
  const std::size_t length = std::strftime(buffer, sizeof buffer, format, &parts);
  return {buffer, length};
}

}  // namespace

Output::Output(int out_fd, int error_fd)
    : out_(out_fd), error_(error_fd), error_is_terminal_(isatty(error_fd) == 1) {}

void Output::Write(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      if (fd == out_) failed_ = true;
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Output::Line(std::string_view text) {
  if (json()) return;
  Write(out_, Printable(text, Lines::kEscaped) + "\n");
}

void Output::Pair(std::string_view name, std::string_view value) {
  if (json()) return;
  std::string line(name);
  line += ':';
  line.resize(std::max(line.size() + 1, kNameColumn), ' ');
  line += Printable(value, Lines::kEscaped);
  line += '\n';
  Write(out_, line);
}

void Output::Block(std::string_view text) {
  if (json()) return;
  std::string safe = Printable(text, Lines::kKept);
  while (safe.ends_with('\n')) safe.pop_back();
  std::string out;
  bool at_start = true;
  for (const char c : safe) {
    if (at_start && c != '\n') out += "  ";
    out += c;
    at_start = c == '\n';
  }
  out += '\n';
  Write(out_, out);
}

void Output::Secret(std::string_view name, const SecretBytes& value) {
  if (json()) return;
  SecretBytes line;
  line.Reserve(name.size() + value.size() + 4);
  line.Append(AsBytes(name));
  line.Append(AsBytes(":\n  "));
  line.Append(value.Reveal());
  line.Append(AsBytes("\n"));
  Write(out_, AsText(line.Reveal()));
}

void Output::Print(const JsonObject& object) {
  if (!json()) return;
  SecretBytes text = object.Text();
  text.Append(AsBytes("\n"));
  Write(out_, AsText(text.Reveal()));
}

void Output::Raw(ByteView bytes) { Write(out_, AsText(bytes)); }

void Output::Note(std::string_view text) {
  if (json()) return;
  EndProgress();
  Write(error_, Printable(text, Lines::kEscaped) + "\n");
}

void Output::Warn(std::string_view text) {
  EndProgress();
  Write(error_, "warning: " + Printable(text, Lines::kEscaped) + "\n");
}

void Output::Fail(const Failure& failure) {
  EndProgress();
  if (json()) {
    JsonObject error;
    error.Add("code", ExitName(failure.exit));
    error.AddNumber("exit", static_cast<std::uint64_t>(failure.exit));
    error.Add("message", failure.message);
    if (!failure.hint.empty()) error.Add("hint", failure.hint);
    if (!failure.field.empty()) error.Add("field", failure.field);
    JsonObject object;
    object.Add("error", error);
    Write(error_, std::string(AsText(object.Text().Reveal())) + "\n");
    return;
  }
  Write(error_, "safeconduct: " + Printable(failure.message, Lines::kEscaped) + "\n");
  if (!failure.hint.empty()) {
    Write(error_, "  hint: " + Printable(failure.hint, Lines::kEscaped) + "\n");
  }
}

void Output::Progress(std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (!error_is_terminal_ || json() || total == 0) return;
  const int percent =
      static_cast<int>(static_cast<double>(done) * 100 / static_cast<double>(total));
  if (progress_shown_ && percent == progress_percent_) return;
  progress_percent_ = percent;
  progress_shown_ = true;
  std::string line = "\r\x1b[K" + Printable(what, Lines::kEscaped) + "  [";
  const int filled = percent * kBarWidth / 100;
  line.append(static_cast<std::size_t>(filled), '#');
  line.append(static_cast<std::size_t>(kBarWidth - filled), '.');
  line += "] " + std::to_string(percent) + " % of " + FormatBytes(total);
  Write(error_, line);
}

void Output::EndProgress() {
  if (progress_shown_) Write(error_, "\n");
  progress_shown_ = false;
  progress_percent_ = -1;
}

std::string FormatBytes(std::uint64_t bytes) {
  if (bytes == 1) return "1 byte";
  if (bytes < 1024) return std::to_string(bytes) + " bytes";
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < std::size(kUnits)) amount /= 1024, ++unit;
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f %s", amount, kUnits[unit]);
  return buffer;
}

std::string FormatTime(std::int64_t unix_seconds) {
  return FormatUtc(unix_seconds, "%Y-%m-%d %H:%M UTC");
}

std::string FormatDay(std::int64_t unix_seconds) { return FormatUtc(unix_seconds, "%Y-%m-%d"); }

}  // namespace safeconduct::cli
