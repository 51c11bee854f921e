#include "gateway/cli/event_words.h"

#include "crypto/base/encoding.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/output.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {
namespace {

std::string NameOf(const std::string& event_key, const charter::OpenCharter& charter) {
  const v1::Holder* const holder =
      event_key.size() == 32 ? charter.FindByEventKey(ToArray<32>(AsBytes(event_key))) : nullptr;
  return holder == nullptr ? "a key that the charter does not name (any more)" : holder->label();
}

template <typename Names>
std::string Join(const Names& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

std::string GrantWords(const v1::Grant& grant, const charter::OpenCharter& charter) {
  std::vector<std::string> names;
  for (const v1::GrantedHeader& header : grant.headers()) names.push_back(header.compartment());
  std::string words = "granted " + Join(names) + " to " + NameOf(grant.grantee(), charter);
  if (grant.expires() != 0) words += " until " + FormatTime(grant.expires());
  return words;
}

std::string RevocationWords(const v1::Revocation& revocation, const charter::OpenCharter& charter) {
  const std::string what =
      revocation.compartments().empty() ? "everything" : Join(revocation.compartments());
  return "took " + what + " back from " + NameOf(revocation.holder(), charter);
}

std::string RequestWords(const v1::ReleaseRequest& request) {
  std::string words = "asked for " + Join(request.compartments());
  if (request.expires() != 0) words += " until " + FormatTime(request.expires());
  return words;
}

std::string ApprovalWords(const v1::Approval& approval) {
  std::vector<std::string> given;
  std::vector<std::string> malformed;
  for (const v1::SealedShare& share : approval.shares()) {
    (share.sealed().empty() ? malformed : given).push_back(share.compartment());
  }
  std::string words;
  if (!given.empty()) words = "approved the release of " + Join(given);
  if (!malformed.empty()) {
    words += (words.empty() ? "" : "; ") + std::string("got no good share of ") + Join(malformed) +
             " from the reporter";
  }
  return words;
}

std::string LinkWords(const v1::Link& link) {
  const std::string id = HexEncode(AsBytes(link.report_hash()).first(16));
  return link.ended() ? "parted the case from " + id : "linked the case with " + id;
}

std::string DeliveryWords(const v1::Delivery& delivery) {
  const std::string message = "the message of event " + std::to_string(delivery.message());
  switch (delivery.state()) {
    case v1::DELIVERY_STATE_SENT:
      return "sent " + message + " by SMS";
    case v1::DELIVERY_STATE_DELIVERED:
      return "reported that " + message + " reached the telephone";
    case v1::DELIVERY_STATE_FAILED:
      return "could not send " + message + ", which did not arrive";
    case v1::DELIVERY_STATE_UNSURE:
      return "does not know whether " + message + " was sent, and does not send it again";
    case v1::DELIVERY_STATE_STOPPED:
      return "did not send " + message + ": the reporter asked for no more SMS";
    default:
      return "said something of " + message + " that this program does not know";
  }
}

void AddLine(std::string& lines, const std::string& name, const std::string& value) {
  if (value.empty()) return;
  if (!lines.empty()) lines += "\n";
  lines += name + ": " + value;
}

}  // namespace

std::pair<std::string, std::string> WordsOf(const v1::Event& event,
                                            const charter::OpenCharter& charter) {
  switch (event.body_case()) {
    case v1::Event::kMessage:
      return {"message", "wrote a message"};
    case v1::Event::kStatus:
      return {"status", "changed the status to: " + StatusName(event.status().status())};
    case v1::Event::kAssignment:
      return {"assignment",
              (event.assignment().ended() ? "took the case from " : "assigned the case to ") +
                  NameOf(event.assignment().holder(), charter)};
    case v1::Event::kExclusion:
      return {"exclusion", (event.exclusion().ended() ? "let back in: " : "excluded: ") +
                               NameOf(event.exclusion().holder(), charter)};
    case v1::Event::kGrant:
      return {"grant", GrantWords(event.grant(), charter)};
    case v1::Event::kRevocation:
      return {"revocation", RevocationWords(event.revocation(), charter)};
    case v1::Event::kNote:
      return {"note", "noted something"};
    case v1::Event::kCustody:
      return {"custody", "recorded that evidence changed hands"};
    case v1::Event::kMeasures:
      return {"measures", "recorded measures"};
    case v1::Event::kLink:
      return {"link", LinkWords(event.link())};
    case v1::Event::kDismissal:
      return {"dismissal",
              event.dismissal().ended() ? "took the dismissal back" : "dismissed the case"};
    case v1::Event::kHold:
      return {"hold",
              event.hold().ended() ? "lifted the legal hold" : "put the case under legal hold"};
    case v1::Event::kRequest:
      return {"request", RequestWords(event.request())};
    case v1::Event::kApproval:
      return {"approval", ApprovalWords(event.approval())};
    case v1::Event::kRefusal:
      return {"refusal", "refused a release"};
    case v1::Event::kHandover:
      return {"handover",
              "handed the shares over to " + NameOf(event.handover().successor(), charter)};
    case v1::Event::kConsent:
      return {"consent", "changed the consent"};
    case v1::Event::kErasure:
      return {"erasure", "erased the case"};
    case v1::Event::kExpiry:
      return {"expiry", "erased the case, " + std::to_string(event.expiry().closed_days()) +
                            (event.expiry().closed_days() == 1 ? " day" : " days") +
                            " after it was closed on " + FormatDay(event.expiry().closed_day())};
    case v1::Event::kDelivery:
      return {"delivery", DeliveryWords(event.delivery())};
    case v1::Event::BODY_NOT_SET:
      break;
  }
  return {"unknown", "did something that this program does not know"};
}

std::string ConsentWords(const v1::Consent& consent) {
  const auto word = [](bool given) { return std::string(given ? "yes" : "no"); };
  std::string lines;
  AddLine(lines, "We may contact the reporter", word(consent.contact()));
  AddLine(lines, "Support services may know who it is", word(consent.support_services()));
  AddLine(lines, "Investigators may", word(consent.investigators()));
  AddLine(lines, "National authorities may", word(consent.national_authorities()));
  return lines;
}

std::string CustodyWords(const v1::CustodyRecord& record) {
  std::string lines;
  AddLine(lines, "item", record.item());
  AddLine(lines, "place", record.place());
  AddLine(lines, "time", record.time());
  AddLine(lines, "from", record.from());
  AddLine(lines, "to", record.to());
  AddLine(lines, "seal", record.seal_number());
  AddLine(lines, "document (SHA-256)", HexEncode(AsBytes(record.document_sha256())));
  AddLine(lines, "remarks", record.remarks());
  return lines;
}

std::string MeasuresWords(const v1::MeasuresRecord& record) {
  std::string lines;
  for (const v1::Measure& measure : record.measures()) {
    std::string value = measure.kind();
    if (!measure.date().empty()) value += ", " + measure.date();
    if (!measure.reference().empty()) value += ", " + measure.reference();
    AddLine(lines, "measure", value);
  }
  AddLine(lines, "sanction", record.sanction());
  AddLine(lines, "remarks", record.remarks());
  return lines;
}

}  // namespace safeconduct::cli
