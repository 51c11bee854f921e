// From a text to what goes to the gateway. After it the relay cannot read the text again: what has
// a place for the reporter is sealed to a key that is thrown away there.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_SEALING_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_SEALING_H_

#include <string>
#include <string_view>
#include <vector>

#include "gateway/charter/charter.h"
#include "gateway/sms/relay/settings.h"
#include "gateway/sms/relay/thread.h"
#include "safeconduct/v1/api.pb.h"
#include "safeconduct/v1/relay.pb.h"

namespace safeconduct::sms {

// To whom, on whose behalf, under which charter.
struct Sealing {
  const ChannelSettings& channel;
  const charter::OpenCharter& charter;
  const v1::Holder& relay;
  const Epoch& epoch;
  const Thread& thread;
  const Number& number;
};

// A text that does not fit into one report or message goes on in further messages.
struct SealedText {
  Hash report_hash{};
  std::vector<v1::RelayQueued> queued;
};
// The first message of a thread. Errors of report::SealReport and SealMessage.
Result<SealedText> SealFirst(const Sealing& sealing, std::string_view text,
                             const std::string& language);
// A later one, to those readers.
Result<SealedText> SealNext(const Sealing& sealing, const Hash& report_hash, std::string_view text,
                            const std::vector<const v1::Holder*>& readers);

// Who reads the conversation, as the mailbox proves it: the policy's readers and those for whom it
// has signed events. What does not verify makes nobody a reader.
std::vector<const v1::Holder*> ReadersBy(const v1::Mailbox& mailbox, const Hash& report_hash,
                                         const charter::ChannelInfo& channel,
                                         const charter::OpenCharter& charter, std::int64_t now);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_SEALING_H_
