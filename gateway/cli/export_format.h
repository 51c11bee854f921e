// What `case export` writes and `custody verify` reads.
#ifndef SAFECONDUCT_GATEWAY_CLI_EXPORT_FORMAT_H_
#define SAFECONDUCT_GATEWAY_CLI_EXPORT_FORMAT_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "crypto/base/hash.h"
#include "crypto/tlog/tree.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {

inline constexpr const char* kReceiptFile = "receipt.txt";

inline constexpr const char* kProofEnding = "-proof.txt";

// The name of event number 7: events/0007 and the ending.
inline std::string EventFile(std::uint64_t number, const char* ending) {
  std::string digits = std::to_string(number);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  return "events/" + digits + ending;
}

// The digest of a compartment's payload, as the manifest has it, over what comes in pieces.
class PayloadDigest {
 public:
  explicit PayloadDigest(const v1::Compartment& compartment)
      : compartment_(&compartment), tree_(compartment.name().starts_with("attachment-")) {}

  void Update(ByteView bytes) {
    if (!tree_) return sha256_.Update(bytes);
    while (!bytes.empty()) {
      const std::size_t room = report::kAttachmentPiece - piece_.size();
      const ByteView part = bytes.subspan(0, std::min(room, bytes.size()));
      Append(piece_, part);
      bytes = bytes.subspan(part.size());
      if (piece_.size() == report::kAttachmentPiece) AddPiece();
    }
  }

  bool Matches() {
    if (tree_ && !piece_.empty()) AddPiece();
    const Hash digest = tree_ ? frontier_.Root() : sha256_.Finish();
    return AsText(digest) == compartment_->payload_digest();
  }

 private:
  void AddPiece() {
    frontier_.Append(tlog::LeafHash(piece_));
    piece_.clear();
  }

  const v1::Compartment* compartment_;
  bool tree_;
  Sha256Stream sha256_;
  tlog::Frontier frontier_;
  Bytes piece_;
};

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_EXPORT_FORMAT_H_
