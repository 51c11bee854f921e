// A holder's key behind a passkey: Chromium's virtual authenticator, the file that is made, what opens it and what does
// not, and what stays on the device.
import assert from "node:assert/strict";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser, CDPSession, Page } from "playwright-core";

import { accessible, desk, launch, openProfile, openTab, phone, type Tab } from "./browser.ts";
import { act, holdersBrowser, keepsCheckpointsAlone, noComplaint, openCase, unlock, work } from "./consoleDesk.ts";
import { Office } from "./office.ts";
import { WebPages } from "./webPages.ts";

let pages: WebPages;
let office: Office;
let browser: Browser;
let place: { url: string; gateway: WebPages["gateway"] };
before(async () => {
  pages = await WebPages.start();
  place = { url: pages.url, gateway: pages.gateway };
  office = new Office(pages.gateway);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await pages?.dispose();
});

interface Credential {
  readonly credentialId: string;
  readonly rpId?: string;
  readonly isResidentCredential: boolean;
  readonly userName?: string;
}

/** A device that holds passkeys, in the tab's page. */
class Device {
  readonly #session: CDPSession;
  readonly #id: string;

  private constructor(session: CDPSession, id: string) {
    this.#session = session;
    this.#id = id;
  }

  static async in({ context, page }: Tab, { prf = true } = {}): Promise<Device> {
    const session = await context.newCDPSession(page);
    await session.send("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true, hasPrf: prf, isUserVerified: true, automaticPresenceSimulation: true },
    });
    return new Device(session, authenticatorId);
  }

  async credentials(): Promise<readonly Credential[]> {
    return (await this.#session.send("WebAuthn.getCredentials", { authenticatorId: this.#id })).credentials;
  }

  async forgetAll(): Promise<void> {
    await this.#session.send("WebAuthn.clearCredentials", { authenticatorId: this.#id });
  }
}

/** The next time that the browser asks for a passkey, its user says no, as Chromium then tells the page. */
const refuseOnce = (page: Page, call: "create" | "get"): Promise<unknown> =>
  page.evaluate(`{
    const container = CredentialsContainer.prototype, real = container.${call};
    container.${call} = () => {
      container.${call} = real;
      return Promise.reject(new DOMException("The operation either timed out or was not allowed.", "NotAllowedError"));
    };
  }`);

async function save(page: Page): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), act(page, "save-key")]);
  const path = pages.gateway.file(download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

test("a key is wrapped by a passkey, and from then on choosing the file and a touch are all that it takes", async () => {
  const receipt = await office.submit();
  const tab = await work(browser, place, "intake");
  const { page } = tab;
  const device = await Device.in(tab);
  await page.locator("header [data-action=key]").focus();
  await page.keyboard.press("Enter");
  await page.locator("main.key h1").waitFor();
  await accessible(page, "making a passkey");
  await page.locator("[data-action=make-passkey]").focus();
  await page.keyboard.press("Enter");
  await page.locator("[data-action=save-key]").waitFor();
  await accessible(page, "saving the file");
  const file = await save(page);
  assert.match(file, /\/intake\.passkey\.age$/);
  const [credential, ...more] = await device.credentials();
  assert.deepEqual([credential?.rpId, credential?.isResidentCredential, more.length], ["localhost", true, 0]);

  // An ordinary age file with the one stanza, in which the key does not stand.
  const bytes = readFileSync(file, "latin1");
  assert.match(bytes, /^age-encryption\.org\/v1\n-> age-encryption\.org\/fido2prf [A-Za-z0-9+/]{22}\n[A-Za-z0-9+/]{43}\n--- /);
  assert.equal(bytes.match(/^-> /gm)?.length, 1);
  assert.doesNotMatch(bytes, /AGE-SECRET/);

  await page.locator("header [data-action=lock]").click();
  await page.locator("#key-file").setInputFiles(file);
  await page.locator('[data-me="intake"]').waitFor();
  await openCase(page, receipt.report_id);

  // Nothing of it is kept, neither key nor file nor which passkey.
  await keepsCheckpointsAlone(page);
  noComplaint(tab);

  // A reloaded page has forgotten it, and the passkey without the file opens nothing.
  await page.reload();
  await page.locator("#key-file").waitFor({ state: "attached" });
  assert.equal(await page.locator("[data-me]").count(), 0);
  await page.locator("#key-file").setInputFiles(file);
  await page.locator('[data-me="intake"]').waitFor();

  // The device whose user does not confirm, and the device without the passkey.
  await page.locator("header [data-action=lock]").click();
  await refuseOnce(page, "get");
  await page.locator("#key-file").setInputFiles(file);
  const error = page.locator("form .error");
  await error.filter({ hasText: "Nothing was confirmed" }).waitFor();
  await accessible(page, "a passkey that was not confirmed");
  await page.locator("[data-action=unlock]:enabled", { hasText: "passkey" }).click();
  await page.locator('[data-me="intake"]').waitFor();
  await page.locator("header [data-action=lock]").click();
  await device.forgetAll();
  await page.locator("#key-file").setInputFiles(file);
  await error.filter({ hasText: "no passkey of this service" }).waitFor();

  // Its old key file opens as before.
  await unlock(page, place, "intake");
  await tab.context.close();
});

// A passkey that a device keeps for itself does not travel: an authenticator of Chromium's that is given the credential
// has no PRF secret with it. So a second device has its own passkey, and its own file.
test("a second profile without the passkey refuses the file plainly, takes the key file, and gets a passkey of its own", async () => {
  const profile = async (name: string): Promise<Tab> => {
    const tab = await openProfile(pages.gateway.file(name), pages.gateway.file("tls.pem"), holdersBrowser);
    await tab.page.goto(`${pages.url}/console/`);
    await tab.page.locator("#key-file").waitFor({ state: "attached" });
    return tab;
  };
  const makeFile = async ({ page }: Tab, name: string): Promise<string> => {
    await unlock(page, place, "support-2");
    await page.locator("header [data-action=key]").click();
    await act(page, "make-passkey");
    const file = pages.gateway.file(name);
    renameSync(await save(page), file);
    await page.locator("header [data-action=lock]").click();
    return file;
  };
  const opens = async ({ page }: Tab, file: string): Promise<void> => {
    await page.locator("#key-file").setInputFiles(file);
    await page.locator('[data-me="support-2"]').waitFor();
    await page.locator("header [data-action=lock]").click();
  };
  const refuses = async ({ page }: Tab, file: string, why: string): Promise<void> => {
    await page.locator("#key-file").setInputFiles(file);
    await page.locator("form .error", { hasText: why }).waitFor();
    assert.equal(await page.locator("[data-me]").count(), 0);
  };
  const first = await profile("first");
  await Device.in(first);
  const firstFile = await makeFile(first, "first.passkey.age");
  await opens(first, firstFile);

  const second = await profile("second");
  await Device.in(second);
  await refuses(second, firstFile, "no passkey of this service");
  const secondFile = await makeFile(second, "second.passkey.age");
  await opens(second, secondFile);
  await refuses(second, firstFile, "another passkey");
  await refuses(first, secondFile, "another passkey");
  await opens(first, firstFile);
  for (const each of [first, second]) {
    await keepsCheckpointsAlone(each.page);
    noComplaint(each);
    await each.context.close();
  }
});

test("another passkey of the same service does not open the file, and a damaged file is said to be one", async () => {
  const first = await work(browser, place, "investigator");
  await Device.in(first);
  await first.page.locator("header [data-action=key]").click();
  await act(first.page, "make-passkey");
  const file = await save(first.page);
  await first.context.close();

  const other = await work(browser, place, "intake");
  const { page } = other;
  await Device.in(other);
  await page.locator("header [data-action=key]").click();
  await act(page, "make-passkey");
  await page.locator("[data-action=save-key]").waitFor();
  await page.locator("header [data-action=lock]").click();
  await page.locator("#key-file").setInputFiles(file);
  const error = page.locator("form .error");
  await error.filter({ hasText: "another passkey" }).waitFor();
  assert.equal(await page.locator("[data-me]").count(), 0);

  const damaged = pages.gateway.file("damaged.age");
  writeFileSync(damaged, readFileSync(file).subarray(0, 60));
  await page.locator("#key-file").setInputFiles(damaged);
  await error.filter({ hasText: "no key file" }).waitFor();
  assert.equal(await page.locator("[data-action=unlock]").isDisabled(), true);
  await other.context.close();
});

test("an authenticator without PRF is named, and a passkey that was made is used when it is tried again", async () => {
  const without = await work(browser, place, "support");
  await Device.in(without, { prf: false });
  await without.page.locator("header [data-action=key]").click();
  await act(without.page, "make-passkey");
  await without.page.locator("main .error", { hasText: "lacks the PRF extension" }).waitFor();
  await accessible(without.page, "an authenticator without PRF");
  assert.equal(await without.page.locator("[data-action=save-key]").count(), 0);
  await without.context.close();

  const refused = await work(browser, place, "support");
  const device = await Device.in(refused);
  await refused.page.locator("header [data-action=key]").click();
  const again = async (call: "create" | "get", made: number): Promise<void> => {
    await refuseOnce(refused.page, call);
    await act(refused.page, "make-passkey");
    await refused.page.locator("main .error", { hasText: "Nothing was confirmed" }).waitFor();
    assert.equal((await device.credentials()).length, made);
  };
  await again("create", 0);
  await again("get", 1);
  await act(refused.page, "make-passkey");
  await refused.page.locator("[data-action=save-key]").waitFor();
  assert.equal((await device.credentials()).length, 1);
  noComplaint(refused);
  await refused.context.close();
});

test("idle, a session that a passkey opened is locked, and the passkey opens it again", async () => {
  const receipt = await office.submit();
  const tab = await openTab(browser, { viewport: desk, locale: "fr-FR" });
  const { page } = tab;
  await Device.in(tab);
  await page.clock.install();
  await page.goto(`${pages.url}/console/`);
  await unlock(page, place, "intake");
  await page.locator("header [data-action=key]").click();
  await act(page, "make-passkey");
  const file = await save(page);
  await page.locator("header [data-action=lock]").click();
  await page.locator("#key-file").setInputFiles(file);
  await page.locator('[data-me="intake"]').waitFor();
  await openCase(page, receipt.report_id);
  await page.clock.fastForward("09:05");
  await page.locator("#idle").waitFor();
  await page.clock.fastForward("01:05");
  await page.locator("[role=status]", { hasText: "dix minutes" }).waitFor();
  assert.doesNotMatch(await page.content(), /camion|intake|AGE-SECRET/);
  assert.equal(await page.locator("[data-me]").count(), 0);
  await page.locator("#key-file").setInputFiles(file);
  await page.locator('[data-me="intake"]').waitFor();
  noComplaint(tab);
  await tab.context.close();
});

test("at an address without a name it says that passkeys need one, and offers the key file", async () => {
  const tab = await openTab(browser, { viewport: phone, locale: "fr-FR" });
  const { page } = tab;
  await page.goto(`https://127.0.0.1:${pages.gateway.port}/console/`);
  const file = pages.gateway.file("of-a-passkey.age");
  // Any file with a passkey's stanza: what is in it does not matter here.
  writeFileSync(file, `age-encryption.org/v1\n-> age-encryption.org/fido2prf ${"A".repeat(22)}\n${"A".repeat(43)}\n--- ${"A".repeat(43)}\n`);
  await page.locator("#key-file").setInputFiles(file);
  await page.locator("form .error", { hasText: "appartient au nom" }).waitFor();
  await accessible(page, "no passkeys here");
  await page.locator("#key-file").setInputFiles(pages.gateway.key("intake"));
  await page.locator("[data-action=unlock]:enabled").click();
  await page.locator("header [data-action=key]").click();
  await page.locator("main.key .note", { hasText: "appartient au nom" }).waitFor();
  assert.equal(await page.locator("[data-action=make-passkey]").count(), 0);
  await tab.context.close();
});
