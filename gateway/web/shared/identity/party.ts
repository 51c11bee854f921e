// From one age identity to everything its holder can do (design: "One key, everywhere standard";
// crypto/identity/identity.h): a recipient, what opens what is sealed to it, and one Ed25519 key for
// each purpose.
//
// What it does not give: memory that is wiped. `forget` overwrites the seed that this object has;
// copies that the engine made stay until it collects them.
import { hybridInfo, hybridParts, hybridType, type Stanza } from "../age/header.ts";
import { identityText, parseIdentityText, recipientOf } from "../age/recipient.ts";
import { type Opener } from "../age/age.ts";
import { randomBytes } from "../base/bytes.ts";
import { SigningKey } from "../base/ed25519.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import { hkdf } from "../base/hash.ts";
import { openBase, seedBytes } from "../base/hpke.ts";

export type Purpose = "request" | "event" | "note" | "cosignature";

const noAad = new Uint8Array(0);

export class Party implements Opener {
  readonly #seed: Uint8Array;
  readonly #keys = new Map<Purpose, SigningKey>();
  #recipient: string | undefined;

  private constructor(seed: Uint8Array) {
    this.#seed = seed;
  }

  static generate(): Party {
    return new Party(randomBytes(seedBytes));
  }

  /** Of 32 bytes, which are copied. */
  static fromSeed(seed: Uint8Array): Party {
    if (seed.length !== seedBytes) throw new SafeconductError("malformed", "an identity has 32 bytes");
    return new Party(seed.slice());
  }

  /** The reporter of a receipt code (16 bytes). */
  static fromReceiptCode(code: Uint8Array): Party {
    if (code.length !== 16) throw new SafeconductError("malformed", "a receipt code has 16 bytes");
    return new Party(hkdf(code, "safeconduct/reporter-identity/v1", seedBytes));
  }

  /** Of `AGE-SECRET-KEY-PQ-1…`. Throws malformed; unsupported for a classic identity. */
  static parse(text: string): Party {
    return new Party(parseIdentityText(text));
  }

  /** `age1pq1…`. */
  get recipient(): string {
    return (this.#recipient ??= recipientOf(this.#seed));
  }

  key(purpose: Purpose): SigningKey {
    let key = this.#keys.get(purpose);
    if (key === undefined) {
      key = SigningKey.fromSeed(hkdf(this.#seed, `safeconduct/signing-key/${purpose}/v1`));
      this.#keys.set(purpose, key);
    }
    return key;
  }

  /** `AGE-SECRET-KEY-PQ-1…`: the whole secret, for a file that its owner keeps. */
  revealIdentityText(): string {
    return identityText(this.#seed);
  }

  /** The seed, for HPKE to this party (shares of a quorum). */
  revealSeed(): Uint8Array {
    return this.#seed.slice();
  }

  /** Tries the stanzas in their order. A damaged one of a known type throws malformed. */
  unwrap(stanzas: readonly Stanza[]): Uint8Array | null {
    for (const stanza of stanzas) {
      const fileKey = this.#open(stanza);
      if (fileKey !== null) return fileKey;
    }
    return null;
  }

  /**
   * The same for one whose stanza is expected at `place`, which is tried first: each trial costs
   * milliseconds, and far more without a JIT.
   */
  at(place: number): Opener {
    return {
      unwrap: (stanzas) => {
        const expected = stanzas[place];
        if (expected === undefined) return this.unwrap(stanzas);
        return this.#open(expected) ?? this.unwrap(stanzas.filter((_, i) => i !== place));
      },
    };
  }

  forget(): void {
    this.#seed.fill(0);
    this.#keys.clear();
  }

  #open(stanza: Stanza): Uint8Array | null {
    if (stanza.type !== hybridType) return null;
    try {
      return openBase(this.#seed, hybridParts(stanza), hybridInfo, noAad);
    } catch (error) {
      if (hasCode(error, "wrong_key")) return null;
      throw error;
    }
  }
}
