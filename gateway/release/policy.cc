#include "gateway/release/policy.h"

#include <algorithm>
#include <optional>
#include <string>

#include "gateway/release/access.h"

namespace safeconduct::release {
namespace {

Error Refused(Message message, Message field) { return {Code::kRejected, message, field}; }

// Who acts: the reporter, or a holder of the channel and what he is to the case.
struct Actor {
  const v1::Holder* holder = nullptr;  // null: the reporter
  bool intake = false;
  bool assigned = false;
  bool auditor = false;
  bool works = false;  // on the case, in whatever way

  bool is_reporter() const { return holder == nullptr; }
};

const v1::Holder* FindHolder(const std::string& event_key, const charter::OpenCharter& charter) {
  if (event_key.size() != std::tuple_size_v<PublicKey>) return nullptr;
  return charter.FindByEventKey(ToArray<32>(AsBytes(event_key)));
}

Result<Actor> ActorOf(const v1::Event& event, const v1::StoredCase& record,
                      const charter::OpenCharter& charter, std::int64_t now) {
  Actor actor;
  if (!record.event_key().empty() && event.author() == record.event_key()) return actor;
  actor.holder = FindHolder(event.author(), charter);
  if (actor.holder == nullptr || !MaySee(*actor.holder, record, charter, now)) {
    return Error(Code::kUnauthorized, "the author has nothing to do with this case", "author");
  }
  const v1::Holder& holder = *actor.holder;
  const bool on_channel = charter::OnChannel(holder, record.channel());
  actor.intake = on_channel && charter::HasRole(holder, v1::ROLE_INTAKE);
  actor.auditor = on_channel && charter::HasRole(holder, v1::ROLE_AUDITOR);
  actor.assigned = IsAssigned(holder, record);
  // Of an investigator the case is seen only by work; an auditor who has no other post only looks.
  actor.works = MayWork(holder, record.channel());
  return actor;
}

// One event's change to the case.
class Change {
 public:
  Change(const v1::Event& event, const Actor& actor, const charter::OpenCharter& charter,
         std::int64_t now, v1::StoredCase& record)
      : event_(event), actor_(actor), charter_(charter), now_(now), record_(record) {}

  Status Make() {
    switch (event_.body_case()) {
      case v1::Event::kMessage:
        return MakeMessage();
      case v1::Event::kStatus:
        return MakeStatus();
      case v1::Event::kAssignment:
        return MakeAssignment(event_.assignment());
      case v1::Event::kExclusion:
        return MakeExclusion(event_.exclusion());
      case v1::Event::kGrant:
        return MakeGrant(event_.grant());
      case v1::Event::kRevocation:
        return MakeRevocation(event_.revocation());
      case v1::Event::kNote:
        return MakeRecord("note");
      case v1::Event::kCustody:
        return MakeRecord("custody");
      case v1::Event::kMeasures:
        return MakeRecord("measures");
      case v1::Event::kLink:
        return MakeLink(event_.link());
      case v1::Event::kDismissal:
        return MakeDismissal(event_.dismissal());
      case v1::Event::kHold:
        return MakeHold(event_.hold());
      case v1::Event::BODY_NOT_SET:
        break;
    }
    return Error(Code::kMalformed, "an event that does nothing", "body");
  }

 private:
  static Status Only(bool allowed, Message field) {
    if (allowed) return {};
    return Refused("this is not for the author's post to do", field);
  }

  Status MakeMessage() {
    SC_TRY(Only(actor_.is_reporter() || actor_.intake || actor_.assigned, "message"));
    if (!IsPlain(record_)) return {};
    return Refused("a plain report has no mailbox: nobody could read a message", "message");
  }

  Status MakeStatus() {
    const bool investigates = actor_.assigned && !actor_.is_reporter() &&
                              charter::HasRole(*actor_.holder, v1::ROLE_INVESTIGATOR);
    SC_TRY(Only(actor_.intake || investigates, "status"));
    if (event_.status().status() == v1::CASE_STATUS_RECEIVED) {
      return Refused("a case does not go back to being just received", "status");
    }
    record_.set_status(event_.status().status());
    return {};
  }

  Status MakeAssignment(const v1::Assignment& assignment) {
    SC_TRY(Only(actor_.intake, "assignment"));
    if (!assignment.ended()) {
      const v1::Holder* const holder = FindHolder(assignment.holder(), charter_);
      if (holder == nullptr || !MayWork(*holder, record_.channel())) {
        return Refused("cases of this channel are not assigned to that holder",
                       "assignment.holder");
      }
      if (IsExcluded(*holder, record_)) {
        return Refused("the holder is excluded from this case", "assignment.holder");
      }
    }
    return Mark(assignment.ended(), assignment.holder(), *record_.mutable_assigned(),
                "assignment.holder");
  }

  Status MakeExclusion(const v1::Exclusion& exclusion) {
    SC_TRY(Only(actor_.intake || actor_.auditor, "exclusion"));
    const v1::Holder* const holder = FindHolder(exclusion.holder(), charter_);
    if (!exclusion.ended() &&
        (holder == nullptr || !charter::OnChannel(*holder, record_.channel()))) {
      return Refused("not a holder of this channel", "exclusion.holder");
    }
    return Mark(exclusion.ended(), exclusion.holder(), *record_.mutable_excluded(),
                "exclusion.holder");
  }

  Status MakeGrant(const v1::Grant& grant) {
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
      const std::optional<Download> own =
          FindDownload(*actor_.holder, record_, header.compartment(), charter_, now_);
      if (IsPlain(record_) || !own ||
          !ReadsByPolicy(*actor_.holder, record_, header.compartment(), charter_)) {
        return Refused("not the author's to grant", "grant.headers.compartment");
      }
      SC_TRY(SetAccess(grant, header.compartment()));
    }
    return {};
  }

  Status SetAccess(const v1::Grant& grant, const std::string& compartment) {
    auto& all = *record_.mutable_access();
    auto found = std::find_if(all.begin(), all.end(), [&](const v1::StoredAccess& each) {
      return each.holder() == grant.grantee() && each.compartment() == compartment;
    });
    if (found == all.end() && all.size() == kMaxAccess) {
      return Error(Code::kTooLarge, "more grants than a case has room for", "grant.headers");
    }
    v1::StoredAccess& access = found == all.end() ? *all.Add() : *found;
    access.set_holder(grant.grantee());
    access.set_compartment(compartment);
    access.set_event(event_.sequence());
    access.set_expires(grant.expires());
    access.set_author(event_.author());
    return {};
  }

  Status MakeRevocation(const v1::Revocation& revocation) {
    SC_TRY(Only(!actor_.is_reporter(), "revocation"));
    const auto& names = revocation.compartments();
    const auto is_meant = [&](const v1::StoredAccess& each) {
      return each.holder() == revocation.holder() &&
             (names.empty() ||
              std::find(names.begin(), names.end(), each.compartment()) != names.end());
    };
    auto& all = *record_.mutable_access();
    if (!actor_.intake && std::any_of(all.begin(), all.end(), [&](const v1::StoredAccess& each) {
          return is_meant(each) && each.author() != event_.author();
        })) {
      return Refused("granted by somebody else", "revocation.compartments");
    }
    const int before = all.size();
    all.erase(std::remove_if(all.begin(), all.end(), is_meant), all.end());
    if (all.size() < before) return {};
    return Refused("nothing of this was granted", "revocation.holder");
  }

  Status MakeRecord(Message field) const {
    return Only(!actor_.is_reporter() && actor_.works, field);
  }

  Status MakeLink(const v1::Link& link) {
    SC_TRY(Only(actor_.intake || actor_.assigned, "link"));
    if (link.report_hash() == record_.report_hash()) {
      return Refused("a case is not linked with itself", "link.report_hash");
    }
    return Mark(link.ended(), link.report_hash(), *record_.mutable_links(), "link.report_hash");
  }

  Status MakeDismissal(const v1::Dismissal& dismissal) {
    SC_TRY(Only(actor_.intake, "dismissal"));
    if (record_.dismissed() == !dismissal.ended()) {
      return Refused("that is so already", "dismissal.ended");
    }
    record_.set_dismissed(!dismissal.ended());
    return {};
  }

  Status MakeHold(const v1::Hold& hold) {
    SC_TRY(Only(actor_.intake || actor_.auditor, "hold"));
    if (record_.held() == !hold.ended()) return Refused("that is so already", "hold.ended");
    record_.set_held(!hold.ended());
    return {};
  }

  // Adds `key` to those that are marked, or takes it out.
  template <typename Keys>
  static Status Mark(bool ended, const std::string& key, Keys& marked, Message field) {
    const auto found = std::find(marked.begin(), marked.end(), key);
    if ((found == marked.end()) == ended) return Refused("that is so already", field);
    if (ended) {
      marked.erase(found);
      return {};
    }
    if (marked.size() == kMaxNamed) {
      return Error(Code::kTooLarge, "more than a case has room for", field);
    }
    *marked.Add() = key;
    return {};
  }

  const v1::Event& event_;
  const Actor& actor_;
  const charter::OpenCharter& charter_;
  const std::int64_t now_;
  v1::StoredCase& record_;
};

}  // namespace

Result<v1::StoredCase> Apply(const report::CheckedEvent& event, const v1::StoredCase& record,
                             const charter::OpenCharter& charter, std::int64_t now) {
  SC_ASSIGN(const Actor actor, ActorOf(event.event, record, charter, now));
  if (event.event.charter_version() != charter.version()) {
    return Error(Code::kConflict, "made under another version of the charter: fetch the charter",
                 "charter_version");
  }
  SC_TRY(report::CheckPlace(event, ToArray<32>(AsBytes(record.report_hash())),
                            {record.events(), ToArray<32>(AsBytes(record.head()))}));
  v1::StoredCase after = record;
  SC_TRY(Change(event.event, actor, charter, now, after).Make());
  after.set_events(event.event.sequence());
  after.set_head(std::string(AsText(event.hash)));
  return after;
}

}  // namespace safeconduct::release
