// The proof of work that a gateway under load asks for before it takes a report or an upload: a challenge of
// ALTCHA (version 1), solved by trying numbers, so that floods cost their sender more than a reporter.
//
// What it does not give: a way around. Whatever is wrong with a challenge, there is no proof, and the
// gateway's refusal stands.
import { toBase64, utf8 } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";
import { parseTolerant } from "../base/messages.ts";
import { ChallengeSchema } from "../generated/safeconduct/v1/api_pb.ts";

export const challengePath = "/v1/challenge";
const maxChallengeBytes = 4096;
// The most that a gateway can be configured to ask for (gateway/config), and how long a challenge is good.
const maxNumber = 10_000_000;
const maxSeconds = 300;

/** Whether the gateway would take the same request with a proof of work. */
export function asksForWork({ status, field }: SafeconductError): boolean {
  return status === 429 && field === "proof-of-work";
}

/**
 * The value of the header `altcha` for a serialized Challenge; undefined when it has no solution within
 * its bounds. Throws malformed, too_large, unsupported, aborted.
 */
export async function proofOfWork(bytes: Uint8Array, signal?: AbortSignal): Promise<string | undefined> {
  const { algorithm, challenge, maxnumber, salt, signature } = parseTolerant(ChallengeSchema, bytes, maxChallengeBytes);
  if (algorithm !== "SHA-256" || maxnumber > maxNumber) {
    throw new SafeconductError("unsupported", "a proof of work that is not done here", "challenge");
  }
  // Most never need it.
  const { solveChallenge } = await import("altcha-lib/v1");
  const { promise, controller } = solveChallenge(challenge, salt, algorithm, maxnumber);
  const end = (): void => controller.abort();
  const timer = setTimeout(end, maxSeconds * 1000);
  signal?.addEventListener("abort", end);
  if (signal?.aborted === true) end();
  const solution = await promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  });
  if (signal?.aborted === true) throw new SafeconductError("aborted", "the request was ended");
  return solution === null ? undefined : toBase64(utf8(JSON.stringify({ algorithm, challenge, number: solution.number, salt, signature })));
}
