// Holders told by mail and webhook to look in: without content, once in a window, at a moment that says nothing.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { Certificate, MailServer, type ReceivedMail, WebhookReceiver } from "./mailServer.ts";
import { daySeconds, FakeClock } from "./fakeClock.ts";
import { binFolder, exits, run, TestGateway } from "./harness.ts";
import { narrative, Office } from "./office.ts";
import { poll } from "./support/poll.ts";

const periodSeconds = 10;
const password = "a password of the mail server";
const secret = "0123456789abcdef0123456789abcdef0123456789abcdef";
const certificate = new Certificate(400);
const passwordFile = certificate.write("mail.password", `${password}\n`);
const secretFile = certificate.write("hook.secret", `${secret}\n`);
after(() => certificate.dispose());

const quoted = JSON.stringify;
const windowOf = (milliseconds: number): number => Math.floor(milliseconds / 1000 / periodSeconds);
const mailKeys = (port: number): string[] => [
  `server = "smtp://localhost:${port}"`, `from = "noreply@gateway.example"`, `user = "gateway"`,
  `password_file = ${quoted(passwordFile)}`, `ca_file = ${quoted(certificate.file)}`,
];
const holder = (label: string, ...keys: readonly string[]): string[] => [`label = "${label}"`, ...keys];

function bodyOf(mail: ReceivedMail): string {
  return Buffer.from(mail.data.slice(mail.data.indexOf("\r\n\r\n")), "base64").toString("utf8");
}
const headerOf = (mail: ReceivedMail, name: string): string | undefined => new RegExp(`^${name}: (.*)\r$`, "m").exec(mail.data)?.[1];

async function figure(gateway: TestGateway, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${gateway.privatePort}/metrics`)).text();
  return Number(new RegExp(`^safeconduct_${name} (\\d+)$`, "m").exec(text)?.[1]);
}

/** What all arrivals of one recipient must be: at most one in each window. */
function assertOnePerWindow(arrivals: readonly { readonly at: number }[]): void {
  const windows = arrivals.map(({ at }) => windowOf(at));
  assert.equal(new Set(windows).size, windows.length, `windows ${windows.join(" ")}`);
}

test("always: neutral mails and signed webhooks, one in each window, over restarts too", async () => {
  const mail = await MailServer.start(certificate, password);
  const hook = await WebhookReceiver.start(certificate);
  const gateway = await TestGateway.start({
    config: {
      notify: [`period = "${periodSeconds}s"`],
      "notify.mail": mailKeys(mail.port),
      "[notify.recipients]": [
        ...holder("intake", `mail = "desk@office.example"`, `language = "fr"`), "[[notify.recipients]]",
        ...holder("nobody-of-that-name", `mail = "stranger@office.example"`), "[[notify.recipients]]",
        ...holder("support", `webhook = "https://localhost:${hook.port}/hooks/look-in"`, `secret_file = ${quoted(secretFile)}`, `ca_file = ${quoted(certificate.file)}`),
      ],
    },
  });
  try {
    const { report_id: id } = await new Office(gateway).submit();
    await poll("the first mail", async () => mail.mails[0]);
    await gateway.restart();
    await poll("the second mail and webhook", async () => (mail.mails.length >= 2 && hook.calls.length >= 2 ? true : undefined));
    assertOnePerWindow(mail.mails);
    assertOnePerWindow(hook.calls);

    for (const each of mail.mails) {
      assert.deepEqual(each.to, ["desk@office.example"], "only holders of the charter");
      assert.equal(each.sender, "noreply@gateway.example");
      assert.ok(each.tls && each.authenticated);
      assert.equal(each.client, "gateway.example", "and not the machine's name");
      assert.equal(headerOf(each, "Subject"), "Rappel");
      assert.match(headerOf(each, "Date") ?? "", /^(Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d+ [A-Z][a-z]{2} \d{4} [\d:]{8} \+0000$/);
      assert.match(bodyOf(each), /choisie au hasard/);
      assert.ok(bodyOf(each).includes(`${gateway.url}/console/`));
    }
    // Beside the address, the words are the same whatever there is, and nothing of a case is among them.
    assert.equal(new Set(mail.mails.map(bodyOf)).size, 1);
    const said = [...mail.mails.map((each) => each.data + bodyOf(each)), ...hook.calls.map(({ body, headers }) => body + quoted(headers))].join("\n");
    for (const word of [id, "conduct\"", "received", "intake", "deadline", narrative.slice(0, 10), "fraud"]) assert.ok(!said.includes(word), word);
    assert.doesNotMatch(mail.mails.map(bodyOf).join().replaceAll(gateway.url, ""), /\d/, "no number");

    for (const { headers, body } of hook.calls) {
      const timestamp = String(headers["x-safeconduct-timestamp"]);
      assert.ok(Math.abs(Number(timestamp) - Date.now() / 1000) < 120);
      assert.equal(headers["x-safeconduct-signature"], createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex"));
      const { id: notice, ...rest } = JSON.parse(body) as { id: string };
      assert.match(notice, /^[0-9a-f]{32}$/);
      assert.deepEqual(rest, { type: "look-in", address: `${gateway.url}/console/` });
    }
    assert.match(gateway.log, /notify_unknown count=1\n/);
    for (const word of ["nobody-of-that-name", "desk@", "office.example", "hooks", password]) assert.ok(!gateway.log.includes(word), word);
    assert.equal(await figure(gateway, "notifications_failed_total"), 0);
  } finally {
    await gateway.dispose();
    await Promise.all([mail.dispose(), hook.dispose()]);
  }
});

test("only when something waits: of what was there before the window began, and to those whom it waits for", async () => {
  const mail = await MailServer.start(certificate, password, ["--later", "1"]);
  const gateway = await TestGateway.start({
    logInterval: 1,
    config: {
      notify: [`period = "${periodSeconds}s"`, "always = false"],
      "notify.mail": mailKeys(mail.port),
      "[notify.recipients]": [...holder("intake", `mail = "desk@office.example"`), "[[notify.recipients]]", ...holder("support", `mail = "support@office.example"`)],
    },
  });
  try {
    const before = Date.now();
    assert.equal(mail.mails.length + mail.later, 0, "nothing waits yet");
    await new Office(gateway).submit();
    const first = await poll("the mail", async () => mail.mails[0]);
    assert.ok(windowOf(first.at) > windowOf(before), "not in the window in which the report came");
    assert.deepEqual(first.to, ["desk@office.example"]);
    assert.equal(mail.later, 1, "what the server did not take for now was tried again");
    assert.equal(await figure(gateway, "notifications_failed_total"), 1);
    assert.match(gateway.log, /notify_fails/);
    await poll("the next mail", async () => mail.mails[1]);
    assertOnePerWindow(mail.mails);
    assert.ok(mail.mails.every(({ to }) => to[0] === "desk@office.example"), "nothing waits for support officers");
  } finally {
    await gateway.dispose();
    await mail.dispose();
  }
});

test("of a case that is overdue who works on it is told, without a word of it", async () => {
  const mail = await MailServer.start(certificate, password);
  const clock = new FakeClock();
  // Ten in the evening, when all moments of a day's window are over.
  const evening = (): void => clock.advance(22 * 3600 - (clock.now % daySeconds) + daySeconds);
  evening();
  const gateway = await TestGateway.start({
    env: clock.environment,
    certificateDays: 400,
    logInterval: 1,
    config: {
      notify: [`period = "1d"`, "always = false"],
      "notify.mail": mailKeys(mail.port),
      "[notify.recipients]": [...holder("intake", `mail = "desk@office.example"`), "[[notify.recipients]]", ...holder("investigator", `mail = "investigator@office.example"`)],
    },
  });
  const mailsTo = (label: string): ReceivedMail[] => mail.mails.filter(({ to }) => to[0] === `${label}@office.example`);
  try {
    const office = new Office(gateway);
    const { report_id: id } = await office.submit();
    await gateway.json(["case", "assign", id, "--to", "investigator"], { as: "intake" });
    await gateway.json(["case", "status", id, "acknowledged"], { as: "intake" });
    await office.submit(); // waits for intake all the time
    evening();
    await poll("the mail of the first window", async () => mailsTo("desk")[0]);
    assert.equal(mailsTo("investigator").length, 0, "nothing is due soon");
    clock.advance(200 * daySeconds);
    const overdue = await poll("the mail of the window in which it is overdue", async () => mailsTo("investigator")[0]);
    assert.equal(headerOf(overdue, "Subject"), "Reminder");
    assert.equal(bodyOf(overdue), bodyOf(mailsTo("desk")[0]!), "the same words as for anything else");
    assert.ok(!overdue.data.includes(id) && !bodyOf(overdue).includes("due"));
    await poll("the second mail to intake", async () => mailsTo("desk")[1]);
    assert.equal(mailsTo("investigator").length, 1, "once in a window");
  } finally {
    await gateway.dispose();
    clock.dispose();
    await mail.dispose();
  }
});

test("no mail goes out without TLS, and none in clear to another machine is configured", async () => {
  const mail = await MailServer.start(certificate, password, ["--no-tls"]);
  const gateway = await TestGateway.start({
    config: {
      notify: [`period = "${periodSeconds}s"`],
      "notify.mail": mailKeys(mail.port),
      "[notify.recipients]": holder("intake", `mail = "desk@office.example"`),
    },
  });
  try {
    await poll("a failure", async () => ((await figure(gateway, "notifications_failed_total")) > 0 ? true : undefined));
    assert.equal(mail.mails.length, 0);
    assert.match(gateway.log, /notify_fails error=unverified reason="the mail server offers no TLS"/);

    const refused = join(gateway.folder, "refused.toml");
    const config = readFileSync(gateway.file("gateway.toml"), "utf8").replace(/user = .*\npassword_file = .*\n/, "");
    const check = async (server: string): Promise<{ status: number; stderr: string }> => {
      writeFileSync(refused, config.replace(/server = .*/, `server = "${server}"\nplain = true`));
      return run(join(binFolder, "safeconduct-gateway"), ["check-config", "--config", refused], { env: gateway.environment() });
    };
    const other = await check("smtp://mail.example.org:25");
    assert.equal(other.status, exits.refused);
    assert.match(other.stderr, /notify\.mail\.plain: mail without TLS goes to a mail server on this machine alone/);
    assert.equal((await check("smtp://localhost:25")).status, exits.ok);
  } finally {
    await gateway.dispose();
    await mail.dispose();
  }
});
