#include "gateway/cli/json.h"

#include <string>

#include "gateway/cli/printable.h"

namespace safeconduct::cli {
namespace {

SecretBytes Closed(const SecretBytes& text, std::string_view bracket) {
  SecretBytes out = SecretBytes::Copy(text.Reveal());
  out.Append(AsBytes(bracket));
  return out;
}

// A JSON string in a buffer that is wiped.
SecretBytes Quoted(std::string_view text) {
  std::string quoted = JsonString(text);
  SecretBytes out = SecretBytes::Copy(AsBytes(quoted));
  Wipe({reinterpret_cast<std::uint8_t*>(quoted.data()), quoted.size()});
  return out;
}

}  // namespace

void JsonObject::Name(std::string_view name) {
  if (!empty_) Put(",");
  empty_ = false;
  Put(JsonString(name));
  Put(":");
}

JsonObject& JsonObject::Add(std::string_view name, std::string_view text) {
  return AddRaw(name, AsText(Quoted(text).Reveal()));
}

JsonObject& JsonObject::Add(std::string_view name, const JsonObject& object) {
  return AddRaw(name, AsText(object.Text().Reveal()));
}

JsonObject& JsonObject::Add(std::string_view name, const JsonArray& array) {
  return AddRaw(name, AsText(array.Text().Reveal()));
}

JsonObject& JsonObject::AddNumber(std::string_view name, std::uint64_t number) {
  return AddRaw(name, std::to_string(number));
}

JsonObject& JsonObject::AddBool(std::string_view name, bool value) {
  return AddRaw(name, value ? "true" : "false");
}

JsonObject& JsonObject::AddRaw(std::string_view name, std::string_view json) {
  Name(name);
  Put(json);
  return *this;
}

SecretBytes JsonObject::Text() const { return Closed(text_, "}"); }

void JsonArray::Separate() {
  if (!empty_) Put(",");
  empty_ = false;
}

JsonArray& JsonArray::Add(std::string_view text) { return AddRaw(AsText(Quoted(text).Reveal())); }

JsonArray& JsonArray::Add(const JsonObject& object) {
  return AddRaw(AsText(object.Text().Reveal()));
}

JsonArray& JsonArray::AddRaw(std::string_view json) {
  Separate();
  Put(json);
  return *this;
}

SecretBytes JsonArray::Text() const { return Closed(text_, "]"); }

}  // namespace safeconduct::cli
