// The command line over connections that break: nothing is lost, and nothing counted twice.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { exits, freePorts, TestGateway } from "./harness.ts";
import { Office, type Receipt, sha256 } from "./office.ts";
import { CuttingProxy } from "./proxies.ts";

let gateway: TestGateway;
let office: Office;
let proxyPort: number; // signatures for the gateway may name it
before(async () => {
  [proxyPort] = (await freePorts(1)) as [number];
  gateway = await TestGateway.start({ origins: [`https://localhost:${proxyPort}`] });
  office = new Office(gateway);
});
after(async () => {
  await gateway?.dispose();
});

describe("connections that break", () => {
  async function through(cuts: { up?: number[]; lost?: number[] }, act: (proxy: CuttingProxy) => Promise<void>): Promise<void> {
    const proxy = await CuttingProxy.start(gateway.port);
    try {
      proxy.cutsUp.push(...(cuts.up ?? []));
      proxy.lostAnswersAfter.push(...(cuts.lost ?? []));
      await act(proxy);
    } finally {
      await proxy.stop();
    }
  }
  const mebibyte = 1024 * 1024;
  const reportBytes = 20_000; // more than what comes before a report, less than any report

  test("an upload is taken up where it was cut, twice within one block and once in a later one", async () => {
    const bytes = randomBytes(24 * mebibyte + 777);
    const file = office.write("large.bin", bytes);
    await through({ up: [2.5 * mebibyte, 5.7 * mebibyte, 15 * mebibyte] }, async (proxy) => {
      const receipt = await gateway.json<Receipt>(
        [...office.report("x"), "--attach", file],
        { gateway: proxy.url },
      );
      assert.equal(proxy.cutsMade, 3);
      const opened = await gateway.json(["case", "open", receipt.report_id, "--attachments", gateway.file("large")], { as: "intake" });
      assert.equal(opened.attachments[0].sha256, sha256(bytes));
      assert.equal(sha256(readFileSync(opened.attachments[0].file)), sha256(bytes));
    });
  });

  test("a report whose answer was lost is there once", async () => {
    const before = await gateway.json(["case", "list", "--all"], { as: "intake" });
    await through({ lost: [reportBytes] }, async (proxy) => {
      const receipt = await gateway.json<Receipt>(
        office.report(),
        { gateway: proxy.url },
      );
      assert.equal(proxy.cutsMade, 1);
      const list = await gateway.json(["case", "list", "--all"], { as: "intake" });
      assert.equal(list.cases.length, before.cases.length + 1);
      assert.equal(list.cases[0].report_id, receipt.report_id);
    });
  });

  test("a download goes on where it was cut", async () => {
    const bytes = randomBytes(12 * mebibyte);
    const receipt = await office.submit(["--attach", office.write("download.bin", bytes)]);
    const proxy = await CuttingProxy.start(gateway.port, proxyPort);
    try {
      proxy.cutsDown.push(4 * mebibyte, 7 * mebibyte);
      const opened = await gateway.json(["case", "open", receipt.report_id, "--attachments", gateway.file("resumed")], {
        as: "intake",
        gateway: proxy.url,
      });
      assert.equal(proxy.cutsMade, 2);
      assert.equal(sha256(readFileSync(opened.attachments[0].file)), sha256(bytes));
    } finally {
      await proxy.stop();
    }
  });

  test("a signature for another address is not taken", async () => {
    await through({}, async (proxy) => {
      await gateway.fails(["case", "list"], exits.refused, { as: "intake", gateway: proxy.url });
    });
  });

  test("a gateway that stays away ends the command, with the receipt if the report may have arrived", async () => {
    await through({ lost: [reportBytes, ...Array<number>(20).fill(1)] }, async (proxy) => {
      const { status, stdout, stderr } = await gateway.cli(
        [...office.report("x"), "--json", "--retry-seconds", "1"],
        { gateway: proxy.url },
      );
      assert.equal(status, exits.network, stderr);
      const receipt = JSON.parse(stdout) as Receipt & { accepted: boolean };
      assert.equal(receipt.accepted, false);
      const mailbox = await gateway.json(["mailbox", "read"], { input: receipt.code_words });
      assert.equal(mailbox.report_id, receipt.report_id);
    });
  });
});
