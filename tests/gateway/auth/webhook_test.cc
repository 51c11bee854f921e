#include "gateway/auth/webhook.h"

#include <gtest/gtest.h>

namespace safeconduct::auth {
namespace {

// What openssl computes: printf '1798765200.{}' | openssl dgst -sha256 -hmac SECRET
TEST(Webhook, IsSignedOverTimestampAndBody) {
  const ByteView secret = AsBytes(std::string_view("0123456789abcdef0123456789abcdef"));
  EXPECT_EQ(WebhookSignature(secret, "1798765200", "{}"),
            "f4587b867f80df5b0c865e334d504d0c9a8c96b9451233cb60e860770c6bd2b8");
}

}  // namespace
}  // namespace safeconduct::auth
