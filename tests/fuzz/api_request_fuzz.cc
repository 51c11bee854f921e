// A whole request, as "METHOD target\nname: value\n…\n\nbody", through the routes over a store in
// memory: protobuf and JSON submissions, age files, tus, queries, ranges. No request makes an
// answer of the kind that only a defect does, and every answer has its headers and its shape.
#include <cstdlib>
#include <string>

#include "tests/gateway/routes/harness.h"

namespace {

using namespace safeconduct;           // NOLINT
using namespace safeconduct::testing;  // NOLINT

std::string_view CutLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

Ask AskFrom(std::string_view text) {
  Ask ask;
  const std::string_view request_line = CutLine(text);
  const std::size_t space = request_line.find(' ');
  ask.method = request_line.substr(0, space);
  ask.target = space == std::string_view::npos ? "/" : request_line.substr(space + 1);
  while (!text.empty()) {
    const std::string_view line = CutLine(text);
    if (line.empty()) break;
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    ask.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
  }
  ask.body = text;
  return ask;
}

// No signature covers a line break (RFC 9421, section 2.5).
bool CanBeSigned(const Ask& ask) {
  return (ask.method + ask.target).find('\r') == std::string::npos;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Harness harness;
  Ask ask = AskFrom(AsText({data, size}));
  // One header in the seeds stands for a signature, which no search would find.
  for (const http::Header& header : ask.headers) {
    if (header.name == "x-signed-by" && header.value == "intake" && CanBeSigned(ask)) {
      ask.signer = &harness.office.intake;
    }
  }
  const Answer answer = harness.Send(ask);
  Require(answer.status >= 200 && answer.status < 600 && answer.status != 500);
  Require(answer.Header("cache-control") == "no-store");
  Require(answer.Header("x-content-type-options") == "nosniff");
  if (answer.status >= 400 && ask.method != "HEAD" && ask.target != "/readyz") {
    Require(!answer.ErrorCode().empty());
  }
  return 0;
}
