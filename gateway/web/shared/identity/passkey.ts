// Key files wrapped by a passkey (WebAuthn with the PRF extension): ordinary age files with the one stanza
// `age-encryption.org/fido2prf` of npm `age-encryption`, which does all of it. The credential is discoverable, so
// that the file and the passkey are all that it takes.
//
// What it gives: the file opens with that passkey, on pages of that host, after the authenticator knew its user. What
// it does not give: protection from a page that is served by that host, and a way back: a passkey that is lost leaves
// the key file that was wrapped.
import { Decrypter, Encrypter, webauthn } from "age-encryption";

import { utf8 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { binaryOf, parsePlain } from "./keyFile.ts";
import type { Party } from "./party.ts";

export interface NewCredential {
  readonly id: ArrayBuffer;
  readonly transports: readonly string[];
  readonly prf: boolean; // whether the authenticator has the extension
}

/** What the PRF gives for two inputs. */
export interface PrfResults {
  readonly first: ArrayBuffer | ArrayBufferView;
  readonly second?: ArrayBuffer | ArrayBufferView;
}

/**
 * The way to the authenticator: only a document has one, and keys are in a worker. Options are WebAuthn's
 * (PublicKeyCredentialCreationOptions, PublicKeyCredentialRequestOptions), as the library makes them and a document
 * takes them. What it throws is thrown on.
 */
export interface Authenticator {
  readonly create: (options: object) => Promise<NewCredential>;
  /** Undefined when the authenticator does not have the extension. */
  readonly get: (options: object) => Promise<PrfResults | undefined>;
}

const withoutPrf = (): SafeconductError => new SafeconductError("unsupported", "the authenticator has no PRF extension", "passkey");

/** The library asks `navigator.credentials`, which a worker does not have: it is this one from now on. */
export function useAuthenticator({ create, get }: Authenticator): void {
  const credentials = {
    create: async ({ publicKey }: { publicKey: object }) => {
      const { id, transports, prf } = await create(publicKey);
      if (!prf) throw withoutPrf();
      return { rawId: id, response: { getTransports: () => transports }, getClientExtensionResults: () => ({ prf: { enabled: true } }) };
    },
    get: async ({ publicKey }: { publicKey: object }) => {
      const results = await get(publicKey);
      if (results === undefined) throw withoutPrf();
      return { getClientExtensionResults: () => ({ prf: { results } }) };
    },
  };
  Object.defineProperty(navigator, "credentials", { configurable: true, value: credentials });
}

/** A new credential of `host`, as the identity string by which the library finds it. Throws unsupported, and as the authenticator. */
export function makePasskey(host: string, name: string): Promise<string> {
  return webauthn.createCredential({ keyName: name, rpId: host });
}

/** The key file of `party` for the passkey of that identity string. Throws unsupported, and as the authenticator. */
export async function wrapForPasskey(party: Party, identity: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(new webauthn.WebAuthnRecipient({ identity }));
  return encrypter.encrypt(utf8(`${party.revealIdentityText()}\n`));
}

/** Throws wrong_key for another passkey and for a file that is damaged, malformed, unsupported, and as the authenticator. */
export async function openByPasskey(file: Uint8Array, host: string): Promise<Party> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(new webauthn.WebAuthnIdentity({ rpId: host }));
  let plain: Uint8Array;
  try {
    plain = await decrypter.decrypt(binaryOf(file));
  } catch (error) {
    if (error instanceof SafeconductError) throw error;
    throw new SafeconductError("wrong_key", "the key file is wrapped by another passkey, or damaged", "passkey");
  }
  try {
    return parsePlain(plain);
  } finally {
    plain.fill(0);
  }
}
