// One request after another to one gateway: signing, the gateway's clock, tries again, errors. What is
// asked of the gateway is in api.ts.
//
// What it holds to: no cookie, no cache, no redirect, no referrer. A request that is sent again is the
// same request with a fresh signature; reports and events are the same by their bytes.
import { fromBinary } from "@bufbuild/protobuf";

import { fromUtf8 } from "../base/bytes.ts";
import type { SigningKey } from "../base/ed25519.ts";
import { type Code, hasCode, SafeconductError } from "../base/error.ts";
import { ApiErrorSchema } from "../generated/safeconduct/v1/api_pb.ts";
import { signRequest } from "./httpSignature.ts";
import { asksForWork, challengePath, proofOfWork } from "./proofOfWork.ts";

/** What of fetch's options is used, so that the types of browsers and of Node agree. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly credentials: "omit";
  readonly cache: "no-store";
  readonly redirect: "error";
  readonly referrerPolicy: "no-referrer";
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
}

/** As the browser's fetch; tests give their own. */
export type Fetch = (url: URL, init: FetchInit) => Promise<Response>;

export interface TransportOptions {
  readonly fetch?: Fetch;
  /** For how long what may pass is tried again; 60 by default. */
  readonly retrySeconds?: number;
  /** Ends whatever goes on. */
  readonly signal?: AbortSignal;
  /** Waits; tests need not. */
  readonly pause?: (seconds: number) => Promise<void>;
  /** Told when a proof of work that the gateway asks for begins and ends. */
  readonly working?: (isWorking: boolean) => void;
}

export interface Request {
  readonly method?: string; // GET by default
  readonly path: string; // with its query: "/v1/cases?after=…"
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly key?: SigningKey; // signs it
}

const firstPauseSeconds = 0.25;
const longestPauseSeconds = 15;
const maxErrorBytes = 64 * 1024;
// Of one request: a solution is good once, and is lost with a connection that breaks.
const maxProofs = 3;
// What may pass by itself (gateway/cli/gateway_api.cc, MayPass).
const mayPass: ReadonlySet<number> = new Set([408, 423, 429, 502, 503, 504]);

const codes: ReadonlySet<string> = new Set<Code>([
  "malformed", "unsupported", "too_large", "wrong_key", "unverified", "unauthorized", "not_found", "conflict",
  "rejected", "expired", "busy", "no_space", "unavailable", "internal",
]);
const codeOfStatus: Readonly<Record<number, Code>> = {
  400: "malformed", 401: "unauthorized", 404: "not_found", 409: "conflict", 413: "too_large", 422: "rejected",
  429: "busy", 503: "busy", 507: "no_space",
};

/** How long something may go on to fail. */
export class Patience {
  readonly #transport: Transport;
  #waited = 0;
  #tries = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Waits before the next try; throws `failure` when there is to be none. */
  async wait(failure: SafeconductError, askedSeconds = 0): Promise<void> {
    const seconds = Math.max(askedSeconds, Math.min(longestPauseSeconds, firstPauseSeconds * 2 ** this.#tries));
    if (this.#waited + seconds > this.#transport.retrySeconds) throw failure;
    this.#waited += seconds;
    ++this.#tries;
    await this.#transport.pause(seconds);
  }

  /** There was progress. */
  reset(): void {
    this.#waited = 0;
    this.#tries = 0;
  }
}

export class Transport {
  readonly origin: string;
  readonly retrySeconds: number;
  readonly pause: (seconds: number) => Promise<void>;
  readonly #fetch: Fetch;
  readonly #signal: AbortSignal | undefined;
  readonly #working: (isWorking: boolean) => void;
  #clock: { readonly seconds: number; readonly at: number } | undefined;
  #reached = false;

  /** `origin` is "https://host[:port]", or http for an onion service. */
  constructor(origin: string, options: TransportOptions = {}) {
    this.origin = new URL(origin).origin;
    this.retrySeconds = options.retrySeconds ?? 60;
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init as RequestInit));
    this.#signal = options.signal;
    this.#working = options.working ?? (() => {});
    this.pause = options.pause ?? ((seconds) => new Promise((done) => setTimeout(done, seconds * 1000)));
  }

  /** Unix seconds by the gateway's Date, since phones' clocks are wrong. Asks the gateway when it is not known yet. */
  async gatewayTime(): Promise<number> {
    if (this.#clock === undefined) await this.once({ path: "/healthz" });
    return this.#now();
  }

  /** Sends until there is an answer 2xx. Throws what the gateway answered, unavailable, aborted. */
  async call(request: Request): Promise<Response> {
    const patience = new Patience(this);
    let proofs = 0;
    for (let again = false, asked = request; ; again = true) {
      const response = await this.#try(asked, patience);
      if (response === undefined) continue;
      if (response.ok) return response;
      // A clock that stood still while the device slept: the answer has the gateway's.
      if (response.status === 401 && request.key !== undefined && !again) continue;
      const failure = await failureOf(response);
      if (!mayPass.has(response.status)) throw failure;
      const proof = asksForWork(failure) && proofs++ < maxProofs ? await this.#prove() : undefined;
      asked = proof === undefined ? request : { ...request, headers: { ...request.headers, altcha: proof } };
      if (proof === undefined) await patience.wait(failure, retryAfter(response));
    }
  }

  // Undefined when there is none: then the refusal stands as any other that may pass.
  async #prove(): Promise<string | undefined> {
    this.#working(true);
    try {
      const response = await this.once({ path: challengePath, headers: { Accept: "application/x-protobuf" } });
      return response.ok ? await proofOfWork(await readBody(response, maxErrorBytes), this.#signal) : undefined;
    } catch (error) {
      if (hasCode(error, "aborted")) throw error;
      return undefined;
    } finally {
      this.#working(false);
    }
  }

  // Undefined when there was no answer and another try is due.
  async #try(request: Request, patience: Patience): Promise<Response | undefined> {
    try {
      return await this.once(request);
    } catch (error) {
      // What was never reached is not there: no use in waiting for it.
      if (!hasCode(error, "unavailable") || !this.#reached) throw error;
      await patience.wait(error);
      return undefined;
    }
  }

  /** Sends once. Throws unavailable when there is no answer, aborted. */
  async once(request: Request): Promise<Response> {
    const url = new URL(request.path, this.origin);
    const method = request.method ?? "GET";
    const body = request.body;
    const headers: Record<string, string> = { ...request.headers };
    if (request.key !== undefined) {
      const created = await this.gatewayTime();
      Object.assign(headers, await signRequest({ method, url, ...(body && { body }) }, request.key, created));
    }
    const init: FetchInit = {
      method,
      headers,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      ...(body && { body }),
      ...(this.#signal && { signal: this.#signal }),
    };
    let response: Response;
    try {
      response = await this.#fetch(url, init);
    } catch {
      throw this.#signal?.aborted === true
        ? new SafeconductError("aborted", "the request was ended")
        : new SafeconductError("unavailable", "the gateway does not answer");
    }
    this.#reached = true;
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) this.#clock = { seconds: Math.floor(date / 1000), at: performance.now() };
    return response;
  }

  #now(): number {
    if (this.#clock === undefined) throw new SafeconductError("unavailable", "the gateway does not say what time it is");
    return this.#clock.seconds + Math.floor((performance.now() - this.#clock.at) / 1000);
  }
}

export function isPassing(failure: SafeconductError): boolean {
  return failure.code === "unavailable" || mayPass.has(failure.status);
}

/** The error that an answer other than 2xx is. */
export async function failureOf(response: Response): Promise<SafeconductError> {
  const code = codeOfStatus[response.status] ?? (response.status >= 500 ? "unavailable" : "rejected");
  try {
    const bytes = await readBody(response, maxErrorBytes);
    const json = response.headers.get("content-type")?.startsWith("application/json") === true;
    const { code: given, message, field = "" } = json ? (JSON.parse(fromUtf8(bytes)) as Record<string, unknown>) : fromBinary(ApiErrorSchema, bytes);
    if (codes.has(given as string)) return new SafeconductError(given as Code, String(message), String(field), response.status);
  } catch {
    // something between here and the gateway answered
  }
  return new SafeconductError(code, `the gateway answered ${response.status}`, "", response.status);
}

export function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get("retry-after") ?? "0");
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 60) : 0;
}

/** The whole body. Throws too_large, unavailable when it breaks off. */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch {
      throw new SafeconductError("unavailable", "the connection broke");
    }
    if (part.done) break;
    size += part.value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw new SafeconductError("too_large", "the gateway's answer is too long");
    }
    parts.push(part.value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
