// The RFC's layer of http_signature.h: parsing, the signature base, verification.
#include <algorithm>

#include "gateway/auth/http_signature.h"
#include "gateway/auth/structured_field.h"

namespace safeconduct::auth {
namespace {

// §2.3: the parameters that the RFC registers, each of its own type.
Status ReadParameter(const std::string& name, const sf::BareItem& value, SignatureInput& out) {
  const Error wrong(Code::kMalformed, "a signature parameter of the wrong type");
  if (name == "created" || name == "expires") {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr) return wrong;
    (name == "created" ? out.created : out.expires) = *number;
    return {};
  }
  std::optional<std::string>* text = name == "nonce"   ? &out.nonce
                                     : name == "keyid" ? &out.keyid
                                     : name == "alg"   ? &out.algorithm
                                     : name == "tag"   ? &out.tag
                                                       : nullptr;
  if (text == nullptr) return {};  // signed along with the rest, and without a meaning here
  const auto* string = std::get_if<std::string>(&value);
  if (string == nullptr) return wrong;
  *text = *string;
  return {};
}

bool IsComponentChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~@").find(c) != std::string_view::npos;
}

Result<SignatureInput> ReadInput(const std::string& label, const sf::InnerList& list) {
  SignatureInput out;
  out.label = label;
  out.parameters = sf::Serialize(list);
  for (const sf::Item& item : list.items) {
    const auto* name = std::get_if<std::string>(&item.value);
    if (name == nullptr || name->empty() ||
        !std::all_of(name->begin(), name->end(), IsComponentChar)) {
      return Error(Code::kMalformed, "a covered component that is not a lower-case name");
    }
    if (!item.parameters.empty()) {
      return Error(Code::kUnsupported, "a covered component with parameters");
    }
    if (std::find(out.components.begin(), out.components.end(), *name) != out.components.end()) {
      return Error(Code::kMalformed, "a component that is covered twice");
    }
    out.components.push_back(*name);
  }
  for (const auto& [name, value] : list.parameters) SC_TRY(ReadParameter(name, value, out));
  return out;
}

bool HasTag(const sf::InnerList& list, std::string_view tag) {
  const sf::BareItem* value = sf::Find(list.parameters, "tag");
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text != nullptr && *text == tag;
}

Result<Bytes> FindSignature(const sf::Dictionary& signatures, const std::string& label) {
  const sf::Member* member = sf::Find(signatures, label);
  if (member == nullptr) return Error(Code::kMalformed, "Signature-Input without its Signature");
  const auto* item = std::get_if<sf::Item>(member);
  const auto* bytes = item == nullptr ? nullptr : std::get_if<Bytes>(&item->value);
  if (bytes == nullptr) return Error(Code::kMalformed, "Signature that is no byte sequence");
  return *bytes;
}

// §2.2.3: lower case, without the scheme's own port.
std::string NormalAuthority(const SignedRequestView& request) {
  std::string out(request.authority);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::string_view port = request.scheme == "https" ? ":443" : ":80";
  if (std::string_view(out).ends_with(port)) out.resize(out.size() - port.size());
  return out;
}

// §2.2: what is derived from the request line and the authority.
Result<std::string> DerivedComponent(const SignedRequestView& request, std::string_view name) {
  const std::string_view target = request.target;
  const std::size_t question = std::min(target.find('?'), target.size());
  if (name == "@method") return std::string(request.method);
  if (name == "@scheme") return std::string(request.scheme);
  if (name == "@authority") return NormalAuthority(request);
  if (name == "@request-target") return std::string(target);
  if (name == "@target-uri") {
    return std::string(request.scheme) + "://" + NormalAuthority(request) + std::string(target);
  }
  if (name == "@path") {
    return question == 0 ? std::string("/") : std::string(target.substr(0, question));
  }
  if (name == "@query") {
    return question == target.size() ? std::string("?") : std::string(target.substr(question));
  }
  return Error(Code::kUnsupported, "a derived component that is not known");
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// §2.1.
Result<std::string> FieldComponent(const SignedRequestView& request, std::string_view name) {
  const std::vector<std::string_view> values = request.fields(name);
  if (values.empty()) return Error(Code::kMalformed, "a covered field that the request lacks");
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ", ";
    out += Trim(values[i]);
  }
  return out;
}

}  // namespace

Result<std::vector<LabelledSignature>> ParseSignatures(std::string_view signature_input,
                                                       std::string_view signature,
                                                       std::optional<std::string_view> tag) {
  SC_ASSIGN(const sf::Dictionary inputs, sf::ParseDictionary(signature_input));
  SC_ASSIGN(const sf::Dictionary signatures, sf::ParseDictionary(signature));
  std::vector<LabelledSignature> out;
  for (const auto& [label, member] : inputs) {
    const auto* list = std::get_if<sf::InnerList>(&member);
    if (list == nullptr) return Error(Code::kMalformed, "Signature-Input with no inner list");
    if (tag && !HasTag(*list, *tag)) continue;
    SC_ASSIGN(SignatureInput input, ReadInput(label, *list));
    SC_ASSIGN(Bytes bytes, FindSignature(signatures, label));
    out.push_back({std::move(input), std::move(bytes)});
  }
  return out;
}

Result<std::string> SignatureBase(const SignedRequestView& request, const SignatureInput& input) {
  std::string base;
  for (const std::string& name : input.components) {
    SC_ASSIGN(const std::string value, name.starts_with('@') ? DerivedComponent(request, name)
                                                             : FieldComponent(request, name));
    // A line break in a value would let it speak for other components.
    if (value.find_first_of("\r\n") != std::string::npos) {
      return Error(Code::kMalformed, "a covered component with a line break");
    }
    base += "\"" + name + "\": " + value + "\n";
  }
  base += "\"@signature-params\": " + input.parameters;
  return base;
}

Status VerifySignature(const SignedRequestView& request, const LabelledSignature& signature,
                       const PublicKey& key) {
  if (signature.signature.size() != Signature().size()) {
    return Error(Code::kUnverified, "a signature that is not of 64 bytes");
  }
  SC_ASSIGN(const std::string base, SignatureBase(request, signature.input));
  return Verify(key, AsBytes(base), ToArray<64>(signature.signature));
}

}  // namespace safeconduct::auth
