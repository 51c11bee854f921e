// The one place where this program waits for time to pass: between two tries, and between two looks
// at a log.
#ifndef SAFECONDUCT_GATEWAY_CLI_PAUSE_H_
#define SAFECONDUCT_GATEWAY_CLI_PAUSE_H_

namespace safeconduct::cli {

// All of it, whatever signals come in between.
void Pause(double seconds);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_PAUSE_H_
