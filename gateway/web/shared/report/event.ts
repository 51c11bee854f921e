// Events of a case and their chain (gateway/report/event.h; design: "What a holder does becomes an
// event"): signed and verified as received.
//
// What it gives: who did what, in which order, and that nothing between two events is missing. What it
// does not give: that the newest events are there (whoever saw a newer head notices), or whether the
// author may do it: the gateway checks posts, and `authorOf` tells whose key it is.
import { create, type MessageInitShape } from "@bufbuild/protobuf";

import { parseHeader, parseSealedHeader } from "../age/header.ts";
import { concat, equal, utf8 } from "../base/bytes.ts";
import { publicKeyBytes, signatureBytes, type SigningKey, verify } from "../base/ed25519.ts";
import { SafeconductError, within } from "../base/error.ts";
import { hashBytes, sha256 } from "../base/hash.ts";
import { parseSigned, serialize } from "../base/messages.ts";
import { maxReaders } from "../charter/channelRules.ts";
import type { OpenCharter } from "../charter/charter.ts";
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import { CaseStatus, type Event, EventSchema, type SignedEvent, SignedEventSchema } from "../generated/safeconduct/v1/event_pb.ts";
import { checkPaddedSize } from "./compartment.ts";

const maxEventBytes = 256 * 1024;
export const maxMessageBytes = 128 * 1024; // of the sealed age file
export const minMessagePlaintext = 4 * 1024;
const maxMessageStanzas = maxReaders + 1; // the reporter, and the account's readers
const hourSeconds = 3600;
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

/** The body of an event: `{ case: "message", value: { sealed } }` or `{ case: "status", value: { status } }`. */
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
  checkForm(event);
  within("signature", () => verify(event.author, concat(eventPrefix, signed.event), signed.signature));
  return { event, hash: eventHash(signed) };
}

function checkForm(event: Event): void {
  const malformed = (message: string, field: string): SafeconductError => new SafeconductError("malformed", message, field);
  if (event.reportHash.length !== hashBytes) throw malformed("a report hash is 32 bytes", "report_hash");
  if (event.sequence === 0n) throw malformed("the first event has number 1", "sequence");
  if (event.previous.length !== hashBytes) throw malformed("the hash of the previous event is 32 bytes", "previous");
  if (event.author.length !== publicKeyBytes) throw malformed("an author's key is 32 bytes", "author");
  if (event.charterVersion === 0n) throw malformed("a charter's version is at least 1", "charter_version");
  if (event.time <= 0n || event.time % BigInt(hourSeconds) !== 0n) {
    throw new SafeconductError("rejected", "times are rounded down to the hour", "time");
  }
  switch (event.body.case) {
    case "message":
      return checkSealed(event.body.value.sealed);
    case "status":
      if (event.body.value.status !== CaseStatus.UNSPECIFIED) return;
      throw malformed("a change of status without a status", "status");
    case undefined:
      throw malformed("an event that does nothing", "body");
    default: // of other kinds signature and place count here; their form the gateway has checked
      return;
  }
}

/** The form of a sealed message. Throws malformed, rejected, too_large. */
function checkSealed(sealed: Uint8Array): void {
  if (sealed.length > maxMessageBytes) {
    throw new SafeconductError("too_large", "a message of more than 128 KiB", "message.sealed");
  }
  within("message.sealed", () => {
    const { size } = parseHeader(sealed);
    const { stanzas } = parseSealedHeader(sealed.subarray(0, size));
    if (stanzas.length > maxMessageStanzas) {
      throw new SafeconductError("too_large", "a message to more than 33 readers");
    }
    checkPaddedSize(sealed.length - size, minMessagePlaintext);
  });
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
