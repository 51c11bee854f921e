// The way to the authenticator, which only a document has. What it gives for a file passes through here on its way to
// the worker; the file and the key do not.
import type { Ask, Failure } from "../protocol.ts";
import type { Key } from "./text.ts";

/** Why there are no passkeys here, in words; undefined: there are. */
export function whyNoPasskeys(): Key | undefined {
  // They are bound to a name, which an address has not; browsers for onion services have none.
  if (/^[\d.]+$|:|\.onion$/.test(location.hostname)) return "passkeyNeedsName";
  return isSecureContext && "PublicKeyCredential" in window ? undefined : "passkeyNotHere";
}

/** About a passkey, if `error` is; else undefined. */
export function passkeyProblem({ code, field }: { readonly code: string; readonly field: string }): Key | undefined {
  if (field !== "passkey") return undefined;
  if (code === "aborted") return "passkeyCancelled";
  if (code === "wrong_key") return "passkeyWrong";
  return code === "unsupported" ? "passkeyNoPrf" : "passkeyNotHere";
}

export async function reachAuthenticator(ask: Ask, signal: AbortSignal): Promise<{ result: unknown } | { failure: Failure }> {
  try {
    return { result: ask.name === "create" ? await create(ask.options as PublicKeyCredentialCreationOptions, signal) : await get(ask.options as PublicKeyCredentialRequestOptions, signal) };
  } catch (error) {
    // NotAllowedError: cancelled, too late, or the authenticator has no such passkey, which browsers do not tell apart.
    const isCancelled = error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
    const isWithout = error instanceof DOMException && (error.name === "NotSupportedError" || error.name === "ConstraintError");
    return { failure: { code: isCancelled ? "aborted" : isWithout ? "unsupported" : "rejected", field: "passkey", status: 0 } };
  }
}

async function create(publicKey: PublicKeyCredentialCreationOptions, signal: AbortSignal): Promise<unknown> {
  const made = (await navigator.credentials.create({ publicKey, signal })) as PublicKeyCredential;
  const transports = (made.response as AuthenticatorAttestationResponse).getTransports();
  return { id: made.rawId, transports, prf: made.getClientExtensionResults().prf?.enabled === true };
}

async function get(publicKey: PublicKeyCredentialRequestOptions, signal: AbortSignal): Promise<unknown> {
  const found = (await navigator.credentials.get({ publicKey, signal })) as PublicKeyCredential;
  return found.getClientExtensionResults().prf?.results;
}
