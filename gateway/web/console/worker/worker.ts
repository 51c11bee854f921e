// The entry of the worker: calls in, results out. Whatever is slow or secret is here.
import { SafeconductError } from "../../shared/base/error.ts";
import type { Calls, Failure, Request, Response } from "../protocol.ts";
import { Desk } from "./desk.ts";

type Handlers = {
  readonly [Name in keyof Calls]: (tell: (progress: unknown) => void, ...args: Parameters<Calls[Name]>) => ReturnType<Calls[Name]> | Promise<ReturnType<Calls[Name]>>;
};

const desk = new Desk();
const handlers: Handlers = {
  open: (_tell, ...args) => desk.open(...args),
  needsPassphrase: (_tell, file) => desk.needsPassphrase(file),
  unlock: (_tell, ...args) => desk.unlock(...args),
  list: (tell) => desk.list(tell),
  openCase: (_tell, id) => desk.openCase(id),
  act: (_tell, ...args) => desk.act(...args),
  openFile: (_tell, ...args) => desk.openFile(...args),
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

const say = (response: Response): void => postMessage(response);

addEventListener("message", ({ data }: MessageEvent<Request>) => {
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
