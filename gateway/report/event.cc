#include "gateway/report/event.h"

#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "proto/parse.h"

namespace safeconduct::report {
namespace {

constexpr std::string_view kEventPrefix = "safeconduct/event/v1\n";
constexpr std::int64_t kHour = 3'600;
constexpr std::size_t kMaxEventFields = 256;
// The reporter and the account's readers.
constexpr std::size_t kMaxMessageStanzas = charter::kMaxReaders + 1;

Bytes SignedBytes(ByteView event) {
  Bytes message;
  message.reserve(kEventPrefix.size() + event.size());
  Append(message, kEventPrefix);
  Append(message, event);
  return message;
}

bool IsHash(const std::string& bytes) { return bytes.size() == std::tuple_size_v<Hash>; }

Status CheckMessage(const v1::Message& message) {
  const ByteView sealed = AsBytes(message.sealed());
  if (sealed.size() > kMaxMessageBytes) {
    return Error(Code::kTooLarge, "a message of more than 128 KiB", "message.sealed");
  }
  const Result<age::ParsedHeader> parsed = age::ParseHeader(sealed);
  if (!parsed.ok()) return parsed.error().In("message.sealed");
  const Result<age::Header> header = ParseSealedHeader(sealed.first(parsed->size));
  if (!header.ok()) return header.error().In("message.sealed");
  if (header->stanzas.size() > kMaxMessageStanzas) {
    return Error(Code::kTooLarge, "a message to more than 33 readers", "message.sealed");
  }
  const Status size = CheckPaddedSize(sealed.size() - parsed->size, kMinMessagePlaintext);
  if (!size.ok()) return size.error().In("message.sealed");
  return {};
}

Status CheckForm(const v1::Event& event) {
  if (!IsHash(event.report_hash())) {
    return Error(Code::kMalformed, "a report hash is 32 bytes", "report_hash");
  }
  if (event.sequence() == 0) {
    return Error(Code::kMalformed, "the first event has number 1", "sequence");
  }
  if (!IsHash(event.previous())) {
    return Error(Code::kMalformed, "the hash of the previous event is 32 bytes", "previous");
  }
  if (event.author().size() != std::tuple_size_v<PublicKey>) {
    return Error(Code::kMalformed, "an author's key is 32 bytes", "author");
  }
  if (event.charter_version() == 0) {
    return Error(Code::kMalformed, "a charter's version is at least 1", "charter_version");
  }
  if (event.time() <= 0 || event.time() % kHour != 0) {
    return Error(Code::kRejected, "times are rounded down to the hour", "time");
  }
  switch (event.body_case()) {
    case v1::Event::kMessage:
      return CheckMessage(event.message());
    case v1::Event::kStatus:
      if (event.status().status() != v1::CASE_STATUS_UNSPECIFIED) return {};
      return Error(Code::kMalformed, "a change of status without a status", "status");
    case v1::Event::BODY_NOT_SET:
      break;
  }
  return Error(Code::kMalformed, "an event that does nothing", "body");
}

bool IsReporter(const v1::Event& event, const v1::StoredCase& record) {
  return !record.event_key().empty() && event.author() == record.event_key();
}

Status MayMessage(const v1::StoredCase& record) {
  if (!record.mailbox().empty()) return {};
  return Error(Code::kRejected, "a plain report has no mailbox: nobody could read a message",
               "message");
}

Status MayChangeStatus(const v1::StatusChange& change) {
  if (change.status() != v1::CASE_STATUS_RECEIVED) return {};
  return Error(Code::kRejected, "a case does not go back to being just received", "status");
}

}  // namespace

v1::SignedEvent SignEvent(const v1::Event& event, const SigningKey& event_key) {
  v1::SignedEvent out;
  out.set_event(event.SerializeAsString());
  out.set_signature(std::string(AsText(event_key.Sign(SignedBytes(AsBytes(out.event()))))));
  return out;
}

Result<CheckedEvent> CheckEvent(const v1::SignedEvent& signed_event) {
  if (signed_event.signature().size() != std::tuple_size_v<Signature>) {
    return Error(Code::kMalformed, "a signature is 64 bytes", "signature");
  }
  const ByteView bytes = AsBytes(signed_event.event());
  Result<v1::Event> event = proto::ParseSigned<v1::Event>(bytes, kMaxEventBytes, kMaxEventFields);
  if (!event.ok()) return event.error().In("event");
  SC_TRY(CheckForm(*event));
  const Status signature = Verify(ToArray<32>(AsBytes(event->author())), SignedBytes(bytes),
                                  ToArray<64>(AsBytes(signed_event.signature())));
  if (!signature.ok()) return signature.error().In("signature");
  return CheckedEvent{*std::move(event), Sha256(bytes)};
}

Status CheckPlace(const CheckedEvent& event, const Hash& report_hash, const Head& head) {
  if (event.event.report_hash() != AsText(report_hash)) {
    return Error(Code::kConflict, "an event of another case", "report_hash");
  }
  if (event.event.sequence() != head.sequence + 1) {
    return Error(Code::kConflict, "not the next event of the case: read the case again",
                 "sequence");
  }
  if (event.event.previous() != AsText(head.hash)) {
    return Error(Code::kConflict, "does not follow the newest event of the case", "previous");
  }
  return {};
}

Result<std::vector<CheckedEvent>> VerifyChain(const std::vector<v1::SignedEvent>& events,
                                              const Hash& report_hash, std::size_t* bad) {
  std::vector<CheckedEvent> out;
  out.reserve(events.size());
  Head head{0, report_hash};
  for (const v1::SignedEvent& signed_event : events) {
    if (bad != nullptr) *bad = out.size();
    SC_ASSIGN(CheckedEvent event, CheckEvent(signed_event));
    SC_TRY(CheckPlace(event, report_hash, head));
    head = {event.event.sequence(), event.hash};
    out.push_back(std::move(event));
  }
  return out;
}

Status MayAppend(const v1::Event& event, const v1::StoredCase& record,
                 const charter::OpenCharter& charter) {
  const bool is_reporter = IsReporter(event, record);
  if (!is_reporter) {
    const bool has_key = event.author().size() == std::tuple_size_v<PublicKey>;
    const v1::Holder* holder =
        has_key ? charter.FindByEventKey(ToArray<32>(AsBytes(event.author()))) : nullptr;
    if (holder == nullptr || !charter::OnChannel(*holder, record.channel()) ||
        !charter::HasRole(*holder, v1::ROLE_INTAKE)) {
      return Error(Code::kUnauthorized, "the author has nothing to do with this case", "author");
    }
  }
  if (event.charter_version() != charter.version()) {
    return Error(Code::kConflict, "made under another version of the charter: fetch the charter",
                 "charter_version");
  }
  switch (event.body_case()) {
    case v1::Event::kMessage:
      return MayMessage(record);
    case v1::Event::kStatus:
      if (!is_reporter) return MayChangeStatus(event.status());
      return Error(Code::kRejected, "a reporter does not change the status", "status");
    case v1::Event::BODY_NOT_SET:
      break;
  }
  return Error(Code::kMalformed, "an event that does nothing", "body");
}

}  // namespace safeconduct::report
