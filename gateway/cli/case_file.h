// A case as a holder's client trusts it: fetched, and checked against the reporter's signature, the
// id, the log key's promise and the chain of events before anything in it is opened or shown.
#ifndef SAFECONDUCT_GATEWAY_CLI_CASE_FILE_H_
#define SAFECONDUCT_GATEWAY_CLI_CASE_FILE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/cli/context.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {

inline constexpr const char* kPlainCompartment = "plain";

struct CaseFile {
  v1::CaseView view;
  std::string id;
  Hash report_hash{};
  std::optional<report::Checked> report;     // absent for a plain report, and for an auditor
  std::vector<report::CheckedEvent> events;  // the whole chain; of an erased case, its last
  report::Head head;
  PublicKey reporter_event_key{};  // zeros without a report
  int status = 0;                  // as the events have it

  bool plain() const { return view.summary().plain(); }
  bool erased() const { return view.summary().erased(); }
  const v1::Compartment* Find(std::string_view name) const;        // in the manifest
  const v1::CompartmentView* Served(std::string_view name) const;  // what this holder may download
};

// Everything that a command about a case starts from.
struct OpenedCase {
  const VerifiedCharter& charter;  // both of the context's office
  const Holder& holder;
  CaseFile file;
};

// `id` as the user typed it. kUsage, kUnverified, kRefused, kKey, kNetwork.
Outcome<OpenedCase> FetchCase(Context& context, const std::string& id);
// Again, for the same holder, after something was appended.
Outcome<CaseFile> RefetchCase(Context& context, const OpenedCase& opened);

// The payload of a small compartment (triage, account, identity) after its digest was checked; its
// header is that of HeaderOf to the byte. kUnverified.
Outcome<Bytes> ReadPayload(Context& context, const OpenedCase& opened, const std::string& name);

// The payload of an attachment, piece by piece. Its header is checked, its digest is the sink's to
// check (report::AttachmentOpener does).
Done StreamPayload(Context& context, const OpenedCase& opened, const std::string& name,
                   const std::function<Done(ByteView)>& sink);

// The header with which the compartment is served to this holder: the reporter's, or the one that
// an event of the case granted. kUnverified when the gateway names an event that granted none.
Outcome<std::string> HeaderOf(const OpenedCase& opened, const std::string& name);
// The compartment's file key, by that header; a granted one is compared with the reporter's. The
// inner error is the library's: kWrongKey when it is not for this holder.
Outcome<Result<age::FileKey>> FileKeyOf(const OpenedCase& opened, const std::string& name);

// Who made an event: "reporter", a label of the charter, or in words that it is not known. Without
// the manifest, as an auditor has it, the reporter's key is not known.
std::string AuthorOf(const OpenedCase& opened, const v1::Event& event);

// A plain report's age file, as it was sent, after its hash was checked.
Outcome<Bytes> ReadPlain(Context& context, const OpenedCase& opened);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CASE_FILE_H_
