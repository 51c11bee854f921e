// A charter that is still to be signed: a JSON file that `charter add-*` and people edit.
//
//   {"origin": "charter.example.org", "version": 1, "expires": "2027-01-31T00:00:00Z",
//    "charter": {…the proto3 JSON of safeconduct.v1.Charter…}}
//
// A draft may be incomplete; only signing it checks it whole.
#ifndef SAFECONDUCT_GATEWAY_CLI_CHARTER_DRAFT_H_
#define SAFECONDUCT_GATEWAY_CLI_CHARTER_DRAFT_H_

#include <cstdint>
#include <string>

#include "gateway/cli/failure.h"
#include "gateway/cli/files.h"
#include "safeconduct/v1/charter.pb.h"

namespace safeconduct::cli {

inline constexpr std::size_t kMaxDraftBytes = 4 * 1024 * 1024;

struct CharterDraft {
  std::string origin;
  std::uint64_t version = 1;
  std::int64_t expiry = 0;  // Unix seconds
  v1::Charter charter;
};

bool LooksLikeDraft(std::string_view file);

// kUsage, with the name of what is wrong.
Outcome<CharterDraft> ParseDraft(std::string_view json);
Outcome<std::string> FormatDraft(const CharterDraft& draft);

Outcome<CharterDraft> ReadDraft(const std::string& path);
Done WriteDraft(const std::string& path, const CharterDraft& draft, Overwrite overwrite);

// The four lines to be signed, after checking every rule that a charter has to keep. kUsage.
Outcome<std::string> DraftText(const CharterDraft& draft);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CHARTER_DRAFT_H_
