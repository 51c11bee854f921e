// Plain reports: what people seal with stock `age`.
#include <algorithm>

#include "crypto/age/native.h"
#include "crypto/base/hash.h"
#include "gateway/report/report.h"

namespace safeconduct::report {
namespace {

constexpr std::size_t kMaxPlainStanzas = 64;
constexpr std::size_t kMaxPlainHeaderBytes = 128 * 1024;

// Armor adds a third, a newline per 64 characters, two lines and white space around it.
std::size_t ArmoredBound(std::uint64_t bytes) {
  return static_cast<std::size_t>(bytes + bytes / 2 + 1024);
}

bool IsGrease(const age::Stanza& stanza) { return stanza.type.ends_with("-grease"); }

Status CheckPlainStanzas(const age::Header& header) {
  if (header.stanzas.size() > kMaxPlainStanzas) {
    return Error(Code::kTooLarge, "more than 64 recipients");
  }
  std::size_t readable = 0;
  for (const age::Stanza& stanza : header.stanzas) {
    if (stanza.type == age::kScryptType) {
      return Error(Code::kRejected,
                   "encrypted with a passphrase, which nobody here knows: use the channel's "
                   "recipients (age1pq1...)");
    }
    if (stanza.type == age::kHybridType) {
      ++readable;
    } else if (!IsGrease(stanza)) {
      return Error(Code::kRejected,
                   "encrypted to another kind of recipient: use the channel's recipients "
                   "(age1pq1...) and no others");
    }
  }
  if (readable == 0) {
    return Error(Code::kRejected, "encrypted to nobody who could read it here");
  }
  return age::CheckStanzas(header);
}

}  // namespace

Result<CheckedPlain> CheckPlain(std::string_view channel, ByteView age_file,
                                const charter::OpenCharter& charter) {
  const charter::ChannelInfo* info = charter.FindChannel(channel);
  if (info == nullptr) return Error(Code::kNotFound, "there is no such channel", "channel");
  if (info->plain_recipients.empty()) {
    return Error(Code::kRejected, "this channel takes no plain reports", "channel");
  }
  const std::uint64_t limit = info->channel->limits().plain_bytes();
  const Error too_large(Code::kTooLarge, "longer than this channel takes", "age_file");
  Bytes dearmored;
  if (age::IsArmored(age_file)) {
    if (age_file.size() > ArmoredBound(limit)) return too_large;
    Result<Bytes> binary = age::Dearmor(age_file);
    if (!binary.ok()) return binary.error().In("age_file");
    dearmored = *std::move(binary);
    age_file = dearmored;
  }
  if (age_file.size() > limit) return too_large;

  const ByteView start = age_file.first(std::min(age_file.size(), kMaxPlainHeaderBytes));
  const Result<age::ParsedHeader> parsed = age::ParseHeader(start);
  if (!parsed.ok()) return parsed.error().In("age_file");
  const Status stanzas = CheckPlainStanzas(parsed->header);
  if (!stanzas.ok()) return stanzas.error().In("age_file");
  const ByteView header = age_file.first(parsed->size);
  const ByteView payload = age_file.subspan(parsed->size);
  if (!age::PlaintextSize(payload.size()).ok()) {
    return Error(Code::kMalformed, "an age file that is cut short", "age_file");
  }

  CheckedPlain out;
  out.header.assign(header.begin(), header.end());
  out.payload.assign(payload.begin(), payload.end());
  out.hash = Sha256({AsBytes("safeconduct/plain/v1\n"), AsBytes(channel), AsBytes("\n"), age_file});
  out.id = IdOf(out.hash);
  return out;
}

}  // namespace safeconduct::report
