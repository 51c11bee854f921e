// Signed requests (RFC 9421) made here a second time, sharing nothing with the C++: so the gateway
// answers to the specification and not to its own CLI.
import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/** The 32 bytes of an `AGE-SECRET-KEY-PQ-1…` line. The checksum is the C++ tests' business. */
function seedOf(keyFile: string): Buffer {
  const line = readFileSync(keyFile, "utf8").split("\n").find((each) => each.startsWith("AGE-SECRET-KEY-PQ-1"));
  if (line === undefined) throw new Error(`no identity in ${keyFile}`);
  const digits = [...line.trim().toLowerCase().slice("age-secret-key-pq-1".length, -6)].map((c) => alphabet.indexOf(c));
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const digit of digits) {
    value = (value << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
      value &= (1 << bits) - 1;
    }
  }
  return Buffer.from(bytes);
}

export class Signer {
  readonly keyId: string;
  readonly #key: KeyObject;

  private constructor(seed: Buffer) {
    const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    this.#key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
    this.keyId = createPublicKey(this.#key).export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  }

  /** The request key of an identity file. */
  static of(keyFile: string): Signer {
    const info = "safeconduct/signing-key/request/v1";
    return new Signer(Buffer.from(hkdfSync("sha256", seedOf(keyFile), "", info, 32)));
  }

  /** A key that nobody knows. */
  static stranger(): Signer {
    return new Signer(randomBytes(32));
  }

  headers(method: string, url: string, options: { body?: Buffer; created?: number; nonce?: string; tag?: string } = {}): Record<string, string> {
    const covered = [`"@method": ${method}`, `"@target-uri": ${url}`];
    const headers: Record<string, string> = {};
    if (options.body !== undefined) {
      headers["Content-Digest"] = `sha-256=:${createHash("sha256").update(options.body).digest("base64")}:`;
      covered.push(`"content-digest": ${headers["Content-Digest"]}`);
    }
    const created = options.created ?? Math.floor(Date.now() / 1000);
    const nonce = options.nonce ?? randomBytes(16).toString("base64");
    const names = covered.map((line) => line.split(": ", 1)[0]).join(" ");
    const parameters = `(${names});created=${created};nonce="${nonce}";keyid="${this.keyId}";tag="${options.tag ?? "safeconduct-v1"}"`;
    const base = [...covered, `"@signature-params": ${parameters}`].join("\n");
    headers["Signature-Input"] = `sig=${parameters}`;
    headers["Signature"] = `sig=:${sign(null, Buffer.from(base), this.#key).toString("base64")}:`;
    return headers;
  }
}
