// Resumable uploads of attachments (tus 1.0: core and creation), sealed while they are sent. An upload
// that breaks goes on from where the gateway has it. No file name and no metadata is sent.
import { concat } from "../base/bytes.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import type { FileDigest } from "../base/fileDigest.ts";
import type { OpenCharter } from "../charter/charter.ts";
import { AttachmentSealer, type SealedAttachment, type Source } from "../report/attachmentSealer.ts";
import { attachmentPayloadBytes, attachmentPieceBytes, maxPayload } from "../report/compartment.ts";
import type { GatewayApi } from "./api.ts";
import { failureOf, isPassing, Patience, retryAfter } from "./transport.ts";

const uploads = "/v1/uploads";
const tus = { "Tus-Resumable": "1.0.0" };
// Of one PATCH. What of it arrived when a connection breaks is kept by the gateway, so this only bounds
// memory and the number of round trips.
const blockPieces = 8;

export interface Uploaded {
  readonly uploadId: string; // for submit
  readonly sealed: SealedAttachment; // for the draft
}

export interface UploadOptions {
  readonly name: string; // as the account will call the file
  readonly mediaType: string;
  readonly progress?: (sentBytes: number, totalBytes: number) => void;
  /** What computes the SHA-256 of a file of so many bytes; by default it is computed where it is sealed. */
  readonly startDigest?: (bytes: number) => Promise<FileDigest>;
}

/** Throws too_large before anything is sent; as AttachmentSealer and the transport; unverified when the gateway loses count. */
export async function uploadAttachment(
  api: GatewayApi,
  source: Source,
  charter: OpenCharter,
  channel: string,
  options: UploadOptions,
): Promise<Uploaded> {
  if (attachmentPayloadBytes(source.size) > maxPayload("attachment", charter.channel(channel).channel.limits)) {
    throw new SafeconductError("too_large", "an attachment is longer than this channel takes", "attachment.payload_bytes");
  }
  const sealer = await AttachmentSealer.start(source, await options.startDigest?.(source.size));
  try {
    const uploadId = await createUpload(api, sealer.payloadBytes);
    await sendAll(api, sealer, uploadId, options);
    return { uploadId, sealed: await sealer.finish(options.name, options.mediaType) };
  } catch (error) {
    await sealer.cancel().catch(() => {}); // what went wrong is said already
    throw error;
  }
}

async function createUpload(api: GatewayApi, bytes: number): Promise<string> {
  const headers = { ...tus, "Upload-Length": String(bytes) };
  const response = await api.transport.call({ method: "POST", path: uploads, headers });
  const id = response.headers.get("location")?.split("/").at(-1);
  if (id === undefined || id === "") throw new SafeconductError("unavailable", "the gateway did not say where to upload to");
  return id;
}

async function sendAll(api: GatewayApi, sealer: AttachmentSealer, id: string, options: UploadOptions): Promise<void> {
  const patience = new Patience(api.transport);
  let blockStart = 0;
  let block = await nextBlock(sealer);
  let offset = 0;
  while (offset < sealer.payloadBytes) {
    if (offset === blockStart + block.length) {
      blockStart = offset;
      block = await nextBlock(sealer);
    }
    const reached = await append(api, id, offset, block.subarray(offset - blockStart), patience);
    // What was not sealed yet cannot be there, and what was synced cannot be gone.
    if (reached < offset || reached > blockStart + block.length) {
      throw new SafeconductError("unverified", "the gateway lost count of an upload", "upload-offset");
    }
    if (reached > offset) patience.reset();
    offset = reached;
    options.progress?.(offset, sealer.payloadBytes);
  }
}

async function nextBlock(sealer: AttachmentSealer): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  while (pieces.length < blockPieces) {
    const piece = await sealer.next();
    if (piece === undefined) break;
    pieces.push(piece);
    if (piece.length < attachmentPieceBytes) break;
  }
  return concat(...pieces);
}

// Where the upload is after one try, successful or not.
async function append(api: GatewayApi, id: string, offset: number, bytes: Uint8Array, patience: Patience): Promise<number> {
  const path = `${uploads}/${id}`;
  const headers = { ...tus, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  try {
    const response = await api.transport.once({ method: "PATCH", path, headers, body: bytes });
    if (response.ok) return offsetOf(response);
    const failure = await failureOf(response);
    if (response.status !== 409 && !isPassing(failure)) throw failure;
    await patience.wait(failure, retryAfter(response));
  } catch (error) {
    if (!hasCode(error, "unavailable")) throw error;
    await patience.wait(error);
  }
  return offsetOf(await api.transport.call({ method: "HEAD", path, headers: tus }));
}

function offsetOf(response: Response): number {
  const text = response.headers.get("upload-offset") ?? "";
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new SafeconductError("unavailable", "the gateway did not say how far the upload is");
  }
  return Number(text);
}
