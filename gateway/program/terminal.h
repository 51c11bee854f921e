// The few words that the program says to whoever started it. What happens later goes to the log.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_TERMINAL_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_TERMINAL_H_

#include <string_view>

namespace safeconduct::program {

void Say(std::string_view line);       // one line to standard output
void Complain(std::string_view line);  // one line to standard error

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_TERMINAL_H_
