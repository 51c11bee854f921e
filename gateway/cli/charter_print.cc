#include "gateway/cli/charter_print.h"

#include <algorithm>
#include <cctype>

#include "crypto/base/encoding.h"
#include "gateway/cli/charter_change.h"
#include "gateway/report/report.h"
#include "safeconduct/v1/event.pb.h"

namespace safeconduct::cli {
namespace {

// ROLE_INTAKE, with the prefix ROLE_, is "intake"; words are joined by hyphens.
std::string ShortName(const std::string& name, const std::string& prefix) {
  if (!name.starts_with(prefix)) return "unknown";
  std::string out = name.substr(prefix.size());
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(c));
  });
  return out;
}

template <typename Items, typename Name>
std::string Joined(const Items& items, Name name) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + std::string(name(item));
  return out;
}

std::string Labels(const std::vector<const v1::Holder*>& holders) {
  return holders.empty()
             ? "nobody"
             : Joined(holders, [](const v1::Holder* holder) { return holder->label(); });
}

std::string DaysText(std::uint32_t days, const char* unit) {
  return days == 0 ? "no deadline" : std::to_string(days) + unit;
}

std::string AccountText(const charter::ChannelInfo& info) {
  if (!info.has_quorum()) return "read by " + Labels(report::AccountReaders(info));
  const v1::Policy& policy = info.channel->policy();
  std::string text =
      "released by " + std::to_string(policy.quorum_threshold()) + " of " + Labels(info.trustees);
  if (policy.quorum_organisations() > 1) {
    text += ", of at least " + std::to_string(policy.quorum_organisations()) + " organisations";
  }
  return text;
}

void PrintChannel(Output& out, const charter::ChannelInfo& info) {
  const v1::Channel& channel = *info.channel;
  out.Line();
  out.Pair("channel", channel.id());
  std::size_t questions = 0;
  for (const v1::Step& step : channel.questionnaire().steps()) {
    questions += static_cast<std::size_t>(step.questions_size());
  }
  out.Pair("  questions", std::to_string(questions) + " in " +
                              std::to_string(channel.questionnaire().steps_size()) + " steps");
  out.Pair("  triage", "read by " + Labels(info.intake));
  const std::string account = AccountText(info);
  out.Pair("  account", account);
  out.Pair("  identity", "read by " + Labels(info.support) + "; " + account +
                             "; each only if the reporter consents");
  out.Pair("  plain reports", info.plain_recipients.empty()
                                  ? "not taken"
                                  : "read by " + Labels(info.plain_recipients));
  const v1::Limits& limits = channel.limits();
  out.Pair("  attachments", limits.attachments() == 0
                                ? "none"
                                : "up to " + std::to_string(limits.attachments()) + " of " +
                                      FormatBytes(limits.attachment_bytes()));
  const v1::Deadlines& deadlines = channel.deadlines();
  out.Pair("  acknowledge", DaysText(deadlines.acknowledge_days(), " days"));
  out.Pair("  feedback", DaysText(deadlines.feedback_days(), " days"));
  out.Pair("  conclude", DaysText(deadlines.conclude_days(), " days") +
                             "; urgent: " + DaysText(deadlines.conclude_urgent_days(), " days"));
  out.Pair("  erased", RetentionText(channel.retention()));
}

}  // namespace

std::string RoleName(int role) {
  return ShortName(v1::Role_Name(static_cast<v1::Role>(role)), "ROLE_");
}

std::string StatusName(int status) {
  return ShortName(v1::CaseStatus_Name(static_cast<v1::CaseStatus>(status)), "CASE_STATUS_");
}

int ParseStatus(const std::string& name) {
  for (int status = v1::CASE_STATUS_UNSPECIFIED + 1; v1::CaseStatus_IsValid(status); ++status) {
    if (StatusName(status) == name) return status;
  }
  return v1::CASE_STATUS_UNSPECIFIED;
}

void PrintSummary(Output& out, const charter::OpenCharter& charter) {
  const v1::Charter& message = charter.message();
  out.Pair("charter", charter.origin() + ", version " + std::to_string(charter.version()));
  out.Pair("valid until", FormatTime(charter.expiry()));
  out.Pair("log", charter.log().name);
  out.Pair("holders", std::to_string(message.holders_size()));
  out.Pair("channels",
           Joined(message.channels(), [](const auto& channel) { return channel.id(); }));
  const std::string& web = message.web().manifest_digest();
  out.Pair("web app", web.empty() ? "none" : HexEncode(AsBytes(web)));
  out.Pair("texts", Joined(message.texts(), [](const auto& text) { return text.language(); }));
  if (message.has_next_roots()) {
    out.Pair("next roots", std::to_string(message.next_roots().threshold()) + " of " +
                               std::to_string(message.next_roots().vkeys_size()) +
                               " new root keys sign the next version");
  }
}

void PrintCharter(Output& out, const charter::OpenCharter& charter) {
  PrintSummary(out, charter);
  for (const v1::Holder& holder : charter.message().holders()) {
    out.Line();
    out.Pair("holder", holder.label());
    out.Pair("  organisation", holder.organisation());
    out.Pair("  roles", Joined(holder.roles(), [](int role) { return RoleName(role); }));
    out.Pair("  channels", holder.channels().empty()
                               ? "all"
                               : Joined(holder.channels(), [](const auto& id) { return id; }));
  }
  for (const charter::ChannelInfo& info : charter.channels()) PrintChannel(out, info);
}

void PrintWarnings(Output& out, const std::vector<std::string>& warnings) {
  if (out.json()) return;  // they stand in the JSON
  for (const std::string& warning : warnings) out.Warn(warning);
}

JsonArray WarningList(const std::vector<std::string>& warnings) {
  JsonArray list;
  for (const std::string& warning : warnings) list.Add(warning);
  return list;
}

JsonArray SignerNames(const note::Note& note) {
  JsonArray names;
  for (const note::NoteSignature& signature : note.signatures) names.Add(signature.name);
  return names;
}

}  // namespace safeconduct::cli
