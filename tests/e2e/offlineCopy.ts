// An offline copy of the form for a gateway behind WebPages, as the command line makes it.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { webApp } from "./harness.ts";
import type { WebPages } from "./webPages.ts";

export interface CopyOptions {
  readonly language?: string;
  readonly exitUrl?: string;
  /** Where it sends to instead. */
  readonly gateway?: string;
}

/** Address (file:) of a copy in the folder of the gateway. */
export async function makeCopy({ gateway, url }: WebPages, { language = "en", exitUrl, gateway: to }: CopyOptions = {}): Promise<string> {
  const path = gateway.file(`offline-${language}.html`);
  const exit = exitUrl === undefined ? [] : ["--exit-url", exitUrl];
  await gateway.json(
    ["offline", "make", "--web", webApp, "--channel", "conduct", "--language", language, "--out", path, "--force", ...exit],
    { gateway: url },
  );
  if (to !== undefined) writeFileSync(path, readFileSync(path, "utf8").replaceAll(url, to));
  return pathToFileURL(path).href;
}
