// Attachments and plain reports, opened and checked to the last byte before anything is shown. What a file is, its
// bytes say: only pictures made of pixels, sound, pages of PDF and plain text are ever shown; whatever else it claims
// to be is downloaded.
import { openFile as openFileOf } from "../../shared/age/age.ts";
import { downloadPayload, readPlain } from "../../shared/api/download.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import type { Account } from "../../shared/generated/safeconduct/v1/report_pb.ts";
import type { CaseFile } from "../../shared/report/caseFile.ts";
import { openAttachment } from "../../shared/report/attachmentOpener.ts";
import { fileKeyOf } from "../../shared/report/grant.ts";
import { splitFile } from "../../shared/report/sealedText.ts";
import type { OpenedFile } from "../fileProtocol.ts";
import { recognise } from "../model/kinds.ts";
import { describedFile } from "./parts.ts";
import type { Session } from "./session.ts";

const headBytes = 256 * 1024; // that tell what it is
const maxTextBytes = 1024 * 1024;
const maxPixels = 100_000_000;

/** Throws not_found, wrong_key, unverified, unavailable. */
export async function openFile(session: Session, file: CaseFile, account: Account | undefined, compartment: string): Promise<OpenedFile> {
  const { api, party } = session;
  const { description, compartment: sealed } = describedFile(account, file, session, compartment);
  const fileKey = await fileKeyOf(file, compartment, party);
  const stream = await openAttachment(fileKey, sealed, description, downloadPayload(api, party, file, compartment));
  const parts: Blob[] = [];
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(new Blob([part.value as Uint8Array<ArrayBuffer>]));
  return asShown(new Blob(parts), /^text\/(plain|csv|markdown)\b/.test(description.mediaType));
}

/** The file of a plain report, of which nothing says what it is. Throws as readPlain. */
export async function openPlain(session: Session, file: CaseFile): Promise<OpenedFile> {
  const sealed = await readPlain(session.api, session.party, file);
  const plain = await openFileOf(splitFile(sealed), session.party);
  return asShown(new Blob([plain as Uint8Array<ArrayBuffer>]), true);
}

async function asShown(whole: Blob, mayBeText: boolean): Promise<OpenedFile> {
  const { kind, mediaType, pixels } = recognise(new Uint8Array(await whole.slice(0, headBytes).arrayBuffer()));
  const isText = kind === "other" && mayBeText && (await isPlainText(whole));
  const type = isText ? "text/plain" : mediaType;
  return { content: new Blob([whole], { type }), kind: isText ? "text" : kind, mediaType: type, tooManyPixels: pixels > maxPixels };
}

async function isPlainText(whole: Blob): Promise<boolean> {
  if (whole.size > maxTextBytes) return false;
  try {
    return !/[\u0000-\u0008\u000e-\u001f\u007f]/.test(fromUtf8(new Uint8Array(await whole.arrayBuffer())));
  } catch {
    return false;
  }
}
