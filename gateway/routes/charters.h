// The charter in force, as every request sees it: one snapshot, never changed, replaced by the
// next one when that is on disk.
//
// Thread-safety: InForce may be called from any thread and takes no lock; Take by one thread at a
// time. A snapshot lives as long as the Charters: there are few in the life of a process, since
// the root keys sign each, so none is ever given back.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_CHARTERS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_CHARTERS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/charter/charter.h"
#include "gateway/pages/pages.h"
#include "gateway/work/slots.h"

namespace safeconduct::routes {

struct CharterSnapshot {
  std::shared_ptr<const charter::OpenCharter> charter;
  std::string note;           // as the roots signed it
  std::string document_json;  // GET /v1/charter, in both of its forms
  std::string document_protobuf;
  std::shared_ptr<const pages::Pages> pages;  // the web app under this charter; null: none
  std::uint32_t log_interval_seconds = 0;     // of the log in use
  std::uint64_t largest_attachment = 0;       // of any channel
};

class Charters {
 public:
  // Null before the first charter.
  const CharterSnapshot* InForce() const { return newest_.load(std::memory_order_acquire); }
  // Puts a charter into force, unless one of that version or a later one is; gives the one that
  // is in force then. kInternal.
  Result<const CharterSnapshot*> Take(std::shared_ptr<const charter::OpenCharter> charter,
                                      std::string note, std::shared_ptr<const pages::Pages> pages);

  // Anyone may bring a charter, and it may be long: one is looked at at a time.
  work::Slots& publishing() { return publishing_; }

 private:
  std::atomic<const CharterSnapshot*> newest_{nullptr};
  std::vector<std::unique_ptr<const CharterSnapshot>> all_;
  work::Slots publishing_{1};
};

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_CHARTERS_H_
