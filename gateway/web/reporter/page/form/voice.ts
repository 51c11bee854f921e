// A voice message: recorded, listened to, then kept as a file like others, or thrown away. It is in memory
// only, and the microphone is off as soon as the recording stops, the page is left or wiped.
//
// What it does not give: a voice that nobody recognises.
import { button, el, live } from "../dom.ts";
import { whenWiped, whileBusy } from "../leave.ts";
import { language, t } from "../text.ts";

// Speech stays clear, and a minute of it travels as 240 kB.
const bitsPerSecond = 32_000;
const maxSeconds = 30 * 60;
const sliceMilliseconds = 1000;
const kinds = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"] as const;
const endings: Readonly<Record<string, string>> = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

export interface Sound {
  readonly content: Blob;
  readonly mediaType: string; // without parameters
  readonly ending: string; // of a file's name
}

export interface VoiceContext {
  readonly maxBytes: number;
  readonly keep: (sound: Sound) => boolean; // whether there was room for it
  readonly closed: () => void; // kept, discarded or refused: another may be recorded
}

function clockText(seconds: number): string {
  const pair = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 });
  return `${new Intl.NumberFormat(language).format(Math.floor(seconds / 60))}:${pair.format(Math.floor(seconds % 60))}`;
}

/** One recording, in its own element. */
export class Voice {
  readonly element: HTMLElement;
  readonly #context: VoiceContext;
  readonly #status = live();
  readonly #time = el("p", { role: "timer", class: "quiet" });
  readonly #player = el("audio", { controls: true, hidden: true, "aria-label": t("voiceListen") });
  readonly #actions = el("p", { class: "actions" });
  readonly #parts: Blob[] = [];
  #recorder: MediaRecorder | undefined;
  #bytes = 0;

  constructor(context: VoiceContext) {
    this.#context = context;
    this.element = el("div", { role: "group", "aria-label": t("voiceListen") }, this.#status, this.#time, this.#player, this.#actions);
    whenWiped(() => this.#forget());
  }

  /** Whether there is something that was neither kept nor discarded. */
  get isOpen(): boolean {
    return this.#recorder !== undefined;
  }

  async record(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      const kind = kinds.find((each) => MediaRecorder.isTypeSupported(each));
      this.#recorder = new MediaRecorder(stream, { audioBitsPerSecond: bitsPerSecond, ...(kind && { mimeType: kind }) });
    } catch {
      this.#close(t("voiceRefused"));
      return;
    }
    if (!this.element.isConnected) return this.#forget(); // left while the browser asked for leave
    await this.#untilStopped(this.#recorder);
    if (this.#recorder !== undefined) this.#review(this.#recorder.mimeType);
  }

  #take(data: Blob): void {
    this.#parts.push(data);
    this.#bytes += data.size;
    // Room for one slice more, which may be longer than this one.
    if (this.#bytes + bitsPerSecond / 4 > this.#context.maxBytes) this.#stop();
  }

  #stop(): void {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
  }

  async #untilStopped(recorder: MediaRecorder): Promise<void> {
    const stopped = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
    recorder.addEventListener("dataavailable", ({ data }) => this.#take(data));
    recorder.start(sliceMilliseconds);
    const started = performance.now();
    const tick = (): void => {
      const seconds = (performance.now() - started) / 1000;
      this.#time.textContent = clockText(seconds);
      if (seconds >= maxSeconds) this.#stop();
    };
    tick();
    const timer = setInterval(tick, 500);
    const stop = button(t("voiceStop"), () => this.#stop());
    this.#actions.replaceChildren(stop);
    stop.focus();
    this.#status.textContent = t("voiceRecording");
    await whileBusy(stopped);
    clearInterval(timer);
    for (const track of recorder.stream.getTracks()) track.stop();
  }

  #review(kind: string): void {
    const mediaType = kind.split(";", 1)[0]!;
    const content = new Blob(this.#parts, { type: mediaType });
    this.#player.src = URL.createObjectURL(content);
    this.#player.hidden = false;
    const keep = button(t("voiceKeep"), () => {
      if (this.#context.keep({ content, mediaType, ending: endings[mediaType] ?? "bin" })) this.#close(t("voiceKept"));
    });
    this.#actions.replaceChildren(keep, button(t("voiceDiscard"), () => this.#close(t("voiceDiscarded"))));
    keep.focus();
    this.#status.textContent = t("voiceStopped", { time: this.#time.textContent ?? "" });
    this.#time.textContent = "";
  }

  #close(said: string): void {
    this.#forget();
    this.#player.hidden = true;
    this.#time.textContent = "";
    this.#actions.replaceChildren();
    this.#status.textContent = said;
    this.#context.closed();
  }

  #forget(): void {
    const recorder = this.#recorder;
    this.#recorder = undefined;
    for (const track of recorder?.stream.getTracks() ?? []) track.stop();
    if (recorder?.state === "recording") recorder.stop();
    this.#parts.length = 0;
    this.#bytes = 0;
    if (this.#player.src !== "") URL.revokeObjectURL(this.#player.src);
    this.#player.removeAttribute("src");
  }
}
