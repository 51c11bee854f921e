// Leaving and wiping: the quick exit, Esc twice, ten idle minutes, one entry in the history.

const escapeMilliseconds = 1500; // between the two
const idleMinutes = 10;
const warnMinutes = 9;
const minute = 60_000;

const onWipe: (() => void)[] = [];
let busy = 0;
let touched = Date.now();

/** Called when everything has to be forgotten: before the page is left, or when nobody touches it. */
export function whenWiped(forget: () => void): void {
  onWipe.push(forget);
}

/** While `work` goes on, the page is not idle: an upload may take longer than ten minutes. */
export async function whileBusy<T>(work: Promise<T>): Promise<T> {
  ++busy;
  try {
    return await work;
  } finally {
    --busy;
    touched = Date.now();
  }
}

function wipe(...children: readonly Node[]): void {
  for (const forget of onWipe) forget();
  document.body.replaceChildren(...children);
}

/** To the neutral page of the configuration; this one is emptied first, should the other be slow. */
export function leave(): void {
  const address = document.querySelector<HTMLAnchorElement>("[data-action=exit]")?.href;
  wipe();
  location.replace(address ?? "about:blank");
}

/** Another page of ours, in place of this one in the history. */
export function go(address: string): void {
  wipe();
  location.replace(address);
}

function watchLinks(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest("a");
    if (link === null || link === undefined || !/^https?:$/.test(link.protocol)) return;
    event.preventDefault();
    if (link.dataset["action"] === "exit") leave();
    else go(link.href);
  });
}

function watchEscape(): void {
  let last = -Infinity;
  addEventListener("keydown", ({ key, timeStamp, repeat, isComposing }) => {
    if (repeat || isComposing) return;
    if (key !== "Escape") {
      last = -Infinity;
    } else if (timeStamp - last < escapeMilliseconds) {
      leave();
    } else {
      last = timeStamp;
    }
  });
}

function watchIdleness(): void {
  const warning = document.getElementById("idle")!;
  const wiped = document.getElementById("wiped")!;
  const stay = warning.querySelector("button")!;
  let before: Element | null = null;
  // A warning goes by its button only: a tap that took it away at once would fall on what is below.
  const touch = (): void => {
    if (warning.hidden) touched = Date.now();
  };
  stay.addEventListener("click", () => {
    touched = Date.now();
    warning.hidden = true;
    if (before instanceof HTMLElement) before.focus();
  });
  for (const kind of ["keydown", "pointerdown", "pointermove", "input", "wheel", "touchstart"]) {
    addEventListener(kind, touch, { passive: true });
  }
  const timer = setInterval(() => {
    if (busy > 0) touched = Date.now();
    // By the clock, not by counting: a device that slept was idle as well.
    const idle = Date.now() - touched;
    if (idle >= idleMinutes * minute) {
      clearInterval(timer);
      wiped.hidden = false;
      wipe(wiped);
    } else if (idle >= warnMinutes * minute && warning.hidden) {
      before = document.activeElement;
      warning.hidden = false;
      stay.focus();
    }
  }, 1000);
}

export function watch(): void {
  history.replaceState(null, "");
  watchLinks();
  watchEscape();
  watchIdleness();
  // Neither the browser's cache of pages that were left, nor what it restores, is to show anything.
  addEventListener("pagehide", () => wipe());
}
