// The texts of a hybrid age identity and its recipient (c2sp.org/age, "The hybrid recipient type"):
// `AGE-SECRET-KEY-PQ-1…` and `age1pq1…`.
import { bech32 } from "@scure/base";

import { SafeconductError } from "../base/error.ts";
import { checkPublicKey, publicKeyBytes, publicKeyOf, seedBytes } from "../base/hpke.ts";

const recipientPrefix = "age1pq";
const identityPrefix = "age-secret-key-pq-";

export function recipientOf(seed: Uint8Array): string {
  return bech32.encode(recipientPrefix, bech32.toWords(publicKeyOf(seed)), false);
}

export function identityText(seed: Uint8Array): string {
  return bech32.encode(identityPrefix, bech32.toWords(seed), false).toUpperCase();
}

/** The X-Wing public key in `age1pq1…`, in lower case. Throws malformed for anything else, also for a key that no seed gives. */
export function parseRecipient(text: string): Uint8Array {
  const key = text.startsWith(`${recipientPrefix}1`) ? decode(text, recipientPrefix) : undefined;
  if (key?.length !== publicKeyBytes) {
    throw new SafeconductError("malformed", "not a post-quantum recipient (age1pq1...)");
  }
  checkPublicKey(key);
  return key;
}

/** The seed in `AGE-SECRET-KEY-PQ-1…`. Throws malformed; unsupported for a classic identity. */
export function parseIdentityText(text: string): Uint8Array {
  if (/^AGE-SECRET-KEY-1/i.test(text)) {
    throw new SafeconductError("unsupported", "a classic age identity: a post-quantum one is needed (age-keygen -pq)");
  }
  const seed = decode(text.toLowerCase(), identityPrefix);
  const oneCase = text === text.toUpperCase() || text === text.toLowerCase();
  if (seed?.length !== seedBytes || !oneCase) {
    throw new SafeconductError("malformed", "not a post-quantum age identity (AGE-SECRET-KEY-PQ-1...)");
  }
  return seed;
}

// Undefined for what is not Bech32 with that prefix.
function decode(text: string, prefix: string): Uint8Array | undefined {
  try {
    const decoded = bech32.decode(text as `${string}1${string}`, false);
    return decoded.prefix === prefix ? bech32.fromWords(decoded.words) : undefined;
  } catch {
    return undefined;
  }
}
