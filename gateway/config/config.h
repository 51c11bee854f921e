// The gateway's configuration: one TOML file, checked whole. gateway/config/README.md lists every
// key with its meaning, unit, range and default.
//
// Thread-safety: plain values.
#ifndef SAFECONDUCT_GATEWAY_CONFIG_CONFIG_H_
#define SAFECONDUCT_GATEWAY_CONFIG_CONFIG_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/auth/replay_cache.h"
#include "gateway/http/http.h"
#include "gateway/ledger/ledger.h"
#include "gateway/log/log.h"
#include "gateway/notify/settings.h"
#include "gateway/pages/defaults.h"
#include "gateway/proof_of_work/issuer.h"
#include "gateway/witness/client.h"

namespace safeconduct::config {

inline constexpr std::size_t kMaxConfigBytes = 256 * 1024;

// Paths are absolute, or relative to the working directory; see LoadConfig.
struct Listen {
  std::string public_address = "0.0.0.0";
  std::uint16_t public_port = 8443;
  std::string tls_certificate;  // PEM, with its chain
  std::string tls_key;          // PEM
  bool allow_tls12 = false;
  std::string private_address = "127.0.0.1";  // /metrics
  std::uint16_t private_port = 8444;          // 0: no private listener
  std::string onion_socket;                   // path of the Unix socket; empty: none
};

struct Storage {
  std::string path;
  std::uint32_t threads = 4;            // that do what may block on the disk
  std::uint32_t waiting_calls = 4'096;  // for one of these threads; 503 beyond
  std::uint32_t downloads = 256;        // at one time, each with up to 1 MiB in memory; 503 beyond
  std::uint64_t disk_reserve_bytes = 1024ull * 1024 * 1024;  // which only reports may use
  std::uint64_t write_buffer_bytes = 256ull * 1024 * 1024;   // these: RocksDbSettings
  std::uint64_t log_bytes = 512ull * 1024 * 1024;
  std::uint64_t cache_bytes = 64ull * 1024 * 1024;
  std::uint32_t background_threads = 2;
  std::uint32_t backups_kept = 14;
};

struct Uploads {
  std::chrono::seconds expiry{24 * 3600};                  // of an unfinished or unbound one
  std::uint64_t quota_bytes = 16ull * 1024 * 1024 * 1024;  // promised to all unbound ones
  std::uint64_t max_bytes = 4ull * 1024 * 1024 * 1024;     // of one
  std::uint32_t unfinished = 10'000;                       // in number, of all unbound ones
  std::uint32_t max_requests = 256;  // that write at one time, each with up to 1 MiB; 503 beyond
};

struct Reports {
  std::uint64_t max_bytes = 4ull * 1024 * 1024;  // body of POST /v1/reports
};

struct Decoys {
  bool enabled = true;
};

struct ProofOfWork {
  bool always = false;
  std::uint32_t from_waiting_percent = 50;  // of ledger.waiting_entries: asked for above
  proof_of_work::Limits issuer;
};

struct Web {
  std::string folder;                            // of the built web app; empty: none is served
  std::string title{pages::kDefaultTitle};       // of every page, as histories show it
  std::string icon;                              // SVG instead of the app's own; empty: that
  std::string exit_url{pages::kDefaultExitUrl};  // where the quick exit leads to
  bool offline_copy = true;  // the signed copy of the form that is kept as a file may send
};

// What this gateway does for other logs.
struct Witness {
  std::string name;          // of its key; empty: it is no witness
  std::string state_folder;  // outside of the store and its backups
  std::vector<note::VerifierKey> logs;
};

struct Config {
  std::vector<std::string> public_origins;  // normalized: "https://report.example.org"
  Listen listen;
  std::uint32_t threads = 0;  // io threads; 0: one per core
  http::Limits http;
  ledger::Limits ledger;
  auth::ReplayCache::Limits replay;  // of holders, and as many again of mailboxes
  Storage storage;
  Uploads uploads;
  Reports reports;
  Decoys decoys;
  ProofOfWork proof_of_work;
  Web web;
  std::string trust_file;    // gateway/charter/README.md: whom a first charter must be signed by
  std::string log_key_file;  // identity file; its note key signs promises, named by the log origin
  std::uint32_t log_block = 64;              // entries by which the report log grows
  std::string high_water_file;               // empty: see HighWaterFile
  std::vector<witness::Settings> witnesses;  // that are asked to cosign this gateway's logs
  Witness witness;
  notify::Settings notify;
  log::Settings log;

  std::vector<http::ListenerSettings> Listeners() const;  // public, then private, then onion
  // Of the newest checkpoint of the charters' log: beside the store's folder, where no backup goes.
  std::string HighWaterFile() const;
  std::string ReportHighWaterFile() const;  // of the report log: beside it
  std::string ExpiryDayFile() const;        // when cases were last looked through for expired ones
  // Waiting in the ledger, from which on a proof of work is asked for; 0: always.
  std::uint64_t WorkFromEntries() const;
  std::string ConsoleAddress() const;  // that notifications name
  std::string PrivateOrigin() const;   // "http://127.0.0.1:8444"; empty without that listener
  std::string OnionOrigin() const;     // the first origin that ends in .onion; empty without one
};

// One thing that is wrong. Dynamic text, for an operator's terminal; never logged or served.
struct ConfigError {
  int line = 0;         // from 1; 0 when it is not about one line
  std::string key;      // "http.header_bytes"; empty when it is not about one key
  std::string message;  // "must be between 1KiB and 1MiB"
};
// "gateway.toml:12: http.header_bytes: must be between 1KiB and 1MiB"
std::string Format(const ConfigError& error, std::string_view file);

// Everything that is wrong at once; `config` is whole when `errors` is empty.
struct Loaded {
  Config config;
  std::vector<ConfigError> errors;
  bool ok() const { return errors.empty(); }
};

// Unknown keys are refused, with the nearest known one. Relative paths get `folder` before them.
Loaded ParseConfig(std::string_view text, std::string_view folder);
// Reads the file; relative paths are relative to its folder.
Loaded LoadConfig(const std::string& file);

// Names of all known keys, as in "http.header_bytes", with default and range in words.
struct KeyDescription {
  std::string name;
  std::string kind;           // "size", "duration", "number", "path", "true or false", …
  std::string default_value;  // as it would be written in the file; "required" when it must be
  std::string range;          // empty when there is none
};
std::vector<KeyDescription> KnownKeys();
// "reports.max_size  (size, default "4MiB", 64KiB to 64MiB)"
std::string Format(const KeyDescription& key);

}  // namespace safeconduct::config

#endif  // SAFECONDUCT_GATEWAY_CONFIG_CONFIG_H_
