#include "proto/parse.h"

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include "safeconduct/v1/api.pb.h"
#include "safeconduct/v1/charter.pb.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::proto {
namespace {

constexpr std::size_t kMax = 1024 * 1024;

v1::Manifest MakeManifest() {
  v1::Manifest manifest;
  manifest.set_channel("mission");
  manifest.set_charter_version(7);
  manifest.set_request_key(std::string(32, 'r'));
  for (const char* name : {"triage", "account"}) {
    v1::Compartment& compartment = *manifest.add_compartments();
    compartment.set_name(name);
    compartment.set_header("header");
    compartment.set_payload_bytes(300);
  }
  return manifest;
}

v1::Charter MakeCharter() {
  v1::Charter charter;
  v1::Holder& holder = *charter.add_holders();
  holder.set_label("intake");
  holder.add_roles(v1::ROLE_INTAKE);
  holder.add_roles(v1::ROLE_AUDITOR);
  charter.add_channels()->mutable_policy()->set_account(v1::ACCOUNT_RELEASE_INTAKE);
  v1::Step& step = *charter.mutable_channels(0)->mutable_questionnaire()->add_steps();
  step.add_questions()->mutable_shown_if()->add_equals("yes");
  return charter;
}

template <typename T>
Result<T> Signed(const std::string& bytes, std::size_t max_fields = kMaxFields) {
  return ParseSigned<T>(AsBytes(bytes), kMax, max_fields);
}

template <typename T>
Result<T> Tolerant(const std::string& bytes) {
  return ParseTolerant<T>(AsBytes(bytes), kMax);
}

// By reflection, as a second opinion on the walk over the wire format.
bool HasUnknown(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        const auto& inner = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                 : reflection->GetMessage(message, field);
        if (HasUnknown(inner)) return true;
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_ENUM) {
        const int value = field->is_repeated() ? reflection->GetRepeatedEnumValue(message, field, i)
                                               : reflection->GetEnumValue(message, field);
        if (field->enum_type()->FindValueByNumber(value) == nullptr) return true;
      }
    }
  }
  return false;
}

TEST(Parse, GivesBackWhatWasSerialized) {
  const std::string manifest = MakeManifest().SerializeAsString();
  const std::string charter = MakeCharter().SerializeAsString();
  ASSERT_TRUE(Signed<v1::Manifest>(manifest).ok());
  EXPECT_EQ(Signed<v1::Manifest>(manifest)->SerializeAsString(), manifest);
  EXPECT_EQ(Signed<v1::Charter>(charter)->SerializeAsString(), charter);
  EXPECT_EQ(Tolerant<v1::Charter>(charter)->SerializeAsString(), charter);
  EXPECT_TRUE(Signed<v1::Manifest>("").ok());
}

struct Unknowns {
  const char* name;
  std::string bytes;  // a Manifest or a Charter
  bool charter;
};

std::vector<Unknowns> UnknownFields() {
  const std::string manifest = MakeManifest().SerializeAsString();
  const std::string charter = MakeCharter().SerializeAsString();
  return {
      {"varint", manifest + "\x98\x06\x01", false},
      {"bytes", manifest + "\x9a\x06\x01x", false},
      {"fixed32", manifest + "\x9d\x06" + std::string(4, 'x'), false},
      {"fixed64", manifest + "\x99\x06" + std::string(8, 'x'), false},
      {"known_number_as_varint", manifest + "\x08\x01", false},
      {"known_number_as_fixed", manifest + "\x15" + std::string(4, 'x'), false},
      {"known_number_as_bytes", manifest + "\x12\x01x", false},
      {"in_a_repeated_message", manifest + "\x2a\x03\x98\x06\x01", false},
      // Charter.channels.policy.account = 9
      {"enum_value", charter + "\x12\x04\x1a\x02\x08\x09", true},
      {"enum_value_negative",
       charter + "\x12\x0d\x1a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", true},
      // Charter.holders.roles = [1, 9], packed and not
      {"packed_enum_value", charter + "\x0a\x04\x1a\x02\x01\x09", true},
      {"unpacked_enum_value", charter + "\x0a\x04\x18\x01\x18\x09", true},
      // channels.questionnaire.steps.questions.shown_if: field 99
      {"five_levels_down", charter + "\x12\x0c\x12\x0a\x0a\x08\x12\x06\x32\x04\x9a\x06\x01x", true},
  };
}

TEST(Parse, SignedRefusesWhatItDoesNotKnowAtEveryDepth) {
  for (const Unknowns& one : UnknownFields()) {
    const Error error = one.charter ? Signed<v1::Charter>(one.bytes).error()
                                    : Signed<v1::Manifest>(one.bytes).error();
    EXPECT_EQ(error.code(), Code::kUnsupported) << one.name << ": " << error.message();
  }
}

TEST(Parse, TolerantDropsWhatItDoesNotKnow) {
  for (const Unknowns& one : UnknownFields()) {
    if (one.charter) {
      ASSERT_TRUE(Tolerant<v1::Charter>(one.bytes).ok()) << one.name;
    } else {
      const auto manifest = Tolerant<v1::Manifest>(one.bytes);
      ASSERT_TRUE(manifest.ok()) << one.name;
      EXPECT_FALSE(HasUnknown(*manifest)) << one.name;
      EXPECT_EQ(manifest->channel(), "mission") << one.name;
    }
  }
}

TEST(Parse, RefusesGroupsAndBrokenTags) {
  for (const std::string& bytes : {
           std::string("\x0b\x0c"),          // a group of a known number
           std::string("\x9b\x06\x9c\x06"),  // of an unknown one
           std::string("\x9c\x06"),          // the end of none
           std::string("\x06"),              // wire types 6 and 7 do not exist
           std::string("\x07"),
           std::string("\x00\x00", 2),                                       // field number 0
           std::string("\xf8\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01"),      // number out of range
           std::string("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),  // varint of 11 bytes
           std::string("\x0a\x05"
                       "abc"),  // longer than what is there
           std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
       }) {
    EXPECT_EQ(Signed<v1::Manifest>(bytes).error().code(), Code::kMalformed);
    EXPECT_EQ(Tolerant<v1::Manifest>(bytes).error().code(), Code::kMalformed);
  }
}

TEST(Parse, RefusesTextThatIsNotUtf8) {
  for (const std::string& text : {std::string("\xff"), std::string("\xc0\xaf"),
                                  std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80")}) {
    const std::string bytes = "\x0a" + std::string(1, static_cast<char>(text.size())) + text;
    EXPECT_EQ(Signed<v1::Manifest>(bytes).error().code(), Code::kMalformed);
    EXPECT_EQ(Tolerant<v1::Manifest>(bytes).error().code(), Code::kMalformed);
  }
}

TEST(Parse, BoundsBytesFieldsAndDepth) {
  const std::string bytes = MakeManifest().SerializeAsString();
  EXPECT_TRUE(ParseSigned<v1::Manifest>(AsBytes(bytes), bytes.size()).ok());
  EXPECT_EQ(ParseSigned<v1::Manifest>(AsBytes(bytes), bytes.size() - 1).error().code(),
            Code::kTooLarge);
  // 3 fields, 2 compartments of 3 fields each.
  EXPECT_TRUE(Signed<v1::Manifest>(bytes, 11).ok());
  EXPECT_EQ(Signed<v1::Manifest>(bytes, 10).error().code(), Code::kTooLarge);

  std::string many;
  for (int i = 0; i < 100; ++i) many += std::string("\x2a\x00", 2);  // empty compartments
  EXPECT_TRUE(Signed<v1::Manifest>(many, 100).ok());
  EXPECT_EQ(Signed<v1::Manifest>(many, 99).error().code(), Code::kTooLarge);

  std::string roles(100, '\1');  // packed: 100 elements in one field
  const std::string packed = std::string("\x0a\x66\x1a\x64") + roles;
  EXPECT_TRUE(Signed<v1::Charter>(packed, 102).ok());
  EXPECT_EQ(Signed<v1::Charter>(packed, 101).error().code(), Code::kTooLarge);
}

// Bit flips in real messages: nothing crashes, and the two ways to look for unknown fields agree.
TEST(Parse, AgreesWithReflectionOnEveryBitFlip) {
  QuietProtobuf();
  const std::string good = MakeCharter().SerializeAsString();
  std::size_t accepted = 0;
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bytes = good;
    bytes[i / 8] = static_cast<char>(bytes[i / 8] ^ (1 << (i % 8)));
    const auto parsed = Signed<v1::Charter>(bytes);
    v1::Charter plain;
    const bool library_takes_it = plain.ParseFromString(bytes);
    if (parsed.ok()) {
      ++accepted;
      EXPECT_TRUE(library_takes_it && !HasUnknown(plain)) << "bit " << i;
    } else if (parsed.error().code() == Code::kUnsupported) {
      ++unknown;
      EXPECT_TRUE(!library_takes_it || HasUnknown(plain)) << "bit " << i;
    }
  }
  EXPECT_GT(accepted, 0u);
  EXPECT_GT(unknown, 0u);
}

TEST(Parse, SurvivesEveryTruncation) {
  const std::string good = MakeManifest().SerializeAsString();
  std::size_t refused = 0;
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto parsed = Signed<v1::Manifest>(good.substr(0, size));
    if (!parsed.ok()) {
      ++refused;
      continue;
    }
    // Where a field ends, what is left is a message too: signatures are over the whole.
    EXPECT_LT(parsed->ByteSizeLong(), good.size());
  }
  EXPECT_GT(refused, good.size() / 2);
}

}  // namespace
}  // namespace safeconduct::proto
