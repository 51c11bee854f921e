#include "gateway/charter/charter.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/note/note.h"
#include "gateway/charter/published.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/page_filling.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {
namespace {

// The texts that a charter names, by their digest. Those of a request are checked and go into
// `fresh`, each once.
Result<std::map<std::string, std::string>> CheckTexts(const Services& services,
                                                      const v1::Charter& charter,
                                                      const v1::CharterDocument& document,
                                                      std::vector<Bytes>& fresh) {
  std::set<std::string> named;
  for (const v1::Text& text : charter.texts()) named.insert(text.sha256());
  std::map<std::string, std::string> texts;
  for (const std::string& text : document.texts()) {
    if (text.size() > charter::kMaxTextBytes) {
      return Error(Code::kTooLarge, "a text is longer than 1 MiB", "texts");
    }
    const std::string digest(AsText(Sha256(AsBytes(text))));
    if (!named.contains(digest)) {
      return Error(Code::kRejected, "a text is not named in the charter", "texts");
    }
    if (!texts.emplace(digest, text).second) continue;
    const ByteView bytes = AsBytes(text);
    fresh.emplace_back(bytes.begin(), bytes.end());
  }
  for (const std::string& digest : named) {
    if (texts.contains(digest)) continue;
    const Result<Bytes> kept = services.store.Text(ToArray<sizeof(Hash)>(AsBytes(digest)));
    if (!kept.ok() && kept.error().code() == Code::kNotFound) {
      return Error(Code::kRejected, "a text that the charter names is missing", "texts");
    }
    if (!kept.ok()) return kept.error();
    texts.emplace(digest, AsText(*kept));
  }
  return texts;
}

struct Next {
  std::shared_ptr<const charter::OpenCharter> charter;
  std::shared_ptr<const pages::Pages> pages;
  storage::CharterRecord record;
};

Result<Next> CheckNext(const Services& services, const CharterSnapshot* current,
                       v1::CharterDocument& document) {
  Next next;
  SC_ASSIGN(next.charter, charter::OpenNext(document.note(),
                                            current == nullptr ? nullptr : current->charter.get(),
                                            services.trust, services.clock.UnixSeconds()));
  if (next.charter->log().key != services.log_key.public_key()) {
    return Error(
        Code::kRejected,
        "the log in use does not have the key of this gateway; a charter with a new log is "
        "put into force by safeconduct-gateway take-charter",
        "logs");
  }
  if (!services.report_log.Takes(next.charter->log().name)) {
    return Error(Code::kRejected, "the log in use is not the one that this gateway keeps", "logs");
  }
  std::vector<Bytes> fresh;
  SC_ASSIGN(const auto texts, CheckTexts(services, next.charter->message(), document, fresh));
  SC_ASSIGN(next.pages,
            FillPages(services.web_app, services.pages, *next.charter, document.note(), texts));
  next.record = RecordOf(*next.charter, std::move(*document.mutable_note()));
  next.record.texts = std::move(fresh);
  return next;
}

// What a request brings: the next charter, or nothing when it is the one in force.
Result<std::optional<Next>> ReadNext(const Services& services, const Call& call) {
  SC_ASSIGN(const Format format, RequestFormat(call.head));
  v1::CharterDocument document;
  SC_TRY(ParseMessage(format, call.body, document));
  const CharterSnapshot* const current = services.charters.InForce();
  if (current != nullptr && current->note == document.note()) return std::optional<Next>();
  SC_ASSIGN(Next next, CheckNext(services, current, document));
  return std::optional<Next>(std::move(next));
}

// Of a charter that is on disk.
Status Enforce(const Services& services, const std::shared_ptr<const charter::OpenCharter>& charter,
               std::string note, const std::shared_ptr<const pages::Pages>& pages) {
  SC_ASSIGN(const note::Note parsed, note::Parse(note));
  SC_ASSIGN(std::string entry, charter::LogEntry(parsed.text));
  SC_TRY(services.charter_log.Append(charter->version(), std::move(entry)));
  // Before it is in force, so that nobody gets it without the witnesses' word.
  services.operations.CharterLogged(*charter);
  SC_ASSIGN(std::string proof, services.charter_log.Proof());
  transparency::Diagnosis diagnosis;
  SC_TRY(services.report_log.Use(charter->log().name, diagnosis));
  SC_ASSIGN(const CharterSnapshot* const taken,
            services.charters.Take(charter, {std::move(note), std::move(proof), pages}));
  services.operations.CharterTaken(*taken);
  return {};
}

// Given back before the answer, so that whoever got it may bring the next charter.
using Turn = std::shared_ptr<std::optional<work::Slots::Slot>>;

void Answer(Call& call, const Turn& turn, const Status& status) {
  turn->reset();
  if (!status.ok()) return call.Fail(status.error());
  http::Response response;
  response.status = 204;
  call.Send(std::move(response));
}

// Stored by an earlier try that got no further: the disk filled up, or the store said no too late.
bool IsStored(const Services& services, const storage::CharterRecord& record) {
  const Result<storage::CharterRecord> stored = services.store.Charter(record.version);
  return stored.ok() && stored->note == record.note;
}

void Publish(const Services& services, const CallPtr& call, const Turn& turn) {
  Result<std::optional<Next>> next = ReadNext(services, *call);
  if (!next.ok()) return Answer(*call, turn, next.error());
  if (!next->has_value()) return Answer(*call, turn, {});
  std::string note = (*next)->record.note;
  if (IsStored(services, (*next)->record)) {
    return Answer(*call, turn,
                  Enforce(services, (*next)->charter, std::move(note), (*next)->pages));
  }
  services.ledger.SubmitCharter(
      std::move((*next)->record),
      [&services, call, turn, charter = (*next)->charter, pages = (*next)->pages,
       note = std::move(note)](const Status& stored) {
        if (!stored.ok()) return Answer(*call, turn, stored);
        // The high-water file is synced: not on the ledger's thread. Where the pool has no room,
        // the same charter brought again gets there.
        OnPool(services, call, [&services, turn, charter, pages, note](Call& each) {
          Answer(each, turn, Enforce(services, charter, note, pages));
        });
      });
}

}  // namespace

void GetCharter(const Services& services, CallPtr call) {
  const auto documents = services.charters.Documents();
  if (documents == nullptr) return call->Fail(kNothingHere);
  call->SendBytes(MediaTypeOf(call->format),
                  call->format == Format::kJson ? documents->json : documents->protobuf);
}

// Anyone may bring a charter: the roots' signatures are the authority.
void PutCharter(const Services& services, CallPtr call) {
  std::optional<work::Slots::Slot> slot = services.charters.publishing().Take();
  if (!slot) return call->Fail(Error(Code::kBusy, "another charter is being looked at"));
  const Turn turn = std::make_shared<std::optional<work::Slots::Slot>>(std::move(slot));
  OnPool(services, call, [&services, call, turn](Call&) { Publish(services, call, turn); });
}

void GetText(const Services& services, CallPtr call) {
  const Result<Bytes> digest = HexDecode(call->params[0]);
  if (!digest.ok() || digest->size() != sizeof(Hash)) return call->Fail(kNothingHere);
  OnPool(services, call, [&services, hash = ToArray<sizeof(Hash)>(*digest)](Call& each) {
    const Result<Bytes> text = services.store.Text(hash);
    if (!text.ok() && text.error().code() == Code::kNotFound) return each.Fail(kNothingHere);
    SC_ANSWER_ERROR(each, text);
    each.SendBytes("application/octet-stream", std::string(AsText(*text)));
  });
}

void GetChannel(const Services&, CallPtr call) {
  const charter::ChannelInfo* const channel =
      call->charter == nullptr ? nullptr : call->charter->charter->FindChannel(call->params[0]);
  if (channel == nullptr) return call->Fail(kNothingHere);
  const v1::Limits& limits = channel->channel->limits();
  v1::ChannelView view;
  view.set_id(channel->channel->id());
  view.set_charter_version(call->charter->charter->version());
  view.set_plain_reports(!channel->plain_recipients.empty());
  view.set_attachment_bytes(limits.attachment_bytes());
  view.set_attachments(limits.attachments());
  call->SendMessage(200, view);
}

}  // namespace safeconduct::routes
