#include "gateway/cli/cover_sheet.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/event_words.h"

namespace safeconduct::cli {
namespace {

constexpr const char* kStyle =
    "body{font:11pt/1.45 Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111}"
    "h1{font-size:1.5em}h2{font-size:1.1em;margin-top:1.6em}table{border-collapse:collapse;width:"
    "100%}"
    "td,th{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top}"
    "code{font-size:.85em;word-break:break-all}";

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string Cell(std::string_view text) { return "<td>" + Escape(text) + "</td>"; }
std::string Code(std::string_view text) { return "<code>" + Escape(text) + "</code>"; }
std::string Row(std::string_view name, const std::string& html) {
  return "<tr><th scope=\"row\">" + Escape(name) + "</th><td>" + html + "</td></tr>\n";
}

std::string Facts(const OpenedCase& opened, std::int64_t now) {
  const CaseFile& file = opened.file;
  const v1::Holder& holder = *opened.holder.entry;
  std::string html = "<table>\n";
  html += Row("Case", Code(file.id));
  html += Row("Channel", Escape(file.view.summary().channel()));
  html += Row("Received on", Escape(FormatDay(file.view.summary().received_day())));
  html += Row("Status", Escape(StatusName(file.status)));
  html += Row("Taken out by", Escape(holder.label() + ", " + holder.organisation()));
  html += Row("Taken out on", Escape(FormatDay(now)));
  html += Row("Charter", Escape(opened.charter.charter->origin() + ", version " +
                                std::to_string(opened.charter.charter->version())));
  html += Row("SHA-256 of the report", Code(HexEncode(file.report_hash)));
  return html + "</table>\n";
}

std::string Parts(const OpenedCase& opened, const std::vector<std::string>& files) {
  std::string html =
      "<table>\n<tr><th>Part</th><th>Bytes sealed</th><th>Digest signed by the "
      "reporter</th><th>In this folder</th></tr>\n";
  for (const v1::Compartment& compartment : opened.file.report->manifest.compartments()) {
    const bool here =
        std::find(files.begin(), files.end(), compartment.name() + ".age") != files.end();
    html += "<tr>" + Cell(compartment.name()) + Cell(std::to_string(compartment.payload_bytes())) +
            "<td>" + Code(HexEncode(AsBytes(compartment.payload_digest()))) + "</td>" +
            Cell(here ? "yes" : "no: not this holder's to take out") + "</tr>\n";
  }
  return html + "</table>\n";
}

std::string Events(const OpenedCase& opened) {
  std::string html =
      "<table>\n<tr><th>No.</th><th>Time, to the hour</th><th>Who</th><th>What</th></tr>\n";
  for (const report::CheckedEvent& checked : opened.file.events) {
    const v1::Event& event = checked.event;
    html += "<tr>" + Cell(std::to_string(event.sequence())) + Cell(FormatTime(event.time())) +
            Cell(AuthorOf(opened, event)) + Cell(WordsOf(event, *opened.charter.charter).second) +
            "</tr>\n";
  }
  return html + "</table>\n";
}

}  // namespace

std::string CoverSheet(const OpenedCase& opened, const std::vector<std::string>& files,
                       std::int64_t now) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Case " +
      Escape(opened.file.id) + "</title>\n<style>" + kStyle +
      "</style></head>\n<body>\n<h1>Record of a confidential report</h1>\n"
      "<p>This sheet goes with a folder of sealed files. It says what the folder "
      "holds and what was done with the case. What was reported does not stand on "
      "it: that is sealed, and opens only with the key of whoever took it out.</p>\n";
  html += Facts(opened, now);
  if (opened.file.report) html += "<h2>What was reported, sealed</h2>\n" + Parts(opened, files);
  html += "<h2>What was done</h2>\n";
  html += opened.file.events.empty() ? "<p>Nothing yet.</p>\n" : Events(opened);
  html +=
      "<h2>How to check it</h2>\n<p>Each event is signed by its author and names the one before "
      "it; the reporter signed the report, and the office's log signed that it was accepted. "
      "With the office's trust file, which is obtained from the office and not from this folder, "
      "anybody can check all of it without a network:</p>\n<p>" +
      Code("safeconduct custody verify FOLDER --trust FILE") +
      "</p>\n<p>README.txt in the folder says how the parts are opened with age, a standard "
      "program, and how the signatures are made. This sheet itself is not signed: where it "
      "and the files differ, the files hold.</p>\n</body>\n</html>\n";
  return html;
}

}  // namespace safeconduct::cli
