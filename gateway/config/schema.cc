#include "gateway/config/schema.h"

#include <algorithm>

#include "gateway/config/apply.h"
#include "gateway/config/values.h"

namespace safeconduct::config {
namespace {

constexpr std::uint64_t kKiB = 1ull << 10;
constexpr std::uint64_t kMiB = 1ull << 20;
constexpr std::uint64_t kGiB = 1ull << 30;
constexpr std::uint64_t kTiB = 1ull << 40;
constexpr std::uint64_t kSecond = 1'000;
constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kDay = 24 * kHour;

constexpr Presence kOptional = Presence::kOptional;
constexpr Presence kRequired = Presence::kRequired;

#define SC_AT(member) \
  [](void* settings) -> Target { return &static_cast<Config*>(settings)->member; }

constexpr Key kKeys[] = {
    {"public_origins", Kind::kOrigins, 1, 16, kRequired, SC_AT(public_origins)},
    {"threads", Kind::kNumber, 0, 256, kOptional, SC_AT(threads)},

    {"listen.public_address", Kind::kAddress, 0, 0, kOptional, SC_AT(listen.public_address)},
    {"listen.public_port", Kind::kPort, 0, 65'535, kOptional, SC_AT(listen.public_port)},
    {"listen.tls_certificate", Kind::kPath, 0, 0, kRequired, SC_AT(listen.tls_certificate)},
    {"listen.tls_key", Kind::kPath, 0, 0, kRequired, SC_AT(listen.tls_key)},
    {"listen.allow_tls12", Kind::kBoolean, 0, 0, kOptional, SC_AT(listen.allow_tls12)},
    {"listen.private_address", Kind::kAddress, 0, 0, kOptional, SC_AT(listen.private_address)},
    {"listen.private_port", Kind::kPort, 0, 65'535, kOptional, SC_AT(listen.private_port)},
    {"listen.onion_socket", Kind::kPath, 0, 0, kOptional, SC_AT(listen.onion_socket)},

    {"charter.trust_file", Kind::kPath, 0, 0, kRequired, SC_AT(trust_file)},
    {"transparency_log.key_file", Kind::kPath, 0, 0, kRequired, SC_AT(log_key_file)},
    {"transparency_log.block", Kind::kNumber, 8, 65'536, kOptional, SC_AT(log_block)},
    {"transparency_log.high_water_file", Kind::kPath, 0, 0, kOptional, SC_AT(high_water_file)},
    {"transparency_log.witnesses.key", Kind::kWitnessKey, 0, 0, kRequired,
     SC_AT(witnesses.back().key)},
    {"transparency_log.witnesses.url", Kind::kWitnessUrl, 0, 0, kRequired,
     SC_AT(witnesses.back().url)},
    {"transparency_log.witnesses.ca_file", Kind::kPath, 0, 0, kOptional,
     SC_AT(witnesses.back().ca_file)},

    {"witness.name", Kind::kKeyName, 0, 255, kOptional, SC_AT(witness.name)},
    {"witness.state_folder", Kind::kPath, 0, 0, kOptional, SC_AT(witness.state_folder)},
    {"witness.logs.key", Kind::kLogKey, 0, 0, kRequired, SC_AT(witness.logs.back())},

    {"storage.path", Kind::kPath, 0, 0, kRequired, SC_AT(storage.path)},
    {"storage.disk_reserve", Kind::kSize, 0, kTiB, kOptional, SC_AT(storage.disk_reserve_bytes)},
    {"storage.threads", Kind::kNumber, 1, 256, kOptional, SC_AT(storage.threads)},
    {"storage.waiting_calls", Kind::kNumber, 16, 1'000'000, kOptional,
     SC_AT(storage.waiting_calls)},
    {"storage.downloads", Kind::kNumber, 1, 65'536, kOptional, SC_AT(storage.downloads)},
    {"storage.write_buffer", Kind::kSize, 4 * kMiB, 64 * kGiB, kOptional,
     SC_AT(storage.write_buffer_bytes)},
    {"storage.write_ahead_log", Kind::kSize, 4 * kMiB, 64 * kGiB, kOptional,
     SC_AT(storage.log_bytes)},
    {"storage.cache", Kind::kSize, kMiB, 64 * kGiB, kOptional, SC_AT(storage.cache_bytes)},
    {"storage.background_threads", Kind::kNumber, 1, 64, kOptional,
     SC_AT(storage.background_threads)},
    {"storage.backups_kept", Kind::kNumber, 0, 10'000, kOptional, SC_AT(storage.backups_kept)},

    {"reports.max_size", Kind::kSize, 64 * kKiB, 64 * kMiB, kOptional, SC_AT(reports.max_bytes)},

    {"decoys.enabled", Kind::kBoolean, 0, 0, kOptional, SC_AT(decoys.enabled)},

    {"proof_of_work.always", Kind::kBoolean, 0, 0, kOptional, SC_AT(proof_of_work.always)},
    {"proof_of_work.from_waiting", Kind::kNumber, 0, 100, kOptional,
     SC_AT(proof_of_work.from_waiting_percent)},
    {"proof_of_work.max_number", Kind::kNumber, 1'000, 10'000'000, kOptional,
     SC_AT(proof_of_work.issuer.max_number)},

    {"web.offline_copy", Kind::kBoolean, 0, 0, kOptional, SC_AT(web.offline_copy)},
    {"web.folder", Kind::kPath, 0, 0, kOptional, SC_AT(web.folder)},
    {"web.title", Kind::kText, 1, 128, kOptional, SC_AT(web.title)},
    {"web.icon", Kind::kPath, 0, 0, kOptional, SC_AT(web.icon)},
    {"web.exit_url", Kind::kUrl, 0, 0, kOptional, SC_AT(web.exit_url)},

    {"uploads.max_size", Kind::kSize, kMiB, 16 * kTiB, kOptional, SC_AT(uploads.max_bytes)},
    {"uploads.quota", Kind::kSize, kMiB, 1024 * kTiB, kOptional, SC_AT(uploads.quota_bytes)},
    {"uploads.expiry", Kind::kDuration, 60 * kSecond, 90 * kDay, kOptional, SC_AT(uploads.expiry)},
    {"uploads.unfinished", Kind::kNumber, 1, 10'000'000, kOptional, SC_AT(uploads.unfinished)},
    {"uploads.requests", Kind::kNumber, 1, 65'536, kOptional, SC_AT(uploads.max_requests)},

    {"http.connections", Kind::kNumber, 1, 1'000'000, kOptional, SC_AT(http.connections)},
    {"http.requests_in_flight", Kind::kNumber, 1, 1'000'000, kOptional,
     SC_AT(http.requests_in_flight)},
    {"http.body_memory", Kind::kSize, kMiB, kTiB, kOptional, SC_AT(http.body_memory_bytes)},
    {"http.header_size", Kind::kSize, 4 * kKiB, kMiB, kOptional, SC_AT(http.header_bytes)},
    {"http.header_time", Kind::kDuration, 100, kHour, kOptional, SC_AT(http.header_time)},
    {"http.body_time", Kind::kDuration, 100, kHour, kOptional, SC_AT(http.body_time)},
    {"http.idle_time", Kind::kDuration, 100, kHour, kOptional, SC_AT(http.idle_time)},
    {"http.handshake_time", Kind::kDuration, 100, kHour, kOptional, SC_AT(http.handshake_time)},
    {"http.minimum_rate", Kind::kSize, 1, kMiB, kOptional,
     SC_AT(http.minimum_rate_bytes_per_second)},
    {"http.rate_window", Kind::kDuration, 100, kHour, kOptional, SC_AT(http.rate_window)},
    {"http.linger_time", Kind::kDuration, 0, 60 * kSecond, kOptional, SC_AT(http.linger_time)},
    {"http.shutdown_time", Kind::kDuration, 0, kHour, kOptional, SC_AT(http.shutdown_time)},

    {"ledger.waiting_entries", Kind::kNumber, 1, 1'000'000, kOptional,
     SC_AT(ledger.waiting_entries)},
    {"ledger.waiting_memory", Kind::kSize, kMiB, kTiB, kOptional, SC_AT(ledger.waiting_bytes)},
    {"ledger.batch_entries", Kind::kNumber, 1, 65'536, kOptional, SC_AT(ledger.batch_entries)},
    {"ledger.batch_size", Kind::kSize, 64 * kKiB, kGiB, kOptional, SC_AT(ledger.batch_bytes)},
    {"ledger.first_retry", Kind::kDuration, 10, 60 * kSecond, kOptional, SC_AT(ledger.first_retry)},
    {"ledger.last_retry", Kind::kDuration, 10, kHour, kOptional, SC_AT(ledger.last_retry)},

    {"replay.nonces", Kind::kNumber, 1'024, 100'000'000, kOptional, SC_AT(replay.nonces)},
    {"replay.nonces_per_key", Kind::kNumber, 16, 100'000'000, kOptional,
     SC_AT(replay.nonces_per_key)},

    {"notify.period", Kind::kDuration, 5 * kSecond, 30 * kDay, kOptional, SC_AT(notify.period)},
    {"notify.always", Kind::kBoolean, 0, 0, kOptional, SC_AT(notify.always)},
    {"notify.deadline_days", Kind::kNumber, 0, 365, kOptional, SC_AT(notify.deadline_days)},
    {"notify.address", Kind::kText, 0, 2'048, kOptional, SC_AT(notify.address)},
    {"notify.mail.server", Kind::kText, 0, 512, kOptional, SC_AT(notify.mail.server)},
    {"notify.mail.from", Kind::kText, 0, 254, kOptional, SC_AT(notify.mail.from)},
    {"notify.mail.user", Kind::kText, 0, 255, kOptional, SC_AT(notify.mail.user)},
    {"notify.mail.password_file", Kind::kPath, 0, 0, kOptional, SC_AT(notify.mail.password_file)},
    {"notify.mail.ca_file", Kind::kPath, 0, 0, kOptional, SC_AT(notify.mail.ca_file)},
    {"notify.mail.plain", Kind::kBoolean, 0, 0, kOptional, SC_AT(notify.mail.plain)},
    {"notify.recipients.label", Kind::kText, 1, 64, kRequired,
     SC_AT(notify.recipients.back().label)},
    {"notify.recipients.mail", Kind::kText, 0, 254, kOptional,
     SC_AT(notify.recipients.back().mail)},
    {"notify.recipients.webhook", Kind::kWitnessUrl, 0, 0, kOptional,
     SC_AT(notify.recipients.back().webhook)},
    {"notify.recipients.secret_file", Kind::kPath, 0, 0, kOptional,
     SC_AT(notify.recipients.back().secret_file)},
    {"notify.recipients.ca_file", Kind::kPath, 0, 0, kOptional,
     SC_AT(notify.recipients.back().ca_file)},
    {"notify.recipients.language", Kind::kText, 2, 8, kOptional,
     SC_AT(notify.recipients.back().language)},

    {"log.level", Kind::kLevel, 0, 0, kOptional, SC_AT(log.level)},
    {"log.file", Kind::kPath, 0, 0, kOptional, SC_AT(log.file)},
};

#undef SC_AT

#define SC_LIST(member) \
  [](void* settings) { static_cast<void>(static_cast<Config*>(settings)->member.emplace_back()); }

constexpr List kLists[] = {
    {"transparency_log.witnesses", 16, SC_LIST(witnesses)},
    {"witness.logs", 64, SC_LIST(witness.logs)},
    {"notify.recipients", 256, SC_LIST(notify.recipients)},
};

#undef SC_LIST

}  // namespace

const char* KindName(Kind kind) {
  switch (kind) {
    case Kind::kBoolean:
      return "true or false";
    case Kind::kNumber:
      return "number";
    case Kind::kPort:
      return "port";
    case Kind::kSize:
      return "size";
    case Kind::kDuration:
      return "duration";
    case Kind::kPath:
      return "path";
    case Kind::kText:
      return "text";
    case Kind::kUrl:
      return "URL";
    case Kind::kWitnessUrl:
      return "https URL";
    case Kind::kKeyName:
      return "key name";
    case Kind::kLogKey:
      return "vkey of a log";
    case Kind::kWitnessKey:
      return "vkey of a witness";
    case Kind::kAddress:
      return "IP address";
    case Kind::kOrigins:
      return "list of origins";
    case Kind::kTexts:
      return "list of texts";
    case Kind::kLevel:
      return "level";
  }
  return "";
}

const Schema& GatewaySchema() {
  static constexpr Schema kSchema{kKeys, kLists};
  return kSchema;
}

const Key* Schema::FindKey(std::string_view name) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [name](const Key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

const List* Schema::FindList(std::string_view name) const {
  const auto found = std::find_if(lists.begin(), lists.end(),
                                  [name](const List& list) { return list.name == name; });
  return found == lists.end() ? nullptr : &*found;
}

const List* Schema::ListOf(const Key& key) const {
  const std::string_view name = key.name;
  return FindList(name.substr(0, name.rfind('.')));
}

std::vector<KeyDescription> Schema::Describe(void* defaults) const {
  for (const List& list : lists) list.grow(defaults);
  std::vector<KeyDescription> out;
  for (const Key& key : keys) {
    const bool required = key.presence == Presence::kRequired;
    out.push_back({key.name, KindName(key.kind), required ? "required" : Written(key, defaults),
                   RangeText(key)});
  }
  return out;
}

std::string RangeText(const Key& key) {
  switch (key.kind) {
    case Kind::kNumber:
    case Kind::kPort:
      return std::to_string(key.least) + " to " + std::to_string(key.most);
    case Kind::kText:
    case Kind::kKeyName:
      return std::to_string(key.least) + " to " + std::to_string(key.most) + " bytes";
    case Kind::kSize:
      return FormatSize(key.least) + " to " + FormatSize(key.most);
    case Kind::kDuration:
      return FormatDuration(key.least) + " to " + FormatDuration(key.most);
    case Kind::kOrigins:
    case Kind::kTexts:
      return std::to_string(key.least) + " to " + std::to_string(key.most) + " of them";
    case Kind::kLevel:
      return "debug, info, warning, error";
    default:
      return "";
  }
}

}  // namespace safeconduct::config
