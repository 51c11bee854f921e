// What the headers call shareable is shared by threads here; TSan looks on.
#include <atomic>
#include <thread>
#include <vector>

#include "crypto/base/hash.h"
#include "crypto/identity/identity.h"
#include "tests/crypto/age/parties.h"
#include "tests/crypto/testing.h"

namespace safeconduct::age {
namespace {

using testing::Pattern;

template <typename Work>
void OnFourThreads(Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
}

TEST(Threads, ShareRecipientsAndIdentities) {
  const Pair pairs[] = {HybridPair(), HybridPair()};
  const Recipient* const recipients[] = {pairs[0].recipient.get(), pairs[1].recipient.get()};
  const Identity* const identities[] = {pairs[1].identity.get()};
  std::atomic<int> opened = 0;
  OnFourThreads([&] {
    for (int i = 0; i < 10; ++i) {
      const auto file = Encrypt(recipients, Pattern(100000));
      if (file.ok() && Decrypt(identities, *file).ok()) ++opened;
    }
  });
  EXPECT_EQ(opened, 40);
}

TEST(Threads, SharePartiesAndSigningKeys) {
  const auto party = identity::Party::Generate();
  const SigningKey key = party.Key(identity::Purpose::kEvent);
  const Signature expected = key.Sign(Pattern(100));
  std::atomic<int> right = 0;
  OnFourThreads([&] {
    for (int i = 0; i < 50; ++i) {
      const bool same = key.Sign(Pattern(100)) == expected;
      if (same && Verify(key.public_key(), Pattern(100), expected).ok()) ++right;
    }
  });
  EXPECT_EQ(right, 200);
}

TEST(Threads, HashAndStartAtTheSameTime) {
  const Hash expected = Sha256(Pattern(1000));
  std::atomic<int> right = 0;
  OnFourThreads([&] {
    for (int i = 0; i < 1000; ++i) {
      if (InitCrypto().ok() && Sha256(Pattern(1000)) == expected) ++right;
    }
  });
  EXPECT_EQ(right, 4000);
}

}  // namespace
}  // namespace safeconduct::age
