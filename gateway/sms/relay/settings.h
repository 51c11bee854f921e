// What a relay is told. Plain values, checked by Relay::Start.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_SETTINGS_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_SETTINGS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/sms/inbound/limits.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::sms {

// Who learns the telephone number, by the consent that the reporter could give; by default nobody.
struct NumberFor {
  bool support_services = false;
  bool investigators = false;
  bool national_authorities = false;

  bool nobody() const { return !support_services && !investigators && !national_authorities; }
};

struct ChannelSettings {
  std::string id;               // of the charter, which must have the relay on it
  std::vector<std::string> to;  // numbers and short codes that are its; empty: all others' too
  std::string sender;           // what answers are sent from; empty: what was written to
  std::string language;         // BCP 47; empty: what the text is taken for
  NumberFor number_for;
  std::vector<v1::Answer> facts;  // go into every triage: where, what kind
};

struct Settings {
  std::string gateway;       // https://host[:port], or http:// for an .onion address
  std::string ca_file;       // PEM; empty: the system's
  std::string proxy;         // socks5h://host:port; empty: none
  std::string trust_file;    // as the organisation published it
  std::string state_folder;  // made when absent; its parent must be there

  std::vector<ChannelSettings> channels;  // at least one

  std::uint32_t epoch_days = 30;  // 1 to 366
  std::uint32_t reply_days = 60;  // 1 to 366; an epoch's key lives for both together

  std::size_t courier_threads = 4;  // requests to the gateway at a time, each kind
  std::size_t sender_threads = 4;   // SMS that are being given to the telephone side at a time

  LimitSettings limits;
  std::uint64_t queue_entries = 100'000;
  std::uint64_t queue_bytes = std::uint64_t{4} << 30;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_SETTINGS_H_
