#include "gateway/report/attachment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "crypto/base/hash.h"
#include "crypto/base/padding.h"
#include "crypto/tlog/tree.h"
#include "gateway/report/compartment.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::Sample;

class MemoryFile : public age::RandomAccess {
 public:
  explicit MemoryFile(std::size_t size) : bytes(size) {
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
  }
  std::uint64_t size() const override { return bytes.size(); }
  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    if (broken) return Error(Code::kUnavailable, "the medium was pulled out");
    if (offset + out.size() > bytes.size()) return Error(Code::kInternal, "read past the end");
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }
  Bytes bytes;
  bool broken = false;
};

class AttachmentTest : public ::testing::Test {
 protected:
  AttachmentSealer Start(const MemoryFile& file) { return AttachmentSealer(file); }

  static Bytes SealAll(AttachmentSealer& sealer) {
    Bytes payload;
    for (std::uint64_t i = 0; i < sealer.pieces(); ++i) {
      const auto piece = sealer.Piece(i);
      EXPECT_TRUE(piece.ok());
      EXPECT_TRUE(piece->size() == kAttachmentPiece || i + 1 == sealer.pieces());
      Append(payload, *piece);
    }
    return payload;
  }

  // As a holder does: the compartment of the manifest, the description of the account.
  struct Received {
    v1::Compartment compartment;
    v1::Attachment description;
    age::FileKey file_key;
  };
  Received Send(const SealedAttachment& attachment) {
    Draft draft = testing::MakeDraft();
    draft.attachments = {attachment};
    const auto sealed = SealReport(draft, *sample.charter, sample.reporter);
    EXPECT_TRUE(sealed.ok());
    const auto checked = CheckReport(sealed->report, *sample.charter);
    EXPECT_TRUE(checked.ok()) << checked.error().message();
    const auto account = OpenAccount(*checked, sealed->payloads[1], sample.office.intake);
    EXPECT_TRUE(account.ok());
    const v1::Compartment& compartment = checked->manifest.compartments(3);
    return {compartment, account->attachments(0), *OpenFileKey(compartment, sample.office.intake)};
  }

  static Status Open(const Received& received, ByteView payload, std::size_t step,
                     SecretBytes& out) {
    auto opener =
        AttachmentOpener::Start(received.file_key, received.compartment, received.description);
    if (!opener.ok()) return opener.error();
    while (!payload.empty()) {
      const ByteView part = payload.first(std::min(step, payload.size()));
      SC_TRY(opener->Update(part, out));
      payload = payload.subspan(part.size());
    }
    return opener->Finish(out);
  }

  const Sample sample;
};

const std::size_t kSizes[] = {0,         1,         4096,      4097,      65'535,
                              65'536,    65'537,    1'000'000, 1'048'320, 1'048'576,
                              1'048'577, 2'097'152, 3'500'001};

TEST_F(AttachmentTest, OpensToTheSameFile) {
  for (const std::size_t size : kSizes) {
    const MemoryFile file(size);
    AttachmentSealer sealer = Start(file);
    EXPECT_EQ(sealer.payload_bytes(), AttachmentPayloadBytes(size));
    EXPECT_EQ(sealer.payload_bytes(), age::PayloadSize(PadmeLength(size, 4096)));
    const Bytes payload = SealAll(sealer);
    ASSERT_EQ(payload.size(), sealer.payload_bytes()) << size;
    const auto attachment = sealer.Finish("photo.jpg", "image/jpeg");
    ASSERT_TRUE(attachment.ok());
    const Received received = Send(*attachment);
    EXPECT_EQ(received.description.name(), "photo.jpg");
    EXPECT_EQ(received.description.media_type(), "image/jpeg");
    EXPECT_EQ(received.description.compartment(), "attachment-0");
    EXPECT_EQ(received.description.bytes(), size);
    for (const std::size_t step : {payload.size(), std::size_t{65'552}, std::size_t{100'003}}) {
      SecretBytes opened;
      const Status status = Open(received, payload, step, opened);
      ASSERT_TRUE(status.ok()) << size << " by " << step << ": " << status.error().message();
      EXPECT_TRUE(std::equal(file.bytes.begin(), file.bytes.end(), opened.Reveal().begin(),
                             opened.Reveal().end()));
    }
    // It is a plain age payload too: the file and zeros.
    const auto plaintext = age::OpenPayload(received.file_key, payload);
    ASSERT_TRUE(plaintext.ok());
    EXPECT_EQ(plaintext->size(), PadmeLength(size, 4096));
  }
}

TEST_F(AttachmentTest, HasTheRootOfRfc6962OverItsPieces) {
  const MemoryFile file(3'500'001);
  AttachmentSealer sealer = Start(file);
  const Bytes payload = SealAll(sealer);
  ASSERT_EQ(sealer.pieces(), 4u);
  Hash leaves[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t start = i * 1024 * 1024;
    const std::size_t size = std::min<std::size_t>(1024 * 1024, payload.size() - start);
    const Bytes zero = {0};
    leaves[i] = Sha256({zero, ByteView(payload).subspan(start, size)});
  }
  const Hash root =
      tlog::NodeHash(tlog::NodeHash(leaves[0], leaves[1]), tlog::NodeHash(leaves[2], leaves[3]));
  EXPECT_EQ(sealer.Finish("", "")->payload_root, root);
}

TEST_F(AttachmentTest, GivesThePiecesOfAnInterruptedUploadAgain) {
  const MemoryFile file(3'500'001);
  AttachmentSealer sealer = Start(file);
  const Bytes first = *sealer.Piece(0);
  const Bytes second = *sealer.Piece(1);
  EXPECT_EQ(*sealer.Piece(0), first);
  const Bytes third = *sealer.Piece(2);
  EXPECT_EQ(*sealer.Piece(1), second);
  EXPECT_EQ(*sealer.Piece(2), third);
  Bytes payload = first;
  Append(payload, second);
  Append(payload, third);
  Append(payload, *sealer.Piece(3));
  const Received received = Send(*sealer.Finish("f", ""));
  SecretBytes opened;
  EXPECT_TRUE(Open(received, payload, 1 << 20, opened).ok());
  EXPECT_TRUE(sealer.Finish("again", "").ok());
  EXPECT_TRUE(sealer.Piece(3).ok());
}

TEST_F(AttachmentTest, RefusesPiecesOutOfOrderAndAnEarlyEnd) {
  const MemoryFile file(3'500'001);
  AttachmentSealer sealer = Start(file);
  EXPECT_EQ(sealer.Piece(1).error().code(), Code::kRejected);
  EXPECT_EQ(sealer.Finish("", "").error().code(), Code::kRejected);
  SealAll(sealer);
  EXPECT_EQ(sealer.Piece(4).error().code(), Code::kRejected);
  EXPECT_TRUE(sealer.Finish("", "").ok());
}

TEST_F(AttachmentTest, NeverSealsTwoContentsUnderOneKeyAndNonce) {
  MemoryFile file(3'500'001);
  AttachmentSealer sealer = Start(file);
  ASSERT_TRUE(sealer.Piece(0).ok());
  ASSERT_TRUE(sealer.Piece(1).ok());
  file.bytes[10] ^= 1;
  EXPECT_EQ(sealer.Piece(0).error().code(), Code::kRejected);
  EXPECT_TRUE(sealer.Piece(1).ok()) << "not changed there";
  file.bytes[10] ^= 1;
  EXPECT_TRUE(sealer.Piece(0).ok());
  file.bytes.push_back(0);
  EXPECT_EQ(sealer.Piece(2).error().code(), Code::kRejected);
}

TEST_F(AttachmentTest, PassesOnErrorsOfTheFile) {
  MemoryFile file(100'000);
  AttachmentSealer sealer = Start(file);
  file.broken = true;
  EXPECT_EQ(sealer.Piece(0).error().code(), Code::kUnavailable);
  file.broken = false;
  EXPECT_TRUE(sealer.Piece(0).ok()) << "a second attempt may work";
}

class OpenerTest : public AttachmentTest {
 protected:
  OpenerTest() {
    AttachmentSealer sealer = Start(file);
    payload = SealAll(sealer);
    received.emplace(Send(*sealer.Finish("f", "")));
  }
  Code Verdict(ByteView bytes) {
    SecretBytes out;
    const Status status = Open(*received, bytes, 1 << 20, out);
    return status.ok() ? Code::kInternal : status.error().code();
  }
  const MemoryFile file{1'500'000};
  Bytes payload;
  std::optional<Received> received;
};

TEST_F(OpenerTest, RefusesChangedBytesTruncationAndMore) {
  for (std::size_t i = 0; i < payload.size(); i += 99'991) {
    payload[i] ^= 4;
    EXPECT_EQ(Verdict(payload), Code::kUnverified) << i;
    payload[i] ^= 4;
  }
  for (std::size_t size = 0; size < payload.size(); size += 65'552) {
    const Code code = Verdict(ByteView(payload).first(size));
    EXPECT_TRUE(code == Code::kUnverified || code == Code::kMalformed) << size;
  }
  EXPECT_NE(Verdict(ByteView(payload).first(payload.size() - 1)), Code::kInternal);
  Bytes longer = payload;
  longer.push_back(0);
  EXPECT_EQ(Verdict(longer), Code::kUnverified);
}

TEST_F(OpenerTest, RefusesAnotherDescription) {
  const v1::Attachment good = received->description;
  received->description.set_bytes(good.bytes() - 1);
  EXPECT_EQ(Verdict(payload), Code::kUnverified) << "the last byte would be taken for padding";
  received->description.set_bytes(good.bytes() + 1);
  EXPECT_EQ(Verdict(payload), Code::kUnverified);
  received->description.set_bytes(1ull << 40);
  EXPECT_EQ(Verdict(payload), Code::kMalformed);
  received->description = good;
  received->description.set_sha256(std::string(32, 'x'));
  EXPECT_EQ(Verdict(payload), Code::kUnverified);
  received->description.set_sha256("x");
  EXPECT_EQ(Verdict(payload), Code::kMalformed);
  received->description = good;
  received->description.set_compartment("attachment-1");
  EXPECT_EQ(Verdict(payload), Code::kMalformed);
}

TEST_F(OpenerTest, RefusesAnotherRoot) {
  received->compartment.set_payload_digest(std::string(32, 'r'));
  EXPECT_EQ(Verdict(payload), Code::kUnverified);
}

TEST_F(OpenerTest, RefusesPaddingThatIsNotZero) {
  // The reporter's own doing: something hidden behind the end of the file.
  Bytes plaintext(file.bytes);
  plaintext.resize(static_cast<std::size_t>(PadmeLength(file.size(), 4096)));
  plaintext.back() = 1;
  const Bytes hidden = age::SealPayload(received->file_key, plaintext);
  ASSERT_EQ(hidden.size(), payload.size());
  tlog::Frontier frontier;
  for (std::size_t start = 0; start < hidden.size(); start += kAttachmentPiece) {
    frontier.Append(tlog::LeafHash(
        ByteView(hidden).subspan(start, std::min(kAttachmentPiece, hidden.size() - start))));
  }
  received->compartment.set_payload_digest(std::string(AsText(frontier.Root())));
  EXPECT_EQ(Verdict(hidden), Code::kUnverified);
}

}  // namespace
}  // namespace safeconduct::report
