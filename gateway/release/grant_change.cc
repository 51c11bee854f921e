// Who reads what: grants, and what is taken back.
#include <algorithm>

#include "gateway/release/access.h"
#include "gateway/release/change.h"

namespace safeconduct::release {

Status Change::MakeGrant(const v1::Grant& grant) {
  SC_TRY(Only(!actor_.is_reporter(), "grant"));
  const v1::Holder* const grantee = FindHolder(grant.grantee(), charter_);
  if (grantee == nullptr || !MayWork(*grantee, record_.channel())) {
    return Refused("nothing of this channel is granted to that holder", "grant.grantee");
  }
  if (IsExcluded(*grantee, record_)) {
    return Refused("the holder is excluded from this case", "grant.grantee");
  }
  if (grant.expires() != 0 && grant.expires() <= now_) {
    return Refused("a grant that has expired already", "grant.expires");
  }
  for (const v1::GrantedHeader& header : grant.headers()) {
    SC_TRY(grant.grantee() == event_.author() && FindReleased(header.compartment()) != nullptr
               ? KeepReleased(grant, *FindReleased(header.compartment()))
               : GrantOwn(grant, header.compartment()));
  }
  return {};
}

Status Change::GrantOwn(const v1::Grant& grant, const std::string& compartment) {
  if (IsPlain(record_) || !FindDownload(*actor_.holder, record_, compartment, charter_, now_) ||
      !ReadsByPolicy(*actor_.holder, record_, compartment, charter_)) {
    return Refused("not the author's to grant", "grant.headers.compartment");
  }
  SC_ASSIGN(v1::StoredAccess * access, AccessFor(grant.grantee(), compartment, "grant.headers"));
  access->set_event(event_.sequence());
  access->set_expires(grant.expires());
  access->set_author(event_.author());
  access->clear_request();
  return {};
}

Status Change::KeepReleased(const v1::Grant& grant, v1::StoredAccess& access) {
  if (access.expires() != 0 && (grant.expires() == 0 || grant.expires() > access.expires())) {
    return Refused("longer than it was released for", "grant.expires");
  }
  access.set_event(event_.sequence());
  access.set_expires(grant.expires());
  return {};
}

v1::StoredAccess* Change::FindReleased(const std::string& compartment) {
  for (v1::StoredAccess& access : *record_.mutable_access()) {
    if (access.request() != 0 && access.holder() == event_.author() &&
        access.compartment() == compartment && !HasEnded(access.expires())) {
      return &access;
    }
  }
  return nullptr;
}

Result<v1::StoredAccess*> Change::AccessFor(const std::string& holder,
                                            const std::string& compartment, Message field) {
  auto& all = *record_.mutable_access();
  auto found = std::find_if(all.begin(), all.end(), [&](const v1::StoredAccess& each) {
    return each.holder() == holder && each.compartment() == compartment;
  });
  if (found != all.end()) return &*found;
  if (all.size() == kMaxAccess) {
    return Error(Code::kTooLarge, "more grants than a case has room for", field);
  }
  v1::StoredAccess* const access = all.Add();
  access->set_holder(holder);
  access->set_compartment(compartment);
  return access;
}

Status Change::MakeRevocation(const v1::Revocation& revocation) {
  SC_TRY(Only(!actor_.is_reporter(), "revocation"));
  const auto& names = revocation.compartments();
  const auto is_named = [&](const std::string& compartment) {
    return names.empty() || std::find(names.begin(), names.end(), compartment) != names.end();
  };
  const auto is_meant = [&](const v1::StoredAccess& each) {
    return each.holder() == revocation.holder() && is_named(each.compartment());
  };
  auto& all = *record_.mutable_access();
  if (std::any_of(all.begin(), all.end(), [&](const v1::StoredAccess& each) {
        return is_meant(each) && !MayTakeBack(each);
      })) {
    return Refused("granted by somebody else", "revocation.compartments");
  }
  const int before = all.size();
  all.erase(std::remove_if(all.begin(), all.end(), is_meant), all.end());
  const bool closed = CloseRequests(revocation.holder(), is_named);
  if (all.size() < before || closed) return {};
  return Refused("nothing of this was granted", "revocation.holder");
}

bool Change::MayTakeBack(const v1::StoredAccess& access) const {
  return actor_.intake || access.author() == event_.author() ||
         access.holder() == event_.author() || (actor_.trustee && access.request() != 0);
}

bool Change::CloseRequests(const std::string& author, const NameTest& is_named) {
  if (!actor_.intake && !actor_.trustee && author != event_.author()) return false;
  bool closed = false;
  auto& requests = *record_.mutable_requests();
  for (v1::StoredRequest& request : requests) {
    if (request.author() != author) continue;
    auto& releases = *request.mutable_releases();
    const auto rest =
        std::remove_if(releases.begin(), releases.end(),
                       [&](const v1::StoredRelease& each) { return is_named(each.compartment()); });
    closed = closed || rest != releases.end();
    releases.erase(rest, releases.end());
  }
  requests.erase(
      std::remove_if(requests.begin(), requests.end(),
                     [](const v1::StoredRequest& each) { return each.releases().empty(); }),
      requests.end());
  return closed;
}

}  // namespace safeconduct::release
