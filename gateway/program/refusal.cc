#include "gateway/program/refusal.h"

namespace safeconduct::program {

Refusal Refuse(ExitCode code, std::string message) {
  return {code, std::move(message), std::nullopt};
}

Refusal Refuse(ExitCode code, std::string what, const Error& error) {
  what += ": ";
  what += error.message();
  if (*error.field() != '\0') what.append(" (").append(error.field()).append(")");
  return {code, std::move(what), error};
}

}  // namespace safeconduct::program
