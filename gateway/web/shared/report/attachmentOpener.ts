// Opens one attachment as it arrives (gateway/report/attachment_opener.cc), and checks it against the
// manifest's root and what the account says of the file.
//
// Each byte given out is authentic as one that the reporter's key sealed; that it is the whole file
// as described is known when the stream has ended without an error. Until then keep it where it can be
// thrown away.
import { openStream, plaintextSize } from "../age/age.ts";
import { concat, equal, isZero } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { hashBytes, Sha256Stream } from "../base/hash.ts";
import type { Attachment, Compartment } from "../generated/safeconduct/v1/report_pb.ts";
import { Frontier, leafHashBulk } from "../tlog/tree.ts";
import { attachmentPieceBytes } from "./compartment.ts";

function unverified(message: string): SafeconductError {
  return new SafeconductError("unverified", message, "attachment.payload");
}

/**
 * The file's bytes, without padding. `payload` is what follows the age header. Throws malformed when
 * `description` cannot be of this compartment; the stream errors with unverified.
 */
export async function openAttachment(
  fileKey: Uint8Array,
  compartment: Compartment,
  description: Attachment,
  payload: ReadableStream<Uint8Array>,
): Promise<ReadableStream<Uint8Array>> {
  const plaintext = plaintextSize(Number(compartment.payloadBytes));
  if (
    plaintext === undefined ||
    description.bytes > BigInt(plaintext) ||
    compartment.payloadDigest.length !== hashBytes ||
    description.sha256.length !== hashBytes ||
    description.compartment !== compartment.name
  ) {
    throw new SafeconductError("malformed", "the account describes another attachment", "attachments");
  }
  const opened = await openStream(withHeader(compartment.header, checkedPayload(compartment, payload)), fileKey);
  return ofFile(opened, description);
}

/** The payload as it comes; it errors with unverified where it is not the one that the manifest names. */
export function checkedPayload(compartment: Compartment, payload: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return payload.pipeThrough(new Pieces(compartment).transform());
}

// The RFC 6962 root over the pieces of what passes.
class Pieces {
  readonly #compartment: Compartment;
  readonly #root = new Frontier();
  #parts: Uint8Array[] = []; // of the piece that is not whole yet
  #inPiece = 0;
  #received = 0;

  constructor(compartment: Compartment) {
    this.#compartment = compartment;
  }

  transform(): TransformStream<Uint8Array, Uint8Array> {
    return new TransformStream({
      transform: async (chunk, controller) => {
        this.#received += chunk.length;
        if (BigInt(this.#received) > this.#compartment.payloadBytes) {
          throw unverified("an attachment is longer than the manifest says");
        }
        await this.#take(chunk);
        controller.enqueue(chunk);
      },
      flush: async () => {
        if (this.#inPiece > 0) await this.#endPiece();
        if (
          BigInt(this.#received) !== this.#compartment.payloadBytes ||
          !equal(this.#root.root(), this.#compartment.payloadDigest)
        ) {
          throw unverified("an attachment is not the one that the reporter signed");
        }
      },
    });
  }

  async #take(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      const part = rest.subarray(0, attachmentPieceBytes - this.#inPiece);
      this.#parts.push(part.slice());
      this.#inPiece += part.length;
      rest = rest.subarray(part.length);
      if (this.#inPiece === attachmentPieceBytes) await this.#endPiece();
    }
  }

  async #endPiece(): Promise<void> {
    this.#root.append(await leafHashBulk(concat(...this.#parts)));
    this.#parts = [];
    this.#inPiece = 0;
  }
}

function withHeader(header: Uint8Array, payload: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = payload.getReader();
  return new ReadableStream({
    start: (controller) => controller.enqueue(header),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

// Takes the padding off, and checks length and digest of the file. Errors of the library, which say
// only that a chunk is not authentic, become ours.
function ofFile(opened: ReadableStream<Uint8Array>, description: Attachment): ReadableStream<Uint8Array> {
  const reader = opened.getReader();
  const digest = new Sha256Stream();
  const size = Number(description.bytes);
  let taken = 0;
  const next = async (): Promise<Uint8Array | undefined> => {
    try {
      return (await reader.read()).value;
    } catch (error) {
      throw error instanceof SafeconductError ? error : unverified("an attachment was changed or cut");
    }
  };
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        const chunk = await next();
        if (chunk === undefined) {
          if (taken !== size || !equal(digest.digest(), description.sha256)) {
            throw unverified("an attachment is not the file that the account describes");
          }
          return controller.close();
        }
        const content = chunk.subarray(0, size - taken);
        if (!isZero(chunk.subarray(content.length))) throw unverified("an attachment holds more than the account says");
        digest.update(content);
        taken += content.length;
        if (content.length > 0) return controller.enqueue(content);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
