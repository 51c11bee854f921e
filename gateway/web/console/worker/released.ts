// What trustees released to this holder: combined, and kept as the holder's own header in the case, so that it
// opens as every grant does from then on (gateway/cli/case_released.cc).
import { equal } from "../../shared/base/bytes.ts";
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import type { CaseFile } from "../../shared/report/caseFile.ts";
import { eventOfPart } from "../../shared/report/compartment.ts";
import { type Combined, combineReleased, findQuorumPart, type QuorumPart } from "../../shared/report/quorumPart.ts";
import { makeSelfGrant, type ReleasedPart, requestAt } from "../../shared/report/release.ts";
import type { Released } from "../protocol.ts";
import { append, readCase } from "./append.ts";
import { personWith, type Session } from "./session.ts";

type Warning = Released["warnings"][number];

export async function takeReleased(session: Session, read: CaseFile): Promise<{ file: CaseFile; released: Released | undefined }> {
  const { party, holder } = session;
  if (read.report === undefined) return { file: read, released: undefined };
  let file = read;
  const parts: string[] = [];
  const warnings: Warning[] = [];
  const own = party.key("event").publicKey;
  for (const { event } of read.events) {
    if (event.body.case !== "request" || !equal(event.author, own)) continue;
    const asked = requestAt(file, event.sequence);
    const taken: ReleasedPart[] = [];
    for (const name of asked.request.compartments) {
      const part = wanted(file, name, own);
      if (part === undefined) continue;
      const combined = await combineReleased(file, part, asked, party);
      warnings.push(...warningsOf(session, name, combined));
      if (combined.fileKey !== undefined) taken.push({ part, fileKey: combined.fileKey });
    }
    if (taken.length === 0) continue;
    try {
      await append(session, file, [await makeSelfGrant(holder, asked, taken)]);
    } catch (error) {
      // What an event holds may have shares enough, and not be released yet, or no more.
      if (!hasCode(error, "rejected", "conflict")) throw error;
      continue;
    }
    parts.push(...taken.map(({ part }) => part.name));
    file = await readCase(session, file.id);
  }
  return { file, released: parts.length + warnings.length === 0 ? undefined : { parts, warnings } };
}

// Released, and without a header of the holder's own.
function wanted(file: CaseFile, name: string, own: Uint8Array): QuorumPart | undefined {
  const served = file.view.compartments.find((each) => each.name === name);
  if (eventOfPart(name) === undefined && (served === undefined || served.grant !== 0n)) return undefined;
  if (eventOfPart(name) !== undefined && hasGrant(file, name, own)) return undefined;
  try {
    return findQuorumPart(file, name);
  } catch (error) {
    if (error instanceof SafeconductError) return undefined; // not sealed to a quorum
    throw error;
  }
}

function hasGrant(file: CaseFile, name: string, own: Uint8Array): boolean {
  return file.events.some(({ event: { body } }) =>
    body.case === "grant" && equal(body.value.grantee, own) && body.value.headers.some(({ compartment }) => compartment === name));
}

function warningsOf({ charter }: Session, part: string, { fileKey, bad, malformed, isSealersFault }: Combined): Warning[] {
  const warnings: Warning[] = bad.map(({ trustee }) => ({ part, trustee: personWith(trustee, charter).label, fault: "trustee" }));
  if (isSealersFault) warnings.push({ part, fault: "reporter" });
  else if (fileKey === undefined && malformed.length > 0) warnings.push({ part, fault: "some" });
  return warnings;
}
