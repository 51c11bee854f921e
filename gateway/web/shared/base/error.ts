// The one error of this library: a code of the closed set that the C++ has too
// (crypto/base/result.h) and three that only a client meets, a sentence, and the field that was wrong.
//
// Messages are constants: nothing that came from outside or from the reporter gets into one, so an
// error may be shown and logged. What it does not give: words for people. Pages translate the code.

export type Code =
  | "malformed" // bytes that do not follow their format
  | "unsupported" // well-formed, but of a version or kind this program does not have
  | "too_large" // a limit on size or count was passed
  | "wrong_key" // an identity that does not fit: try the next one
  | "unverified" // a MAC, signature, digest or proof that does not match
  | "unauthorized" // the gateway does not know this key, or not now
  | "not_found" // absent, or not for this caller: never told apart
  | "conflict" // contradicts what is stored already
  | "rejected" // well-formed and authentic, but the policy forbids it
  | "expired" // past its time
  | "busy" // the gateway has too much to do: try again later
  | "no_space" // the gateway's disk is full
  | "unavailable" // no answer, or a storage that failed: try again later
  | "aborted" // the caller asked to stop
  | "internal"; // a defect

export class SafeconductError extends Error {
  override readonly name = "SafeconductError";
  readonly code: Code;
  /** The part of the input that was wrong, as the API spells it; empty: none in particular. */
  readonly field: string;
  /** Of the gateway's answer; 0 when there was none or the error is our own. */
  readonly status: number;

  constructor(code: Code, message: string, field = "", status = 0) {
    super(message);
    this.code = code;
    this.field = field;
    this.status = status;
  }

  /** The same error, said about `field`, unless it names one already. */
  in(field: string): SafeconductError {
    return this.field === "" ? new SafeconductError(this.code, this.message, field, this.status) : this;
  }
}

/** Whether `error` is ours, with that code. */
export function hasCode(error: unknown, ...codes: readonly Code[]): error is SafeconductError {
  return error instanceof SafeconductError && codes.includes(error.code);
}

/** What `make` gives; an error of ours that names no field yet is about `field`. */
export function within<T>(field: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof SafeconductError ? error.in(field) : error;
  }
}
