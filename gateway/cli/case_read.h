// How cases and answers are shown, in lists and one by one.
#ifndef SAFECONDUCT_GATEWAY_CLI_CASE_READ_H_
#define SAFECONDUCT_GATEWAY_CLI_CASE_READ_H_

#include "gateway/cli/case_file.h"
#include "gateway/cli/json.h"
#include "gateway/cli/output.h"
#include "gateway/cli/texts.h"

namespace safeconduct::cli {

// Whether it is erased within 30 days of `now`, unless somebody holds it.
bool ExpiresSoon(const v1::CaseSummary& summary, std::int64_t now);
// One line: the id, when it came, how it stands, when it is erased, and `more` at its end.
void PrintRow(Output& out, const v1::CaseSummary& summary, std::int64_t now,
              const std::string& more = {});
JsonObject SummaryJson(const v1::CaseSummary& summary);

// Questions with what was answered, in words where there are any.
void PrintAnswers(Output& out, const Texts& texts,
                  const google::protobuf::RepeatedPtrField<v1::Answer>& answers);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CASE_READ_H_
