#include "gateway/charter/charter.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/base/text.h"
#include "gateway/charter/rules.h"
#include "gateway/charter/text.h"
#include "proto/parse.h"

namespace safeconduct::charter {
namespace {

// Of holders, channels and questions at all depths; a charter of kMaxCharterBytes is trusted with
// more memory than a request, since the roots signed it.
constexpr std::size_t kMaxFields = 256 * 1024;
constexpr std::size_t kMaxTextLength = (kMaxCharterBytes + 2) / 3 * 4 + 512;

// What other notes of this system begin with can never begin a charter.
bool IsReserved(std::string_view origin) { return origin.starts_with("safeconduct/"); }

PublicKey KeyOf(const std::string& bytes) { return ToArray<32>(AsBytes(bytes)); }

template <typename Map>
auto FindIn(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

Status CheckOtherRules(const v1::Charter& charter) {
  SC_TRY(CheckChannels(charter));
  SC_TRY(CheckWitnesses(charter));
  SC_TRY(CheckNextRoots(charter));
  return CheckTexts(charter);
}

}  // namespace

Result<std::shared_ptr<const OpenCharter>> OpenCharter::FromText(std::string_view note_text) {
  if (note_text.size() > kMaxTextLength) return Error(Code::kTooLarge, "charter is too long");
  const std::optional<std::string_view> origin = TakeLine(note_text);
  const std::optional<std::string_view> version = TakeLine(note_text);
  const std::optional<std::string_view> expiry = TakeLine(note_text);
  const std::optional<std::string_view> body = TakeLine(note_text);
  if (!body || !note_text.empty()) {
    return Error(Code::kMalformed,
                 "a charter is four lines: origin, version, expiry, base64 of the rest");
  }
  if (!IsOrigin(*origin) || IsReserved(*origin)) {
    return Error(
        Code::kRejected,
        "an origin is 1 to 255 printable characters without spaces or plus signs, and does "
        "not begin with safeconduct/",
        "origin");
  }
  const Result<std::uint64_t> version_number = ParseDecimal(*version, kMaxVersion);
  if (!version_number.ok() || *version_number == 0) {
    return Error(Code::kMalformed, "a charter's version is a decimal number from 1", "version");
  }
  const Result<std::uint64_t> expiry_time = ParseDecimal(*expiry, kMaxTime);
  if (!expiry_time.ok()) {
    return Error(Code::kMalformed, "a charter's expiry is a decimal number of seconds", "expiry");
  }
  const Result<Bytes> bytes = Base64Decode(*body);
  if (!bytes.ok()) return Error(Code::kMalformed, "a charter's fourth line is base64");

  std::shared_ptr<OpenCharter> out(new OpenCharter);
  out->origin_ = *origin;
  out->version_ = *version_number;
  out->expiry_ = static_cast<std::int64_t>(*expiry_time);
  SC_TRY(proto::ParseInto(*bytes, {kMaxCharterBytes, kMaxFields}, proto::Unknown::kRefuse,
                          out->message_));
  SC_ASSIGN(out->keys_, CheckHolders(out->message_));
  SC_TRY(CheckOtherRules(out->message_));
  SC_ASSIGN(out->logs_, CheckLogs(out->message_));
  for (const note::VerifierKey& log : out->logs_) {
    if (log.name == out->origin_) {
      return Error(Code::kRejected, "a log needs another origin than the charter's", "logs.vkey");
    }
  }
  out->BuildIndexes();
  return std::shared_ptr<const OpenCharter>(std::move(out));
}

void OpenCharter::BuildIndexes() {
  for (const v1::Holder& holder : message_.holders()) {
    holders_by_label_.emplace(holder.label(), &holder);
    holders_by_request_key_.emplace(KeyOf(holder.request_key()), &holder);
    holders_by_event_key_.emplace(KeyOf(holder.event_key()), &holder);
  }
  channels_.reserve(static_cast<std::size_t>(message_.channels_size()));
  for (const v1::Channel& channel : message_.channels()) {
    ChannelInfo info;
    info.channel = &channel;
    info.keys = &keys_;
    const auto& plain = channel.plain_recipients();
    for (const v1::Holder& holder : message_.holders()) {
      if (!OnChannel(holder, channel.id())) continue;
      if (HasRole(holder, v1::ROLE_INTAKE)) info.intake.push_back(&holder);
      if (HasRole(holder, v1::ROLE_SUPPORT)) info.support.push_back(&holder);
      if (HasRole(holder, v1::ROLE_TRUSTEE)) info.trustees.push_back(&holder);
      if (std::find(plain.begin(), plain.end(), holder.label()) != plain.end()) {
        info.plain_recipients.push_back(&holder);
      }
    }
    channels_.push_back(std::move(info));
    channels_by_id_.emplace(channel.id(), &channels_.back());
  }
}

const ChannelInfo* OpenCharter::FindChannel(std::string_view id) const {
  return FindIn(channels_by_id_, id);
}

const v1::Holder* OpenCharter::FindByRequestKey(const PublicKey& key) const {
  return FindIn(holders_by_request_key_, key);
}

const v1::Holder* OpenCharter::FindByEventKey(const PublicKey& key) const {
  return FindIn(holders_by_event_key_, key);
}

const v1::Holder* OpenCharter::FindByLabel(std::string_view label) const {
  return FindIn(holders_by_label_, label);
}

bool HasRole(const v1::Holder& holder, v1::Role role) {
  return std::find(holder.roles().begin(), holder.roles().end(), role) != holder.roles().end();
}

bool OnChannel(const v1::Holder& holder, std::string_view channel) {
  return holder.channels().empty() || std::find(holder.channels().begin(), holder.channels().end(),
                                                channel) != holder.channels().end();
}

bool IsRelayOf(const v1::Holder& holder, std::string_view channel) {
  return HasRole(holder, v1::ROLE_RELAY) && OnChannel(holder, channel);
}

Result<std::string> MakeText(std::string_view origin, std::uint64_t version, std::int64_t expiry,
                             const v1::Charter& charter) {
  std::string text;
  text.append(origin).append("\n");
  text.append(std::to_string(version)).append("\n");
  text.append(std::to_string(expiry)).append("\n");
  text.append(Base64Encode(AsBytes(charter.SerializeAsString()))).append("\n");
  SC_TRY(OpenCharter::FromText(text));
  return text;
}

}  // namespace safeconduct::charter
