// Payloads: in memory, in pieces, by ranges.
#include "crypto/age/stream.h"

#include <algorithm>
#include <memory>

#include "tests/crypto/age/seal_again.h"
#include "tests/crypto/testing.h"

namespace safeconduct::age {
namespace {

using testing::Fails;
using testing::Pattern;
using testing::Succeeds;
using testing::ToBytes;

// Around each boundary that there is.
constexpr std::size_t kSizes[] = {0,
                                  1,
                                  15,
                                  16,
                                  17,
                                  1000,
                                  kChunkBytes - 1,
                                  kChunkBytes,
                                  kChunkBytes + 1,
                                  2 * kChunkBytes - 1,
                                  2 * kChunkBytes,
                                  2 * kChunkBytes + 1,
                                  5 * kChunkBytes + 12345};

Bytes SealInPieces(const FileKey& key, ByteView nonce, ByteView plaintext, std::size_t piece) {
  PayloadSealer sealer = SealerTestAccess::Make(key, nonce);
  Bytes out;
  for (std::size_t at = 0; at < plaintext.size(); at += piece) {
    sealer.Update(plaintext.subspan(at, std::min(piece, plaintext.size() - at)), out);
  }
  sealer.Finish(out);
  return out;
}

Result<Bytes> OpenInPieces(const FileKey& key, ByteView payload, std::size_t piece) {
  PayloadOpener opener(key);
  SecretBytes out;
  for (std::size_t at = 0; at < payload.size(); at += piece) {
    SC_TRY(opener.Update(payload.subspan(at, std::min(piece, payload.size() - at)), out));
  }
  SC_TRY(opener.Finish(out));
  return ToBytes(out.Reveal());
}

class InMemory final : public RandomAccess {
 public:
  explicit InMemory(ByteView bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    if (fails) return Error(Code::kUnavailable, "the disk is gone");
    bytes_read += out.size();
    const ByteView part = bytes_.subspan(static_cast<std::size_t>(offset), out.size());
    std::copy(part.begin(), part.end(), out.begin());
    return {};
  }
  bool fails = false;
  mutable std::size_t bytes_read = 0;

 private:
  ByteView bytes_;
};

TEST(Payload, RoundTripsAndHasTheSizeThatIsPromised) {
  const auto key = FileKey::Random();
  for (const std::size_t size : kSizes) {
    const Bytes payload = SealPayload(key, Pattern(size));
    EXPECT_EQ(payload.size(), PayloadSize(size));
    EXPECT_EQ(*PlaintextSize(payload.size()), size);
    const auto opened = OpenPayload(key, payload);
    ASSERT_TRUE(Succeeds(opened)) << size;
    EXPECT_EQ(ToBytes(opened->Reveal()), Pattern(size));
  }
}

TEST(Payload, EachHasItsOwnNonce) {
  const auto key = FileKey::Random();
  const Bytes first = SealPayload(key, Pattern(100));
  const Bytes second = SealPayload(key, Pattern(100));
  EXPECT_NE(ToBytes(ByteView(first).first(16)), ToBytes(ByteView(second).first(16)));
  EXPECT_NE(first, second);
}

TEST(Payload, SizesOfPayloadsAndPlaintextsFitTogether) {
  for (std::uint64_t size = 0; size < 3 * kChunkBytes; size += 37) {
    EXPECT_EQ(*PlaintextSize(PayloadSize(size)), size);
  }
  EXPECT_EQ(PayloadSize(std::uint64_t{1} << 40), (std::uint64_t{1} << 40) + 16 + (1U << 24) * 16U);
  std::size_t refused = 0;
  for (std::uint64_t size = 0; size < 200000; ++size) {
    const auto plaintext = PlaintextSize(size);
    if (plaintext.ok()) {
      EXPECT_EQ(PayloadSize(*plaintext), size);
    } else {
      EXPECT_TRUE(Fails(plaintext, Code::kMalformed));
      ++refused;
    }
  }
  // Less than nonce and tag, and after each full chunk the sizes that hold no further plaintext.
  EXPECT_EQ(refused, 32U + 3U * 16U);
}

TEST(Payload, PiecesMakeNoDifference) {
  const auto key = FileKey::Random();
  const auto nonce = RandomArray<kPayloadNonceBytes>();
  for (const std::size_t size : kSizes) {
    const Bytes plaintext = Pattern(size);
    const Bytes whole = SealAgain(key, nonce, plaintext);
    for (const std::size_t piece : {std::size_t{7777}, kChunkBytes - 1, kChunkBytes,
                                    kChunkBytes + 1, kSealedChunkBytes, 3 * kChunkBytes}) {
      EXPECT_TRUE(SealInPieces(key, nonce, plaintext, piece) == whole) << size << " " << piece;
      const auto opened = OpenInPieces(key, whole, piece);
      ASSERT_TRUE(Succeeds(opened)) << size << " " << piece;
      EXPECT_TRUE(*opened == plaintext);
    }
    if (size > 2000) continue;
    EXPECT_TRUE(SealInPieces(key, nonce, plaintext, 1) == whole);
    EXPECT_TRUE(*OpenInPieces(key, whole, 1) == plaintext);
  }
}

TEST(Payload, TheIntoFormsWriteWhatTheySay) {
  const auto key = FileKey::Random();
  const Bytes plaintext = Pattern(3 * kChunkBytes + 99);
  for (const std::size_t piece : {std::size_t{5000}, kChunkBytes, 2 * kChunkBytes + 1}) {
    PayloadSealer sealer(key);
    Bytes payload;
    for (std::size_t at = 0; at < plaintext.size(); at += piece) {
      const ByteView part = ByteView(plaintext).subspan(at, std::min(piece, plaintext.size() - at));
      Bytes out(sealer.UpdateSize(part.size()));
      EXPECT_EQ(sealer.UpdateInto(part, out), out.size());
      Append(payload, out);
    }
    Bytes last(sealer.FinishSize());
    EXPECT_EQ(sealer.FinishInto(last), last.size());
    Append(payload, last);
    EXPECT_EQ(payload.size(), PayloadSize(plaintext.size()));

    PayloadOpener opener(key);
    Bytes opened;
    for (std::size_t at = 0; at < payload.size(); at += piece) {
      const ByteView part = ByteView(payload).subspan(at, std::min(piece, payload.size() - at));
      Bytes out(opener.UpdateBound(part.size()));
      std::size_t written = 0;
      ASSERT_TRUE(Succeeds(opener.UpdateInto(part, out, written)));
      Append(opened, ByteView(out).first(written));
    }
    Bytes out(opener.FinishSize());
    std::size_t written = 0;
    ASSERT_TRUE(Succeeds(opener.FinishInto(out, written)));
    Append(opened, ByteView(out).first(written));
    EXPECT_TRUE(opened == plaintext);
  }
}

TEST(Payload, EachTruncationIsRefused) {
  const auto key = FileKey::Random();
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}}) {
    testing::ForEachTruncation(SealPayload(key, Pattern(size)), [&](ByteView cut, std::size_t at) {
      EXPECT_FALSE(OpenPayload(key, cut).ok()) << at;
      EXPECT_FALSE(OpenInPieces(key, cut, 50).ok()) << at;
      EXPECT_FALSE(PayloadReader::Open(key, InMemory(cut)).ok()) << at;
    });
  }
}

// Cut within, at and after chunks of a longer payload. Until Finish a prefix of the truth is seen.
TEST(Payload, ACutBetweenChunksIsFoundAndNothingFalseIsGivenOut) {
  const auto key = FileKey::Random();
  const Bytes plaintext = Pattern(3 * kChunkBytes);
  const Bytes payload = SealPayload(key, plaintext);
  for (std::size_t chunks = 0; chunks <= 3; ++chunks) {
    for (const std::ptrdiff_t offset : {-17, -16, -1, 0, 1, 15, 16, 17}) {
      const auto end = static_cast<std::ptrdiff_t>(16 + chunks * kSealedChunkBytes) + offset;
      if (end < 0 || end >= static_cast<std::ptrdiff_t>(payload.size())) continue;
      const ByteView cut = ByteView(payload).first(static_cast<std::size_t>(end));
      PayloadOpener opener(key);
      SecretBytes out;
      Status status = opener.Update(cut, out);
      if (status.ok()) status = opener.Finish(out);
      EXPECT_FALSE(status.ok()) << end;
      EXPECT_TRUE(std::equal(out.Reveal().begin(), out.Reveal().end(), plaintext.begin()));
      EXPECT_FALSE(PayloadReader::Open(key, InMemory(cut)).ok()) << end;
    }
  }
}

TEST(Payload, NoBitCanBeChanged) {
  const auto key = FileKey::Random();
  testing::ForEachBitFlip(SealPayload(key, Pattern(70)), [&](ByteView changed, std::size_t bit) {
    EXPECT_TRUE(Fails(OpenPayload(key, changed), Code::kUnverified)) << bit;
    EXPECT_TRUE(Fails(PayloadReader::Open(key, InMemory(changed)), Code::kUnverified)) << bit;
  });
}

TEST(Payload, ChunksCannotBeSwappedDroppedRepeatedOrMoved) {
  const auto key = FileKey::Random();
  const Bytes payload = SealPayload(key, Pattern(4 * kChunkBytes));
  const auto chunk = [&](std::size_t index) {
    return ByteView(payload).subspan(16 + index * kSealedChunkBytes, kSealedChunkBytes);
  };
  for (const std::vector<std::size_t>& order : {std::vector<std::size_t>{0, 2, 1, 3},
                                                {1, 2, 3},
                                                {0, 1, 3},
                                                {0, 0, 1, 2, 3},
                                                {0, 1, 2, 3, 3},
                                                {3},
                                                {0, 1, 2}}) {
    Bytes changed = ToBytes(ByteView(payload).first(16));
    for (const std::size_t index : order) Append(changed, chunk(index));
    EXPECT_FALSE(OpenPayload(key, changed).ok());
    EXPECT_FALSE(OpenInPieces(key, changed, 10000).ok());
  }
}

TEST(Payload, BytesAfterTheEndAreRefused) {
  const auto key = FileKey::Random();
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, kChunkBytes}) {
    for (const std::size_t more : {std::size_t{1}, std::size_t{16}, kSealedChunkBytes}) {
      Bytes payload = SealPayload(key, Pattern(size));
      Append(payload, Pattern(more));
      EXPECT_FALSE(OpenPayload(key, payload).ok());
      EXPECT_FALSE(OpenInPieces(key, payload, 999).ok());
      EXPECT_FALSE(PayloadReader::Open(key, InMemory(payload)).ok());
    }
  }
}

TEST(Payload, AnotherKeyDoesNotOpen) {
  const Bytes payload = SealPayload(FileKey::Random(), Pattern(100));
  EXPECT_TRUE(Fails(OpenPayload(FileKey::Random(), payload), Code::kUnverified));
}

TEST(PayloadOpener, AfterAnErrorEverythingFails) {
  const auto key = FileKey::Random();
  Bytes payload = SealPayload(key, Pattern(2 * kChunkBytes));
  Bytes damaged = payload;
  damaged[100] ^= 1;
  PayloadOpener opener(key);
  SecretBytes out;
  EXPECT_TRUE(Fails(opener.Update(damaged, out), Code::kUnverified));
  EXPECT_FALSE(opener.Update(payload, out).ok());
  EXPECT_FALSE(opener.Finish(out).ok());
  EXPECT_TRUE(out.empty());
}

TEST(PayloadReader, ReadsAnyRange) {
  const auto key = FileKey::Random();
  for (const std::size_t size : kSizes) {
    const Bytes plaintext = Pattern(size);
    const Bytes payload = SealPayload(key, plaintext);
    const InMemory source(payload);
    auto reader = PayloadReader::Open(key, source);
    ASSERT_TRUE(Succeeds(reader)) << size;
    ASSERT_EQ(reader->size(), size);
    for (const std::size_t offset : kSizes) {
      for (const std::size_t length : kSizes) {
        Bytes out(length);
        const Status status = reader->ReadAt(offset, out);
        if (offset > size || length > size - offset) {
          EXPECT_TRUE(Fails(status, Code::kMalformed));
          continue;
        }
        ASSERT_TRUE(Succeeds(status)) << size << " " << offset << " " << length;
        EXPECT_TRUE(std::equal(out.begin(), out.end(),
                               plaintext.begin() + static_cast<std::ptrdiff_t>(offset)));
      }
    }
  }
}

TEST(PayloadReader, ReadsNoMoreThanTheChunksThatItNeeds) {
  const auto key = FileKey::Random();
  const Bytes payload = SealPayload(key, Pattern(100 * kChunkBytes));
  const InMemory source(payload);
  auto reader = PayloadReader::Open(key, source);
  ASSERT_TRUE(Succeeds(reader));
  EXPECT_LE(source.bytes_read, 16 + kSealedChunkBytes);
  source.bytes_read = 0;
  Bytes out(10);
  ASSERT_TRUE(Succeeds(reader->ReadAt(50 * kChunkBytes - 5, out)));
  EXPECT_EQ(source.bytes_read, 2 * kSealedChunkBytes);
  // The last one is still at hand.
  ASSERT_TRUE(Succeeds(reader->ReadAt(50 * kChunkBytes + 5, out)));
  EXPECT_EQ(source.bytes_read, 2 * kSealedChunkBytes);
}

// A payload of 4 TiB that is only made where it is read.
class MadeOnDemand final : public RandomAccess {
 public:
  static constexpr std::uint64_t kPlaintextBytes = (std::uint64_t{1} << 42) + 100;

  explicit MadeOnDemand(const FileKey& key)
      : cipher_(BulkCipher::Direction::kSeal, key, Bytes(kPayloadNonceBytes)) {}
  std::uint64_t size() const override { return PayloadSize(kPlaintextBytes); }
  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    if (offset == 0) {
      std::fill(out.begin(), out.end(), std::uint8_t{0});
      return {};
    }
    const std::uint64_t index = (offset - kPayloadNonceBytes) / kSealedChunkBytes;
    EXPECT_EQ(kPayloadNonceBytes + index * kSealedChunkBytes, offset);
    const bool last = out.size() != kSealedChunkBytes;
    cipher_.Seal(index, last ? Place::kLast : Place::kInner, Plaintext(index, last), out);
    return {};
  }
  static Bytes Plaintext(std::uint64_t index, bool last) {
    return Bytes(last ? 100 : kChunkBytes, static_cast<std::uint8_t>(index * 7));
  }

 private:
  mutable ChunkCipher cipher_;
};

TEST(PayloadReader, ReadsFarInALargePayload) {
  const auto key = FileKey::Random();
  const MadeOnDemand source(key);
  auto reader = PayloadReader::Open(key, source);
  ASSERT_TRUE(Succeeds(reader));
  ASSERT_EQ(reader->size(), MadeOnDemand::kPlaintextBytes);
  for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{65535}, std::uint64_t{65536},
                                    std::uint64_t{1} << 25, (std::uint64_t{1} << 26) - 1}) {
    Bytes out(kChunkBytes);
    ASSERT_TRUE(Succeeds(reader->ReadAt(index * kChunkBytes, out))) << index;
    EXPECT_TRUE(out == MadeOnDemand::Plaintext(index, false)) << index;
  }
  Bytes end(100);
  ASSERT_TRUE(Succeeds(reader->ReadAt(MadeOnDemand::kPlaintextBytes - 100, end)));
  EXPECT_EQ(end, MadeOnDemand::Plaintext(std::uint64_t{1} << 26, true));
}

TEST(PayloadReader, AnErrorLeavesNothingInTheBuffer) {
  const auto key = FileKey::Random();
  Bytes payload = SealPayload(key, Pattern(4 * kChunkBytes));
  payload[16 + 2 * kSealedChunkBytes + 5] ^= 1;
  InMemory source(payload);
  auto reader = PayloadReader::Open(key, source);
  ASSERT_TRUE(Succeeds(reader));
  Bytes out(3 * kChunkBytes, 0xee);
  EXPECT_TRUE(Fails(reader->ReadAt(0, out), Code::kUnverified));
  EXPECT_TRUE(out == Bytes(3 * kChunkBytes));
  // What is whole can still be read, and what the source says is passed on.
  Bytes good(2 * kChunkBytes);
  EXPECT_TRUE(Succeeds(reader->ReadAt(0, good)));
  source.fails = true;
  EXPECT_TRUE(Fails(reader->ReadAt(0, good), Code::kUnavailable));
  EXPECT_TRUE(Fails(PayloadReader::Open(key, source), Code::kUnavailable));
}

TEST(PayloadDeathTest, NothingMayFollowTheEnd) {
  const auto key = FileKey::Random();
  Bytes out;
  EXPECT_DEATH(
      {
        PayloadSealer sealer(key);
        sealer.Finish(out);
        sealer.Update(Pattern(1), out);
      },
      "");
}

}  // namespace
}  // namespace safeconduct::age
