// How much processor time a page and its worker took, by the kernel's count: what else the machine does changes that little.
import { readdirSync, readFileSync } from "node:fs";
import type { Browser } from "playwright-core";

export interface ThreadTimes {
  readonly page: number; // milliseconds
  readonly worker: number;
}

interface Threads {
  readonly page: string; // paths of what the kernel counts
  readonly worker: string;
}

/** Of the one page with a worker that the browser shows. */
export async function threadsOf(browser: Browser): Promise<() => ThreadTimes> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const [found, ...more] = processInfo.filter(({ type }) => type === "renderer").flatMap(({ id }) => withWorker(id));
  if (found === undefined || more.length > 0) throw new Error(`${more.length + (found === undefined ? 0 : 1)} pages with a worker`);
  return () => ({ page: millisecondsIn(found.page), worker: millisecondsIn(found.worker) });
}

function withWorker(pid: number): Threads[] {
  const tasks = `/proc/${pid}/task`;
  const worker = readdirSync(tasks).filter((id) => readFileSync(`${tasks}/${id}/comm`, "utf8").startsWith("DedicatedWorker"));
  return worker.map((id) => ({ page: `${tasks}/${pid}/schedstat`, worker: `${tasks}/${id}/schedstat` }));
}

const millisecondsIn = (path: string): number => Number(readFileSync(path, "utf8").split(" ", 1)[0]) / 1e6;
