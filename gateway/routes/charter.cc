#include "gateway/charter/charter.h"

#include <set>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {
namespace {

void SendBytes(Call& call, std::string_view type, std::string body) {
  http::Response response;
  response.headers.push_back({"content-type", std::string(type)});
  response.body = std::move(body);
  call.Send(std::move(response));
}

// The texts of a request, each under its digest, once. Only what the charter names.
Result<std::vector<Bytes>> CheckTexts(const Services& services, const v1::Charter& charter,
                                      const v1::CharterDocument& document) {
  std::set<std::string> named;
  for (const v1::Text& text : charter.texts()) named.insert(text.sha256());
  std::vector<Bytes> texts;
  std::set<std::string> sent;
  for (const std::string& text : document.texts()) {
    if (text.size() > charter::kMaxTextBytes) {
      return Error(Code::kTooLarge, "a text is longer than 1 MiB", "texts");
    }
    const std::string digest(AsText(Sha256(AsBytes(text))));
    if (!named.contains(digest)) {
      return Error(Code::kRejected, "a text is not named in the charter", "texts");
    }
    if (!sent.insert(digest).second) continue;
    const ByteView bytes = AsBytes(text);
    texts.emplace_back(bytes.begin(), bytes.end());
  }
  for (const std::string& digest : named) {
    if (sent.contains(digest)) continue;
    const Result<Bytes> kept = services.store.Text(ToArray<sizeof(Hash)>(AsBytes(digest)));
    if (!kept.ok() && kept.error().code() == Code::kNotFound) {
      return Error(Code::kRejected, "a text that the charter names is missing", "texts");
    }
    if (!kept.ok()) return kept.error();
  }
  return texts;
}

struct Next {
  std::shared_ptr<const charter::OpenCharter> charter;
  storage::CharterRecord record;
};

Result<Next> CheckNext(const Services& services, const CharterSnapshot* current,
                       v1::CharterDocument& document) {
  Next next;
  SC_ASSIGN(next.charter, charter::OpenNext(document.note(),
                                            current == nullptr ? nullptr : current->charter.get(),
                                            services.trust, services.clock.UnixSeconds()));
  if (next.charter->log().key != services.log_key.public_key()) {
    return Error(Code::kRejected, "the log in use does not have the key of this gateway", "logs");
  }
  SC_ASSIGN(next.record.texts, CheckTexts(services, next.charter->message(), document));
  next.record.version = next.charter->version();
  next.record.note = std::move(*document.mutable_note());
  return next;
}

void Accepted(Call& call) {
  http::Response response;
  response.status = 204;
  call.Send(std::move(response));
}

void Publish(const Services& services, const CallPtr& call) {
  SC_ANSWER_ASSIGN(*call, const Format format, RequestFormat(call->head));
  v1::CharterDocument document;
  SC_ANSWER_ERROR(*call, ParseMessage(format, call->body, document));
  call->body = {};
  const CharterSnapshot* const current = services.charters.InForce();
  if (current != nullptr && current->note == document.note()) return Accepted(*call);
  SC_ANSWER_ASSIGN(*call, Next next, CheckNext(services, current, document));
  std::string note = next.record.note;
  services.ledger.SubmitCharter(std::move(next.record), [&services, call, charter = next.charter,
                                                         note = std::move(note)](Status stored) {
    SC_ANSWER_ERROR(*call, stored);
    SC_ANSWER_ASSIGN(*call, const CharterSnapshot* const taken,
                     services.charters.Take(charter, note));
    services.operations.CharterTaken(*taken);
    Accepted(*call);
  });
}

}  // namespace

void GetCharter(const Services&, CallPtr call) {
  if (call->charter == nullptr) return call->Fail(kNothingHere);
  SendBytes(*call, MediaTypeOf(call->format),
            call->format == Format::kJson ? call->charter->document_json
                                          : call->charter->document_protobuf);
}

// Anyone may bring a charter: the roots' signatures are the authority.
void PutCharter(const Services& services, CallPtr call) {
  OnPool(services, call, [&services, call](Call&) { Publish(services, call); });
}

void GetText(const Services& services, CallPtr call) {
  const Result<Bytes> digest = HexDecode(call->params[0]);
  if (!digest.ok() || digest->size() != sizeof(Hash)) return call->Fail(kNothingHere);
  OnPool(services, call, [&services, hash = ToArray<sizeof(Hash)>(*digest)](Call& each) {
    const Result<Bytes> text = services.store.Text(hash);
    if (!text.ok() && text.error().code() == Code::kNotFound) return each.Fail(kNothingHere);
    SC_ANSWER_ERROR(each, text);
    SendBytes(each, "application/octet-stream", std::string(AsText(*text)));
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
