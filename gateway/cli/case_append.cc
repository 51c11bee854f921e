#include "gateway/cli/case_append.h"

#include "gateway/cli/conversation.h"

namespace safeconduct::cli {

Outcome<Appended> Append(Context& context, OpenedCase& opened,
                         const std::function<Done(v1::Event&)>& fill) {
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  Appended appended;
  bool first = true;
  const auto append = [&]() -> Done {
    if (!first) {  // somebody else's event came first
      SC_ASSIGN(opened.file, RefetchCase(context, opened));
    }
    first = false;
    v1::Event event =
        NextEvent(opened.file.report_hash, opened.file.head, opened.holder.event_key.public_key(),
                  opened.charter.charter->version(), gateway->GatewayTime());
    SC_TRY(fill(event));
    const v1::SignedEvent signed_event = report::SignEvent(event, opened.holder.event_key);
    SC_ASSIGN(const v1::AppendEventReply reply,
              gateway->AppendToCase(opened.holder.request_key, opened.file.id, signed_event));
    SC_TRY(CheckEventReply(reply, signed_event, *opened.charter.charter));
    appended = {event.sequence(), reply.promise()};
    return {};
  };
  SC_TRY(AppendInTurn(append));
  return appended;
}

Done AppendToCase(Context& context, OpenedCase& opened, const std::function<Done(v1::Event&)>& fill,
                  const std::string& said) {
  SC_ASSIGN(const Appended appended, Append(context, opened, fill));
  JsonObject json;
  json.Add("report_id", opened.file.id);
  json.AddNumber("sequence", appended.sequence);
  json.Add("promise", appended.promise);
  context.out().Print(json);
  context.out().Line(said);
  return {};
}

}  // namespace safeconduct::cli
