// A file that the page made, saved by the browser.
import { el } from "./dom.ts";

const forgetMilliseconds = 60_000; // by then the browser has read it

export function save(name: string, type: string, ...content: readonly string[]): void {
  const address = URL.createObjectURL(new Blob([...content], { type }));
  setTimeout(() => URL.revokeObjectURL(address), forgetMilliseconds);
  el("a", { href: address, download: name }).click();
}
