// Cover traffic (design, "Anonymity"): in some visits in which nothing is begun, the page does on the network
// what a report without files does, at the times at which a person would. Whoever watches the network cannot
// tell from a report's requests that somebody reported.
//
// What it does not give: cover against the gateway, which knows its decoys; or in visits that are shorter
// than a report takes.
import { whenWiped } from "./leave.ts";
import { type Pretence, pretence, type Random } from "./pretence.ts";

const random: Random = () => (crypto.getRandomValues(new Uint32Array(1))[0]! + 1) / 2 ** 32;

/** Whether the gateway wants decoys and the visitor's network can bear them; asked again before each step. */
export function isCoverAllowed(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return document.querySelector<HTMLMetaElement>("meta[name=decoys]")?.content === "on" && connection?.saveData !== true;
}

/** Resolves after so many seconds, or never once the signal has ended it. */
export function after(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, seconds * 1000);
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}

/** Begins to cover this visit, maybe. Gives what ends it at once: when something is begun. A wipe does so, too. */
export function coverVisit(pretend: (what: Pretence, signal: AbortSignal) => Promise<void>): () => void {
  const what = isCoverAllowed() ? pretence(random) : undefined;
  const ended = new AbortController();
  const end = (): void => ended.abort();
  if (what === undefined) return end;
  whenWiped(end);
  void after(what.readSeconds, ended.signal).then(() => pretend(what, ended.signal)).catch(() => {}); // it shows nothing, whatever happens
  return end;
}
