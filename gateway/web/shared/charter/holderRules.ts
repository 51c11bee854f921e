// The rules of a charter's holders (gateway/charter/holder_rules.cc).
import { publicKeyBytes } from "../base/ed25519.ts";
import { hasCode } from "../base/error.ts";
import { isId, isPlainText } from "../base/text.ts";
import { parseRecipient } from "../age/recipient.ts";
import type { Charter, Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import { limit, refuse, Unlike } from "./rules.ts";

const maxHolders = 1024;
const maxChannels = 256;
const maxOrganisationBytes = 128;

export function checkHolders(charter: Charter): void {
  limit(charter.holders.length, maxHolders, "holders", "more than 1,024 holders");
  const channels = new Set(charter.channels.map(({ id }) => id));
  const labels = new Unlike();
  const recipients = new Unlike();
  const keys = new Unlike(); // of both purposes: one key never serves two
  for (const holder of charter.holders) {
    if (!isId(holder.label)) refuse("holders.label", "a label is 1 to 63 of a-z, 0-9 and hyphens");
    if (!labels.add(holder.label)) refuse("holders.label", "two holders of one label");
    if (!isPlainText(holder.organisation, maxOrganisationBytes)) {
      refuse("holders.organisation", "an organisation's name is 1 to 128 bytes of text");
    }
    checkRoles(holder);
    checkChannels(holder, channels);
    checkRecipient(holder);
    if (!recipients.add(holder.recipient)) refuse("holders.recipient", "two holders with one recipient");
    if (holder.requestKey.length !== publicKeyBytes || !keys.add(holder.requestKey)) {
      refuse("holders.request_key", "a request key is 32 bytes, unlike every other key");
    }
    if (holder.eventKey.length !== publicKeyBytes || !keys.add(holder.eventKey)) {
      refuse("holders.event_key", "an event key is 32 bytes, unlike every other key");
    }
  }
}

function checkRoles(holder: Holder): void {
  const seen = new Unlike();
  for (const role of holder.roles) {
    if (role === 0 || !seen.add(role)) refuse("holders.roles", "a holder with an unknown role or one role twice");
  }
  if (seen.size === 0) refuse("holders.roles", "a holder without a role");
}

function checkChannels(holder: Holder, channels: ReadonlySet<string>): void {
  limit(holder.channels.length, maxChannels, "holders.channels", "a holder with more than 256 channels");
  const seen = new Unlike();
  for (const id of holder.channels) {
    if (!channels.has(id)) refuse("holders.channels", "a holder of a channel that there is not");
    if (!seen.add(id)) refuse("holders.channels", "a holder with one channel twice");
  }
}

function checkRecipient(holder: Holder): void {
  try {
    parseRecipient(holder.recipient);
  } catch (error) {
    if (!hasCode(error, "malformed")) throw error;
    refuse("holders.recipient", "a holder's recipient must be a post-quantum one (age1pq1...)");
  }
}
