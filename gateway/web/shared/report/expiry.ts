// The end of a case whose time is over (gateway/report/expiry.h): signed by the log, by its channel's retention.
// That the case was closed on that day cannot be told once its events are gone.
import { equal } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import type { OpenCharter } from "../charter/charter.ts";
import type { Event } from "../generated/safeconduct/v1/event_pb.ts";
import { Frontier, leafHash } from "../tlog/tree.ts";

function order(left: Uint8Array, right: Uint8Array): number {
  const at = left.findIndex((byte, index) => byte !== right[index]);
  return at === -1 ? 0 : left[at]! - right[at]!;
}

/** What an expiry says of the leaves that went with it: the RFC 6962 root over them in ascending order. */
export function rootOfLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  const frontier = new Frontier();
  for (const leaf of [...leaves].sort(order)) frontier.append(leafHash(leaf));
  return frontier.root();
}

/**
 * Whether a log of the charter signed the expiry, and, under that very charter, its channel's retention, from the day
 * on which that begins. Throws unverified.
 */
export function checkExpiry({ author, charterVersion, time, body }: Event, charter: OpenCharter): void {
  const wrong = (message: string, field: string): SafeconductError => new SafeconductError("unverified", message, field);
  if (body.case !== "expiry") throw wrong("not an expiry", "body");
  if (!charter.logs.some(({ key }) => equal(key, author))) throw wrong("a case expires by the log, which did not sign this", "author");
  if (charterVersion !== charter.version) return;
  const channel = charter.channels.find(({ channel: { id } }) => id === body.value.channel);
  if (channel?.channel.retention?.closedDays !== body.value.closedDays) {
    throw wrong("the charter does not let it expire after so many days", "expiry.closed_days");
  }
  if (time < channel.channel.retention.fromDay) throw wrong("the charter lets nothing expire before a later day", "time");
}
