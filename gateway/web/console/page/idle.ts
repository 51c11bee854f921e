// Ten minutes in which nobody touches anything lock the console; one minute before, it says so.
import { button, el } from "./dom.ts";
import { t } from "./text.ts";

const minute = 60_000;
const lockMinutes = 10;
const warnMinutes = 9;

let busy = 0;
let touched = Date.now();

/** While `work` goes on nobody is idle: a download may take longer than ten minutes. */
export async function whileBusy<T>(work: Promise<T>): Promise<T> {
  ++busy;
  try {
    return await work;
  } finally {
    --busy;
    touched = Date.now();
  }
}

export class IdleLock {
  readonly #lock: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #ends = new AbortController();
  #warning: HTMLDialogElement | undefined;

  /** `lock` is called once. */
  constructor(lock: () => void) {
    this.#lock = lock;
    touched = Date.now();
    // The warning goes by its button only.
    const touch = (): void => void (this.#warning === undefined && (touched = Date.now()));
    for (const kind of ["keydown", "pointerdown", "pointermove", "input", "wheel", "touchstart"]) {
      addEventListener(kind, touch, { passive: true, signal: this.#ends.signal });
    }
    this.#timer = setInterval(() => this.#look(), 1000);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#ends.abort();
    this.#stay();
  }

  #look(): void {
    if (busy > 0) touched = Date.now();
    // By the clock, not by counting: a device that slept was idle as well.
    const idle = Date.now() - touched;
    if (idle >= lockMinutes * minute) {
      this.end();
      this.#lock();
    } else if (idle >= warnMinutes * minute && this.#warning === undefined) {
      this.#warn();
    }
  }

  #warn(): void {
    const stay = button(t("idleStay"), () => this.#stay(), { primary: true, action: "stay" });
    this.#warning = el("dialog", { id: "idle", "aria-labelledby": "idle-title" }, el("h2", { id: "idle-title" }, t("idleTitle")), el("p", {}, t("idleText")), el("p", { class: "actions" }, stay));
    this.#warning.addEventListener("cancel", () => this.#stay());
    document.body.append(this.#warning);
    this.#warning.showModal();
  }

  #stay(): void {
    touched = Date.now();
    this.#warning?.close(); // gives the focus back to where it was
    this.#warning?.remove();
    this.#warning = undefined;
  }
}
