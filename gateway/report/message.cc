#include "gateway/report/event.h"
#include "gateway/report/plaintext.h"
#include "gateway/report/wrap.h"

namespace safeconduct::report {

Result<Bytes> SealMessage(const v1::MessageText& text, const std::string& reporter_recipient,
                          const std::vector<const v1::Holder*>& readers) {
  SC_ASSIGN(const SecretBytes plaintext, MakePlaintext(text, 0, kMinMessagePlaintext));
  Readers all;
  SC_TRY(all.Add(reporter_recipient));
  SC_TRY(all.Add(readers));
  const age::FileKey file_key = age::FileKey::Random();
  SC_ASSIGN(const age::Header header, all.Wrap(file_key));
  Bytes out = age::SerializeHeader(header);
  Append(out, age::SealPayload(file_key, plaintext.Reveal()));
  if (out.size() > kMaxMessageBytes)
    return Error(Code::kTooLarge, "the message is too long", "text");
  return out;
}

Result<v1::MessageText> OpenMessage(ByteView sealed, const identity::Party& party,
                                    const Hash& report_hash, const v1::ReporterKeys* reporter) {
  if (sealed.size() > kMaxMessageBytes)
    return Error(Code::kMalformed, "a message that is too long");
  const age::Identity* identity = &party.age_identity();
  SC_ASSIGN(const SecretBytes plaintext, age::Decrypt(std::span(&identity, 1), sealed));
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

}  // namespace safeconduct::report
