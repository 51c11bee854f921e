#include "gateway/report/consent.h"

#include <algorithm>

#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "gateway/report/plaintext.h"
#include "gateway/report/wrap.h"

namespace safeconduct::report {
namespace {

// Of these answers as JSON, which says only what is true.
std::size_t JsonLength(const quorum::Consent& flags) {
  constexpr auto kEach = [](std::string_view name) { return name.size() + 8; };  // "name":true,
  const std::size_t members = (flags.contact ? kEach("contact") : 0) +
                              (flags.support_services ? kEach("supportServices") : 0) +
                              (flags.investigators ? kEach("investigators") : 0) +
                              (flags.national_authorities ? kEach("nationalAuthorities") : 0);
  return members == 0 ? 2 : members + 1;  // the last has no comma, and there are two braces
}

constexpr Error kOtherCase(Code::kUnverified, "what was sealed here belongs to another case",
                           "consent");

// Intake, support and trustees, in charter order, each once.
std::vector<const v1::Holder*> ReadersOfConsent(const charter::ChannelInfo& channel,
                                                const charter::OpenCharter& charter) {
  std::vector<const v1::Holder*> readers;
  for (const v1::Holder& holder : charter.message().holders()) {
    const auto among = [&](const std::vector<const v1::Holder*>& holders) {
      return std::find(holders.begin(), holders.end(), &holder) != holders.end();
    };
    if (among(channel.intake) || among(channel.support) || among(channel.trustees)) {
      readers.push_back(&holder);
    }
  }
  return readers;
}

Result<Bytes> SealIdentityAnew(const v1::Identity& identity, const v1::ReporterKeys& reporter,
                               const charter::ChannelInfo& channel) {
  const v1::Consent& consent = identity.consent();
  SC_ASSIGN(const std::size_t hidden, HiddenLength(identity, consent));
  const IdentityReaders readers = ReadersOfIdentity(consent, channel);
  v1::Identity shown = identity;
  if (readers.nobody()) shown.clear_answers();
  SC_ASSIGN(const SecretBytes plaintext,
            MakePlaintext(shown, hidden, MinPlaintext(Part::kIdentity)));
  const age::FileKey file_key = age::FileKey::Random();
  const Bytes payload = age::SealPayload(file_key, plaintext.Reveal());
  Readers direct;
  SC_TRY(readers.AddTo(direct));
  const quorum::Context context = {channel.channel->id(),
                                   ToArray<32>(AsBytes(reporter.event_key())),
                                   std::string(kIdentityPart),
                                   Sha256(payload),
                                   0,
                                   0};
  SC_ASSIGN(const age::Header header,
            WrapForReaders(file_key, direct, channel, context, consent, readers.quorum));
  Bytes out = age::SerializeHeader(header);
  Append(out, payload);
  if (out.size() <= kMaxMessageBytes) return out;
  return Error(Code::kTooLarge, "the answers are too long", "identity");
}

Result<v1::Identity> ParseNewIdentity(const SecretBytes& plaintext, const Checked& report) {
  SC_ASSIGN(v1::Identity identity, ParsePlaintext<v1::Identity>(plaintext));
  if (HasKeys(identity.reporter(), report.manifest.request_key(), report.manifest.event_key())) {
    return identity;
  }
  return kOtherCase;
}

}  // namespace

quorum::Consent FlagsOf(const v1::Consent& consent) {
  return {consent.contact(), consent.support_services(), consent.investigators(),
          consent.national_authorities()};
}

v1::Consent ConsentOf(const quorum::Consent& flags) {
  v1::Consent consent;
  consent.set_contact(flags.contact);
  consent.set_support_services(flags.support_services);
  consent.set_investigators(flags.investigators);
  consent.set_national_authorities(flags.national_authorities);
  return consent;
}

bool MayKnowIdentity(const v1::Holder& holder, const v1::Consent& consent) {
  if (charter::HasRole(holder, v1::ROLE_SUPPORT)) return consent.support_services();
  return holder.national_authority() ? consent.national_authorities() : consent.investigators();
}

Result<std::size_t> HiddenLength(const google::protobuf::Message& message,
                                 const v1::Consent& consent) {
  SC_ASSIGN(std::string json, proto::ToJson(message));
  const std::size_t length =
      json.size() + JsonLength({true, true, true, true}) - JsonLength(FlagsOf(consent));
  Wipe({reinterpret_cast<std::uint8_t*>(json.data()), json.size()});
  return length;
}

Result<v1::ConsentChange> SealConsentChange(const v1::Consent& consent,
                                            const std::vector<v1::Answer>& identity_answers,
                                            const v1::ReporterKeys& reporter,
                                            const Hash& report_hash,
                                            const charter::ChannelInfo& channel,
                                            const charter::OpenCharter& charter) {
  v1::ConsentText text;
  text.set_report_hash(std::string(AsText(report_hash)));
  *text.mutable_reporter() = reporter;
  *text.mutable_consent() = consent;
  SC_ASSIGN(const Bytes sealed, SealRecord(text, ReadersOfConsent(channel, charter)));
  v1::Identity identity;
  *identity.mutable_reporter() = reporter;
  *identity.mutable_consent() = consent;
  for (const v1::Answer& answer : identity_answers) *identity.add_answers() = answer;
  SC_ASSIGN(const Bytes anew, SealIdentityAnew(identity, reporter, channel));
  v1::ConsentChange change;
  change.set_sealed(sealed.data(), sealed.size());
  change.set_identity(anew.data(), anew.size());
  return change;
}

Result<v1::ConsentText> OpenConsent(ByteView sealed, const identity::Party& party,
                                    const Checked& report) {
  const age::Identity* identity = &party.age_identity();
  SC_ASSIGN(const SecretBytes plaintext, age::Decrypt(std::span(&identity, 1), sealed));
  SC_ASSIGN(v1::ConsentText text, ParsePlaintext<v1::ConsentText>(plaintext));
  const bool fits =
      text.report_hash() == AsText(report.hash) &&
      HasKeys(text.reporter(), report.manifest.request_key(), report.manifest.event_key());
  if (!fits) return kOtherCase;
  return text;
}

Result<v1::Identity> OpenNewIdentity(ByteView sealed, const identity::Party& party,
                                     const Checked& report) {
  const age::Identity* identity = &party.age_identity();
  SC_ASSIGN(const SecretBytes plaintext, age::Decrypt(std::span(&identity, 1), sealed));
  return ParseNewIdentity(plaintext, report);
}

Result<v1::Identity> OpenNewIdentity(ByteView sealed, const age::FileKey& file_key,
                                     const Checked& report) {
  SC_ASSIGN(const age::ParsedHeader parsed, age::ParseHeader(sealed));
  SC_ASSIGN(const SecretBytes plaintext, age::OpenPayload(file_key, sealed.subspan(parsed.size)));
  return ParseNewIdentity(plaintext, report);
}

const v1::ConsentChange* ConsentChangeIn(const CheckedEvent& event, const Checked& report) {
  const bool by_reporter = event.event.author() == report.manifest.event_key();
  return by_reporter && event.event.has_consent() ? &event.event.consent() : nullptr;
}

Result<std::optional<v1::Consent>> NewestConsent(const std::vector<CheckedEvent>& events,
                                                 const identity::Party& party,
                                                 const Checked& report) {
  for (auto each = events.rbegin(); each != events.rend(); ++each) {
    const v1::ConsentChange* const change = ConsentChangeIn(*each, report);
    if (change == nullptr) continue;
    SC_ASSIGN(const v1::ConsentText text, OpenConsent(AsBytes(change->sealed()), party, report));
    return std::optional(text.consent());
  }
  return std::optional<v1::Consent>();
}

}  // namespace safeconduct::report
