// The reporter's pages as the gateway serves them, and a report without any script: the page, the real
// age program, the form, and whoever may read it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { IncomingHttpHeaders } from "node:http";
import type { Browser } from "playwright-core";

import { launch, openTab } from "./browser.ts";
import { ageFolder, exits, run, TestGateway, webApp } from "./harness.ts";

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const socket = "/onion.sock";
let gateway: TestGateway;
before(async () => {
  gateway = await TestGateway.start({
    web: true,
    languages: ["fr"],
    origins: ["http://abcdefghij.onion"],
    config: { listen: [`onion_socket = "onion.sock"`] },
  });
});
after(() => gateway?.dispose());

/** Over TLS, or over the socket of the onion service. */
function get(path: string, headers: Record<string, string> = {}, by: "tls" | "onion" = "tls"): Promise<Got> {
  return new Promise((done, fail) => {
    const take = (answer: import("node:http").IncomingMessage): void => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }));
    };
    const asked =
      by === "tls"
        ? httpsRequest(new URL(path, gateway.url), { headers, ca: readFileSync(gateway.file("ca.pem")) }, take)
        : httpRequest({ socketPath: gateway.folder + socket, path, headers: { host: "abcdefghij.onion", ...headers } }, take);
    asked.on("error", fail).end();
  });
}

describe("what is served", () => {
  test("is what the charter's digest names, file by file", async () => {
    const manifest = readFileSync(join(webApp, "manifest.txt"), "utf8");
    const { charter } = await gateway.json(["charter", "show"]);
    assert.equal(
      Buffer.from(charter.web.manifestDigest, "base64").toString("hex"),
      createHash("sha256").update(manifest).digest("hex"),
    );
    let compared = 0;
    for (const line of manifest.trimEnd().split("\n")) {
      const [digest, path] = line.split(" ");
      if (!path!.startsWith("assets/")) continue;
      const { status, body, headers } = await get(`/${path}`);
      assert.equal(status, 200, path);
      assert.equal(createHash("sha256").update(body).digest("hex"), digest, path);
      assert.equal(headers["cache-control"], "no-store");
      ++compared;
    }
    assert.ok(compared > 20);
  });

  test("carries no cookie and no validator, and its pages no script but the app's", async () => {
    for (const path of ["/en/", "/fr/plain", "/assets/icon.svg"]) {
      const { headers } = await get(path);
      for (const name of ["set-cookie", "etag", "last-modified", "server"]) assert.equal(headers[name], undefined, name);
      assert.match(String(headers["content-security-policy"]), /^default-src 'none'; script-src 'self';/);
      assert.equal(headers["cross-origin-opener-policy"], "same-origin");
    }
    const page = (await get("/fr/")).body.toString();
    assert.deepEqual(page.match(/<script[^>]*>/g)?.length, 1);
    assert.match(page, /<html lang="fr" dir="ltr">/);
    assert.match(page, /Conduite et discipline/);
    assert.doesNotMatch(page, /\{\{/);
  });

  test("has the console under a policy of its own, for nobody to find by a search", async () => {
    const { status, headers, body } = await get("/console/", { "accept-language": "fr" });
    assert.equal(status, 200);
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.match(policy, /form-action 'none'.*frame-ancestors 'none'.*require-trusted-types-for 'script'/);
    assert.doesNotMatch(policy, /unsafe|\*|https:/);
    const expected = {
      "cache-control": "no-store", "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin", "x-content-type-options": "nosniff", "x-robots-tag": "noindex, nofollow", "permissions-policy": "camera=(), geolocation=(), microphone=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(headers[name], value, name);
    const page = body.toString();
    assert.match(page, /<meta name="pinned" content="[^"]*&#34;trust&#34;/);
    assert.doesNotMatch(page, /\{\{/);
    assert.equal((await get("/console/plain")).status, 404);
    assert.equal((await get("/console/index.html")).status, 404);
  });

  test("leads to the browser's language, and names the onion service to those who do not use it", async () => {
    const root = await get("/?channel=conduct", { "accept-language": "fr-CA,fr;q=0.9" });
    assert.equal(root.status, 303);
    assert.equal(root.headers.location, "/fr/?channel=conduct");
    assert.equal((await get("/en/")).headers["onion-location"], "http://abcdefghij.onion/en/?channel=conduct");
    const onion = await get("/en/", { "accept-encoding": "gzip, deflate" }, "onion");
    assert.equal(onion.status, 200);
    assert.equal(onion.headers["onion-location"], undefined);
    assert.equal(onion.headers["content-encoding"], "gzip");
  });
});

describe("without scripts", () => {
  let browser: Browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  for (const form of ["file", "text"] as const) {
    test(`a report sealed with age arrives, as ${form}, and is read by whom the page names`, async () => {
      const { page, context, requests } = await openTab(browser, { javaScriptEnabled: false });
      await page.goto(`${gateway.url}/en/`);
      await page.locator("noscript a, a[href^='/en/plain']").first().click();
      const [recipients, command] = await page.locator("pre").allTextContents();
      writeFileSync(gateway.file("recipients.txt"), `${recipients}\n`);
      const words = `the man with the red car, ${form}`;
      writeFileSync(gateway.file("report.txt"), words);
      // The command as it stands on the page.
      const [program, ...args] = command!.trim().split(" ");
      assert.equal(program, "age");
      const sealed = await run(join(ageFolder, "age"), args, { cwd: gateway.folder });
      assert.equal(sealed.status, 0, sealed.stderr);
      if (form === "file") await page.locator("[name=file]").setInputFiles(gateway.file("report.age"));
      else await page.locator("[name=text]").fill(readFileSync(gateway.file("report.age"), "utf8"));
      await page.locator("[data-action=send]").click();
      const id = (await page.locator("main code").textContent())!;
      assert.match(id, /^[0-9a-f]{32}$/);
      const opened = await gateway.json(["case", "open", id], { as: "intake" });
      assert.match(JSON.stringify(opened), new RegExp(words));
      await gateway.fails(["case", "open", id], exits.refused, { as: "investigator" });
      assert.deepEqual(requests.filter((url) => !url.startsWith(gateway.url)), []);
      await context.close();
    });
  }

  test("a report of the size that the page names is taken, armored as its command makes it", async () => {
    const { page, context } = await openTab(browser, { javaScriptEnabled: false });
    await page.goto(`${gateway.url}/en/plain`);
    const limit = Number(/(\d+)\s*$/.exec((await page.locator("form .quiet").textContent())!)![1]);
    assert.ok(limit > 2 ** 20);
    const sealedBytes = (bytes: number): number => bytes + 16 * Math.ceil(bytes / 65_536);
    const header = 3000; // more than age writes for one recipient
    writeFileSync(gateway.file("report.txt"), Buffer.alloc(limit - header - (sealedBytes(limit) - limit), "words "));
    const [program, ...args] = (await page.locator("pre").last().textContent())!.trim().split(" ");
    assert.equal((await run(join(ageFolder, program!), args, { cwd: gateway.folder })).status, 0);
    await page.locator("[name=file]").setInputFiles(gateway.file("report.age"));
    await page.locator("[data-action=send]").click();
    assert.match((await page.locator("main code").textContent())!, /^[0-9a-f]{32}$/);
    await context.close();
  });

  test("what is no age file is refused on a page, and stored nowhere", async () => {
    const { page, context } = await openTab(browser, { javaScriptEnabled: false });
    await page.goto(`${gateway.url}/fr/plain`);
    await page.locator("[name=text]").fill("mes mots, en clair");
    await page.locator("[data-action=send]").click();
    assert.equal(await page.locator("html").getAttribute("lang"), "fr");
    assert.equal(await page.locator("form").count(), 0);
    await context.close();
    const grep = await run("grep", ["-rl", "mes mots", gateway.folder]);
    assert.equal(grep.stdout, "");
  });
});

describe("another web app than the charter names", () => {
  test("a changed file keeps the gateway from starting", async () => {
    const changed = gateway.file("changed");
    cpSync(webApp, changed, { recursive: true });
    const page = join(changed, "en/index.html");
    writeFileSync(page, readFileSync(page, "utf8").replace("<main", "<main data-more"));
    const config = readFileSync(gateway.file("gateway.toml"), "utf8");
    writeFileSync(gateway.file("changed.toml"), config.replace(JSON.stringify(webApp), JSON.stringify(changed)));
    const program = join(process.env.SAFECONDUCT_BIN!, "safeconduct-gateway");
    const check = await run(program, ["check-config", "--config", gateway.file("changed.toml")]);
    assert.notEqual(check.status, 0);
    assert.match(check.stderr, /a file of the web app is not the one of its manifest/);
  });

  test("a whole other one is served, and the log says so", async () => {
    assert.doesNotMatch(gateway.log, /web_app_differs/);
    const other = gateway.file("other");
    cpSync(webApp, other, { recursive: true });
    const lines = readFileSync(join(other, "manifest.txt"), "utf8").split("\n");
    writeFileSync(join(other, "manifest.txt"), lines.filter((line) => !line.endsWith("/offline.html")).slice(1).join("\n"));
    await gateway.stop();
    const config = readFileSync(gateway.file("gateway.toml"), "utf8");
    writeFileSync(gateway.file("gateway.toml"), config.replace(JSON.stringify(webApp), JSON.stringify(other)));
    await gateway.serve();
    assert.match(gateway.log, /web_app_differs/);
    assert.equal((await get("/en/")).status, 200);
  });
});
