// Signed requests: HTTP Message Signatures (RFC 9421, ed25519) with Content-Digest (RFC 9530), in the
// profile of gateway/auth/http_signature.h: @method, @target-uri and, with a body, content-digest;
// created, nonce, keyid, tag. It signs only; gateways verify.
import { randomBytes, toBase64, toHex, utf8 } from "../base/bytes.ts";
import type { SigningKey } from "../base/ed25519.ts";
import { sha256Bulk } from "../base/hash.ts";

const tag = "safeconduct-v1";
const label = "sc";
const nonceBytes = 16;

/** A covered component and its value, in order. */
export type Component = readonly [name: string, value: string];

/** RFC 9421 §2.5. `parameters` is the canonical text of what follows the list of components. */
export function signatureBase(components: readonly Component[], parameters: string): { input: string; base: string } {
  const input = `(${components.map(([name]) => `"${name}"`).join(" ")})${parameters}`;
  const lines = components.map(([name, value]) => `"${name}": ${value}\n`);
  return { input, base: `${lines.join("")}"@signature-params": ${input}` };
}

/** RFC 9530 §2. */
export async function contentDigest(body: Uint8Array): Promise<string> {
  return `sha-256=:${toBase64(await sha256Bulk(body))}:`;
}

export interface RequestToSign {
  readonly method: string;
  readonly url: URL; // whole: its text is @target-uri
  readonly body?: Uint8Array; // absent or empty: none
}

/**
 * The headers to add. `created` is in Unix seconds by the gateway's clock; the nonce is fresh, so a
 * request that is sent again is signed again.
 */
export async function signRequest(
  request: RequestToSign,
  key: SigningKey,
  created: number,
  nonce: Uint8Array = randomBytes(nonceBytes),
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  const components: Component[] = [
    ["@method", request.method],
    ["@target-uri", request.url.href],
  ];
  if (request.body !== undefined && request.body.length > 0) {
    headers["Content-Digest"] = await contentDigest(request.body);
    components.push(["content-digest", headers["Content-Digest"]]);
  }
  const parameters = `;created=${created};nonce="${toBase64(nonce)}";keyid="${toHex(key.publicKey)}";tag="${tag}"`;
  const { input, base } = signatureBase(components, parameters);
  headers["Signature-Input"] = `${label}=${input}`;
  headers["Signature"] = `${label}=:${toBase64(key.sign(utf8(base)))}:`;
  return headers;
}
