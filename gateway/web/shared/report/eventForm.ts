// The form of every event (gateway/report/event_form.cc): what holds of it whoever signed it, in whatever
// case. Whether the author may do it, the gateway decides.
//
// Errors: malformed, rejected, too_large, each with its field.
import { parseHeader, parseSealedHeader } from "../age/header.ts";
import { publicKeyBytes } from "../base/ed25519.ts";
import { SafeconductError, within } from "../base/error.ts";
import { hashBytes } from "../base/hash.ts";
import { CaseStatus, type Event, type Grant } from "../generated/safeconduct/v1/event_pb.ts";
import { checkPaddedSize, isCompartmentName } from "./compartment.ts";

export const maxMessageBytes = 128 * 1024; // of the sealed age file
export const minMessagePlaintext = 4 * 1024;
export const maxRecordStanzas = 64; // of a message, and of what holders seal for each other
export const hourSeconds = 3600;

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

function checkBody({ body, time }: Event): void {
  switch (body.case) {
    case "message":
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
      checkKey(body.value.holder, "revocation.holder");
      return checkCompartments(body.value.compartments, "revocation.compartments");
    case "link":
      return checkHash(body.value.reportHash, "link.report_hash");
    case "dismissal":
    case "hold":
      return;
    case undefined:
      throw malformed("an event that does nothing", "body");
  }
}

function checkHash(hash: Uint8Array, field: string): void {
  if (hash.length !== hashBytes) throw malformed("a report hash is 32 bytes", field);
}

function checkKey(key: Uint8Array, field: string): void {
  if (key.length !== publicKeyBytes) throw malformed("an event key is 32 bytes", field);
}

// A whole binary age file, padded, to readers of whom there are not too many.
function checkSealed(sealed: Uint8Array, field: string): void {
  if (sealed.length > maxMessageBytes) throw new SafeconductError("too_large", "more than 128 KiB", field);
  within(field, () => {
    const { size } = parseHeader(sealed);
    const { stanzas } = parseSealedHeader(sealed.subarray(0, size));
    if (stanzas.length > maxRecordStanzas) {
      throw new SafeconductError("too_large", "sealed to more readers than there can be");
    }
    checkPaddedSize(sealed.length - size, minMessagePlaintext);
  });
}

function checkCompartments(names: readonly string[], field: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (!isCompartmentName(name)) throw malformed("no name of a compartment", field);
    if (seen.has(name)) throw new SafeconductError("rejected", "a compartment twice", field);
    seen.add(name);
  }
}

function checkGrant(grant: Grant, time: bigint): void {
  checkKey(grant.grantee, "grant.grantee");
  if (grant.headers.length === 0) throw malformed("a grant of nothing", "grant.headers");
  if (grant.expires !== 0n && grant.expires <= time) {
    throw new SafeconductError("rejected", "a grant ends after it begins", "grant.expires");
  }
  for (const { header } of grant.headers) {
    const { stanzas } = within("grant.headers.header", () => parseSealedHeader(header));
    if (stanzas.length !== 1) {
      throw new SafeconductError("rejected", "a grant is to one holder", "grant.headers.header");
    }
  }
  const names = grant.headers.map(({ compartment }) => compartment);
  checkCompartments(names, "grant.headers.compartment");
}
