// openapi.json against what it describes: every route and nothing else, every message as the
// protos have it.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <set>

#include "gateway/routes/error_response.h"
#include "gateway/routes/openapi_document.h"
#include "gateway/routes/route.h"
#include "tests/gateway/routes/harness.h"

namespace safeconduct::testing {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

Struct Parse() {
  Struct document;
  const std::string text(routes::OpenApiDocument());
  if (!google::protobuf::util::JsonStringToMessage(text, &document).ok()) {
    throw std::runtime_error("openapi.json is no JSON");
  }
  return document;
}

const Value* Find(const Struct& object, const std::string& key) {
  const auto found = object.fields().find(key);
  return found == object.fields().end() ? nullptr : &found->second;
}

const Struct& At(const Struct& object, const std::string& key) {
  const Value* const value = Find(object, key);
  if (value == nullptr || !value->has_struct_value()) throw std::runtime_error("no object " + key);
  return value->struct_value();
}

std::string Text(const Struct& object, const std::string& key) {
  const Value* const value = Find(object, key);
  return value == nullptr ? "" : value->string_value();
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Names of the schemas that a body may be, over all of its media types.
std::set<std::string> SchemasOf(const Struct& with_content) {
  std::set<std::string> names;
  const Value* const content = Find(with_content, "content");
  if (content == nullptr) return names;
  for (const auto& [type, media] : content->struct_value().fields()) {
    const std::string ref = Text(At(media.struct_value(), "schema"), "$ref");
    if (!ref.empty()) names.insert(ref.substr(ref.rfind('/') + 1));
  }
  return names;
}

std::set<std::string> TypesOf(const Struct& with_content) {
  std::set<std::string> types;
  if (const Value* const content = Find(with_content, "content")) {
    for (const auto& [type, media] : content->struct_value().fields()) types.insert(type);
  }
  return types;
}

TEST(OpenApiTest, IsServedAsItIs) {
  Harness harness;
  const Answer answer = harness.Get("/openapi.json");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("content-type"), "application/json");
  EXPECT_EQ(answer.body, routes::OpenApiDocument());
  EXPECT_EQ(Text(Parse(), "openapi"), "3.1.0");
}

TEST(OpenApiTest, HasEveryRouteAndNoOther) {
  std::set<std::string> documented;
  const Struct document = Parse();
  for (const auto& [path, item] : At(document, "paths").fields()) {
    for (const auto& [method, operation] : item.struct_value().fields()) {
      if (method == "servers" || method == "parameters") continue;
      documented.insert(method + " " + path);
    }
  }
  std::set<std::string> served;
  for (const routes::Route& route : routes::AllRoutes()) {
    served.insert(Lower(http::MethodName(route.method)) + " " + std::string(route.path));
  }
  EXPECT_EQ(documented, served);
}

TEST(OpenApiTest, SaysOfEachRouteWhatTheTableSays) {
  const Struct document = Parse();
  for (const routes::Route& route : routes::AllRoutes()) {
    SCOPED_TRACE(std::string(http::MethodName(route.method)) + " " + std::string(route.path));
    const Struct& item = At(At(document, "paths"), std::string(route.path));
    const Struct& operation = At(item, Lower(http::MethodName(route.method)));
    EXPECT_FALSE(Text(operation, "operationId").empty());
    EXPECT_FALSE(Text(operation, "summary").empty());
    // Who may call, and where.
    const char* const schemes[] = {"", "holder", "mailbox", "operator"};
    const std::string scheme = schemes[static_cast<std::size_t>(route.caller)];
    const Value* const security = Find(operation, "security");
    ASSERT_EQ(security != nullptr, !scheme.empty());
    if (security != nullptr) {
      EXPECT_NE(Find(security->list_value().values(0).struct_value(), scheme), nullptr);
      EXPECT_NE(Find(At(operation, "responses"), "401"), nullptr);
    }
    EXPECT_EQ(Find(item, "servers") != nullptr, route.door == routes::Door::kPrivate);

    const Value* const body = Find(operation, "requestBody");
    const bool takes_body = route.body != routes::Body::kNone && route.path != "/v1/uploads";
    ASSERT_EQ(body != nullptr, takes_body);
    if (body != nullptr) {
      const std::set<std::string> schemas = SchemasOf(body->struct_value());
      EXPECT_EQ(schemas, route.request.empty() ? std::set<std::string>{}
                                               : std::set<std::string>{std::string(route.request)});
      if (!route.request.empty()) {
        const std::set<std::string> types = TypesOf(body->struct_value());
        EXPECT_TRUE(types.contains("application/json"));
        EXPECT_TRUE(types.contains("application/x-protobuf"));
        EXPECT_EQ(types.contains("application/age"), route.body == routes::Body::kReport);
      }
    }
    // Its good answer, and one for each error that every such route can give.
    std::set<std::string> answers;
    for (const auto& [status, response] : At(operation, "responses").fields()) {
      if (status[0] != '2') continue;
      answers.merge(SchemasOf(response.struct_value()));
    }
    EXPECT_EQ(answers, route.answer.empty() ? std::set<std::string>{}
                                            : std::set<std::string>{std::string(route.answer)});
    if (!route.answer.empty()) {
      EXPECT_NE(Find(At(operation, "responses"), "406"), nullptr);
    }
    // Parameters of the path.
    std::size_t in_path = 0;
    if (const Value* const parameters = Find(operation, "parameters")) {
      for (const Value& each : parameters->list_value().values()) {
        const std::string ref = Text(each.struct_value(), "$ref");
        const Struct& parameter =
            At(At(At(document, "components"), "parameters"), ref.substr(ref.rfind('/') + 1));
        if (Text(parameter, "in") != "path") continue;
        ++in_path;
        EXPECT_NE(route.path.find("{" + Text(parameter, "name") + "}"), std::string_view::npos);
      }
    }
    EXPECT_EQ(in_path,
              static_cast<std::size_t>(std::count(route.path.begin(), route.path.end(), '{')));
  }
}

// The type, format and pattern of a field, as proto3 JSON has it.
std::string Expected(const google::protobuf::FieldDescriptor& field) {
  using Type = google::protobuf::FieldDescriptor;
  switch (field.type()) {
    case Type::TYPE_STRING:
      return "string";
    case Type::TYPE_BYTES:
      return "string base64";
    case Type::TYPE_BOOL:
      return "boolean";
    case Type::TYPE_UINT32:
      return "integer uint32";
    case Type::TYPE_UINT64:
      return "string uint64";
    case Type::TYPE_INT64:
      return "string int64";
    case Type::TYPE_MESSAGE:
      return std::string(field.message_type()->name());
    case Type::TYPE_ENUM:
      return std::string(field.enum_type()->name());
    default:
      return "a type that openapi_test.cc does not know";
  }
}

std::string Documented(const Struct& schema) {
  const std::string ref = Text(schema, "$ref");
  if (!ref.empty()) return ref.substr(ref.rfind('/') + 1);
  std::string out = Text(schema, "type");
  for (const char* key : {"format", "contentEncoding"}) {
    if (const std::string more = Text(schema, key); !more.empty()) out += " " + more;
  }
  return out;
}

TEST(OpenApiTest, DescribesEveryMessageFieldByField) {
  const Struct document = Parse();
  const Struct& schemas = At(At(document, "components"), "schemas");
  const auto* const pool = google::protobuf::DescriptorPool::generated_pool();
  // Linked in, so that the pool has them.
  ASSERT_NE(v1::CaseView::descriptor(), nullptr);
  for (const auto& [name, value] : schemas.fields()) {
    SCOPED_TRACE(name);
    const Struct& schema = value.struct_value();
    if (const auto* enumeration = pool->FindEnumTypeByName("safeconduct.v1." + name)) {
      const auto& listed = Find(schema, "enum")->list_value();
      ASSERT_EQ(listed.values_size(), enumeration->value_count());
      for (int i = 0; i < listed.values_size(); ++i) {
        EXPECT_EQ(listed.values(i).string_value(), enumeration->value(i)->name());
      }
      continue;
    }
    const auto* const message = pool->FindMessageTypeByName("safeconduct.v1." + name);
    ASSERT_NE(message, nullptr);
    const Struct& properties = At(schema, "properties");
    EXPECT_EQ(properties.fields_size(), message->field_count());
    for (int i = 0; i < message->field_count(); ++i) {
      const auto& field = *message->field(i);
      const std::string json_name(field.json_name());
      ASSERT_NE(Find(properties, json_name), nullptr) << json_name;
      const Struct& property = At(properties, json_name);
      if (field.is_repeated()) {
        EXPECT_EQ(Text(property, "type"), "array") << json_name;
        EXPECT_EQ(Documented(At(property, "items")), Expected(field)) << json_name;
      } else {
        EXPECT_EQ(Documented(property), Expected(field)) << json_name;
      }
      for (const std::string& used : {Expected(field)}) {
        if (field.message_type() != nullptr) {
          EXPECT_NE(Find(schemas, used), nullptr) << used;
        }
      }
    }
  }
  for (const routes::Route& route : routes::AllRoutes()) {
    for (const std::string_view name : {route.request, route.answer}) {
      if (!name.empty()) {
        EXPECT_NE(Find(schemas, std::string(name)), nullptr) << name;
      }
    }
  }
}

TEST(OpenApiTest, ListsEveryErrorCode) {
  const Struct document = Parse();
  const Struct& error = At(At(At(document, "components"), "schemas"), "ApiError");
  std::set<std::string> listed;
  for (const Value& each :
       Find(At(At(error, "properties"), "code"), "enum")->list_value().values()) {
    listed.insert(each.string_value());
  }
  std::set<std::string> known;
  for (int code = 0; code <= static_cast<int>(Code::kInternal); ++code) {
    known.insert(std::string(routes::CodeName(static_cast<Code>(code))));
  }
  EXPECT_EQ(listed, known);
}

}  // namespace
}  // namespace safeconduct::testing
