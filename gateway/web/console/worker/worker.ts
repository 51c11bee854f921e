// The entry of the worker: calls in, results out. Whatever is slow or secret is here.
import { SafeconductError } from "../../shared/base/error.ts";
import { useAuthenticator } from "../../shared/identity/passkey.ts";
import type { Answered, Ask, Calls, Failure, Request, Response } from "../protocol.ts";
import { Desk } from "./desk.ts";

type Handlers = {
  readonly [Name in keyof Calls]: (tell: (progress: unknown) => void, ...args: Parameters<Calls[Name]>) => ReturnType<Calls[Name]> | Promise<ReturnType<Calls[Name]>>;
};

const desk = new Desk();
const handlers: Handlers = {
  open: (_tell, ...args) => desk.open(...args),
  keyFileKind: (_tell, file) => desk.keyFileKind(file),
  unlock: (_tell, ...args) => desk.unlock(...args),
  wrapKey: () => desk.wrapKey(),
  list: (tell) => desk.list(tell),
  loadMarks: () => desk.loadMarks(),
  keepMarks: (_tell, ...args) => desk.keepMarks(...args),
  openCase: (_tell, id) => desk.openCase(id),
  act: (_tell, ...args) => desk.act(...args),
  openFile: (_tell, ...args) => desk.openFile(...args),
  openPlain: (_tell, id) => desk.openPlain(id),
  exportCase: (tell, id) => desk.exportCase(id, tell),
  checkLog: (_tell, id) => desk.checkLog(id),
  handOver: (tell, successor) => desk.handOver(tell, successor),
  viewLog: () => desk.viewLog(),
  audit: (tell) => desk.audit(tell),
  stopAudit: () => desk.stopAudit(),
};

function failureOf(error: unknown): Failure {
  if (error instanceof SafeconductError) return { code: error.code, field: error.field, status: error.status };
  return { code: "internal", field: "", status: 0 };
}

const say = (message: Response | Ask): void => postMessage(message);

interface Waiting {
  readonly done: (result: never) => void;
  readonly fail: (error: SafeconductError) => void;
}
const asked = new Map<number, Waiting>();
let lastAsk = 0;

function askPage<T>(name: Ask["name"], options: object): Promise<T> {
  return new Promise((done, fail) => {
    asked.set(++lastAsk, { done: done as Waiting["done"], fail });
    say({ ask: lastAsk, name, options });
  });
}
useAuthenticator({ create: (options) => askPage("create", options), get: (options) => askPage("get", options) });

function takeAnswer(answered: Answered): void {
  const waiting = asked.get(answered.answer);
  asked.delete(answered.answer);
  if ("result" in answered) return waiting?.done(answered.result as never);
  const { code, field, status } = answered.failure;
  waiting?.fail(new SafeconductError(code, "the page failed", field, status));
}

addEventListener("message", ({ data }: MessageEvent<Request | Answered>) => {
  if ("answer" in data) return takeAnswer(data);
  const { id } = data;
  void (async () => {
    try {
      const handle = handlers[data.name] as (...args: readonly unknown[]) => unknown;
      say({ id, result: await handle((progress: unknown) => say({ id, progress }), ...data.args) });
    } catch (error) {
      say({ id, failure: failureOf(error) });
    }
  })();
});
