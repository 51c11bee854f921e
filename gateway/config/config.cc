#include "gateway/config/config.h"

#include <filesystem>

#include "gateway/config/schema.h"
#include "gateway/config/toml_file.h"

namespace safeconduct::config {

std::vector<http::ListenerSettings> Config::Listeners() const {
  std::vector<http::ListenerSettings> out;
  http::ListenerSettings& front = out.emplace_back();
  front.kind = http::Listener::kPublic;
  front.address = listen.public_address;
  front.port = listen.public_port;
  front.tls = http::TlsSettings{listen.tls_certificate, listen.tls_key, listen.allow_tls12};
  if (listen.private_port != 0) {
    http::ListenerSettings& inner = out.emplace_back();
    inner.kind = http::Listener::kPrivate;
    inner.address = listen.private_address;
    inner.port = listen.private_port;
  }
  if (!listen.onion_socket.empty()) {
    http::ListenerSettings& onion = out.emplace_back();
    onion.kind = http::Listener::kOnion;
    onion.unix_path = listen.onion_socket;
  }
  return out;
}

std::string Config::HighWaterFile() const {
  if (!high_water_file.empty()) return high_water_file;
  return (std::filesystem::path(storage.path) / "").parent_path().string() + ".high-water";
}

std::string Config::ReportHighWaterFile() const { return HighWaterFile() + "-reports"; }

std::string Config::ExpiryDayFile() const { return HighWaterFile() + "-expiry"; }

std::uint64_t Config::WorkFromEntries() const {
  if (proof_of_work.always) return 0;
  return ledger.waiting_entries * proof_of_work.from_waiting_percent / 100 + 1;
}

std::string Config::ConsoleAddress() const {
  if (!notify.address.empty() || public_origins.empty()) return notify.address;
  return public_origins.front() + "/console/";
}

std::string Config::PrivateOrigin() const {
  if (listen.private_port == 0) return "";
  const bool v6 = listen.private_address.find(':') != std::string::npos;
  const std::string port =
      listen.private_port == 80 ? "" : ":" + std::to_string(listen.private_port);
  return "http://" + (v6 ? "[" + listen.private_address + "]" : listen.private_address) + port;
}

std::string Config::OnionOrigin() const {
  const auto found =
      std::find_if(public_origins.begin(), public_origins.end(),
                   [](const std::string& origin) { return origin.ends_with(".onion"); });
  return found == public_origins.end() ? "" : *found;
}

std::string Format(const ConfigError& error, std::string_view file) {
  std::string out(file);
  if (error.line > 0) out += ":" + std::to_string(error.line);
  if (!error.key.empty()) out += ": " + error.key;
  return out + ": " + error.message;
}

std::string Format(const KeyDescription& key) {
  const bool required = key.default_value == "required";
  std::string line = key.name + "  (" + key.kind;
  line += required ? ", required" : ", default " + key.default_value;
  if (!key.range.empty()) line += ", " + key.range;
  return line + ")";
}

Loaded LoadConfig(const std::string& file) {
  const ConfigFile read = ReadConfigFile(file);
  if (read.error) {
    Loaded out;
    out.errors.push_back(*read.error);
    return out;
  }
  return ParseConfig(read.text, read.folder);
}

std::vector<KeyDescription> KnownKeys() {
  Config defaults;
  return GatewaySchema().Describe(&defaults);
}

}  // namespace safeconduct::config
