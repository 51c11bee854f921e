// Seals one attachment as a stream, in constant memory (gateway/report/attachment.h): the plaintext is
// the file and zeros up to its Padmé length; the digest for the manifest is the RFC 6962 root over the
// 1 MiB pieces of the payload; length and SHA-256 of the file stand in the sealed account. It has a file
// key of its own; to whom that is given, sealReport decides.
//
// Pieces come in order and once. Whoever uploads keeps a piece until the gateway has it: what it
// synced stays, so an interrupted upload never needs an earlier one again.
import { create } from "@bufbuild/protobuf";

import { type SealedPayload, sealPayloadStream } from "../age/age.ts";
import { SafeconductError } from "../base/error.ts";
import { type FileDigest, LocalDigest } from "../base/fileDigest.ts";
import { padmeLength } from "../base/padding.ts";
import { type Attachment, AttachmentSchema } from "../generated/safeconduct/v1/report_pb.ts";
import { Frontier, leafHashBulk } from "../tlog/tree.ts";
import { attachmentPayloadBytes, attachmentPieceBytes, minPlaintext } from "./compartment.ts";

export interface SealedAttachment {
  readonly fileKey: Uint8Array; // as secret as the file: never stored or logged
  readonly payloadBytes: number;
  readonly payloadRoot: Uint8Array;
  readonly description: Attachment; // for the account; sealReport sets the name of the compartment
}

/** What a file is read from: a browser's File and Blob are such. */
export interface Source {
  readonly size: number;
  stream(): ReadableStream<Uint8Array>;
}

const zeroBytes = 64 * 1024;

export class AttachmentSealer {
  readonly payloadBytes: number;
  readonly #fileBytes: number;
  readonly #fileKey: Uint8Array;
  readonly #digest: FileDigest;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #root = new Frontier();
  #rest: Uint8Array = new Uint8Array(0); // sealed and not given out
  #given = 0;

  private constructor(source: Source, digest: FileDigest, sealed: SealedPayload<ReadableStream<Uint8Array>>) {
    this.payloadBytes = attachmentPayloadBytes(source.size);
    this.#fileBytes = source.size;
    this.#fileKey = sealed.fileKey;
    this.#digest = digest;
    this.#reader = sealed.payload.getReader();
  }

  /** Takes `digest` over: it ends with the sealer. */
  static async start(source: Source, digest: FileDigest = new LocalDigest()): Promise<AttachmentSealer> {
    return new AttachmentSealer(source, digest, await sealPayloadStream(padded(source, digest)));
  }

  /** The next piece: 1 MiB, the last one the rest; undefined after the last. Throws rejected when the file changed; as FileDigest. */
  async next(): Promise<Uint8Array | undefined> {
    const wanted = Math.min(attachmentPieceBytes, this.payloadBytes - this.#given);
    if (wanted === 0) return undefined;
    const piece = new Uint8Array(wanted);
    for (let have = 0; have < wanted; ) {
      if (this.#rest.length === 0) this.#rest = await this.#read();
      const part = this.#rest.subarray(0, wanted - have);
      piece.set(part, have);
      have += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    this.#given += wanted;
    this.#root.append(await leafHashBulk(piece));
    return piece;
  }

  /** When every piece was given out, once. `name` and `mediaType` go into the account. Throws rejected before that; as FileDigest. */
  async finish(name: string, mediaType: string): Promise<SealedAttachment> {
    if (this.#given !== this.payloadBytes) {
      throw new SafeconductError("rejected", "not every piece of the attachment was sealed");
    }
    return {
      fileKey: this.#fileKey,
      payloadBytes: this.payloadBytes,
      payloadRoot: this.#root.root(),
      description: create(AttachmentSchema, {
        name,
        mediaType,
        bytes: BigInt(this.#fileBytes),
        sha256: await this.#digest.digest(),
      }),
    };
  }

  /** Lets go of the file before its end. */
  async cancel(): Promise<void> {
    this.#digest.end();
    await this.#reader.cancel();
  }

  async #read(): Promise<Uint8Array> {
    try {
      const { value } = await this.#reader.read();
      if (value !== undefined) return value;
    } catch (error) {
      if (error instanceof SafeconductError) throw error;
      throw new SafeconductError("unavailable", "the file cannot be read", "attachments");
    }
    throw new SafeconductError("rejected", "the file changed while it was being sealed", "attachments");
  }
}

// The file, digested as it passes, and zeros up to its Padmé length.
function padded(source: Source, digest: FileDigest): ReadableStream<Uint8Array> {
  const reader = source.stream().getReader();
  const total = padmeLength(source.size, minPlaintext.attachment);
  let at = 0;
  let ended = false;
  const changed = (): SafeconductError =>
    new SafeconductError("rejected", "the file changed while it was being sealed", "attachments");
  // The file's next bytes; undefined after its end, which is where its size says.
  const next = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined ? at !== source.size : value.length > source.size - at) throw changed();
      if (value === undefined || value.length > 0) return value;
    }
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const content = ended ? undefined : await next();
      if (content !== undefined) {
        await digest.update(content);
        at += content.length;
        return controller.enqueue(content);
      }
      ended = true;
      const zeros = new Uint8Array(Math.min(zeroBytes, total - at));
      at += zeros.length;
      if (zeros.length > 0) controller.enqueue(zeros);
      if (at === total) controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
