// What stays on this device between visits: the newest charter's version and the newest checkpoints of its log and of
// the report log, for each gateway. Nothing of any case, nothing of whose key it was.
import type { Seen } from "../protocol.ts";

const key = "safeconduct-console";

export function remembered(): Seen | undefined {
  try {
    const { version, checkpoint, log } = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Seen>;
    if (typeof version !== "string" || !/^[1-9][0-9]{0,18}$/.test(version) || typeof checkpoint !== "string") return undefined;
    return { version, checkpoint, ...(typeof log === "string" && { log }) };
  } catch {
    return undefined; // nothing yet, or a browser that keeps nothing
  }
}

export function remember({ version, checkpoint, log }: Seen): void {
  try {
    localStorage.setItem(key, JSON.stringify({ version, checkpoint, log }));
  } catch {
    // a browser that keeps nothing: the witnesses and the minimum version of the page are left
  }
}

/** The newest checkpoint of the report log, which a session saw. */
export function rememberLog(log: string): void {
  const seen = remembered();
  if (seen !== undefined) remember({ ...seen, log });
}
