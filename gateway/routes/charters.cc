#include "gateway/routes/charters.h"

#include <algorithm>
#include <utility>

#include "gateway/routes/message_body.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {

Result<const CharterSnapshot*> Charters::Take(std::shared_ptr<const charter::OpenCharter> charter,
                                              std::string note,
                                              std::shared_ptr<const pages::Pages> pages) {
  const CharterSnapshot* newest = InForce();
  if (newest != nullptr && newest->charter->version() >= charter->version()) return newest;
  auto next = std::make_unique<CharterSnapshot>();
  next->log_interval_seconds = charter->message().logs(0).interval_seconds();
  for (const v1::Channel& channel : charter->message().channels()) {
    next->largest_attachment =
        std::max(next->largest_attachment, channel.limits().attachment_bytes());
  }
  v1::CharterDocument document;
  document.set_note(note);
  SC_ASSIGN(next->document_json, SerializeMessage(Format::kJson, document));
  SC_ASSIGN(next->document_protobuf, SerializeMessage(Format::kProtobuf, document));
  next->charter = std::move(charter);
  next->note = std::move(note);
  next->pages = std::move(pages);
  newest = next.get();
  all_.push_back(std::move(next));
  newest_.store(newest, std::memory_order_release);
  return newest;
}

}  // namespace safeconduct::routes
