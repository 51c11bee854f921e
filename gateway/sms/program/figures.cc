#include "gateway/sms/program/figures.h"

#include <string_view>

namespace safeconduct::sms {
namespace {

class Text {
 public:
  void Counter(std::string_view name, std::string_view help, std::uint64_t value) {
    Add(std::string(name) + "_total", "counter", help, value);
  }
  void Gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    Add(std::string(name), "gauge", help, value);
  }
  std::string Take() { return std::move(out_); }

 private:
  void Add(const std::string& name, std::string_view type, std::string_view help,
           std::uint64_t value) {
    const std::string full = "safeconduct_sms_" + name;
    out_ += "# HELP " + full + " " + std::string(help) + "\n";
    out_ += "# TYPE " + full + " " + std::string(type) + "\n";
    out_ += full + " " + std::to_string(value) + "\n";
  }
  std::string out_;
};

void AddIn(const Counters& counters, const LimitCounters& limits, Text& text) {
  text.Counter("taken", "Messages that are safe, a long one once.", counters.taken);
  text.Counter("parts", "Parts of long messages.", counters.parts);
  text.Counter("incomplete", "Long messages passed on without parts that did not come.",
               counters.incomplete);
  text.Counter("keywords", "STOP, START, HELP and their like.", counters.keywords);
  text.Counter("duplicates", "Messages that came before.", counters.duplicates);
  text.Counter("unroutable", "Messages to a number that is no channel's.", counters.unroutable);
  text.Counter("not_kept", "Messages that the telephone side has to send again.",
               counters.not_kept);
  text.Counter("refused_number_hour", "SMS over the limit of a number and an hour.",
               limits.refused_number_hour);
  text.Counter("refused_number_day", "SMS over the limit of a number and a day.",
               limits.refused_number_day);
  text.Counter("refused_all", "SMS over the limit of all numbers.", limits.refused_all);
  text.Counter("replies_refused", "Of the relay's own words, over the limit of a day.",
               limits.replies_refused);
}

void AddOn(const Counters& counters, const Gauges& gauges, Text& text) {
  text.Gauge("waiting", "Sealed messages that wait for the gateway.", gauges.queued);
  text.Gauge("waiting_bytes", "Bytes of those.", gauges.queued_bytes);
  text.Counter("sent_on", "Messages that the gateway has on disk.", counters.sent_on);
  text.Counter("rejected", "Tries that the gateway refused for good.", counters.rejected);
  text.Counter("lost", "Messages whose epoch ended before the gateway took them.", counters.lost);
  text.Counter("gateway_failures", "Requests that the gateway did not answer.",
               counters.gateway_failures);
  text.Counter("store_failures", "Failures of the relay's disk.", counters.store_failures);
  text.Gauge("gateway_reachable", "Whether the last request to it was answered.",
             gauges.gateway_reachable ? 1 : 0);
  text.Gauge("charter_version", "Version of the charter; 0 without one.", gauges.charter_version);
  text.Gauge("epochs", "Epochs whose keys are not destroyed.", gauges.epochs);
}

void AddOut(const Counters& counters, const Gauges& gauges, Text& text) {
  text.Gauge("outgoing", "SMS that wait to be sent, or whose fate is to be reported.",
             gauges.outgoing);
  text.Counter("replies", "Of the relay's own words, sent.", counters.replies);
  text.Counter("replies_failed", "Of the relay's own words, not sent.", counters.replies_failed);
  text.Counter("answers", "Answers that came from the gateway.", counters.answers);
  text.Counter("answers_sent", "Given to the telephone side.", counters.answers_sent);
  text.Counter("answers_delivered", "That reached a telephone.", counters.answers_delivered);
  text.Counter("answers_failed", "That certainly did not.", counters.answers_failed);
  text.Counter("answers_unsure", "Of which nobody knows.", counters.answers_unsure);
  text.Counter("answers_stopped", "Kept back after STOP.", counters.answers_stopped);
}

}  // namespace

std::string Figures(const Relay& relay, const TelephoneSide& side, const http::Server& server) {
  const Gauges gauges = relay.gauges();
  Text text;
  AddIn(relay.counters(), relay.limited(), text);
  AddOn(relay.counters(), gauges, text);
  AddOut(relay.counters(), gauges, text);
  text.Counter("strangers", "Requests that did not show where they come from.", side.strangers());
  text.Counter("unusable", "Requests that did, and are of no use.", side.unusable());
  const http::Counters http = server.counters();
  text.Gauge("connections", "Connections open now.", http.connections_open);
  // The request for these figures is one of them.
  const bool requests = http.requests_in_flight > 1;
  text.Gauge("busy", "Whether anything waits or is under way.",
             gauges.queued + gauges.outgoing > 0 || requests ? 1 : 0);
  return text.Take();
}

}  // namespace safeconduct::sms
