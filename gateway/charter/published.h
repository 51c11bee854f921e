// A charter as a gateway serves it: with the proof that it is the newest one of the charters' log
// (design: "The charter: the only authority"; proto/README.md, "The charters' log"). So neither a
// second charter shown to one person nor an old one passes, as far as witnesses were asked.
//
// Thread-safety: pure.
#ifndef SAFECONDUCT_GATEWAY_CHARTER_PUBLISHED_H_
#define SAFECONDUCT_GATEWAY_CHARTER_PUBLISHED_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/tlog/checkpoint.h"
#include "gateway/charter/charter.h"

namespace safeconduct::charter {

// Witnesses that saw a charter longer ago do not count.
inline constexpr std::int64_t kFreshnessSeconds = 7 * 86'400;

// What the log has for a charter: four short lines over the text of its note, whoever signed it.
// kMalformed for a text without two lines.
Result<std::string> LogEntry(std::string_view note_text);

struct Published {
  std::shared_ptr<const OpenCharter> charter;
  tlog::Checkpoint checkpoint;  // of the charters' log; its size is the charter's version
  std::string checkpoint_note;  // the same as it was signed
};

// OpenTrusted, and that the charter is entry version − 1 of a log of exactly that size, by the
// charter's log in use, whose key `trust` names, and cosigned by the witnesses of `trust` within
// kFreshnessSeconds before `now`. Errors as OpenTrusted; for the proof kUnverified (none at all,
// one that does not hold, too few witnesses), kExpired (witnesses), kConflict (the charter is not
// the newest of that log), kRejected (a log that `trust` does not name), kMalformed, kTooLarge.
Result<Published> OpenPublished(std::string_view note, std::string_view proof, const Trust& trust,
                                std::int64_t now);

}  // namespace safeconduct::charter

#endif  // SAFECONDUCT_GATEWAY_CHARTER_PUBLISHED_H_
