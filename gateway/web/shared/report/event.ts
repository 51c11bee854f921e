// Events of a case and their chain (gateway/report/event.h; design: "What a holder does becomes an
// event"): signed and verified as received.
//
// What it gives: who did what, in which order, and that nothing between two events is missing. What it
// does not give: that the newest events are there (whoever saw a newer head notices), or whether the
// author may do it: the gateway checks posts, and `authorOf` tells whose key it is.
import { create, type MessageInitShape } from "@bufbuild/protobuf";

import { concat, equal, utf8 } from "../base/bytes.ts";
import { signatureBytes, type SigningKey, verify } from "../base/ed25519.ts";
import { SafeconductError, within } from "../base/error.ts";
import { sha256 } from "../base/hash.ts";
import { parseSigned, serialize } from "../base/messages.ts";
import type { OpenCharter } from "../charter/charter.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import { type Event, EventSchema, type SignedEvent, SignedEventSchema } from "../generated/safeconduct/v1/event_pb.ts";
import { checkEventForm, hourSeconds } from "./eventForm.ts";

const maxEventBytes = 256 * 1024;
const eventPrefix = utf8("safeconduct/event/v1\n");

/** The newest event of a case. */
export interface Head {
  readonly sequence: bigint; // 0: none yet
  readonly hash: Uint8Array; // of its bytes; with none, the report hash
}

export interface CheckedEvent {
  readonly event: Event;
  readonly hash: Uint8Array;
}

/** The body of an event: `{ case: "message", value: { sealed } }`, `{ case: "status", value: { status } }`; others: work.ts, grant.ts. */
export type EventBody = NonNullable<MessageInitShape<typeof EventSchema>["body"]>;

/** The event after `head`, signed. `gatewayTime` is the gateway's, in Unix seconds. */
export function signEvent(
  reportHash: Uint8Array,
  head: Head,
  charterVersion: bigint,
  gatewayTime: number,
  body: EventBody,
  eventKey: SigningKey,
): SignedEvent {
  const event = create(EventSchema, {
    reportHash,
    sequence: head.sequence + 1n,
    previous: head.hash,
    author: eventKey.publicKey,
    charterVersion,
    time: BigInt(Math.floor(gatewayTime / hourSeconds) * hourSeconds),
    body,
  });
  const bytes = serialize(EventSchema, event);
  return create(SignedEventSchema, { event: bytes, signature: eventKey.sign(concat(eventPrefix, bytes)) });
}

/** The hash of an event: of its bytes as they were signed. */
export function eventHash(event: SignedEvent): Uint8Array {
  return sha256(event.event);
}

/**
 * Structure and signature by the author that the event names; not whether that author may. Throws
 * malformed, unsupported, too_large, rejected, unverified, each with its field.
 */
export function checkEvent(signed: SignedEvent): CheckedEvent {
  if (signed.signature.length !== signatureBytes) {
    throw new SafeconductError("malformed", "a signature is 64 bytes", "signature");
  }
  const event = within("event", () => parseSigned(EventSchema, signed.event, maxEventBytes));
  checkEventForm(event);
  within("signature", () => verify(event.author, concat(eventPrefix, signed.event), signed.signature));
  return { event, hash: eventHash(signed) };
}

/** Whether `event` is the next one after `head` of the case. Throws conflict. */
export function checkPlace(event: CheckedEvent, reportHash: Uint8Array, head: Head): void {
  const conflict = (message: string, field: string): SafeconductError => new SafeconductError("conflict", message, field);
  if (!equal(event.event.reportHash, reportHash)) throw conflict("an event of another case", "report_hash");
  if (event.event.sequence !== head.sequence + 1n) {
    throw conflict("not the next event of the case: read the case again", "sequence");
  }
  if (!equal(event.event.previous, head.hash)) throw conflict("does not follow the newest event of the case", "previous");
}

/** Checks a whole chain from its beginning. Throws as checkEvent and checkPlace about the first bad one. */
export function verifyChain(events: readonly SignedEvent[], reportHash: Uint8Array): { events: CheckedEvent[]; head: Head } {
  let head: Head = { sequence: 0n, hash: reportHash };
  const checked: CheckedEvent[] = [];
  for (const signed of events) {
    const event = checkEvent(signed);
    checkPlace(event, reportHash, head);
    head = { sequence: event.event.sequence, hash: event.hash };
    checked.push(event);
  }
  return { events: checked, head };
}

/** Whose key an event is signed with: the reporter's, a holder's of this charter, or one that it does not name (any more). */
export function authorOf(event: Event, reporterEventKey: Uint8Array | undefined, charter: OpenCharter): "reporter" | Holder | undefined {
  if (reporterEventKey !== undefined && equal(event.author, reporterEventKey)) return "reporter";
  return charter.holderByEventKey(event.author);
}
