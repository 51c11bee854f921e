// What is due by when, as the command line lists it: by the demo's deadlines, and sooner where somebody is in danger.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { TestGateway } from "./harness.ts";
import { answers, narrative, Office } from "./office.ts";

interface Listed {
  readonly report_id: string;
  readonly received: string;
  readonly urgent: boolean;
  readonly overdue: boolean;
  readonly due: readonly { readonly duty: string; readonly day: string; readonly days_left: number }[];
}

let gateway: TestGateway;
let calm = "";
let danger = "";
before(async () => {
  gateway = await TestGateway.start();
  const office = new Office(gateway);
  calm = (await office.submit()).report_id;
  const report = office.report(narrative, { ...answers, triage: { ...answers.triage, "danger-now": true } });
  danger = (await gateway.json(report)).report_id;
});
after(() => gateway.dispose());

async function listed(as: string, id: string, ...more: readonly string[]): Promise<Listed | undefined> {
  const { cases } = await gateway.json<{ cases: Listed[] }>(["case", "list", ...more], { as });
  return cases.find((each) => each.report_id === id);
}
const daysAfter = (received: string, days: number): string => new Date(Date.parse(received) + days * 86_400_000).toISOString().slice(0, 10);
const dayOf = ({ due }: Listed, duty: string): string | undefined => due.find((each) => each.duty === duty)?.day;

describe("what is due", () => {
  test("stands in the list, by the channel's deadlines", async () => {
    const row = (await listed("intake", calm))!;
    assert.equal(row.urgent, false);
    assert.equal(row.overdue, false);
    assert.deepEqual(row.due.map(({ duty }) => duty), ["acknowledge", "appoint", "feedback", "conclude"]);
    assert.equal(dayOf(row, "acknowledge"), daysAfter(row.received, 7));
    assert.equal(dayOf(row, "conclude"), daysAfter(row.received, 180));
  });

  test("is sooner in danger, for who may open the triage; the usual for who may not", async () => {
    const known = (await listed("intake", danger))!;
    assert.equal(known.urgent, true);
    assert.equal(dayOf(known, "conclude"), daysAfter(known.received, 90));
    assert.equal(dayOf(known, "acknowledge"), daysAfter(known.received, 7), "there is no shorter time for that");
    const unknown = (await listed("auditor", danger))!;
    assert.equal(unknown.urgent, false);
    assert.equal(dayOf(unknown, "conclude"), daysAfter(unknown.received, 180));
  });

  test("the next of it is said to people", async () => {
    const { stdout } = await gateway.cli(["case", "list"], { as: "intake" });
    const row = stdout.split("\n").find((line) => line.includes(danger))!;
    assert.match(row, /URGENT, (acknowledge|appoint) by \d{4}-\d{2}-\d{2}$/);
  });

  test("ends with the status that fulfils it", async () => {
    await gateway.json(["case", "status", calm, "acknowledged"], { as: "intake" });
    assert.deepEqual((await listed("intake", calm))!.due.map(({ duty }) => duty), ["appoint", "feedback", "conclude"]);
    await gateway.json(["case", "dismiss", calm], { as: "intake" });
    assert.deepEqual((await listed("intake", calm))!.due, []);
  });

  test("--overdue leaves out what has time", async () => {
    assert.equal(await listed("intake", danger, "--overdue"), undefined);
    const { stdout } = await gateway.cli(["case", "list", "--overdue"], { as: "intake" });
    assert.match(stdout, /Nothing is overdue for intake\./);
  });
});
