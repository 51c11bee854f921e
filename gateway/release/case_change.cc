// How a case stands, who works on it, and its end.
#include <algorithm>

#include "gateway/release/access.h"
#include "gateway/release/change.h"
#include "gateway/report/expiry.h"

namespace safeconduct::release {

Status Change::Only(bool allowed, Message field) {
  if (allowed) return {};
  return Refused("this is not for the author's post to do", field);
}

Status Change::Mark(bool ended, const std::string& key, EventKeys& marked, Message field) {
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

bool Change::HasEnded(std::int64_t expires) const { return expires != 0 && expires <= now_; }

Status Change::MakeMessage() {
  SC_TRY(Only(actor_.is_reporter() || actor_.intake || actor_.assigned, "message"));
  if (IsPlain(record_)) {
    return Refused("a plain report has no mailbox: nobody could read a message", "message");
  }
  const bool by_sms = !record_.relay().empty();
  if (by_sms && actor_.is_reporter()) return report::CheckStanzasByRelay(event_);
  SC_TRY(report::CheckStanzasFor(event_, channel()));
  return by_sms ? AddAnswer() : Status();
}

Status Change::MakeStatus() {
  const bool investigates = actor_.assigned && !actor_.is_reporter() &&
                            charter::HasRole(*actor_.holder, v1::ROLE_INVESTIGATOR);
  SC_TRY(Only(actor_.intake || investigates, "status"));
  if (event_.status().status() == v1::CASE_STATUS_RECEIVED) {
    return Refused("a case does not go back to being just received", "status");
  }
  const v1::CaseStatus before = record_.status();
  record_.set_status(event_.status().status());
  if (before == v1::CASE_STATUS_RECEIVED) record_.set_acknowledged_day(Today());
  if (record_.status() != v1::CASE_STATUS_CLOSED) {
    record_.clear_closed_day();
    return {};
  }
  // Closed once more, it does not begin to be closed anew; unless nothing says since when it is.
  if (before != v1::CASE_STATUS_CLOSED || record_.closed_day() == 0) {
    record_.set_closed_day(Today());
  }
  record_.set_settled_by(event_.author());
  return {};
}

// An author may date an event back: what he closes is not to be erased the earlier for it.
std::int64_t Change::Today() const {
  const std::int64_t later = std::max(now_, event_.time());
  return later - later % charter::kDaySeconds;
}

Status Change::MakeAssignment(const v1::Assignment& assignment) {
  SC_TRY(Only(actor_.intake, "assignment"));
  if (!assignment.ended()) {
    const v1::Holder* const holder = FindHolder(assignment.holder(), charter_);
    if (holder == nullptr || !MayWork(*holder, record_.channel())) {
      return Refused("cases of this channel are not assigned to that holder", "assignment.holder");
    }
    if (IsExcluded(*holder, record_)) {
      return Refused("the holder is excluded from this case", "assignment.holder");
    }
  }
  return Mark(assignment.ended(), assignment.holder(), *record_.mutable_assigned(),
              "assignment.holder");
}

Status Change::MakeExclusion(const v1::Exclusion& exclusion) {
  SC_TRY(Only(actor_.intake || actor_.auditor, "exclusion"));
  const v1::Holder* const holder = FindHolder(exclusion.holder(), charter_);
  if (!exclusion.ended() &&
      (holder == nullptr || !charter::OnChannel(*holder, record_.channel()))) {
    return Refused("not a holder of this channel", "exclusion.holder");
  }
  return Mark(exclusion.ended(), exclusion.holder(), *record_.mutable_excluded(),
              "exclusion.holder");
}

Status Change::MakeRecord(Message field) const {
  return Only(!actor_.is_reporter() && actor_.works, field);
}

Status Change::MakeLink(const v1::Link& link) {
  SC_TRY(Only(actor_.intake || actor_.assigned, "link"));
  if (link.report_hash() == record_.report_hash()) {
    return Refused("a case is not linked with itself", "link.report_hash");
  }
  return Mark(link.ended(), link.report_hash(), *record_.mutable_links(), "link.report_hash");
}

Status Change::MakeDismissal(const v1::Dismissal& dismissal) {
  SC_TRY(Only(actor_.intake, "dismissal"));
  if (record_.dismissed() == !dismissal.ended()) {
    return Refused("that is so already", "dismissal.ended");
  }
  record_.set_dismissed(!dismissal.ended());
  if (record_.dismissed()) record_.set_settled_by(event_.author());
  return {};
}

Status Change::MakeHold(const v1::Hold& hold) {
  SC_TRY(Only(actor_.intake || actor_.auditor, "hold"));
  if (record_.held() == !hold.ended()) return Refused("that is so already", "hold.ended");
  record_.set_held(!hold.ended());
  return {};
}

Status Change::MakeConsent() {
  SC_TRY(Only(actor_.is_reporter(), "consent"));
  return report::CheckStanzasFor(event_, channel());
}

Status Change::MakeErasure() {
  SC_TRY(Only(actor_.intake || actor_.auditor, "erasure"));
  if (record_.held()) return Refused("the case is under a legal hold", "erasure");
  if (record_.status() != v1::CASE_STATUS_CLOSED && !record_.dismissed()) {
    return Refused("only a case that was closed or dismissed is erased", "erasure");
  }
  if (record_.settled_by() == event_.author()) {
    return Refused("who closed or dismissed a case does not erase it: it takes a second person",
                   "erasure");
  }
  EraseContent();
  return {};
}

Status Change::MakeExpiry(const v1::Expiry& expiry) {
  SC_TRY(Only(actor_.log, "expiry"));
  if (record_.held()) return Refused("the case is under a legal hold", "expiry");
  const std::int64_t day = ExpiresDay(record_, charter_);
  if (day == 0) return Refused("the case is not one that expires", "expiry");
  if (now_ < day || event_.time() < day) return Refused("the case's time is not over", "expiry");
  if (expiry.channel() != record_.channel()) {
    return Refused("the case is of another channel", "expiry.channel");
  }
  if (expiry.closed_day() != record_.closed_day()) {
    return Refused("the case was closed on another day", "expiry.closed_day");
  }
  if (expiry.closed_days() != channel().channel->retention().closed_days()) {
    return Refused("the channel keeps its cases for another time", "expiry.closed_days");
  }
  EraseContent();
  return {};
}

void Change::EraseContent() {
  record_.set_erased(true);
  record_.clear_access();
  record_.clear_requests();
  record_.clear_answers();
  for (v1::StoredCompartment& compartment : *record_.mutable_compartments()) {
    compartment.clear_header();
  }
}

}  // namespace safeconduct::release
