#include "gateway/cli/attachment_files.h"

#include <string_view>

#include "crypto/base/utf8.h"
#include "gateway/report/attachment.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxNameBytes = 100;

bool IsHarmless(char32_t c) {
  if (c < 0x80) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  }
  // Other scripts stay; what is invisible or steers the direction does not.
  return c >= 0xA1 && c != 0xAD && !(c >= 0x200B && c <= 0x200F) && !(c >= 0x2028 && c <= 0x202E) &&
         !(c >= 0x2060 && c <= 0x206F) && c != 0xFEFF && !(c >= 0xFFF0 && c <= 0xFFFF) &&
         !(c >= 0xE0000 && c <= 0xE0FFF) && !IsUnicodeSpace(c);
}

}  // namespace

std::string SafeFileName(std::string_view compartment, std::string_view name) {
  name = name.substr(name.find_last_of("/\\") + 1);
  std::string safe;
  while (!name.empty() && safe.size() < kMaxNameBytes) {
    const std::string_view before = name;
    const std::optional<char32_t> c = TakeCodePoint(name);
    if (!c) name.remove_prefix(1);
    const std::string_view bytes = before.substr(0, before.size() - name.size());
    if (c && IsHarmless(*c) && safe.size() + bytes.size() <= kMaxNameBytes) {
      safe += bytes;
    } else {
      safe += '_';
    }
  }
  const std::size_t first = safe.find_first_not_of(".-_");
  safe = first == std::string::npos ? "" : safe.substr(first);
  return std::string(compartment) + (safe.empty() ? "" : "-" + safe);
}

Outcome<std::string> SaveAttachment(Context& context, const OpenedCase& opened,
                                    const v1::Attachment& description, const std::string& folder,
                                    Overwrite overwrite) {
  const std::string& name = description.compartment();
  const v1::Compartment* compartment = opened.file.Find(name);
  if (compartment == nullptr || !name.starts_with("attachment-")) {
    return UnverifiedFailure("The account describes an attachment that the report does not have");
  }
  const std::string doing = "The attachment " + name + " cannot be opened";
  SC_ASSIGN(Result<age::FileKey> found, FileKeyOf(opened, name));
  SC_ASSIGN(const age::FileKey file_key, Explain(std::move(found), doing));
  SC_ASSIGN(report::AttachmentOpener opener,
            ExplainAs(Exit::kUnverified,
                      report::AttachmentOpener::Start(file_key, *compartment, description), doing));
  const std::string path = folder + "/" + SafeFileName(name, description.name());
  SC_ASSIGN(NewFile file, NewFile::Create(path, overwrite));
  SecretBytes plain;
  std::uint64_t done = 0;
  Output& out = context.out();
  const Done streamed = StreamPayload(context, opened, name, [&](ByteView bytes) -> Done {
    SC_TRY(ExplainAs(Exit::kUnverified, opener.Update(bytes, plain), doing));
    SC_TRY(file.Write(plain.Reveal()));
    plain.Truncate(0);
    done += bytes.size();
    out.Progress("Opening " + name, done, compartment->payload_bytes());
    return {};
  });
  out.EndProgress();
  SC_TRY(streamed);
  SC_TRY(ExplainAs(Exit::kUnverified, opener.Finish(plain), doing));
  SC_TRY(file.Write(plain.Reveal()));
  SC_TRY(file.Commit());
  return path;
}

}  // namespace safeconduct::cli
