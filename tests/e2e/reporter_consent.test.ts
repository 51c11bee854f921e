// Every combination of the four consents, given in a real browser to a channel with a quorum: the identity
// is opened by the command line with the keys that the reporter allowed, and with no others.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";

import { fill, launch, openTab, press, receiptOf } from "./browser.ts";
import { exits, type TestGateway } from "./harness.ts";
import { Office } from "./office.ts";
import { WebPages } from "./webPages.ts";

let pages: WebPages;
let gateway: TestGateway;
let office: Office;
let browser: Browser;

before(async () => {
  pages = await WebPages.start({ policy: "quorum" });
  gateway = pages.gateway;
  office = new Office(gateway);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

const names = ["contact", "support-services", "investigators", "national-authorities"] as const;
type Given = Readonly<Record<(typeof names)[number], boolean>>;
const combinations = Array.from({ length: 16 }, (_, bits) =>
  Object.fromEntries(names.map((name, i) => [name, (bits & (1 << i)) !== 0])) as Given);

/** The least that a report needs, and who it is from; gives its id. */
async function send(given: Given): Promise<string> {
  const { page, context, complaints } = await openTab(browser);
  await page.goto(`${pages.url}/en/?channel=conduct`);
  await press(page, "next");
  await fill(page, { "danger-now": ["no"] });
  await press(page, "next");
  await fill(page, { kind: ["fraud"] });
  for (let screen = 0; screen < 6; ++screen) await press(page, "next");
  await fill(page, { "your-name": "Amina" });
  await press(page, "next");
  for (const name of names) await page.locator(`input[name="${name}"]`).setChecked(given[name]);
  await press(page, "next");
  await press(page, "send");
  const { digits } = await receiptOf(page);
  assert.deepEqual(complaints, []);
  await context.close();
  const { report_id } = await gateway.json(["mailbox", "read", "--code-file", office.write("code", `${digits}\n`)]);
  return report_id;
}

const act = (as: string, ...args: string[]): Promise<any> => gateway.json(["case", ...args], { as });

// Whether `who`, with the approval of two trustees, opens the identity.
async function released(id: string, who: string): Promise<boolean> {
  await act("intake", "assign", id, "--to", who);
  const { status, stdout } = await gateway.cli(["case", "request", id, "--compartment", "identity", "--reason", office.write("why", "to help"), "--json"], { as: who });
  if (status !== exits.ok) return false;
  const number = String(JSON.parse(stdout).sequence);
  for (const trustee of ["trustee-1", "trustee-2"]) {
    // A trustee's program refuses somebody whom the reporter excludes.
    if ((await gateway.cli(["case", "approve", id, "--request", number], { as: trustee })).status !== exits.ok) return false;
  }
  const opened = await act(who, "open", id);
  return opened.identity?.answers?.[0]?.values?.[0] === "Amina";
}

describe("who the reporter is, by the four consents", () => {
  for (const given of combinations) {
    const yes = names.filter((name) => given[name]);
    test(yes.length === 0 ? "none" : yes.join(", "), async () => {
      const id = await send(given);
      const triage = (await act("intake", "open", id)).triage;
      assert.deepEqual(names.map((name) => triage.consent[name.replace(/-(.)/, (_, letter) => letter.toUpperCase())] === true), names.map((name) => given[name]));
      for (const officer of ["support", "support-2"]) {
        const { status, stdout } = await gateway.cli(["case", "open", id, "--json"], { as: officer });
        const opened = status === exits.ok && JSON.parse(stdout).identity?.answers?.[0]?.values?.[0] === "Amina";
        assert.equal(opened, given["support-services"], officer);
      }
      assert.equal((await act("intake", "open", id)).identity, undefined);
      assert.equal(await released(id, "investigator"), given.investigators, "investigator");
      assert.equal(await released(id, "national"), given["national-authorities"], "national");
    });
  }
});
