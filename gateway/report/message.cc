#include <optional>

#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "gateway/report/event.h"
#include "gateway/report/plaintext.h"
#include "gateway/report/wrap.h"

namespace safeconduct::report {
namespace {

constexpr Error kTooLong(Code::kMalformed, "a message that is too long");

Result<v1::MessageText> ParseMessage(const SecretBytes& plaintext, const Hash& report_hash,
                                     const v1::ReporterKeys* reporter) {
  SC_ASSIGN(v1::MessageText text, ParsePlaintext<v1::MessageText>(plaintext));
  if (text.report_hash() != AsText(report_hash)) {
    return Error(Code::kUnverified, "a message that belongs to another case", "report_hash");
  }
  if (reporter != nullptr &&
      !HasKeys(text.reporter(), reporter->request_key(), reporter->event_key())) {
    return Error(Code::kUnverified, "a message that belongs to another reporter", "reporter");
  }
  return text;
}

// After the stanza for the reporter, which is in `all`.
Result<Bytes> Seal(const v1::MessageText& text, Readers all,
                   const std::vector<const v1::Holder*>& readers,
                   const charter::ChannelInfo& channel) {
  SC_ASSIGN(const SecretBytes plaintext, MakePlaintext(text, 0, kMinMessagePlaintext));
  SC_TRY(all.Add(readers, *channel.keys));
  if (text.reporter().event_key().size() != std::tuple_size_v<PublicKey>) {
    return Error(Code::kMalformed, "an event key is 32 bytes", "reporter");
  }
  const age::FileKey file_key = age::FileKey::Random();
  const Bytes payload = age::SealPayload(file_key, plaintext.Reveal());
  const quorum::Context context = {channel.channel->id(),
                                   ToArray<32>(AsBytes(text.reporter().event_key())),
                                   std::string(kMessagePart),
                                   Sha256(payload),
                                   0,
                                   0};
  const std::optional<Access> quorum =
      channel.has_quorum() ? std::optional(Access::kGiven) : std::nullopt;
  SC_ASSIGN(const age::Header header,
            WrapForReaders(file_key, all, channel, context, v1::Consent(), quorum));
  Bytes out = age::SerializeHeader(header);
  Append(out, payload);
  if (out.size() <= kMaxMessageBytes) return out;
  return Error(Code::kTooLarge, "the message is too long", "text");
}

}  // namespace

Result<Bytes> SealMessage(const v1::MessageText& text, const std::string& reporter_recipient,
                          const std::vector<const v1::Holder*>& readers,
                          const charter::ChannelInfo& channel) {
  Readers all;
  SC_TRY(all.Add(reporter_recipient));
  return Seal(text, std::move(all), readers, channel);
}

Result<Bytes> SealMessageForReaders(const v1::MessageText& text,
                                    const std::vector<const v1::Holder*>& readers,
                                    const charter::ChannelInfo& channel) {
  Readers all;
  all.AddThrowaways(1);
  return Seal(text, std::move(all), readers, channel);
}

Result<v1::MessageText> OpenMessage(ByteView sealed, const identity::Party& party,
                                    const Hash& report_hash, const v1::ReporterKeys* reporter) {
  if (sealed.size() > kMaxMessageBytes) return kTooLong;
  const age::Identity* identity = &party.age_identity();
  SC_ASSIGN(const SecretBytes plaintext, age::Decrypt(std::span(&identity, 1), sealed));
  return ParseMessage(plaintext, report_hash, reporter);
}

Result<v1::MessageText> OpenMessage(ByteView sealed, const age::FileKey& file_key,
                                    const Hash& report_hash, const v1::ReporterKeys* reporter) {
  if (sealed.size() > kMaxMessageBytes) return kTooLong;
  SC_ASSIGN(const age::ParsedHeader parsed, age::ParseHeader(sealed));
  SC_ASSIGN(const SecretBytes plaintext, age::OpenPayload(file_key, sealed.subspan(parsed.size)));
  return ParseMessage(plaintext, report_hash, reporter);
}

}  // namespace safeconduct::report
