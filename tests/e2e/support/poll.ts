// The one place that waits for time to pass: between two looks at a condition, and not for ever.
import { setTimeout as delay } from "node:timers/promises";

const betweenMilliseconds = 50;
const mostMilliseconds = 60_000;

/** Looks until there is something; fails, naming `what`, when there never is. */
export async function poll<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + mostMilliseconds;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await delay(betweenMilliseconds);
  }
}
