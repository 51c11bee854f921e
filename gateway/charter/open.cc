// Whose signatures make a charter one.
#include <algorithm>

#include "gateway/charter/charter.h"

namespace safeconduct::charter {
namespace {

using Opened = Result<std::shared_ptr<const OpenCharter>>;

Opened OpenSignedBy(std::string_view note, const Roots& roots, const Trust& trust) {
  if (roots.threshold == 0 || roots.keys.empty()) {
    return Error(Code::kRejected, "no root key to verify a charter with", "root");
  }
  SC_ASSIGN(const std::string text, note::Open(note, roots.keys, roots.threshold));
  SC_ASSIGN(std::shared_ptr<const OpenCharter> charter, OpenCharter::FromText(text));
  if (charter->origin() != trust.origin) {
    return Error(Code::kRejected, "the charter of another origin", "origin");
  }
  return charter;
}

Status CheckNotExpired(const OpenCharter& charter, std::int64_t now) {
  if (charter.expiry() > now) return {};
  return Error(Code::kExpired, "the charter has expired", "expiry");
}

Status CheckMinimum(const OpenCharter& charter, const Trust& trust) {
  if (charter.version() >= trust.minimum_version) return {};
  return Error(Code::kRejected,
               "an old charter: its version is below the minimum of the trust file", "version");
}

// Without this a charter that forgets next_roots would bring back keys that were replaced.
Status CheckRootsCarried(const OpenCharter& charter, const OpenCharter& before) {
  if (charter.message().has_next_roots() || !before.message().has_next_roots()) return {};
  return Error(Code::kRejected,
               "the root keys were replaced before: the charter must name those in force",
               "next_roots");
}

// Receipts and promises of before have to stay verifiable, and a log that ended must stay ended.
Status CheckLogsCarried(const OpenCharter& charter, const OpenCharter& before) {
  for (std::size_t i = 0; i < before.logs().size(); ++i) {
    const auto at = std::find(charter.logs().begin(), charter.logs().end(), before.logs()[i]);
    if (at == charter.logs().end()) {
      return Error(Code::kRejected, "a log of the charter before is missing", "logs");
    }
    if (i == 0) continue;
    const auto kept = static_cast<int>(at - charter.logs().begin());
    if (charter.message().logs(kept).last_checkpoint() !=
        before.message().logs(static_cast<int>(i)).last_checkpoint()) {
      return Error(Code::kRejected, "a retired log stays retired, with the same last checkpoint",
                   "logs.last_checkpoint");
    }
  }
  return {};
}

// `note` as the version after `before`, whenever that was.
Opened OpenFollowing(std::string_view note, const OpenCharter& before, const Trust& trust) {
  SC_ASSIGN(std::shared_ptr<const OpenCharter> charter,
            OpenSignedBy(note, RootsAfter(&before, trust), trust));
  if (charter->version() != before.version() + 1) {
    return Error(Code::kConflict, "the charter's version is not the next one", "version");
  }
  SC_TRY(CheckRootsCarried(*charter, before));
  SC_TRY(CheckLogsCarried(*charter, before));
  return charter;
}

}  // namespace

Roots RootsAfter(const OpenCharter* current, const Trust& trust) {
  if (current == nullptr || !current->message().has_next_roots()) {
    return {trust.roots, trust.threshold};
  }
  Roots roots;
  roots.threshold = current->message().next_roots().threshold();
  for (const std::string& vkey : current->message().next_roots().vkeys()) {
    roots.keys.push_back(*note::ParseVerifierKey(vkey));  // FromText checked that it is one
  }
  return roots;
}

Opened OpenTrusted(std::string_view note, const Trust& trust, std::int64_t now) {
  SC_ASSIGN(std::shared_ptr<const OpenCharter> charter,
            OpenSignedBy(note, RootsAfter(nullptr, trust), trust));
  SC_TRY(CheckMinimum(*charter, trust));
  SC_TRY(CheckNotExpired(*charter, now));
  return charter;
}

Opened OpenTrustedChain(std::span<const std::string> notes, const Trust& trust, std::int64_t now) {
  if (notes.empty()) return Error(Code::kMalformed, "a chain without a charter");
  SC_ASSIGN(std::shared_ptr<const OpenCharter> charter,
            OpenSignedBy(notes.front(), RootsAfter(nullptr, trust), trust));
  for (const std::string& note : notes.subspan(1)) {
    SC_ASSIGN(charter, OpenFollowing(note, *charter, trust));
  }
  SC_TRY(CheckMinimum(*charter, trust));
  SC_TRY(CheckNotExpired(*charter, now));
  return charter;
}

Opened OpenNext(std::string_view note, const OpenCharter* current, const Trust& trust,
                std::int64_t now) {
  if (current == nullptr) {
    SC_ASSIGN(std::shared_ptr<const OpenCharter> first, OpenTrusted(note, trust, now));
    if (first->version() != 1) {
      return Error(Code::kConflict, "the first charter must be version 1", "version");
    }
    return first;
  }
  SC_ASSIGN(std::shared_ptr<const OpenCharter> charter, OpenFollowing(note, *current, trust));
  SC_TRY(CheckNotExpired(*charter, now));
  return charter;
}

}  // namespace safeconduct::charter
