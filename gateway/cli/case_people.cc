#include "gateway/cli/case_people.h"

#include <set>

namespace safeconduct::cli {
namespace {

// Event keys, as the case's events leave them.
struct People {
  std::set<std::string> working;
  std::set<std::string> excluded;
};

void Mark(bool ended, const std::string& key, std::set<std::string>& keys) {
  if (ended) {
    keys.erase(key);
  } else {
    keys.insert(key);
  }
}

People PeopleOf(const CaseFile& file) {
  People people;
  std::set<std::string> granted;
  for (const report::CheckedEvent& checked : file.events) {
    const v1::Event& event = checked.event;
    if (event.has_assignment()) {
      Mark(event.assignment().ended(), event.assignment().holder(), people.working);
    } else if (event.has_exclusion()) {
      Mark(event.exclusion().ended(), event.exclusion().holder(), people.excluded);
    } else if (event.has_grant()) {
      granted.insert(event.grant().grantee());
    } else if (event.has_request()) {
      granted.insert(event.author());
    } else if (event.has_revocation() && event.revocation().compartments().empty()) {
      granted.erase(event.revocation().holder());
    }
  }
  people.working.merge(granted);
  return people;
}

Outcome<std::vector<std::string>> OpenCases(Context& context) {
  SC_ASSIGN(const Office* const office, context.TheOffice());
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  std::vector<std::string> ids;
  std::string after;
  do {
    SC_ASSIGN(const v1::CaseList page, gateway->ListCases(office->holder.request_key, "", after));
    for (const v1::CaseSummary& summary : page.cases()) {
      const bool open =
          summary.status() != v1::CASE_STATUS_CLOSED && !summary.dismissed() && !summary.erased();
      if (open && !summary.plain()) ids.push_back(summary.report_id());
    }
    after = page.next();
  } while (!after.empty());
  return ids;
}

}  // namespace

Done InOpenCases(Context& context, const std::string& done,
                 const std::function<Done(const std::string& id)>& act) {
  SC_ASSIGN(const std::vector<std::string> ids, OpenCases(context));
  std::size_t refused = 0;
  for (const std::string& id : ids) {
    const Done acted = act(id);
    if (acted.ok()) continue;
    if (acted.error().exit == Exit::kNetwork || acted.error().exit == Exit::kUsage) return acted;
    ++refused;
    context.out().Warn("Case " + id + ": " + acted.error().message);
  }
  const std::string all = std::to_string(ids.size());
  if (refused == 0) {
    context.out().Note(done + " in " + all + " cases.");
    return {};
  }
  return RefusedFailure("Not " + done + " in " + std::to_string(refused) + " of " + all + " cases");
}

Outcome<const v1::Holder*> HolderNamed(const OpenedCase& opened, const std::string& label) {
  const charter::OpenCharter& charter = *opened.charter.charter;
  if (const v1::Holder* const holder = charter.FindByLabel(label)) return holder;
  std::string labels;
  for (const v1::Holder& holder : charter.message().holders()) {
    labels += (labels.empty() ? "" : ", ") + holder.label();
  }
  return UsageFailure("The charter names no '" + label + "'", "It names " + labels + ".");
}

Outcome<std::vector<const v1::Holder*>> ReadersOf(const OpenedCase& opened,
                                                  const std::vector<std::string>& labels) {
  const charter::OpenCharter& charter = *opened.charter.charter;
  const std::string& channel = opened.file.view.summary().channel();
  const People people = PeopleOf(opened.file);
  std::set<const v1::Holder*> chosen = {opened.holder.entry};
  for (const std::string& label : labels) {
    SC_ASSIGN(const v1::Holder* const holder, HolderNamed(opened, label));
    if (people.excluded.contains(holder->event_key())) {
      return UsageFailure(label + " is excluded from this case");
    }
    chosen.insert(holder);
  }
  std::vector<const v1::Holder*> readers;
  for (const v1::Holder& holder : charter.message().holders()) {
    const bool works =
        labels.empty() && charter::OnChannel(holder, channel) &&
        !people.excluded.contains(holder.event_key()) &&
        (charter::HasRole(holder, v1::ROLE_INTAKE) || people.working.contains(holder.event_key()));
    if (works || chosen.contains(&holder)) readers.push_back(&holder);
  }
  return readers;
}

}  // namespace safeconduct::cli
