// The stanza `safeconduct/quorum`: a file key that any k of n trustees together can give to a grantee,
// and fewer cannot (crypto/quorum/README.md; crypto/quorum/quorum.h).
//
// What it gives: fewer than k trustees, with the gateway and all it stores, learn nothing of the file
// key, and no trustee learns it by releasing. A grantee can name the trustee whose share does not fit,
// and tell that from a sealer who sealed garbage. What it does not give: protection from k trustees
// who act together; a report that can be opened, where the sealer meant it not to be; an end to what
// was released. The sharing is npm `shamir-secret-sharing`'s.
//
// Whose fault a failure is: wrong_key: not for this key, index or context, or damaged; unverified:
// whoever re-sealed the share; malformed: the sealer; rejected: the caller.
import { combine as combineSecret, split as splitSecret } from "shamir-secret-sharing";

import { fileKeyBytes, type Stanza } from "../age/header.ts";
import { concat, randomBytes } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { unwrapKey, wrapKey } from "../base/wrap.ts";
import {
  begin,
  checkIndex,
  commitTo,
  type Consented,
  type Context,
  encodeConsent,
  encodeContext,
  fileKeyKey,
  fitsCommitment,
  type Handover,
  handoverInfo,
  makeShare,
  openWith,
  quorumType,
  type Release,
  releaseInfo,
  sealedAt,
  sealedShareBytes,
  sealTo,
  shamirBytes,
  type Share,
  shareInfo,
  wrappedFileKey,
} from "./format.ts";

export {
  type Consented,
  type Context,
  type Handover,
  maxTrustees,
  parseQuorumStanza,
  quorumType,
  type Release,
  sealedShareBytes,
  type Share,
} from "./format.ts";

const wrapKeyBytes = 32;

// --- The reporter's client ------------------------------------------------------------------------

/** To the trustees' X-Wing keys in the order of the charter. Throws malformed for a context or keys that cannot be. */
export async function sealQuorum(
  context: Context,
  fileKey: Uint8Array,
  consent: Consented,
  trustees: readonly Uint8Array[],
): Promise<Stanza> {
  const boundTo = encodeContext(context);
  if (trustees.length !== context.trustees) {
    throw new SafeconductError("malformed", "keys of more or fewer trustees than the quorum has");
  }
  const secret = randomBytes(wrapKeyBytes); // used once and not kept
  const shares = await splitSecret(secret, context.trustees, context.threshold);
  const flags = Uint8Array.of(encodeConsent(consent));
  const parts = trustees.flatMap((key, i) => {
    const share = concat(shares[i]!, flags);
    return [commitTo(i + 1, share), sealTo(key, shareInfo(boundTo, i + 1), share)];
  });
  const body = concat(wrapKey(fileKeyKey(boundTo, secret), fileKey), ...parts);
  secret.fill(0);
  return { type: quorumType, args: [String(context.threshold), String(context.trustees)], body };
}

/** A stanza that looks the same to all but a grantee with k shares, over a file key that nobody keeps. */
export function sealThrowAway(context: Context, consent: Consented, trustees: readonly Uint8Array[]): Promise<Stanza> {
  return sealQuorum(context, randomBytes(fileKeyBytes), consent, trustees);
}

// --- A trustee ------------------------------------------------------------------------------------

/** His own share; `seed` is his identity's. */
export function openShare(context: Context, stanza: Stanza, index: number, seed: Uint8Array): Share {
  const boundTo = begin(context, stanza);
  checkIndex(context, index);
  const bytes = openWith(seed, shareInfo(boundTo, index), sealedAt(stanza, index));
  if (!fitsCommitment(stanza, index, bytes)) {
    throw new SafeconductError("malformed", "the sealer's fault: a share that is not the one committed to");
  }
  return makeShare(index, bytes);
}

/** For a grantee whom the consent allows. */
export function sealRelease(context: Context, share: Share, release: Release, grantee: Uint8Array): Uint8Array {
  return sealTo(grantee, releaseInfo(encodeContext(context), share.index, release), share.bytes);
}

/** For the successor of a trustee who leaves. */
export function sealHandover(context: Context, share: Share, handover: Handover, successor: Uint8Array): Uint8Array {
  return sealTo(successor, handoverInfo(encodeContext(context), share.index, handover), share.bytes);
}

/** The successor can release what he got as trustee `index`. */
export function openHandover(
  context: Context,
  stanza: Stanza,
  index: number,
  handover: Handover,
  seed: Uint8Array,
  sealed: Uint8Array,
): Share {
  const boundTo = begin(context, stanza);
  checkIndex(context, index);
  return openResealed(stanza, index, handoverInfo(boundTo, index, handover), seed, sealed);
}

// --- The grantee ----------------------------------------------------------------------------------

/** What trustee `index` released. */
export function openRelease(
  context: Context,
  stanza: Stanza,
  index: number,
  release: Release,
  seed: Uint8Array,
  sealed: Uint8Array,
): Share {
  const boundTo = begin(context, stanza);
  checkIndex(context, index);
  return openResealed(stanza, index, releaseInfo(boundTo, index, release), seed, sealed);
}

// That a sealed share is no such thing is the fault of who re-sealed it, whatever shape the damage
// has, so it must not look like the sealer's.
function openResealed(stanza: Stanza, index: number, boundTo: Uint8Array, seed: Uint8Array, sealed: Uint8Array): Share {
  if (sealed.length !== sealedShareBytes) {
    throw new SafeconductError("unverified", "a re-sealed share of the wrong length");
  }
  let bytes: Uint8Array;
  try {
    bytes = openWith(seed, boundTo, sealed);
  } catch {
    throw new SafeconductError("wrong_key", "a re-sealed share that is not for this key, or damaged");
  }
  if (!fitsCommitment(stanza, index, bytes)) {
    throw new SafeconductError("unverified", "a re-sealed share that is not the one the sealer made");
  }
  return makeShare(index, bytes);
}

/**
 * The file key, from the shares of k or more trustees; the k of lowest index are combined. The caller
 * checks the header's MAC with it (age.ts, checkFileKey), without which one stanza could give different
 * keys to different quorums: if that fails it is the sealer's fault too, or the stanza is a throw-away.
 */
export async function combineShares(context: Context, stanza: Stanza, shares: readonly Share[]): Promise<Uint8Array> {
  const boundTo = begin(context, stanza);
  const used = inOrder(context, stanza, shares).slice(0, context.threshold);
  const sealersFault = (message: string): SafeconductError => new SafeconductError("malformed", `the sealer's fault: ${message}`);
  if (new Set(used.map(({ bytes }) => bytes[shamirBytes - 1])).size !== used.length) {
    throw sealersFault("two shares at one place");
  }
  const secret = await combineSecret(used.map(({ bytes }) => bytes.slice(0, shamirBytes)));
  try {
    return unwrapKey(fileKeyKey(boundTo, secret), wrappedFileKey(stanza));
  } catch {
    throw sealersFault("the shares do not give the file key");
  }
}

// The shares in the order of their indexes, each once and of this stanza, all of one consent.
function inOrder(context: Context, stanza: Stanza, shares: readonly Share[]): Share[] {
  for (const { index, bytes } of shares) {
    checkIndex(context, index);
    if (!fitsCommitment(stanza, index, bytes)) throw new SafeconductError("unverified", "a share of another stanza");
  }
  if (new Set(shares.map(({ index }) => index)).size !== shares.length) {
    throw new SafeconductError("rejected", "two shares of one trustee");
  }
  if (shares.length < context.threshold) throw new SafeconductError("rejected", "too few shares");
  if (new Set(shares.map(({ bytes }) => bytes[shamirBytes])).size > 1) {
    throw new SafeconductError("malformed", "the sealer's fault: shares disagree about consent");
  }
  return [...shares].sort((a, b) => a.index - b.index);
}
