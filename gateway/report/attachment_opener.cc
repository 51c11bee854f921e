#include <algorithm>

#include "crypto/base/hash.h"
#include "crypto/tlog/tree.h"
#include "gateway/report/attachment.h"

namespace safeconduct::report {
namespace {

constexpr ByteArray<1> kLeafPrefix = {0x00};  // RFC 6962 §2.1

bool IsZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// The RFC 6962 root over pieces, fed in parts of any size.
class PieceRoot {
 public:
  void Update(ByteView bytes) {
    while (!bytes.empty()) {
      if (in_piece_ == kAttachmentPiece) EndPiece();
      const ByteView part = bytes.first(std::min(bytes.size(), kAttachmentPiece - in_piece_));
      if (in_piece_ == 0) leaf_.Update(kLeafPrefix);
      leaf_.Update(part);
      in_piece_ += part.size();
      bytes = bytes.subspan(part.size());
    }
  }

  Hash Finish() {
    if (in_piece_ != 0) EndPiece();
    return frontier_.Root();
  }

 private:
  void EndPiece() {
    frontier_.Append(leaf_.Finish());
    leaf_ = Sha256Stream();
    in_piece_ = 0;
  }

  tlog::Frontier frontier_;
  Sha256Stream leaf_;
  std::size_t in_piece_ = 0;
};

}  // namespace

struct AttachmentOpener::State {
  State(const age::FileKey& file_key, const v1::Compartment& compartment,
        const v1::Attachment& description)
      : opener(file_key),
        payload_bytes(compartment.payload_bytes()),
        payload_root(ToArray<32>(AsBytes(compartment.payload_digest()))),
        file_bytes(description.bytes()),
        sha256(ToArray<32>(AsBytes(description.sha256()))) {}

  // Takes the padding off what the payload opener added to `out` after `before`.
  Status Absorb(std::size_t before, SecretBytes& out) {
    const ByteView added = out.Reveal().subspan(before);
    const std::size_t in_file =
        static_cast<std::size_t>(std::min<std::uint64_t>(added.size(), file_bytes - taken));
    digest.Update(added.first(in_file));
    taken += in_file;
    const bool padded_with_zeros = IsZero(added.subspan(in_file));
    out.Truncate(before + in_file);
    if (!padded_with_zeros) {
      return Error(Code::kUnverified, "an attachment holds more than the account says");
    }
    return {};
  }

  age::PayloadOpener opener;
  PieceRoot root;
  Sha256Stream digest;
  const std::uint64_t payload_bytes;
  const Hash payload_root;
  const std::uint64_t file_bytes;
  const Hash sha256;
  std::uint64_t received = 0;  // of the payload
  std::uint64_t taken = 0;     // of the file
};

AttachmentOpener::AttachmentOpener(std::unique_ptr<State> state) : state_(std::move(state)) {}
AttachmentOpener::~AttachmentOpener() = default;
AttachmentOpener::AttachmentOpener(AttachmentOpener&&) noexcept = default;

Result<AttachmentOpener> AttachmentOpener::Start(const age::FileKey& file_key,
                                                 const v1::Compartment& compartment,
                                                 const v1::Attachment& description) {
  const Error malformed(Code::kMalformed, "the account describes another attachment");
  const Result<std::uint64_t> plaintext = age::PlaintextSize(compartment.payload_bytes());
  if (!plaintext.ok() || description.bytes() > *plaintext) return malformed;
  if (compartment.payload_digest().size() != std::tuple_size_v<Hash> ||
      description.sha256().size() != std::tuple_size_v<Hash> ||
      description.compartment() != compartment.name()) {
    return malformed;
  }
  return AttachmentOpener(std::make_unique<State>(file_key, compartment, description));
}

Status AttachmentOpener::Update(ByteView payload, SecretBytes& out) {
  if (payload.size() > state_->payload_bytes - state_->received) {
    return Error(Code::kUnverified, "an attachment is longer than the manifest says");
  }
  state_->received += payload.size();
  state_->root.Update(payload);
  const std::size_t before = out.size();
  const Status opened = state_->opener.Update(payload, out);
  SC_TRY(state_->Absorb(before, out));
  return opened;
}

Status AttachmentOpener::Finish(SecretBytes& out) {
  const std::size_t before = out.size();
  SC_TRY(state_->opener.Finish(out));
  SC_TRY(state_->Absorb(before, out));
  if (state_->received != state_->payload_bytes || state_->root.Finish() != state_->payload_root) {
    return Error(Code::kUnverified, "an attachment is not the one that the reporter signed");
  }
  if (state_->taken != state_->file_bytes || state_->digest.Finish() != state_->sha256) {
    return Error(Code::kUnverified, "an attachment is not the file that the account describes");
  }
  return {};
}

}  // namespace safeconduct::report
