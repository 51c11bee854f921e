// Words that must lie nowhere, in every spelling in which they could: looked for in bytes and in files.
import { readFileSync } from "node:fs";

export class Canaries {
  readonly #spellings = new Map<string, Buffer>();

  /** `text` is named by `name` where it is found. */
  add(name: string, text: string): this {
    const spellings = this.#spellings;
    spellings.set(`${name} in UTF-8`, Buffer.from(text));
    spellings.set(`${name} in UTF-16LE`, Buffer.from(text, "utf16le"));
    spellings.set(`${name} in UTF-16BE`, Buffer.from(text, "utf16le").swap16());
    spellings.set(`${name} percent-encoded`, Buffer.from(encodeURIComponent(text)));
    return this.#addBase64(name, Buffer.from(text));
  }

  /** The same of what is no text. */
  addBytes(name: string, bytes: Uint8Array): this {
    const copy = Buffer.from(bytes);
    this.#spellings.set(name, copy);
    this.#spellings.set(`${name} in hex`, Buffer.from(copy.toString("hex")));
    return this.#addBase64(name, copy);
  }

  // Without the letters that depend on what comes after.
  #addBase64(name: string, bytes: Buffer): this {
    this.#spellings.set(`${name} in base64`, Buffer.from(bytes.toString("base64").slice(0, -4)));
    return this;
  }

  namesIn(bytes: Buffer): string[] {
    return [...this.#spellings].filter(([, spelling]) => bytes.includes(spelling)).map(([name]) => name);
  }

  /** What is found, and in which of the files. */
  namesInFiles(paths: readonly string[]): string[] {
    return paths.flatMap((path) => this.namesIn(readFileSync(path)).map((name) => `${name}: ${path}`));
  }
}
