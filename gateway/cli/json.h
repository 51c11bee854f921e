// Builds the JSON that --json prints: members in the order in which they are added. Messages of
// proto/ are put in as their proto3 JSON with AddRaw.
//
// The text is wiped when it dies, since receipt codes and decrypted words are in it.
#ifndef SAFECONDUCT_GATEWAY_CLI_JSON_H_
#define SAFECONDUCT_GATEWAY_CLI_JSON_H_

#include <cstdint>
#include <string_view>

#include "crypto/base/secret.h"

namespace safeconduct::cli {

class JsonArray;

class JsonObject {
 public:
  JsonObject() { Put("{"); }

  JsonObject& Add(std::string_view name, std::string_view text);
  JsonObject& Add(std::string_view name, const JsonObject& object);
  JsonObject& Add(std::string_view name, const JsonArray& array);
  JsonObject& AddNumber(std::string_view name, std::uint64_t number);
  JsonObject& AddBool(std::string_view name, bool value);
  // `json` is one JSON value already.
  JsonObject& AddRaw(std::string_view name, std::string_view json);

  // Complete JSON; more may be added afterwards.
  SecretBytes Text() const;

 private:
  void Put(std::string_view text) { text_.Append(AsBytes(text)); }
  void Name(std::string_view name);
  SecretBytes text_;
  bool empty_ = true;
};

class JsonArray {
 public:
  JsonArray() { Put("["); }
  JsonArray& Add(std::string_view text);
  JsonArray& Add(const JsonObject& object);
  JsonArray& AddRaw(std::string_view json);
  SecretBytes Text() const;

 private:
  void Put(std::string_view text) { text_.Append(AsBytes(text)); }
  void Separate();
  SecretBytes text_;
  bool empty_ = true;
};

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_JSON_H_
