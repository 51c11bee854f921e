// An offline copy of the form, filled for a TestGateway as the command line does it, and what a gateway
// answers to pages that come from no origin.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { type Placeholder, placeholderPattern } from "../../gateway/web/reporter/build/placeholders.ts";
import { demoFolder } from "./harness.ts";
import { builtPages, type WebPages } from "./webPages.ts";

export interface CopyOptions {
  readonly language?: string;
  readonly exitUrl?: string;
  /** Where it sends to; by default `pages`. */
  readonly gateway?: string;
}

/** Address (file:) of a copy in the folder of the gateway. */
export function makeCopy({ gateway, url }: WebPages, { language = "en", exitUrl = "about:blank", gateway: to = url }: CopyOptions = {}): string {
  const { channels, contacts } = JSON.parse(readFileSync(join(demoFolder, `texts-${language}.json`), "utf8"));
  const channel = "conduct";
  const { title, about, readers, next } = channels[channel];
  const values: Readonly<Partial<Record<Placeholder, string>>> = {
    title: "Information",
    exit_url: exitUrl,
    pinned: JSON.stringify({ trust: readFileSync(gateway.file("trust.txt"), "utf8"), channel }),
    channel,
    channel_title: title,
    channel_about: about,
    channel_readers: readers,
    channel_next: next,
    text_language: language,
    contacts: `${Object.values(contacts)[0]}: 112`,
    gateway: to,
  };
  const made = readFileSync(join(builtPages(), language, "offline.html"), "utf8").replace(placeholderPattern, (_, name: Placeholder) =>
    (values[name] ?? "").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`));
  const path = gateway.file(`offline-${language}.html`);
  writeFileSync(path, made);
  return pathToFileURL(path).href;
}

const allowed = {
  "Access-Control-Allow-Origin": "null",
  "Access-Control-Expose-Headers": "Date, Location, Retry-After, Upload-Offset",
};
const asked = {
  "Access-Control-Allow-Methods": "GET, HEAD, PATCH, POST",
  "Access-Control-Allow-Headers": "Content-Digest, Content-Type, Signature, Signature-Input, Tus-Resumable, Upload-Length, Upload-Offset",
  "Access-Control-Max-Age": "600",
};

/** Answers as a gateway does that takes reports from copies; `instead`: as of WebPages. */
export function takeFromCopies(pages: WebPages, instead: WebPages["instead"] = () => false): void {
  pages.instead = (method, path, response) => {
    for (const [name, value] of Object.entries(allowed)) response.setHeader(name, value);
    if (method !== "OPTIONS") return instead(method, path, response);
    response.writeHead(204, asked).end();
    return true;
  };
}
