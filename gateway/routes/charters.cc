#include "gateway/routes/charters.h"

#include <algorithm>
#include <utility>

#include "gateway/routes/message_body.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {

storage::CharterRecord RecordOf(const charter::OpenCharter& charter, std::string note) {
  storage::CharterRecord record;
  record.version = charter.version();
  record.note = std::move(note);
  for (const v1::Holder& holder : charter.message().holders()) {
    record.holders.push_back(ToArray<32>(AsBytes(holder.event_key())));
  }
  return record;
}

Result<const CharterSnapshot*> Charters::Take(std::shared_ptr<const charter::OpenCharter> charter,
                                              Publication publication) {
  const CharterSnapshot* newest = InForce();
  if (newest != nullptr && newest->charter->version() >= charter->version()) return newest;
  auto next = std::make_unique<CharterSnapshot>();
  next->log_interval_seconds = charter->message().logs(0).interval_seconds();
  for (const v1::Channel& channel : charter->message().channels()) {
    next->largest_attachment =
        std::max(next->largest_attachment, channel.limits().attachment_bytes());
  }
  next->charter = std::move(charter);
  next->note = std::move(publication.note);
  next->pages = std::move(publication.pages);
  SC_TRY(Serve(*next, std::move(publication.proof)));
  newest = next.get();
  all_.push_back(std::move(next));
  newest_.store(newest, std::memory_order_release);
  return newest;
}

// The newest of all that were served: a charter and a proof may come at the same time.
Status Charters::Serve(const CharterSnapshot& snapshot, std::string proof) {
  v1::CharterDocument document;
  document.set_note(snapshot.note);
  document.set_proof(std::move(proof));
  auto documents = std::make_shared<CharterDocuments>();
  SC_ASSIGN(documents->json, SerializeMessage(Format::kJson, document));
  SC_ASSIGN(documents->protobuf, SerializeMessage(Format::kProtobuf, document));
  const std::lock_guard lock(mutex_);
  if (snapshot.charter->version() < documents_version_) return {};
  documents_version_ = snapshot.charter->version();
  documents_ = std::move(documents);
  return {};
}

std::shared_ptr<const CharterDocuments> Charters::Documents() const {
  const std::lock_guard lock(mutex_);
  return documents_;
}

Status Charters::Renew(std::uint64_t version, std::string proof) {
  const CharterSnapshot* const newest = InForce();
  if (newest == nullptr || newest->charter->version() != version) return {};
  return Serve(*newest, std::move(proof));
}

}  // namespace safeconduct::routes
