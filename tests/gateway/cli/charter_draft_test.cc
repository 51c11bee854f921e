#include "gateway/cli/charter_draft.h"

#include <gtest/gtest.h>

#include "tests/gateway/cli/temporary_folder.h"

namespace safeconduct::cli {
namespace {

constexpr const char* kDraft =
    R"({"origin": "charter.example.org", "version": 3, "expires": "2027-01-31",
        "charter": {"channels": [{"id": "main", "limits": {"attachmentBytes": "4294967296"}}]}})";

TEST(CharterDraft, IsReadAndWrittenWithoutLoss) {
  const Outcome<CharterDraft> draft = ParseDraft(kDraft);
  ASSERT_TRUE(draft.ok()) << draft.error().message;
  EXPECT_EQ(draft->origin, "charter.example.org");
  EXPECT_EQ(draft->version, 3u);
  EXPECT_EQ(draft->expiry, 1801353600);
  ASSERT_EQ(draft->charter.channels_size(), 1);
  EXPECT_EQ(draft->charter.channels(0).limits().attachment_bytes(), 4294967296u);

  const Outcome<std::string> text = FormatDraft(*draft);
  ASSERT_TRUE(text.ok());
  EXPECT_TRUE(LooksLikeDraft(*text));
  const Outcome<CharterDraft> again = ParseDraft(*text);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->origin, draft->origin);
  EXPECT_EQ(again->version, draft->version);
  EXPECT_EQ(again->expiry, draft->expiry);
  EXPECT_EQ(again->charter.SerializeAsString(), draft->charter.SerializeAsString());
}

TEST(CharterDraft, WhatIsWrongIsNamed) {
  const struct {
    const char* json;
    const char* named;
  } cases[] = {
      {"{", "JSON"},
      {R"({"version": 1, "expires": "2027-01-31", "charter": {}})", "origin"},
      {R"({"origin": "a", "version": "1", "expires": "2027-01-31", "charter": {}})", "version"},
      {R"({"origin": "a", "version": 0, "expires": "2027-01-31", "charter": {}})", "version"},
      {R"({"origin": "a", "version": 1.5, "expires": "2027-01-31", "charter": {}})", "version"},
      {R"({"origin": "a", "version": 1, "expires": "soon", "charter": {}})", "soon"},
      {R"({"origin": "a", "version": 1, "expires": "2027-01-31"})", "charter"},
      {R"({"origin": "a", "version": 1, "expires": "2027-01-31", "charter": {"x": 1}})", "charter"},
      {R"({"origin": "a", "version": 1, "expires": "2027-01-31", "charter": {}, "y": 1})", "y"},
  };
  for (const auto& each : cases) {
    const Outcome<CharterDraft> draft = ParseDraft(each.json);
    ASSERT_FALSE(draft.ok()) << each.json;
    EXPECT_EQ(draft.error().exit, Exit::kUsage);
    EXPECT_NE(draft.error().message.find(each.named), std::string::npos) << draft.error().message;
  }
}

TEST(CharterDraft, AnIncompleteOneIsKeptButNotSigned) {
  const TemporaryFolder folder;
  const Outcome<CharterDraft> draft = ParseDraft(kDraft);
  ASSERT_TRUE(draft.ok());
  ASSERT_TRUE(WriteDraft(folder / "draft.json", *draft, Overwrite::kNever).ok());
  ASSERT_TRUE(ReadDraft(folder / "draft.json").ok());
  const Outcome<std::string> text = DraftText(*draft);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().exit, Exit::kUsage);
}

TEST(CharterDraft, ASignedCharterIsNoDraft) {
  EXPECT_FALSE(LooksLikeDraft("charter.example.org\n1\n2\nAA==\n\n— root x\n"));
  EXPECT_FALSE(LooksLikeDraft(""));
  EXPECT_TRUE(LooksLikeDraft("\n  {}"));
}

}  // namespace
}  // namespace safeconduct::cli
