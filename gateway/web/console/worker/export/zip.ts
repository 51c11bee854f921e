// A ZIP without compression, since what is sealed does not shrink. Parts go into blobs, which the browser may keep
// outside of memory, so that an export may be larger than what fits there.
import { Zip, ZipPassThrough } from "fflate";

import { utf8 } from "../../../shared/base/bytes.ts";
import { SafeconductError } from "../../../shared/base/error.ts";

const partBytes = 4 * 1024 * 1024;
const maxBytes = 4_000_000_000; // the form of more than 4 GiB is not written

export class ZipWriter {
  readonly #blobs: Blob[] = [];
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #waiting = 0;
  #bytes = 0;
  readonly #names: string[] = [];
  readonly #zip = new Zip((error, chunk) => {
    if (error) throw error;
    this.#take(chunk as Uint8Array<ArrayBuffer>);
  });
  readonly #folder: string;

  /** Everything is put into `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Of the files so far, in order. */
  get names(): readonly string[] {
    return this.#names;
  }

  add(name: string, content: string | Uint8Array): void {
    this.#begin(name).push((typeof content === "string" ? utf8(content) : content.slice()) as Uint8Array, true);
  }

  /** A file as it arrives. Throws too_large, and as `content`. */
  async stream(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const file = this.#begin(name);
    for await (const chunk of content) if (chunk.length > 0) file.push(chunk.slice());
    file.push(new Uint8Array(0), true);
  }

  /** The archive. */
  end(): Blob {
    this.#zip.end();
    this.#flush();
    return new Blob(this.#blobs, { type: "application/zip" });
  }

  #begin(name: string): ZipPassThrough {
    const file = new ZipPassThrough(`${this.#folder}/${name}`);
    this.#names.push(name);
    this.#zip.add(file);
    return file;
  }

  #take(chunk: Uint8Array<ArrayBuffer>): void {
    this.#bytes += chunk.length;
    if (this.#bytes > maxBytes) throw new SafeconductError("too_large", "more than fits into a ZIP", "export");
    this.#parts.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting >= partBytes) this.#flush();
  }

  #flush(): void {
    this.#blobs.push(new Blob(this.#parts));
    this.#parts = [];
    this.#waiting = 0;
  }
}
