// What the program ends with, for scripts and service managers.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_EXIT_CODE_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_EXIT_CODE_H_

namespace safeconduct::program {

enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,         // a defect, or a fault while running
  kUsage = 2,          // of the command line
  kConfiguration = 3,  // the configuration, or a file that it names
  kStore = 4,          // the store is damaged, lost something, or is another program's
  kUnavailable = 5,    // an address or a disk that could not be had: may work later
  kMemory = 6,         // memory for keys cannot be locked
};

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_EXIT_CODE_H_
