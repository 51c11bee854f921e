// Retention with the real programs, under a clock that the tests set ahead: an office that keeps closed cases for
// three days. And how a charter changes that.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import type { GatewayApi } from "../../gateway/web/shared/api/api.ts";
import type { OpenCharter } from "../../gateway/web/shared/charter/charter.ts";
import { CaseStatus } from "../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { Party } from "../../gateway/web/shared/identity/party.ts";
import { checkCase } from "../../gateway/web/shared/report/caseFile.ts";
import { signEvent } from "../../gateway/web/shared/report/event.ts";
import { sealReport } from "../../gateway/web/shared/report/seal.ts";
import { get, program } from "./calls.ts";
import { daySeconds, FakeClock } from "./fakeClock.ts";
import { exits, type StartOptions, TestGateway } from "./harness.ts";
import { Office, type Receipt } from "./office.ts";
import { poll } from "./support/poll.ts";
import { openWeb, partyIn } from "./webClient.ts";

const closedDays = 3;
const dayOf = (unixSeconds: number): string => new Date(unixSeconds * 1000).toISOString().slice(0, 10);

/** A gateway that goes by a clock of its own, and what looks into it. */
class Kept {
  readonly clock = new FakeClock();
  gateway!: TestGateway;
  office!: Office;

  static async start(options: StartOptions = {}): Promise<Kept> {
    const kept = new Kept();
    // The noon to come, so that no test goes over midnight unasked.
    kept.clock.advance(daySeconds - ((kept.clock.now + daySeconds / 2) % daySeconds));
    kept.gateway = await TestGateway.start({ env: kept.clock.environment, certificateDays: 400, logInterval: 1, retention: { closedDays }, ...options });
    kept.office = new Office(kept.gateway);
    await kept.walked();
    return kept;
  }

  act(as: string, ...args: string[]): Promise<any> {
    return this.gateway.json(["case", ...args], { as });
  }

  async close(receipt: Receipt): Promise<void> {
    await this.act("intake", "status", receipt.report_id, "closed");
  }

  async isErased(receipt: Receipt): Promise<boolean> {
    return (await this.act("auditor", "show", receipt.report_id)).erased;
  }

  async figure(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.gateway.privatePort}/metrics`)).text();
    return Number(new RegExp(`^safeconduct_${name} (\\d+)$`, "m").exec(text)?.[1]);
  }

  figureIs(name: string, wanted: number): Promise<true> {
    return poll(`${name} ${wanted}`, async () => ((await this.figure(name)) === wanted ? true : undefined));
  }

  /** The day of the last walk, since 1970. */
  get dayFile(): string {
    return this.gateway.file("store.high-water-expiry");
  }

  /** Until the walk of this day has begun. */
  async walked(): Promise<void> {
    await poll("the walk of the day", async () => (existsSync(this.dayFile) && readFileSync(this.dayFile, "utf8") === `${this.clock.today}\n` ? true : undefined));
  }

  async nextDay(): Promise<void> {
    this.clock.advance(daySeconds);
    await this.walked();
  }

  /** An auditor finds every entry of the log, and none that nobody accounts for. */
  async audit(): Promise<any> {
    const said = await poll("everything in the log", async () => {
      const seen = await this.gateway.json(["log", "audit"], { as: "auditor" });
      return seen.waiting === 0 ? seen : undefined;
    });
    assert.deepEqual(said.alarms, []);
    return said;
  }

  async verify(): Promise<void> {
    const { status, stdout, stderr } = await program(this.gateway, "verify");
    assert.equal(status, exits.ok, stdout + stderr);
  }

  async dispose(): Promise<void> {
    await this.gateway?.dispose();
    this.clock.dispose();
  }
}

describe("a case whose time is over", () => {
  let kept: Kept;
  let due: Receipt;
  let held: Receipt;
  let open: Receipt;
  let closedDay: number;
  before(async () => {
    kept = await Kept.start();
  });
  after(() => kept?.dispose());

  test("is announced to those who may put a hold on it", async () => {
    const { office } = kept;
    [due, held, open] = [await office.submit(["--attach", office.write("photo.jpg", "not one")]), await office.submit(), await office.submit()];
    closedDay = kept.clock.today * daySeconds;
    await kept.close(due);
    await kept.close(held);
    await kept.act("auditor", "hold", held.report_id);
    const { cases } = await kept.act("intake", "list", "--expiring");
    assert.deepEqual(cases.map((each: any) => [each.report_id, each.expires]), [[due.report_id, dayOf(closedDay + closedDays * daySeconds)]]);
    const saved = kept.gateway.file("receipt.txt");
    await poll("the receipt", async () => {
      const { status } = await kept.gateway.cli(["mailbox", "read", "--code-file", office.codeFile(due), "--save-receipt", saved]);
      return status === exits.ok ? true : undefined;
    });
    await kept.act("intake", "export", due.report_id, "--out", kept.gateway.file("exported"));
    assert.equal((await get(kept.gateway, `/v1/reports/${due.report_id}/receipt`)).status, 200);
  });

  test("is erased on its day, and those that are held or open are not", async () => {
    for (let day = 1; day < closedDays; ++day) {
      await kept.nextDay();
      assert.equal(await kept.isErased(due), false);
    }
    await kept.nextDay();
    await kept.figureIs("cases_expired_total", 1);
    const shown = await kept.act("intake", "show", due.report_id);
    assert.deepEqual([shown.erased, shown.compartments, shown.status], [true, [], "closed"]);
    assert.deepEqual(shown.chain.map(({ kind }: any) => kind), ["expiry"]);
    const { stdout } = await kept.gateway.cli(["case", "show", due.report_id], { as: "intake" });
    assert.match(stdout, new RegExp(`erased the case, 3 days after it was closed on ${dayOf(closedDay)}`));
    for (const each of [held, open]) {
      assert.equal(await kept.isErased(each), false);
      assert.equal((await kept.act("intake", "open", each.report_id)).report_id, each.report_id);
    }
    await kept.gateway.fails(["case", "open", due.report_id], exits.refused, { as: "intake" });
    assert.match(kept.gateway.log, /cases_expired count=1\n/);
  });

  test("is told to the reporter as what it is", async () => {
    const mailbox = ["mailbox", "read", "--code-file", kept.office.codeFile(due)];
    const read = await kept.gateway.json(mailbox);
    assert.deepEqual([read.erased, read.erased_by, read.entries, read.log.state], [true, "retention", [], "erased"]);
    const { stdout } = await kept.gateway.cli(mailbox);
    assert.match(stdout, new RegExp(`erased on ${dayOf(kept.clock.now)} because their time was over: the case was closed on ${dayOf(closedDay)}, and this office keeps closed cases for 3 days`));
    const refused = await kept.gateway.fails(["mailbox", "reply", "--code-file", kept.office.codeFile(due), "--text", kept.office.write("more.txt", "x")], exits.refused);
    assert.match(refused.message, /because their time was over/);
    const other = await kept.gateway.json(["mailbox", "read", "--code-file", kept.office.codeFile(open)]);
    assert.deepEqual([other.erased, other.erased_by], [false, undefined]);
  });

  test("stays provable by the receipt that was kept, and the log is whole", async () => {
    assert.equal((await get(kept.gateway, `/v1/reports/${due.report_id}/receipt`)).status, 404);
    const receipt = ["log", "verify", "--receipt", kept.gateway.file("receipt.txt"), "--report", kept.gateway.file("exported/manifest")];
    assert.equal((await kept.gateway.json(receipt)).verified, true);
    const said = await kept.audit();
    assert.deepEqual([said.reports, said.erased], [2, 2], "the leaves of the report, and of the status that closed it");
    const folder = kept.gateway.file("tombstone");
    await kept.act("auditor", "export", due.report_id, "--out", folder);
    assert.equal((await kept.gateway.json(["custody", "verify", folder])).events, 1);
    await kept.verify();
  });

  test("and which was held goes with the walk of the day after the hold has ended", async () => {
    await kept.act("auditor", "hold", held.report_id, "--end");
    await kept.nextDay();
    await kept.figureIs("cases_expired_total", 2);
    assert.equal(await kept.isErased(held), true);
    assert.equal(await kept.isErased(open), false);
  });

  test("stays while the clock jumps, until somebody has looked", async () => {
    await kept.close(open);
    kept.clock.advance(8 * daySeconds);
    await kept.figureIs("expiry_paused", 1);
    assert.match(kept.gateway.log, /expiry_paused days=8\n/);
    await kept.gateway.restart();
    await kept.figureIs("expiry_paused", 1);
    assert.equal(await kept.isErased(open), false, "a restart confirms nothing");
    rmSync(kept.dayFile); // the operator looked at the clock
    await kept.figureIs("expiry_paused", 0);
    await kept.figureIs("cases_expired_total", 1);
    assert.equal(await kept.isErased(open), true);
    assert.match(kept.gateway.log, /expiry_resumed/);
    await kept.audit();
  });
});

describe("a walk of many cases", () => {
  const count = 150; // three pages
  const rounds = 4;
  let kept: Kept;
  let api: GatewayApi;
  let charter: OpenCharter;
  let intake: Party;
  before(async () => {
    kept = await Kept.start();
    ({ api, charter } = await openWeb(kept.gateway));
    intake = await partyIn(kept.gateway, "intake");
  });
  after(() => kept?.dispose());

  async function closedCase(): Promise<string> {
    const none = { triageAnswers: [], accountAnswers: [], identityAnswers: [], attachments: [] };
    const sealed = await sealReport({ channel: "conduct", consent: {}, language: "en", narrative: "x", ...none }, charter, Party.generate());
    await api.submit(sealed, []);
    const time = await api.transport.gatewayTime();
    const closing = signEvent(sealed.hash, { sequence: 0n, hash: sealed.hash }, charter.version, time, { case: "status", value: { status: CaseStatus.CLOSED } }, intake.key("event"));
    await api.appendToCase(intake.key("request"), sealed.id, closing);
    return sealed.id;
  }

  /** How many are erased; each is whole or gone, as the program sees before it shows a case. */
  async function erasedOf(ids: readonly string[]): Promise<number> {
    let erased = 0;
    for (const id of ids) {
      const file = checkCase(await api.readCase(intake.key("request"), id), id, charter);
      assert.deepEqual([file.head.sequence, file.events.at(-1)?.event.body.case], file.erased ? [2n, "expiry"] : [1n, "status"]);
      assert.equal(file.report === undefined, file.erased);
      erased += Number(file.erased);
    }
    return erased;
  }

  test("that is killed leaves each case whole or gone, and is finished after the restart", async () => {
    const ids: string[] = [];
    while (ids.length < count) ids.push(...(await Promise.all([closedCase(), closedCase()])));
    for (let day = 1; day < closedDays; ++day) await kept.nextDay();
    assert.equal(await erasedOf(ids), 0);
    let killed = 0;
    let before = 0;
    for (; killed < rounds && before < count; ++killed) {
      kept.clock.advance(daySeconds);
      if (killed === 0) await kept.walked();
      for (let looks = randomInt(0, 8); looks > 0; --looks) await kept.figure("cases_expired_total"); // a moment that nobody chose
      await kept.gateway.kill();
      // A clock that is behind pauses the walk, so that what the kill left can be looked at.
      kept.clock.advance(-daySeconds);
      await kept.gateway.serve();
      await kept.figureIs("expiry_paused", 1);
      const erased = await erasedOf(ids);
      assert.ok(erased >= before, "what is gone stays gone");
      before = erased;
    }
    kept.clock.advance(daySeconds);
    await poll("the end of the walk", async () => ((await kept.figure("cases_expired_total")) === count - before ? true : undefined));
    assert.equal(await erasedOf(ids), count);
    const said = await kept.audit();
    assert.deepEqual([said.reports, said.erased], [0, 2 * count]);
    await kept.verify();
    assert.equal(await kept.gateway.stop(), 0);
    await kept.verify();
  });
});

describe("a retention that is new or shorter", () => {
  let kept: Kept;
  before(async () => {
    kept = await Kept.start({ retention: { closedDays: 30 } });
  });
  after(() => kept?.dispose());

  const next = async (number: number, change: object, ...args: string[]): Promise<string> => {
    const { gateway } = kept;
    const [draft, channel] = [`charter-${number}.json`, gateway.file(`channel-${number}.json`)];
    const before = JSON.parse(readFileSync(gateway.file("channel.json"), "utf8")) as object;
    writeFileSync(channel, JSON.stringify({ ...before, ...change }));
    if (!existsSync(gateway.file(draft))) {
      await gateway.json(["charter", "new", "--next", number === 2 ? "charter.note" : `charter-${number - 1}.note`, "--out", draft]);
    }
    await gateway.json(["charter", "add-channel", draft, channel, "--replace", ...args]);
    return draft;
  };

  test("is not entered in a draft unless it is announced, or said to be meant so", async () => {
    await assert.rejects(next(2, { retention: { closedDays: 2 } }), /its cases are erased 2 days after the case is closed.*Announce it with --retention-from/s);
    const soon = dayOf(kept.clock.now + 29 * daySeconds);
    await assert.rejects(next(2, { retention: { closedDays: 2 } }, "--retention-from", soon), /Announce it/);
    await next(2, { retention: { closedDays: 30 } });
    await next(2, { retention: { closedDays: 40 } });
  });

  test("and no charter with one is put into force unawares", async () => {
    const { gateway } = kept;
    const draft = gateway.file("charter-2.json");
    writeFileSync(draft, readFileSync(draft, "utf8").replace(/"closedDays": \d+/, `"closedDays": 2`)); // by hand, past add-channel
    const signed = await gateway.json(["charter", "sign", "charter-2.json", "--after", "charter.note"], { as: "root-1" });
    assert.ok(signed.warnings.some((each: string) => each.includes("before this charter: 30 days after the case is closed")), signed.warnings);
    await gateway.json(["charter", "sign", "charter-2.json"], { as: "root-2" });
    const warned = await gateway.json(["charter", "verify", "charter-2.note", "--after", "charter.note"]);
    assert.ok(warned.warnings.some((each: string) => each.includes("too soon for those who would put a hold")), warned.warnings);
    const refused = await gateway.fails(["charter", "publish", "charter-2.note"], exits.refused);
    assert.match(refused.hint ?? "", /--unannounced/);
    assert.equal((await gateway.json(["charter", "show"])).version, 1);
  });

  test("counts from the day that announces it", async () => {
    const { gateway, clock, office } = kept;
    const receipt = await office.submit();
    await kept.close(receipt);
    assert.equal((await kept.act("intake", "show", receipt.report_id)).expires, dayOf(clock.now + 30 * daySeconds));
    for (const name of ["charter-2.json", "charter-2.note"]) rmSync(gateway.file(name));
    const from = dayOf(clock.now + 31 * daySeconds);
    await next(2, { retention: { closedDays: 2 } }, "--retention-from", from);
    await gateway.sign("charter-2.json");
    await gateway.publish("charter-2.note");
    const { stdout } = await gateway.cli(["charter", "show"]);
    assert.match(stdout, new RegExp(`erased: +2 days after the case is closed, none before ${from}`));
    assert.equal((await kept.act("intake", "show", receipt.report_id)).expires, from);
    const { cases } = await kept.act("intake", "list", "--expiring");
    assert.deepEqual(cases, [], "in 31 days");
    for (let day = 0; day < 31; ++day) await kept.nextDay();
    await kept.figureIs("cases_expired_total", 1);
    const mailbox = await gateway.cli(["mailbox", "read", "--code-file", office.codeFile(receipt)]);
    assert.match(mailbox.stdout, new RegExp(`erased on ${from} because`), "and on no day before");
  });
});
