// How long a case takes to open in the console, in real Chromium: the first ones of a session, while the inbox's triages
// are still being opened, and later ones; on the machine as it is, and beside programs that keep it busy.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { after, before, test } from "node:test";
import type { Request } from "playwright-core";

import { inPage, launch, type Tab } from "./browser.ts";
import { act, noComplaint, work } from "./consoleDesk.ts";
import { TestGateway } from "./harness.ts";
import { Office } from "./office.ts";
import { type ThreadTimes, threadsOf } from "./threadTimes.ts";

const otherCases = 120;
const allRows = { width: 1280, height: 12000 }; // wherever the case stands among them

let gateway: TestGateway;
let office: Office;
before(async () => {
  gateway = await TestGateway.start({ web: true });
  office = new Office(gateway);
});
after(() => gateway?.dispose());

interface Took {
  readonly wall: number; // milliseconds from the click until it is drawn, without fetching
  readonly page: number; // of the processor's time
  readonly worker: number;
}

/** Opens a case from the list, and goes back. */
async function timeOpening({ context, page }: Tab, id: string, spent: () => ThreadTimes): Promise<Took> {
  const fetched: [number, number][] = [];
  const note = (request: Request): void => {
    const { startTime, responseEnd } = request.timing();
    fetched.push([startTime, startTime + Math.max(responseEnd, 0)]);
  };
  const row = page.locator(`[data-case="${id}"]`);
  await row.waitFor();
  context.on("requestfinished", note);
  const before = spent();
  const [began, ended] = await row.evaluate(inPage<[number, number]>(`return new Promise((done) => {
    const now = () => performance.timeOrigin + performance.now();
    const started = now();
    const look = new MutationObserver(() => {
      if (document.querySelector("[data-view]") === null) return;
      look.disconnect();
      requestAnimationFrame(() => done([started, now()]));
    });
    look.observe(document.body, { childList: true, subtree: true });
    element.click();
  })`));
  const after = spent();
  context.off("requestfinished", note);
  await act(page, "back");
  return { wall: ended - began - covered(fetched, began, ended), page: after.page - before.page, worker: after.worker - before.worker };
}

test("opening a case takes little beside fetching it, from the first one on", async (context) => {
  const { report_id: id } = await office.submit();
  for (let i = 0; i < otherCases; ++i) await office.submit();
  for (let i = 0; i < 3; ++i) await gateway.json(["case", "note", id, "--text", "-"], { as: "intake", input: `note ${i}` });
  const series = async (what: string): Promise<void> => {
    const alone = await launch(); // the only page with a worker in it
    try {
      const tab = await work(alone, { url: gateway.url, gateway }, "intake", { viewport: allRows }); // and the inbox's triages are being opened
      const spent = await threadsOf(alone);
      const taken: Took[] = [];
      for (let i = 0; i < 4; ++i) taken.push(await timeOpening(tab, id, spent));
      const shown = (at: number): string => {
        const { wall, page, worker } = taken[at - 1]!;
        return `${wall.toFixed(0)} ms (processor: page ${page.toFixed(0)}, worker ${worker.toFixed(0)})`;
      };
      context.diagnostic(`opening a case, without fetching it, ${what}: the first ${shown(1)}, the second ${shown(2)}, the fourth ${shown(4)}`);
      noComplaint(tab);
    } finally {
      await alone.close();
    }
  };
  await series("on the machine as it is");
  const others = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ["-e", "for (;;);"]));
  try {
    await series(`beside ${others.length} programs that compute`);
  } finally {
    for (const other of others) other.kill();
  }
});

// Milliseconds of `began` to `ended` in which at least one of the spans goes on.
function covered(spans: readonly (readonly [number, number])[], began: number, ended: number): number {
  let sum = 0;
  let at = began;
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    const start = Math.max(from, at);
    const end = Math.min(to, ended);
    if (end > start) sum += end - start;
    at = Math.max(at, end);
  }
  return sum;
}
