// The entry of the worker: calls in, results out. Whatever is slow runs here, so that the page answers.
import { SafeconductError } from "../../shared/base/error.ts";
import type { Calls, Failure, Request, Response, Sending } from "../protocol.ts";
import { Desk } from "./desk.ts";

type Handlers = {
  readonly [Name in keyof Calls]: (...args: Parameters<Calls[Name]>) => ReturnType<Calls[Name]> | Promise<ReturnType<Calls[Name]>>;
};

let current = 0; // the call that progress is about
const say = (response: Response): void => postMessage(response);
const desk = new Desk(
  (progress: Sending) => say({ id: current, progress }),
  async (bytes) => (await import("./digest.ts")).startDigest(bytes), // only whoever sends files needs it
);

const handlers: Handlers = {
  open: (...args) => desk.open(...args),
  clean: async (content) => (await import("./clean/clean.ts")).clean(content), // only whoever adds files needs it
  send: (report) => desk.send(report),
  sendWithoutReceipt: (report) => desk.sendWithoutReceipt(report),
  sendDecoy: (report) => desk.sendDecoy(report),
  openMailbox: (code) => desk.openMailbox(code),
  reply: (text) => desk.reply(text),
  changeConsent: (...args) => desk.changeConsent(...args),
  evidence: () => desk.evidence(),
  closeMailbox: () => desk.closeMailbox(),
};

function failureOf(error: unknown): Failure {
  if (error instanceof SafeconductError) return { code: error.code, field: error.field, status: error.status };
  return { code: "internal", field: "", status: 0 };
}

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  void (async () => {
    try {
      if (data.name.startsWith("send")) current = data.id;
      const handle = handlers[data.name] as (...args: readonly unknown[]) => unknown;
      say({ id: data.id, result: await handle(...data.args) });
    } catch (error) {
      say({ id: data.id, failure: failureOf(error) });
    }
  })();
});
