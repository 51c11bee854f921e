// The charter in force, as every request sees it: one snapshot, never changed, replaced by the
// next one when that is on disk.
//
// Thread-safety: InForce may be called from any thread and takes no lock; Take by one thread at a
// time; Documents and Renew by any. A snapshot lives as long as the Charters: there are few in the
// life of a process, since the root keys sign each, so none is ever given back.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_CHARTERS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_CHARTERS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/charter/charter.h"
#include "gateway/pages/pages.h"
#include "gateway/work/slots.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {

struct CharterSnapshot {
  std::shared_ptr<const charter::OpenCharter> charter;
  std::string note;                           // as the roots signed it
  std::shared_ptr<const pages::Pages> pages;  // the web app under this charter; null: none
  std::uint32_t log_interval_seconds = 0;     // of the log in use
  std::uint64_t largest_attachment = 0;       // of any channel
};

// As a store keeps the charter, with whom it names; without texts.
storage::CharterRecord RecordOf(const charter::OpenCharter& charter, std::string note);

// GET /v1/charter, in both of its forms.
struct CharterDocuments {
  std::string json;
  std::string protobuf;
};

// What a charter is served with.
struct Publication {
  std::string note;   // as the roots signed it
  std::string proof;  // a tlog-proof that it is the newest one of its log
  std::shared_ptr<const pages::Pages> pages;
};

class Charters {
 public:
  // Null before the first charter.
  const CharterSnapshot* InForce() const { return newest_.load(std::memory_order_acquire); }
  // Puts a charter into force, unless one of that version or a later one is; gives the one that
  // is in force then. kInternal.
  Result<const CharterSnapshot*> Take(std::shared_ptr<const charter::OpenCharter> charter,
                                      Publication publication);

  // Of the charter in force, with the newest proof; null before the first one. Takes a lock that is
  // never held for long.
  std::shared_ptr<const CharterDocuments> Documents() const;
  // Another proof for the charter of that version: cosigned anew. Nothing, when it is not in force.
  // kInternal.
  Status Renew(std::uint64_t version, std::string proof);

  // Anyone may bring a charter, and it may be long: one is looked at at a time.
  work::Slots& publishing() { return publishing_; }

 private:
  Status Serve(const CharterSnapshot& snapshot, std::string proof);

  std::atomic<const CharterSnapshot*> newest_{nullptr};
  mutable std::mutex mutex_;  // of the documents alone
  std::shared_ptr<const CharterDocuments> documents_;
  std::uint64_t documents_version_ = 0;
  std::vector<std::unique_ptr<const CharterSnapshot>> all_;
  work::Slots publishing_{1};
};

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_CHARTERS_H_
