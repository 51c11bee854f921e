#include "gateway/cli/conversation.h"

#include <tuple>

#include "crypto/base/hash.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/event_words.h"
#include "gateway/cli/time_text.h"
#include "gateway/report/consent.h"

namespace safeconduct::cli {
namespace {

constexpr std::int64_t kHourSeconds = 3600;
constexpr int kTurns = 5;

void NameAuthor(const v1::Event& event, const PublicKey& reporter_event_key,
                const charter::OpenCharter& charter, Entry& entry) {
  const PublicKey author = ToArray<32>(AsBytes(event.author()));
  entry.author_known = true;
  if (author == reporter_event_key) {
    entry.author = "reporter";
  } else if (const v1::Holder* holder = charter.FindByEventKey(author)) {
    entry.author = holder->label();
    entry.organisation = holder->organisation();
  } else {
    entry.author = "a key that the charter does not name (any more)";
    entry.author_known = false;
  }
}

// Fills in what could be opened; what is of another case or damaged is an error.
template <typename T, typename Words>
Done TakeText(const Result<T>& opened, const Words& words, Entry& entry) {
  entry.sealed = true;
  if (opened.ok()) {
    entry.text = words(*opened);
  } else if (opened.error().code() != Code::kWrongKey) {
    return ExplainAs(Exit::kUnverified, opened.error(),
                     "Event " + std::to_string(entry.sequence) + " does not verify");
  }
  return {};
}

// A message, by its own stanzas or by a header that was granted for it.
Result<v1::MessageText> OpenMessage(const v1::Event& event,
                                    const std::vector<report::CheckedEvent>& events,
                                    const Reading& reading) {
  const ByteView sealed = AsBytes(event.message().sealed());
  Result<v1::MessageText> text =
      report::OpenMessage(sealed, reading.party, reading.report_hash, reading.reporter);
  if (text.ok() || text.error().code() != Code::kWrongKey) return text;
  const Result<age::FileKey> key = report::GrantedKeyOf(events, event, reading.party);
  if (!key.ok()) return key.error();
  return report::OpenMessage(sealed, *key, reading.report_hash, reading.reporter);
}

Result<v1::Consent> OpenConsent(const report::CheckedEvent& event, const Reading& reading) {
  if (reading.report == nullptr) return Error(Code::kWrongKey, "not for the reporter");
  const v1::ConsentChange* const change = report::ConsentChangeIn(event, *reading.report);
  if (change == nullptr)
    return Error(Code::kUnverified, "a consent that the reporter did not sign");
  SC_ASSIGN(const v1::ConsentText text,
            report::OpenConsent(AsBytes(change->sealed()), reading.party, *reading.report));
  return text.consent();
}

Done ReadBody(const report::CheckedEvent& checked, const std::vector<report::CheckedEvent>& events,
              const Reading& reading, Entry& entry) {
  const v1::Event& event = checked.event;
  const identity::Party& party = reading.party;
  const Hash& hash = reading.report_hash;
  const auto text_of = [](const auto& message) { return message.text(); };
  std::tie(entry.kind, entry.did) = WordsOf(event, reading.charter);
  if (event.has_status()) entry.status = event.status().status();
  switch (event.body_case()) {
    case v1::Event::kMessage:
      return TakeText(OpenMessage(event, events, reading), text_of, entry);
    case v1::Event::kNote:
      return TakeText(report::OpenNote(AsBytes(event.note().sealed()), party, hash), text_of,
                      entry);
    case v1::Event::kCustody:
      return TakeText(report::OpenCustody(AsBytes(event.custody().sealed()), party, hash),
                      CustodyWords, entry);
    case v1::Event::kMeasures:
      return TakeText(report::OpenMeasures(AsBytes(event.measures().sealed()), party, hash),
                      MeasuresWords, entry);
    case v1::Event::kRequest:
      return TakeText(report::OpenReason(AsBytes(event.request().reason()), party, hash), text_of,
                      entry);
    case v1::Event::kRefusal:
      return TakeText(report::OpenReason(AsBytes(event.refusal().reason()), party, hash), text_of,
                      entry);
    case v1::Event::kConsent:
      return TakeText(OpenConsent(checked, reading), ConsentWords, entry);
    default:
      return {};
  }
}

}  // namespace

Outcome<std::vector<Entry>> ReadEntries(const std::vector<report::CheckedEvent>& events,
                                        const Reading& reading) {
  std::vector<Entry> entries;
  for (const report::CheckedEvent& checked : events) {
    const v1::Event& event = checked.event;
    Entry entry;
    entry.sequence = event.sequence();
    entry.time = event.time();
    NameAuthor(event, reading.reporter_event_key, reading.charter, entry);
    SC_TRY(ReadBody(checked, events, reading, entry));
    entries.push_back(std::move(entry));
  }
  return entries;
}

void PrintEntries(Output& out, const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    out.Line();
    std::string head = FormatTime(entry.time) + "  " + entry.author;
    if (!entry.organisation.empty()) head += " (" + entry.organisation + ")";
    if (entry.text) {
      out.Line(head + "  " + entry.did + ":");
      out.Block(*entry.text);
    } else {
      out.Line(head + "  " + entry.did + (entry.sealed ? ", which is not sealed to you" : ""));
    }
    if (!entry.author_known)
      out.Warn("Do not rely on entry " + std::to_string(entry.sequence) +
               ": its author is not known.");
  }
}

JsonArray EntriesJson(const std::vector<Entry>& entries) {
  JsonArray list;
  for (const Entry& entry : entries) {
    JsonObject json;
    json.AddNumber("sequence", entry.sequence);
    json.Add("time", Rfc3339(entry.time));
    json.Add("author", entry.author);
    if (!entry.organisation.empty()) json.Add("organisation", entry.organisation);
    json.AddBool("author_known", entry.author_known);
    json.Add("kind", entry.kind);
    if (entry.status != 0) json.Add("status", StatusName(entry.status));
    if (entry.text) json.Add("text", *entry.text);
    if (!entry.sealed && entry.status == 0) json.Add("did", entry.did);
    list.Add(json);
  }
  return list;
}

v1::Event NextEvent(const Hash& report_hash, const report::Head& head, const PublicKey& author,
                    std::uint64_t charter_version, std::int64_t gateway_time) {
  v1::Event event;
  event.set_report_hash(report_hash.data(), report_hash.size());
  event.set_sequence(head.sequence + 1);
  event.set_previous(head.hash.data(), head.hash.size());
  event.set_author(author.data(), author.size());
  event.set_charter_version(charter_version);
  event.set_time(gateway_time / kHourSeconds * kHourSeconds);
  return event;
}

Done CheckEventReply(const v1::AppendEventReply& reply, const v1::SignedEvent& event,
                     const charter::OpenCharter& charter) {
  const Result<report::Promise> promise = report::VerifyPromise(
      reply.promise(), report::LeafKind::kEvent, Sha256(AsBytes(event.event())), charter.logs());
  if (promise.ok()) return {};
  return ExplainAs(Exit::kUnverified, promise.error(),
                   "It was sent, but the gateway's promise for it does not verify");
}

Done AppendInTurn(const std::function<Done()>& append) {
  for (int turn = 1;; ++turn) {
    const Done done = append();
    if (done.ok() || done.error().http_status != 409 || turn == kTurns) return done;
  }
}

}  // namespace safeconduct::cli
