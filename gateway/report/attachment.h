// Attachments as streams, in constant memory: a file of any size is sealed piece by piece, and
// opened as it arrives (design: "A report is a signed manifest of sealed compartments").
//
// The plaintext is the file and zeros up to the Padmé length; the digest in the manifest is the
// RFC 6962 root over the 1 MiB pieces of the payload; length and SHA-256 of the file stand in the
// sealed account.
//
// Thread-safety: an object belongs to one thread at a time.
#ifndef SAFECONDUCT_GATEWAY_REPORT_ATTACHMENT_H_
#define SAFECONDUCT_GATEWAY_REPORT_ATTACHMENT_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "crypto/age/age.h"
#include "gateway/report/report.h"

namespace safeconduct::report {

// Bytes of the payload for a file of that length: what a channel's attachment_bytes limits.
std::uint64_t AttachmentPayloadBytes(std::uint64_t file_bytes);

// Seals the pieces of one file under a key of its own, each as often as an interrupted upload asks
// for it: a piece comes out the same every time. A file that changed meanwhile is refused, since
// sealing two contents under one key and nonce would give them away.
//
// Costs about 1 MiB, and 32 bytes per piece.
class AttachmentSealer {
 public:
  // `file` must outlive the sealer.
  explicit AttachmentSealer(const age::RandomAccess& file);
  ~AttachmentSealer();
  AttachmentSealer(AttachmentSealer&&) noexcept;

  std::uint64_t payload_bytes() const;
  std::uint64_t pieces() const;  // at least 1

  // Piece `index`: kAttachmentPiece bytes, the last one the rest. The first time in order; again
  // whenever needed. kRejected when the file changed, or a piece before it was never sealed; and
  // errors of `file`.
  Result<Bytes> Piece(std::uint64_t index);

  // When every piece was sealed once. `name` and `media_type` go into the account. kRejected
  // before that.
  Result<SealedAttachment> Finish(std::string_view name, std::string_view media_type);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Opens the payload of one attachment as it arrives, and checks it against the manifest's root and
// what the account says of the file.
//
// Each byte given out is authentic as one that the reporter's key sealed; that it is the whole
// file as described is known when Finish has returned ok. Until then keep it where it can be
// thrown away.
class AttachmentOpener {
 public:
  // kMalformed when `description` cannot be of this compartment.
  static Result<AttachmentOpener> Start(const age::FileKey& file_key,
                                        const v1::Compartment& compartment,
                                        const v1::Attachment& description);
  ~AttachmentOpener();
  AttachmentOpener(AttachmentOpener&&) noexcept;

  // Adds the file's bytes, without padding, to `out`. kUnverified, also from Finish.
  Status Update(ByteView payload, SecretBytes& out);
  Status Finish(SecretBytes& out);

 private:
  struct State;
  explicit AttachmentOpener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_ATTACHMENT_H_
