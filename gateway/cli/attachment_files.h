// Attachments of a case, opened as they arrive and written to a folder.
#ifndef SAFECONDUCT_GATEWAY_CLI_ATTACHMENT_FILES_H_
#define SAFECONDUCT_GATEWAY_CLI_ATTACHMENT_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "gateway/cli/case_file.h"
#include "gateway/cli/failure.h"
#include "gateway/cli/files.h"

namespace safeconduct::cli {

// A name that is safe to write to: `compartment`, a hyphen, and of the reporter's name for the file
// what is harmless: no folders, no leading dot or hyphen, no control or shell characters, at most
// 100 bytes.
std::string SafeFileName(std::string_view compartment, std::string_view name);

// Writes the attachment that `description` (from the opened account) describes into `folder`, under
// a safe name, which it gives. The file appears only when all of it was verified: the manifest's
// digest, the length and the SHA-256 that the reporter sealed.
Outcome<std::string> SaveAttachment(Context& context, const OpenedCase& opened,
                                    const v1::Attachment& description, const std::string& folder,
                                    Overwrite overwrite);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_ATTACHMENT_FILES_H_
