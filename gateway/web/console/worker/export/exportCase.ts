// A case as `safeconduct case export` writes it (gateway/cli/case_export.cc): the same files by the same names, so that
// `safeconduct custody verify` checks it offline. What is sealed stays sealed; nothing that was opened is in it.
import { downloadPayload, readPayload, readPlain } from "../../../shared/api/download.ts";
import { parseHeader } from "../../../shared/age/header.ts";
import { concat, equal } from "../../../shared/base/bytes.ts";
import { SafeconductError } from "../../../shared/base/error.ts";
import { sha256Bulk } from "../../../shared/base/hash.ts";
import { toJson } from "../../../shared/base/messages.ts";
import type { SignedEvent } from "../../../shared/generated/safeconduct/v1/event_pb.ts";
import { type Compartment, ManifestSchema } from "../../../shared/generated/safeconduct/v1/report_pb.ts";
import { checkedPayload } from "../../../shared/report/attachmentOpener.ts";
import { type CaseFile, servedCompartment } from "../../../shared/report/caseFile.ts";
import { eventPartName } from "../../../shared/report/compartment.ts";
import type { CheckedEvent } from "../../../shared/report/event.ts";
import { grantedHeader } from "../../../shared/report/grant.ts";
import { sealedInEvent } from "../../../shared/report/quorumPart.ts";
import { verifyReceipt } from "../../../shared/report/receipt.ts";
import type { ExportedCase, ExportProgress } from "../../fileProtocol.ts";
import type { Session } from "../session.ts";
import { coverSheet, readme } from "./exportTexts.ts";
import { ZipWriter } from "./zip.ts";

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Throws unverified for what is not what was signed, too_large, unavailable. */
export async function exportCase(session: Session, file: CaseFile, tell: (progress: ExportProgress) => void): Promise<ExportedCase> {
  const zip = new ZipWriter(`case-${file.id}`);
  await addSealed(session, file, zip, tell);
  zip.add("promise.note", file.view.promise);
  zip.add("charter.note", session.note);
  await addReceipt(session, file, zip);
  addEvents(session, file, zip);
  const proofs = await addProofs(session, file, zip);
  zip.add("README.txt", readme(session, file));
  zip.add("cover.html", coverSheet(session, file, zip.names, await session.api.transport.gatewayTime()));
  const content = zip.end();
  return { content, files: zip.names.length, unproven: file.events.length - proofs };
}

async function addSealed(session: Session, file: CaseFile, zip: ZipWriter, tell: (progress: ExportProgress) => void): Promise<void> {
  const { api, party } = session;
  const { report, view } = file;
  if (report === undefined) {
    if (file.plain && view.compartments.some(({ name }) => name === "plain")) zip.add("plain.age", await readPlain(api, party, file));
    return;
  }
  zip.add("manifest", view.sealed!.manifest);
  zip.add("manifest.signature", view.sealed!.signature);
  zip.add("manifest.json", `${JSON.stringify(JSON.parse(toJson(ManifestSchema, report.manifest)), null, 1)}\n`);
  const served = new Set(view.compartments.map(({ name }) => name));
  const wanted = report.manifest.compartments.filter(({ name }) => served.has(name));
  const total = wanted.reduce((sum, { payloadBytes }) => sum + Number(payloadBytes), 0);
  let done = 0;
  const told = async function* (chunks: Chunks): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      yield chunk;
      done += chunk.length;
      tell({ done, total });
    }
  };
  for (const { name } of wanted) {
    const { header, compartment } = servedCompartment(file, name, party);
    const payload = name.startsWith("attachment-")
      ? chunksOf(checkedPayload(compartment, downloadPayload(api, party, file, name)))
      : [await smallPayload(session, file, compartment)];
    await zip.stream(`${name}.age`, withFirst(header, told(payload)));
  }
}

async function smallPayload({ api, party }: Session, file: CaseFile, { name, payloadDigest }: Compartment): Promise<Uint8Array> {
  const payload = await readPayload(api, party, file, name);
  if (!equal(await sha256Bulk(payload), payloadDigest)) throw new SafeconductError("unverified", "the payload is not the one that the reporter signed", name);
  return payload;
}

async function* withFirst(first: Uint8Array, rest: Chunks): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

const isOurs = (error: unknown): boolean => error instanceof SafeconductError;

// One that does not verify is left out: it would spoil the rest, which is as it has to be.
function isProof({ charter, trust }: Session, proof: string, kind: "report" | "event", hash: Uint8Array): boolean {
  try {
    verifyReceipt(proof, kind, hash, charter.logs, { witnesses: trust.witnesses, threshold: trust.witnessThreshold });
    return true;
  } catch (error) {
    if (isOurs(error)) return false;
    throw error;
  }
}

async function addReceipt(session: Session, file: CaseFile, zip: ZipWriter): Promise<void> {
  const receipt = await session.api.readReceipt(file.id);
  if (receipt !== undefined && isProof(session, receipt, "report", file.hash)) zip.add("receipt.txt", receipt);
}

const eventFile = (number: bigint, ending: string): string => `events/${String(number).padStart(4, "0")}${ending}`;

function addEvents(session: Session, file: CaseFile, zip: ZipWriter): void {
  file.events.forEach((checked, i) => {
    const { event: bytes, signature } = file.view.events[i] as SignedEvent;
    const { sequence, body } = checked.event;
    zip.add(eventFile(sequence, ".event"), bytes);
    zip.add(eventFile(sequence, ".signature"), signature);
    for (const [sealed, ending] of sealedParts(checked)) zip.add(eventFile(sequence, ending), withOwnHeader(session, file, checked, sealed));
    if (body.case === "consent") zip.add(eventFile(sequence, "-identity.age"), withOwnHeader(session, file, checked, body.value.identity));
  });
}

// What the event holds sealed, and how its file's name ends.
function sealedParts({ event: { body } }: CheckedEvent): (readonly [Uint8Array, string])[] {
  switch (body.case) {
    case "message":
    case "note":
    case "custody":
    case "measures":
    case "consent":
      return [[body.value.sealed, `-${body.case}.age`]];
    case "request":
    case "refusal":
      return [[body.value.reason, "-reason.age"]];
    default:
      return [];
  }
}

// With the header that was granted to the holder, if one was.
function withOwnHeader({ party }: Session, file: CaseFile, { event }: CheckedEvent, sealed: Uint8Array): Uint8Array {
  const part = sealedInEvent(event);
  const granted = part !== undefined && equal(part, sealed) ? grantedHeader(file, eventPartName(event.sequence), party) : undefined;
  if (granted === undefined) return sealed;
  try {
    return concat(granted, sealed.subarray(parseHeader(sealed).size));
  } catch (error) {
    if (isOurs(error)) return sealed;
    throw error;
  }
}

// Says how many events are in the log.
async function addProofs(session: Session, file: CaseFile, zip: ZipWriter): Promise<number> {
  const { api, party } = session;
  if (file.events.length === 0) return 0;
  const events = new Map(file.events.map((each) => [each.event.sequence, each]));
  let written = 0;
  for (const { event: number, proof } of await api.readProofs(party.key("request"), file.id)) {
    const checked = events.get(number);
    if (checked === undefined || proof === "" || !isProof(session, proof, "event", checked.hash)) continue;
    events.delete(number); // a gateway that repeats itself gains nothing
    zip.add(eventFile(number, "-proof.txt"), proof);
    ++written;
  }
  return written;
}
