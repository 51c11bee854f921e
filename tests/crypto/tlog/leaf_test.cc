#include "crypto/tlog/leaf.h"

#include <string>

#include "crypto/base/hash.h"
#include "tests/crypto/testing.h"

namespace safeconduct::tlog {
namespace {

using testing::Fails;

TEST(Leaf, IsTheHashThatTheFormatSays) {
  const std::string salt(32, 's');
  const std::string hash(32, 'h');
  const std::string head = "safeconduct/leaf/v1" + salt;
  EXPECT_EQ(*CommitLeaf(AsBytes(salt), 1, AsBytes(hash)), Sha256(AsBytes(head + '\1' + hash)));
  EXPECT_EQ(*CommitLeaf(AsBytes(salt), 2, AsBytes(hash)), Sha256(AsBytes(head + '\2' + hash)));
  EXPECT_EQ(*CommitLeaf(AsBytes(salt), 3, {}),
            Sha256(AsBytes(head + '\3' + std::string(32, '\0'))));
}

TEST(Leaf, RefusesWhatNoLeafHas) {
  const std::string salt(32, 's');
  const std::string hash(32, 'h');
  EXPECT_TRUE(Fails(CommitLeaf(AsBytes(salt), 0, AsBytes(hash)), Code::kMalformed));
  EXPECT_TRUE(Fails(CommitLeaf(AsBytes(salt), 4, AsBytes(hash)), Code::kMalformed));
  EXPECT_TRUE(Fails(CommitLeaf(AsBytes(salt), 257, AsBytes(hash)), Code::kMalformed));
  EXPECT_TRUE(Fails(CommitLeaf(AsBytes(salt), 3, AsBytes(hash)), Code::kMalformed));
  EXPECT_TRUE(Fails(CommitLeaf(AsBytes(salt), 1, {}), Code::kMalformed));
  EXPECT_TRUE(Fails(CommitLeaf({}, 1, AsBytes(hash)), Code::kMalformed));
  EXPECT_TRUE(Fails(CommitLeaf(AsBytes(salt + "s"), 1, AsBytes(hash)), Code::kMalformed));
}

}  // namespace
}  // namespace safeconduct::tlog
