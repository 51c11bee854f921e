#include "gateway/sms/relay/charter_keeper.h"

#include <algorithm>
#include <utility>

#include "crypto/tlog/checkpoint.h"
#include "gateway/sms/relay/files.h"
#include "proto/parse.h"

namespace safeconduct::sms {
namespace {

constexpr std::size_t kMaxDocumentBytes = 2 * 1024 * 1024;

}  // namespace

Result<std::unique_ptr<CharterKeeper>> CharterKeeper::Open(const std::string& trust_file,
                                                           const std::string& kept_file,
                                                           const identity::Party& relay,
                                                           const work::Clock& clock) {
  const Result<Bytes> text = ReadWholeFile(trust_file, charter::kMaxTrustBytes);
  if (!text.ok()) return text.error().In("trust_file");
  Result<charter::Trust> trust = charter::ParseTrust(AsText(*text));
  if (!trust.ok()) return trust.error().In("trust_file");
  std::unique_ptr<CharterKeeper> keeper(new CharterKeeper(
      *std::move(trust), kept_file, relay.Key(identity::Purpose::kRequest).public_key(), clock));
  const Result<Bytes> kept = ReadWholeFile(kept_file, kMaxDocumentBytes);
  if (!kept.ok()) {
    if (kept.error().code() == Code::kNotFound) return keeper;
    return kept.error();
  }
  const Result<v1::CharterDocument> document =
      proto::ParseTolerant<v1::CharterDocument>(*kept, kMaxDocumentBytes);
  // One that does not verify (any more) is as good as none: the gateway is asked.
  if (document.ok()) (void)keeper->Take(*document, clock.UnixSeconds()).ok();
  return keeper;
}

Status CharterKeeper::Take(const v1::CharterDocument& document, std::int64_t now) {
  SC_ASSIGN(charter::Published published,
            charter::OpenPublished(document.note(), document.proof(), trust_, now));
  const std::lock_guard lock(mutex_);
  if (known_.charter != nullptr) {
    if (published.charter->version() < known_.charter->version()) {
      return Error(Code::kConflict, "the gateway serves an older charter than before");
    }
    if (published.charter->version() == known_.charter->version() &&
        !tlog::Agree(published.checkpoint, known_.checkpoint)) {
      return Error(Code::kConflict, "the gateway serves another charter of a version known");
    }
  }
  known_ = std::move(published);
  return {};
}

Status CharterKeeper::Refresh(Gateway& gateway) {
  const std::lock_guard one(refreshing_);
  SC_ASSIGN(const v1::CharterDocument document, gateway.ReadCharter());
  // A gateway cannot make an old checkpoint fresh by its Date; where this clock is behind, it is.
  SC_TRY(Take(document, std::max(clock_.UnixSeconds(), gateway.Time())));
  const std::string bytes = document.SerializeAsString();
  const Result<Bytes> kept = ReadWholeFile(kept_file_, kMaxDocumentBytes);
  if (kept.ok() && AsText(*kept) == bytes) return {};
  return WriteWholeFile(kept_file_, AsBytes(bytes));
}

CharterPtr CharterKeeper::Current() const {
  const std::lock_guard lock(mutex_);
  if (known_.charter == nullptr || known_.charter->expiry() <= clock_.UnixSeconds()) return nullptr;
  return known_.charter;
}

const v1::Holder* CharterKeeper::RelayOf(const charter::OpenCharter& charter,
                                         std::string_view channel) const {
  const v1::Holder* const holder = charter.FindByRequestKey(request_key_);
  if (holder == nullptr || !charter::HasRole(*holder, v1::ROLE_RELAY) ||
      !charter::OnChannel(*holder, channel)) {
    return nullptr;
  }
  return holder;
}

}  // namespace safeconduct::sms
