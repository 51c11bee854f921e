// Events and the records in them, in words for people.
#ifndef SAFECONDUCT_GATEWAY_CLI_EVENT_WORDS_H_
#define SAFECONDUCT_GATEWAY_CLI_EVENT_WORDS_H_

#include <string>
#include <utility>

#include "gateway/charter/charter.h"
#include "safeconduct/v1/event.pb.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::cli {

// What kind of event it is, as the scripts know it, and what its author did: "assigned the case to
// oios". Without a character that the reporter or a holder chose freely.
std::pair<std::string, std::string> WordsOf(const v1::Event& event,
                                            const charter::OpenCharter& charter);
// One line for each part that is there. Texts of others: to be printed as such.
std::string CustodyWords(const v1::CustodyRecord& record);
// The four answers, one line each.
std::string ConsentWords(const v1::Consent& consent);
std::string MeasuresWords(const v1::MeasuresRecord& record);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_EVENT_WORDS_H_
