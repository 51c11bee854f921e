#include "gateway/cli/failure.h"

namespace safeconduct::cli {

Exit ExitFor(Code code) {
  switch (code) {
    case Code::kMalformed:
      return Exit::kUsage;
    case Code::kUnsupported:
    case Code::kTooLarge:
    case Code::kUnauthorized:
    case Code::kNotFound:
    case Code::kConflict:
    case Code::kRejected:
    case Code::kExists:
      return Exit::kRefused;
    case Code::kUnverified:
    case Code::kExpired:
    case Code::kCorrupted:
      return Exit::kUnverified;
    case Code::kBusy:
    case Code::kNoSpace:
    case Code::kUnavailable:
      return Exit::kNetwork;
    case Code::kWrongKey:
      return Exit::kKey;
    case Code::kInternal:
      return Exit::kInternal;
  }
  return Exit::kInternal;
}

const char* ExitName(Exit exit) {
  switch (exit) {
    case Exit::kOk:
      return "ok";
    case Exit::kInternal:
      return "internal";
    case Exit::kUsage:
      return "usage";
    case Exit::kRefused:
      return "refused";
    case Exit::kUnverified:
      return "unverified";
    case Exit::kNetwork:
      return "network";
    case Exit::kKey:
      return "key";
  }
  return "internal";
}

Failure ExplainAs(Exit exit, const Error& error, std::string doing, std::string hint) {
  Failure failure;
  failure.exit = exit;
  failure.message = std::move(doing);
  failure.message += ": ";
  failure.message += error.message();
  failure.hint = std::move(hint);
  failure.field = error.field();
  if (!failure.field.empty()) failure.message += " (" + failure.field + ")";
  return failure;
}

Failure Explain(const Error& error, std::string doing, std::string hint) {
  return ExplainAs(ExitFor(error.code()), error, std::move(doing), std::move(hint));
}

}  // namespace safeconduct::cli
