// What stays on this device between visits: the newest charter's version and the newest checkpoint of its log, for
// each gateway. Nothing of any case, nothing of whose key it was.
import type { Seen } from "../protocol.ts";

const key = "safeconduct-console";

export function remembered(): Seen | undefined {
  try {
    const { version, checkpoint } = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Seen>;
    return typeof version === "string" && /^[1-9][0-9]{0,18}$/.test(version) && typeof checkpoint === "string" ? { version, checkpoint } : undefined;
  } catch {
    return undefined; // nothing yet, or a browser that keeps nothing
  }
}

export function remember({ version, checkpoint }: Seen): void {
  try {
    localStorage.setItem(key, JSON.stringify({ version, checkpoint }));
  } catch {
    // a browser that keeps nothing: the witnesses and the minimum version of the page are left
  }
}
