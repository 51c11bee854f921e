// What a program of ours asks of the system before it touches a key, and how it is told to end.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_PROCESS_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_PROCESS_H_

#include <signal.h>

namespace safeconduct::program {

// Keys must not get to the disk by a core dump or another process's debugger, and files that are
// made are nobody else's.
void ShutOthersOut();

// SIGTERM, SIGINT and SIGHUP, blocked for this thread and those that it makes from now on, so that
// only who waits for them gets them. Ignores SIGPIPE.
sigset_t BlockSignals();

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_PROCESS_H_
