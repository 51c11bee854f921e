#include "bench/micro/fixture.h"

#include <cstdio>
#include <cstdlib>

#include "crypto/identity/identity.h"
#include "crypto/note/note.h"

namespace safeconduct::bench {
namespace {

void AddHolder(v1::Charter& charter, const char* label, v1::Role role,
               const identity::Party& party) {
  const PublicKey request = party.Key(identity::Purpose::kRequest).public_key();
  const PublicKey event = party.Key(identity::Purpose::kEvent).public_key();
  v1::Holder& holder = *charter.add_holders();
  holder.set_label(label);
  holder.set_organisation("Example Mission");
  holder.add_roles(role);
  holder.set_recipient(party.recipient());
  holder.set_request_key(request.data(), request.size());
  holder.set_event_key(event.data(), event.size());
}

}  // namespace

Fixture::Fixture() {
  v1::Charter message;
  AddHolder(message, "intake", v1::ROLE_INTAKE, intake);
  AddHolder(message, "support", v1::ROLE_SUPPORT, identity::Party::Generate());
  v1::Channel& channel = *message.add_channels();
  channel.set_id("conduct");
  channel.mutable_policy()->set_account(v1::ACCOUNT_RELEASE_INTAKE);
  channel.mutable_limits()->set_account_bytes(256 * 1024);
  v1::Log& log = *message.add_logs();
  const PublicKey key = identity::Party::Generate().Key(identity::Purpose::kNote).public_key();
  log.set_vkey(note::FormatVerifierKey(*note::MakeVerifierKey("log.example/reports", key)));
  log.set_interval_seconds(3600);
  const auto text = charter::MakeText("charter.example", 1, 4'000'000'000, message);
  const auto opened = text.ok() ? charter::OpenCharter::FromText(*text)
                                : Result<std::shared_ptr<const charter::OpenCharter>>(text.error());
  if (!opened.ok()) {
    std::fprintf(stderr, "%s %s\n", opened.error().message(), opened.error().field());
    std::abort();
  }
  charter = *opened;
  draft.channel = "conduct";
  draft.language = "en";
  draft.narrative = "x";
}

}  // namespace safeconduct::bench
