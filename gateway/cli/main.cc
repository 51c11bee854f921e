// The program safeconduct: parses, runs one command, says how it ended.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <exception>

#include "crypto/base/secret.h"
#include "gateway/cli/arguments.h"
#include "gateway/cli/context.h"
#include "gateway/cli/output.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kLockedBytes = 64 * 1024;

// Keeps what is in memory out of core files. The leak sanitizer has to look at its own process.
void ForbidCoreDumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__)
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

Done Run(int argc, const char* const* argv, Output& out) {
  SC_TRY(Explain(InitCrypto(), "Cryptography does not start"));
  SC_ASSIGN(Arguments arguments, ParseArguments(argc, argv));
  if (!arguments.help.empty()) {
    out.Raw(AsBytes(arguments.help));
    return {};
  }
  if (const Status locked = ProbeLockedMemory(kLockedBytes); !locked.ok()) {
    out.Warn("Keys may be written to swap: memory cannot be locked. Raise the limit: ulimit -l");
  }
  Context context(std::move(arguments.options), out);
  return arguments.command(context);
}

int Main(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of writing, and said as such
  ForbidCoreDumps();
  proto::QuietProtobuf();
  Output out(STDOUT_FILENO, STDERR_FILENO);
  if (AsksForJson(argc, argv)) out.set_format(Format::kJson);
  Exit exit = Exit::kOk;
  try {
    if (const Done done = Run(argc, argv, out); !done.ok()) {
      out.Fail(done.error());
      exit = done.error().exit;
    }
  } catch (const std::exception&) {
    out.Fail(InternalFailure("Memory ran out, or a library failed"));
    exit = Exit::kInternal;
  }
  if (out.failed() && exit == Exit::kOk) {
    out.Fail(InternalFailure("Not everything could be written to standard output",
                             "What was not written is lost. Check the disk or the pipe."));
    exit = Exit::kInternal;
  }
  return static_cast<int>(exit);
}

}  // namespace
}  // namespace safeconduct::cli

int main(int argc, char** argv) { return safeconduct::cli::Main(argc, argv); }
