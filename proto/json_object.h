// Members of a JSON object that came as google.protobuf.Struct, whatever it holds.
//
// Thread-safety: free functions over constant values.
#ifndef SAFECONDUCT_PROTO_JSON_OBJECT_H_
#define SAFECONDUCT_PROTO_JSON_OBJECT_H_

#include <google/protobuf/struct.pb.h>

#include <string>

namespace safeconduct::proto {

// The object under `name`; empty when there is none.
inline const google::protobuf::Struct& ObjectMember(const google::protobuf::Struct& object,
                                                    const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? google::protobuf::Struct::default_instance()
                                        : found->second.struct_value();
}

// The string under `name`; empty when there is none.
inline std::string TextMember(const google::protobuf::Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? std::string() : found->second.string_value();
}

}  // namespace safeconduct::proto

#endif  // SAFECONDUCT_PROTO_JSON_OBJECT_H_
