// The whole form as one walks through it, for tests that look at each of its screens.
import type { Page } from "playwright-core";

import { fill, press, receiptOf } from "./browser.ts";

export type Answers = Parameters<typeof fill>[1];
export type Look = (what: string) => Promise<void>;

export interface Attached {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
const note: Attached = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") };

/** Chooses files and waits until all of them were looked at. */
async function attach(page: Page, files: readonly Attached[] | readonly string[]): Promise<void> {
  await page.locator("[name=files]").setInputFiles(files as Attached[] | string[]);
  await page.locator(`.files li:nth-child(${files.length}) [role=status].warn, .files li:nth-child(${files.length}) .option`).first().waitFor();
}

/** From the start page to the receipt; `look` at each screen. `files`: contents, or paths of large ones. */
export async function walk(
  page: Page,
  look: Look = async () => {},
  { narrative = "", files = [note] }: { narrative?: string; files?: readonly Attached[] | readonly string[] } = {},
): Promise<{ words: string; digits: string }> {
  await look("start");
  await press(page, "next");
  await fill(page, { "danger-now": ["yes"], "danger-what": "here" });
  await look("danger");
  await press(page, "next");
  await press(page, "next"); // the kind is missing
  await page.locator(".errors button").waitFor();
  await look("missing");
  await fill(page, { kind: ["theft"] });
  await press(page, "next");
  await fill(page, { narrative });
  await look("narrative");
  for (const what of ["where", "who", "evidence"]) {
    await press(page, "next");
    await look(what);
  }
  await attach(page, files);
  await look("files");
  await press(page, "next");
  await fill(page, { needs: ["paternity"] });
  for (const what of ["you", "consent", "review"]) {
    await press(page, "next");
    await look(what);
  }
  await press(page, "send");
  const receipt = await receiptOf(page);
  await look("receipt");
  return receipt;
}

/** From the start page to the review: what each screen is answered, one after another, and the files where they are asked for. */
export async function tell(page: Page, screens: readonly Answers[], files: readonly Attached[]): Promise<void> {
  for (const answers of screens) {
    await press(page, "next");
    await fill(page, answers);
    if ((await page.locator("[name=files]").count()) === 0) continue;
    await attach(page, files);
  }
  await press(page, "next");
}

/** From the start page into the mailbox that a code opens. */
export async function visit(page: Page, code: string, look: Look = async () => {}): Promise<void> {
  await press(page, "return");
  await page.locator("[name=code]").waitFor();
  await look("enter");
  await fill(page, { code });
  await press(page, "return");
  await page.locator("[data-record]").waitFor();
}
