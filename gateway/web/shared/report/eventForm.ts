// The form of every event (gateway/report/event_form.cc): what holds of it whoever signed it, in whatever
// case. Whether the author may do it, the gateway decides.
//
// Errors: malformed, rejected, too_large, each with its field.
import { parseHeader, parseSealedHeader, type Stanza } from "../age/header.ts";
import { publicKeyBytes } from "../base/ed25519.ts";
import { SafeconductError, within } from "../base/error.ts";
import { hashBytes } from "../base/hash.ts";
import {
  CaseStatus,
  type Delivery,
  DeliveryState,
  type Event,
  type Expiry,
  type Grant,
  type ReleaseRequest,
  type Revocation,
  type SealedShare,
} from "../generated/safeconduct/v1/event_pb.ts";
import { maxTrustees, sealedShareBytes } from "../quorum/quorum.ts";
import { checkPaddedSize, parseQuorumHeader, placeOfPart } from "./compartment.ts";

export const maxMessageBytes = 128 * 1024; // of the sealed age file
export const minMessagePlaintext = 4 * 1024;
export const maxRecordStanzas = 64; // of a message, and of what holders seal for each other
export const maxParts = 128; // that one event is about
export const hourSeconds = 3600;
const daySeconds = 86_400n;
// Places of parts: whatever is sealed, and what a quorum may have, from the account on.
const anyPart = 0n;
const quorumPart = 1n;

function malformed(message: string, field: string): SafeconductError {
  return new SafeconductError("malformed", message, field);
}

export function checkEventForm(event: Event): void {
  checkHash(event.reportHash, "report_hash");
  if (event.sequence === 0n) throw malformed("the first event has number 1", "sequence");
  if (event.previous.length !== hashBytes) throw malformed("the hash of the previous event is 32 bytes", "previous");
  if (event.author.length !== publicKeyBytes) throw malformed("an author's key is 32 bytes", "author");
  if (event.charterVersion === 0n) throw malformed("a charter's version is at least 1", "charter_version");
  if (event.time <= 0n || event.time % BigInt(hourSeconds) !== 0n) {
    throw new SafeconductError("rejected", "times are rounded down to the hour", "time");
  }
  checkBody(event);
}

function checkBody({ body, sequence, time }: Event): void {
  switch (body.case) {
    case "message":
      return checkSealed(body.value.sealed, "message.sealed", stanzasWithQuorum);
    case "note":
    case "custody":
    case "measures":
      return checkSealed(body.value.sealed, `${body.case}.sealed`);
    case "status":
      if (body.value.status !== CaseStatus.UNSPECIFIED) return;
      throw malformed("a change of status without a status", "status");
    case "assignment":
    case "exclusion":
      return checkKey(body.value.holder, `${body.case}.holder`);
    case "grant":
      return checkGrant(body.value, time);
    case "revocation":
      return checkRevocation(body.value);
    case "link":
      return checkHash(body.value.reportHash, "link.report_hash");
    case "request":
      return checkRequest(body.value, time);
    case "approval":
      checkHash(body.value.request, "approval.request");
      return checkShares(body.value, "approval");
    case "refusal":
      checkHash(body.value.request, "refusal.request");
      return checkSealed(body.value.reason, "refusal.reason");
    case "handover":
      checkKey(body.value.successor, "handover.successor");
      return checkShares(body.value, "handover");
    case "consent":
      checkSealed(body.value.sealed, "consent.sealed");
      return checkSealed(body.value.identity, "consent.identity", stanzasWithQuorum);
    case "delivery":
      return checkDelivery(body.value, sequence);
    case "expiry":
      return checkExpiryForm(body.value, time);
    case "dismissal":
    case "hold":
    case "erasure":
      return;
    case undefined:
      throw malformed("an event that does nothing", "body");
  }
}

function checkDelivery({ message, state }: Delivery, sequence: bigint): void {
  if (message === 0n || message >= sequence) throw malformed("a delivery is of an earlier event", "delivery.message");
  if (state === DeliveryState.UNSPECIFIED) throw malformed("a delivery without a state", "delivery.state");
}

function checkExpiryForm({ channel, closedDay, closedDays, leaves }: Expiry, time: bigint): void {
  if (channel === "") throw malformed("a case is of a channel", "expiry.channel");
  if (closedDay <= 0n || closedDay % daySeconds !== 0n) throw malformed("a day is given as its first second", "expiry.closed_day");
  if (closedDays === 0) throw malformed("what is kept without end does not expire", "expiry.closed_days");
  if (leaves.length !== hashBytes) throw malformed("the root over the leaves is 32 bytes", "expiry.leaves");
  if (closedDay + BigInt(closedDays) * daySeconds > time) {
    throw new SafeconductError("rejected", "a case does not expire before its time is over", "time");
  }
}

function checkHash(hash: Uint8Array, field: string): void {
  if (hash.length !== hashBytes) throw malformed("a hash is 32 bytes", field);
}

function checkKey(key: Uint8Array, field: string): void {
  if (key.length !== publicKeyBytes) throw malformed("an event key is 32 bytes", field);
}

// The direct stanzas of a header that has no others, or that a quorum may have too.
const stanzasOnly = (header: Uint8Array): readonly Stanza[] => parseSealedHeader(header).stanzas;
const stanzasWithQuorum = (header: Uint8Array): readonly Stanza[] => parseQuorumHeader(header).direct;

// A whole binary age file, padded, to readers of whom there are not too many.
function checkSealed(sealed: Uint8Array, field: string, stanzasOf = stanzasOnly): void {
  if (sealed.length > maxMessageBytes) throw new SafeconductError("too_large", "more than 128 KiB", field);
  within(field, () => {
    const { size } = parseHeader(sealed);
    if (stanzasOf(sealed.subarray(0, size)).length > maxRecordStanzas) {
      throw new SafeconductError("too_large", "sealed to more readers than there can be");
    }
    checkPaddedSize(sealed.length - size, minMessagePlaintext);
  });
}

// Names of parts of a case, from the one at `first` on: unlike, in their order.
function checkParts(names: readonly string[], first: bigint, field: string): void {
  if (names.length === 0) throw malformed("no part of the case is named", field);
  if (names.length > maxParts) throw new SafeconductError("too_large", "more than 128 parts of a case", field);
  let next = first;
  for (const name of names) {
    const place = placeOfPart(name);
    if (place === undefined || place < first) throw malformed("no name of such a part of a case", field);
    if (place < next) throw new SafeconductError("rejected", "parts stand in their order, each once", field);
    next = place + 1n;
  }
}

function checkEnd(expires: bigint, time: bigint, field: string): void {
  if (expires !== 0n && expires <= time) throw new SafeconductError("rejected", "it ends after it begins", field);
}

function checkGrant(grant: Grant, time: bigint): void {
  checkKey(grant.grantee, "grant.grantee");
  checkEnd(grant.expires, time, "grant.expires");
  if (grant.headers.length === 0) throw malformed("a grant of nothing", "grant.headers");
  for (const { header } of grant.headers) {
    const { stanzas } = within("grant.headers.header", () => parseSealedHeader(header));
    if (stanzas.length !== 1) {
      throw new SafeconductError("rejected", "a grant is to one holder", "grant.headers.header");
    }
  }
  checkParts(grant.headers.map(({ compartment }) => compartment), anyPart, "grant.headers.compartment");
}

function checkRevocation({ holder, compartments }: Revocation): void {
  checkKey(holder, "revocation.holder");
  if (compartments.length > 0) checkParts(compartments, anyPart, "revocation.compartments");
}

function checkRequest(request: ReleaseRequest, time: bigint): void {
  checkParts(request.compartments, quorumPart, "request.compartments");
  checkEnd(request.expires, time, "request.expires");
  checkSealed(request.reason, "request.reason");
}

// Of an approval a share may be missing: what the trustee got was none.
function checkShares(body: { index: number; shares: readonly SealedShare[] }, kind: "approval" | "handover"): void {
  if (body.index < 1 || body.index > maxTrustees) {
    throw new SafeconductError("rejected", "a place in a quorum is from 1 to 16", `${kind}.index`);
  }
  if (body.shares.length === 0) throw malformed("not a single share", `${kind}.shares`);
  for (const { sealed } of body.shares) {
    if (sealed.length === sealedShareBytes || (kind === "approval" && sealed.length === 0)) continue;
    throw malformed("a sealed share has 1,170 bytes", `${kind}.shares.sealed`);
  }
  checkParts(body.shares.map(({ compartment }) => compartment), quorumPart, `${kind}.shares.compartment`);
}
